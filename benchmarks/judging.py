"""Judging and keeping what feeds bring, and what a feed's past should be worth.

    python benchmarks/judging.py [--feeds 200] [--items 25] [--repeat 3]

The items are those of the intake benchmark, parsed beforehand. `judge_s` are processor seconds for all of them,
`plain_s` the same with every pattern searched in every text (the verdicts must be equal), `keep_s` those of storing
them in SQLite on disk; the best of `--repeat`. Loading lexicon and store is not counted; the language model would be,
if a text needed it. Then, for some bonuses and maluses: precision and recall on the labelled items for tuning, and
recall on reports written for another purpose, all taken as those of a feed with the best or the worst past there is.
The last line is JSON: the seconds, `ratio_plain` (plain over ours), and `pasts`.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]
for package in ("benchmarks", "tests"):  # some installed packages bring modules of these names
    sys.modules.setdefault(package, ModuleType(package)).__path__ = [str(ROOT / package)]

from benchmarks.intake_bench.planted import NOW, feed, language_of  # noqa: E402
from monitor.intake import Lexicon, judge, load_lexicon, parse_feed  # noqa: E402
from monitor.records import Article, FeedPast, Fetched, Judged, Lang, ParsedFeed, Source, Verdict  # noqa: E402
from monitor.resources import bundled  # noqa: E402
from monitor.store import open_store  # noqa: E402
from tests.eval.relevance_data import find, items, reports  # noqa: E402

Items = Sequence[tuple[Article, Source]]
PASTS = {"best": FeedPast("s", 1_000_000, 1_000_000), "worst": FeedPast("s", 1_000_000, 0)}
CHOICES = ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (0.0, 0.5), (0.0, 1.0))  # bonus, malus


def planted(feeds: int, count: int) -> Items:
    found: list[tuple[Article, Source]] = []
    for number in range(feeds):
        language: Lang = "es" if language_of(number) == "es" else "en"
        source = Source(f"outlet-{number}", f"Outlet {number}", f"https://outlet{number}.example/", language)
        parsed = parse_feed(Fetched(source.id, source.url, feed(number, count), NOW, 0.1), source)
        assert isinstance(parsed, ParsedFeed)
        found += [(replace(article, body=""), source) for article in parsed.articles]
    return found


def searched(lexicon: Lexicon) -> Lexicon:
    """The same, every pattern of which has to be searched: of a group with flags nothing is read off."""

    def plain(pattern: re.Pattern[str]) -> re.Pattern[str]:
        return re.compile(f"(?-i:{pattern.pattern})")

    terms = tuple(replace(term, pattern=plain(term.pattern)) for term in lexicon.terms)
    return Lexicon(lexicon.scoring, terms, tuple(replace(n, pattern=plain(n.pattern)) for n in lexicon.negatives))


def verdicts(new: Items, lexicon: Lexicon) -> list[Verdict]:
    return [judge(article, source, lexicon) for article, source in new]


def seconds(action: Callable[[], object], repeat: int) -> float:
    """Processor seconds, the best of `repeat`."""
    best = float("inf")
    for _ in range(repeat):
        started = time.process_time()
        action()
        best = min(best, time.process_time() - started)
    return round(best, 3)


def keeping(judged: Sequence[Judged], repeat: int) -> float:
    """Each time into a new database."""
    best = float("inf")
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder, closing(open_store("sqlite:///b.db", folder=Path(folder))) as db:
            best = min(best, seconds(lambda: db.save_articles(judged), 1))
    return best


def pasts(lexicon: Lexicon) -> list[dict[str, object]]:
    """What each choice of bonus and malus would do."""
    rows: list[dict[str, object]] = []
    for bonus, malus in CHOICES:
        tried = replace(lexicon, scoring=replace(lexicon.scoring, past_bonus=bonus, past_malus=malus))
        for name, past in PASTS.items():
            found = find(items("dev"), tried, past=past)
            recall = find(reports("enforcement", "dev"), tried, past=past).recall
            row = {
                "precision": round(found.precision, 3),
                "recall": round(found.recall, 3),
                "reports": round(recall, 3),
            }
            rows.append({"bonus": bonus, "malus": malus, "past": name, **row})
            print("  ".join(f"{key}: {value}" for key, value in rows[-1].items()))
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--items", type=int, default=25)
    options.add_argument("--repeat", type=int, default=3)
    given = options.parse_args()
    new, lexicon = planted(given.feeds, given.items), load_lexicon(bundled("lexicon.yaml"))
    plainly = searched(lexicon)
    found = verdicts(new, lexicon)
    if found != verdicts(new, plainly):
        sys.exit("verdicts differ from those of searching for every pattern")
    judged = [Judged(article, verdict) for (article, _), verdict in zip(new, found, strict=True)]
    judge_s = seconds(lambda: verdicts(new, lexicon), given.repeat)
    plain_s = seconds(lambda: verdicts(new, plainly), given.repeat)
    keep_s = keeping(judged, given.repeat)
    print(f"{len(new)} items  judge_s: {judge_s}  plain_s: {plain_s}  keep_s: {keep_s}")
    times = {"judge_s": judge_s, "plain_s": plain_s, "ratio_plain": round(plain_s / judge_s, 1), "keep_s": keep_s}
    print(json.dumps({"benchmark": "judging", "items": len(new), **times, "pasts": pasts(lexicon)}))


if __name__ == "__main__":
    main()
