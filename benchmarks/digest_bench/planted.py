"""Made-up reports with the statistics of news: words by Zipf's law, both languages, outlets, places, two years.

A word is syllables of its language; one in five words of a report is about its matter, and comes again in its text. The
translation has the same words on the other side. Equal seeds, equal reports.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from monitor.records import Article, Judged, Lang, SearchDocument, Verdict, content_id, other_language

BEGIN = datetime(2024, 3, 1, 6, tzinfo=UTC)
SPAN = timedelta(days=730)
VOCABULARY = 30_000  # words of either language
OUTLETS = tuple(f"outlet-{number}" for number in range(60))
PLACES = tuple(f"place-{number}" for number in range(40))
_TRANSLATED = 0.8  # share of the reports
_TITLE, _TEXT = 10, 55  # words
_SYLLABLES: dict[Lang, tuple[str, ...]] = {
    "en": tuple("ban cor der fen gra hol ish ket lan mor nel ost per rin sta tor und ver wick york".split()),
    "es": tuple("ba cue de fro gua hi ja lle mo ñe pre que rri sa ta un ve xi zó ción".split()),
}
_COMMON: dict[Lang, tuple[str, ...]] = {
    "en": tuple("the of in and to a border on for said police migrants drone agents Mexico wall".split()),
    "es": tuple("la de en y que el frontera los por dijo policía migrantes dron agentes México muro".split()),
}


@dataclass(frozen=True, slots=True)
class Planted:
    """A report as a run stores it, and what the search has of it."""

    judged: Judged
    documents: tuple[SearchDocument, ...]


@lru_cache(maxsize=2)
def vocabulary(language: Lang) -> Sequence[str]:
    """The words of a language, the commonest first."""
    luck, syllables = random.Random(f"words {language}"), _SYLLABLES[language]
    words = dict.fromkeys(_COMMON[language])
    while len(words) < VOCABULARY:
        words["".join(luck.choices(syllables, k=luck.randint(2, 5))) + luck.choice(("", "", "s", "es"))] = None
    return list(words)


@lru_cache(maxsize=1)
def _weights() -> Sequence[float]:
    return list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))


def reports(count: int, *, seed: int = 7) -> Iterator[Planted]:
    """So many reports, evenly over two years."""
    luck = random.Random(seed)
    for number in range(count):
        yield _report(luck, number, BEGIN + SPAN * number / count)


def _report(luck: random.Random, number: int, at: datetime) -> Planted:
    language: Lang = luck.choice(("en", "es"))
    ranks = luck.choices(range(VOCABULARY), cum_weights=_weights(), k=_TITLE + _TEXT)
    matter = ranks[: _TITLE // 2]
    text = [rank if luck.random() > 0.2 else luck.choice(matter) for rank in ranks[_TITLE:]]
    key, place = content_id("planted", str(number)), luck.choice(PLACES)
    said = [_document(key, language, ranks[:_TITLE], text, place, original=True)]
    if luck.random() < _TRANSLATED:
        said.append(_document(key, other_language(language), ranks[:_TITLE], text, place, original=False))
    url = f"https://example.org/{number}"
    article = Article(key, luck.choice(OUTLETS), url, url, said[0].title, said[0].text, at, at + timedelta(minutes=9))
    return Planted(Judged(article, Verdict(key, language, True, 9.0, 6.0, "planted")), tuple(said))


def _document(
    key: str, language: Lang, title: Sequence[int], text: Sequence[int], place: str, *, original: bool
) -> SearchDocument:
    words = vocabulary(language)
    headline, body = (" ".join(words[rank] for rank in ranks) for ranks in (title, text))
    return SearchDocument(key, language, headline.capitalize(), f"{body.capitalize()}.", original, (place,))
