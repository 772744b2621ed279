"""Labelled items for relevance, ways to write them, and how well a lexicon finds the wanted ones."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import yaml

from monitor.intake import Lexicon, judge
from monitor.records import LANGUAGES, Article, FeedPast, Lang, Scope, Source, Verdict

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
Wanted = Literal["core", "context", "dropped"]
Way = Callable[[str], str]


@dataclass(frozen=True)
class Item:
    """One labelled item; README-relevance.md says what the fields mean."""

    lang: Lang
    wanted: Wanted
    about: str
    title: str
    summary: str = ""
    scope: Scope = "general"
    border_local: bool = False


@dataclass(frozen=True)
class Wrong:
    """An item that was kept or dropped against its label."""

    item: Item
    verdict: Verdict

    def __str__(self) -> str:
        fault = "missed" if self.item.wanted != "dropped" else "let through"
        return f"{fault}: [{self.item.lang} {self.item.about}] {self.item.title} | {self.verdict.reason}"


@dataclass(frozen=True)
class Found:
    """Kept or dropped against wanted or not; `tiers` counts kept items with the tier they should have."""

    kept_wanted: int
    wanted: int
    kept: int
    tiers: int
    wrong: tuple[Wrong, ...]

    @property
    def precision(self) -> float:
        return self.kept_wanted / self.kept if self.kept else 0.0

    @property
    def recall(self) -> float:
        return self.kept_wanted / self.wanted

    @property
    def tier_accuracy(self) -> float:
        return self.tiers / self.kept_wanted if self.kept_wanted else 0.0

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}, tiers {self.tier_accuracy:.3f}"


def items(split: Literal["dev", "test"]) -> list[Item]:
    rows = yaml.safe_load((DATA / f"relevance-{split}.yaml").read_text(encoding="utf-8"))["items"]
    return [Item(**row) for row in rows]


def reports(name: str, part: str, *, border_local: bool = False) -> list[Item]:
    """Reports in English and Spanish that were written to be clustered (README-stories.md), all taken as wanted."""
    rows = yaml.load((DATA / f"stories-{name}.yaml").read_text(encoding="utf-8"), _YAML)
    told = ((row["kind"], report) for row in rows if row["part"] == part for report in row["items"])
    return [
        Item(report["lang"], "core", kind, report["title"], report.get("lead", ""), border_local=border_local)
        for kind, report in told
        if report["lang"] in LANGUAGES
    ]


_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def as_written(text: str) -> str:
    return text


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def capitals(text: str) -> str:
    return text.upper()


WAYS: tuple[Way, ...] = (as_written, without_accents, capitals)


def verdict(item: Item, lexicon: Lexicon, past: FeedPast | None = None) -> Verdict:
    source = Source("s", "S", "https://s.example/feed", item.lang, scope=item.scope, border_local=item.border_local)
    article = Article("a", "s", "https://s.example/a", "https://s.example/a", item.title, item.summary, NOW, NOW)
    return judge(article, replace(source, past=past), lexicon)


def find(rows: Iterable[Item], lexicon: Lexicon, way: Way = as_written, past: FeedPast | None = None) -> Found:
    """What the lexicon makes of the items, each written in the given way; a summary loses accents, never its case.

    `past` is that of the feed they come from.
    """
    judged = [(row, verdict(_written(row, way), lexicon, past)) for row in rows]
    right = [(row, told) for row, told in judged if told.relevant and row.wanted != "dropped"]
    return Found(
        kept_wanted=len(right),
        wanted=sum(row.wanted != "dropped" for row, _ in judged),
        kept=sum(told.relevant for _, told in judged),
        tiers=sum(told.tier == row.wanted for row, told in right),
        wrong=tuple(Wrong(row, told) for row, told in judged if told.relevant != (row.wanted != "dropped")),
    )


def _written(item: Item, way: Way) -> Item:
    summary = item.summary if way is capitals else way(item.summary)
    return replace(item, title=way(item.title), summary=summary)
