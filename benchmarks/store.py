"""How long the store takes to save and look up articles and translations, against bare `sqlite3.executemany`.

    python benchmarks/store.py [--size 500] [--repeat 5]

The baseline writes the same values with the same durability (WAL, synchronous=FULL), one transaction per batch, and
reads them by key; it knows no records. Sizes grow 1×, 4×, 16×; each number is the best of `--repeat`, in
milliseconds. `growth` is the time of a row at 16× over that at 1×: 1 means linear. The last line is JSON.
"""

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from monitor.records import Article, Judged, Translation, Verdict, content_id
from monitor.store import open_store

AT = datetime(2026, 3, 8, 12, tzinfo=UTC)
SUMMARY = "Autoridades aduaneras reabrieron la garita tras seis horas de inspección. " * 4
Timings = dict[str, float]


def make_judged(number: int) -> Judged:
    key = content_id(str(number))
    url = f"https://example.org/nota/{number}"
    article = Article(key, "el-norte", url, url, f"Nota {number}", SUMMARY, AT, AT)
    return Judged(article, Verdict(key, "es", number % 3 == 0, 9.0, 7.0, "score 9.0 ≥ 7.0", topics=("ports",)))


def make_translation(number: int) -> Translation:
    return Translation("es", "en", f"{number} {SUMMARY}", f"{number} Customs officers reopened the crossing.", "engine")


def timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def measure_store(folder: Path, size: int) -> Timings:
    judged = [make_judged(number) for number in range(size)]
    translations = [make_translation(number) for number in range(size)]
    ids, keys = [item.id for item in judged], [translation.key for translation in translations]
    with closing(open_store("sqlite:///store.db", folder=folder)) as store:
        return {
            "save_articles": timed(lambda: store.save_articles(judged)),
            "save_known_articles": timed(lambda: store.save_articles(judged)),
            "known_articles": timed(lambda: store.known_articles(ids)),
            "read_articles": timed(lambda: store.articles(since=AT, relevant_only=False)),
            "remember": timed(lambda: store.remember(translations)),
            "recall": timed(lambda: store.recall("engine", keys)),
        }


def measure_baseline(folder: Path, size: int) -> Timings:
    """What the same values cost without our code."""
    judged = [make_judged(number) for number in range(size)]
    translations = [make_translation(number) for number in range(size)]
    articles = [
        (i.id, i.article.source_id, i.article.url, i.article.link, i.article.title, i.article.summary, str(AT), str(AT))
        for i in judged
    ]
    texts = [(t.engine, t.key, t.source, t.target, t.original, t.text, t.status) for t in translations]
    with closing(sqlite3.connect(folder / "baseline.db")) as db:
        db.execute("PRAGMA journal_mode=WAL").close()
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE articles (id PRIMARY KEY, source_id, url, link, title, summary, published, fetched)")
        db.execute(
            "CREATE TABLE translations (engine, key, source, target, original, text, status, PRIMARY KEY (engine, key))"
        )

        def write(table: str, rows: Sequence[tuple[str, ...]]) -> None:
            with db:
                db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)

        return {
            "save_articles": timed(lambda: write("articles", articles)),
            "read_articles": timed(lambda: db.execute("SELECT * FROM articles").fetchall()),
            "remember": timed(lambda: write("translations", texts)),
            "recall": timed(lambda: db.execute("SELECT * FROM translations").fetchall()),
        }


def best(measure: Callable[[Path, int], Timings], size: int, repeat: int) -> Timings:
    """The best of `repeat` runs, each on a new database."""
    runs = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(measure(Path(folder), size))
    return {name: round(min(run[name] for run in runs), 2) for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=500, help="rows at 1× (default 500)")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    sizes = [options.size * factor for factor in (1, 4, 16)]
    store = {size: best(measure_store, size, options.repeat) for size in sizes}
    baseline = {size: best(measure_baseline, size, options.repeat) for size in sizes}
    small, large = sizes[0], sizes[-1]
    growth = {name: round(store[large][name] / 16 / store[small][name], 2) for name in store[small]}
    for size in sizes:
        print(f"{size:>6} rows  store {store[size]}")
        print(f"{'':>6}    bare sqlite3 {baseline[size]}")
    print(json.dumps({"benchmark": "store", "unit": "ms", "store": store, "bare_sqlite3": baseline, "growth": growth}))


if __name__ == "__main__":
    main()
