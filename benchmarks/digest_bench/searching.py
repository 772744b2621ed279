"""Search over planted reports: a mix of queries, timed on one store, and the plain way beside it."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

import sqlalchemy as sa

from benchmarks.digest_bench.planted import BEGIN, OUTLETS, PLACES, SPAN, reports, vocabulary
from monitor.records import LANGUAGES, Lang, SearchQuery
from monitor.store import SqlStore

_BATCH = 2000  # reports
_COMMON, _KNOWN, _RARE = range(30), range(30, 1500), range(1500, 25_000)  # ranks of words


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the mix, and the words of it that the plain way looks for."""

    kind: str
    query: SearchQuery
    words: tuple[str, ...]


def fill(store: SqlStore, count: int) -> float:
    """Store and index so many reports; processor seconds of the indexing, without what a server spends."""
    source, seconds = reports(count), 0.0
    while batch := list(islice(source, _BATCH)):
        store.save_articles([planted.judged for planted in batch])
        started = time.process_time()
        store.index(document for planted in batch for document in planted.documents)
        seconds += time.process_time() - started
    return seconds


def mix(each: int, *, seed: int = 11) -> list[Asked]:
    """`each` queries of every kind, in both languages."""
    luck = random.Random(seed)
    return [make(luck, LANGUAGES[n % 2]) for make in _KINDS for n in range(each)]


def _words(luck: random.Random, language: Lang, *ranks: Sequence[int]) -> tuple[str, ...]:
    return tuple(vocabulary(language)[luck.choice(among)] for among in ranks)


def _one_word(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, _KNOWN)
    return Asked("word", SearchQuery(words[0]), words)


def _rare_word(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, _RARE)
    return Asked("rare", SearchQuery(words[0]), words)


def _common_words(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, _COMMON, _COMMON)
    return Asked("common", SearchQuery(" ".join(words)), words)


def _two_words(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, _KNOWN, _KNOWN)
    return Asked("two", SearchQuery(" ".join(words)), words)


def _phrase(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, _COMMON, range(100))
    return Asked("phrase", SearchQuery(f'"{" ".join(words)}"'), (" ".join(words),))


def _prefix(luck: random.Random, language: Lang) -> Asked:
    beginning = _words(luck, language, _KNOWN)[0][:5]
    return Asked("prefix", SearchQuery(f"{beginning}*"), (beginning,))


def _without(luck: random.Random, language: Lang) -> Asked:
    wanted, not_wanted = _words(luck, language, _KNOWN, _COMMON)
    return Asked("without", SearchQuery(f"{wanted} -{not_wanted}"), (wanted,))


def _other_words(luck: random.Random, language: Lang) -> Asked:
    word, other = *_words(luck, language, _KNOWN), *_words(luck, "es" if language == "en" else "en", _KNOWN)
    return Asked("synonym", SearchQuery(word, synonyms=((word, f"{other[:6]}*"),)), (word,))


def _lately(luck: random.Random, language: Lang) -> Asked:
    words, end = _words(luck, language, range(300)), (BEGIN + SPAN).date()
    query = SearchQuery(words[0], since=end - timedelta(days=luck.choice((7, 30, 90))), until=end)
    return Asked("days", query, words)


def _outlet(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, range(300))
    return Asked("outlet", SearchQuery(words[0], outlets=tuple(luck.sample(OUTLETS, 2))), words)


def _place(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, range(300))
    return Asked("place", SearchQuery(words[0], places=(luck.choice(PLACES),), languages=(language,)), words)


def _miss(luck: random.Random, language: Lang) -> Asked:
    words = _words(luck, language, _COMMON)
    return Asked("miss", SearchQuery(f"{words[0]} qqxz{luck.randint(0, 99)}"), (f"qqxz{luck.randint(0, 99)}",))


_KINDS = (
    _one_word, _rare_word, _common_words, _two_words, _phrase, _prefix, _without, _other_words, _lately, _outlet,
    _place, _miss,
)  # fmt: skip


def best_ms(action: Callable[[], object], clock: Callable[[], float], repeats: int) -> float:
    """Milliseconds of the fastest of some repeats."""
    times = []
    for _ in range(repeats):
        started = clock()
        action()
        times.append(clock() - started)
    return 1000 * min(times)


def ask(store: SqlStore, asked: Sequence[Asked], clock: Callable[[], float], repeats: int = 3) -> list[float]:
    """Milliseconds of each query's first page."""
    return [best_ms(lambda q=each.query: store.search(q), clock, repeats) for each in asked]  # type: ignore[misc]


_PLAIN = (
    "SELECT number, title, text FROM search_documents d JOIN search_reports r USING (number)"
    " WHERE {} ORDER BY number DESC LIMIT 20"
)


def ask_plainly(engine: sa.Engine, asked: Sequence[Asked], clock: Callable[[], float]) -> list[float]:
    """Milliseconds of each query as LIKE '%word%' over the same texts: no forms, no accents, no ranks, no count."""
    found = []
    with engine.connect().execution_options(reading=True) as db:
        for each in asked:
            words = {f"w{n}": f"%{word}%" for n, word in enumerate(each.words)}
            query = sa.text(_PLAIN.format(" AND ".join(f"(title LIKE :{w} OR text LIKE :{w})" for w in words)))
            found.append(best_ms(lambda q=query, w=words: db.execute(q, w).all(), clock, 1))  # type: ignore[misc]
    return found
