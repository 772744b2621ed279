"""What `monitor search` does: the query gets its words in the other language, names of places and outlets become ids,
and where nothing is found, it is found out why."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from monitor.app import open_store_of, topic_file
from monitor.config import Config
from monitor.errors import ConfigError, Problem
from monitor.language.corrections import term_entries
from monitor.language.glossary import Glossary, load_glossary
from monitor.pipeline import in_both_languages
from monitor.protocols import Store
from monitor.records import Found, SearchQuery
from monitor.stories.gazetteer import gazetteer
from monitor.text import fold

_MOST_WORDS = 8  # of a query that found nothing, whose words are looked up one by one
_STAR_AFTER = 6  # letters


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, with all that was looked for, and what was found."""

    query: SearchQuery
    found: Found
    advice: tuple[str, ...] = ()  # where nothing was found: why, and what to try


def search_reports(config: Config, query: SearchQuery) -> Answer:
    """Search the stored reports in both languages. Raises ConfigError for the glossary, StorageError."""
    with open_store_of(config) as store:
        query = in_both_languages(query, open_glossary(config, store))
        found = store.search(query)
        return Answer(query, found, () if found.total else tuple(_advice(store, query)))


def open_glossary(config: Config, store: Store) -> Glossary:
    """The glossary that feeds.yaml names, an analyst's terms before it. Raises ConfigError."""
    return load_glossary(topic_file(config, config.topic.glossary)).plus(term_entries(store.corrections()))


# ---------------------------------------------------------------- names


def place_ids(names: Iterable[str]) -> tuple[str, ...]:
    """Ids of the places that are called so in either language, of sister towns both. Raises ConfigError."""
    known: dict[str, list[str]] = {}
    for place in gazetteer().places.values():
        for name in {fold(place.id), fold(place.name_en), fold(place.name_es), _bare(place.name_en)}:
            known.setdefault(name, []).append(place.id)
    return _ids(names, known, option="--place", problem="is no place that the program knows")


def _bare(name: str) -> str:
    """ "Nogales, Arizona" is also asked for as Nogales."""
    return fold(name).partition(",")[0]


def outlet_ids(config: Config, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of feeds of feeds.yaml by id or by the outlet's name. Raises ConfigError."""
    known: dict[str, list[str]] = {}
    for feed in config.feeds:
        for name in {fold(feed.id), fold(feed.name)}:
            known.setdefault(name, []).append(feed.id)
    return _ids(names, known, option="--outlet", problem="is no feed of feeds.yaml")


def _ids(names: Iterable[str], known: Mapping[str, list[str]], *, option: str, problem: str) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        wanted = fold(name.strip())
        if wanted not in known:
            near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.6)
            remedy = f"did you mean {' or '.join(near)}?" if near else "give its name or its id"
            raise ConfigError(Problem(option, repr(name), problem, remedy))
        found += known[wanted]
    return tuple(dict.fromkeys(found))


# ---------------------------------------------------------------- nothing found


def _advice(store: Store, query: SearchQuery) -> Iterator[str]:
    """Sentences for people: what keeps the query from finding anything."""
    if not _count(store, SearchQuery("")):
        yield "No report can be found yet: `monitor run` takes them in."
        return
    if anywhere := _count(store, SearchQuery(query.text, synonyms=query.synonyms)):
        yield f"Without the filters there would be {anywhere}."
        return
    words = query.text.split()
    if 1 < len(words) <= _MOST_WORDS:
        counts = (f"{word} {_count(store, replace(query, text=word))}" for word in words)
        yield f"Word by word: {', '.join(counts)}."
    yield f"A star stands for any ending: {words[0].strip('*')[:_STAR_AFTER]}*" if words else "Ask for a word."


def _count(store: Store, query: SearchQuery) -> int:
    return store.search(replace(query, limit=0)).total
