"""Labelled headlines and sentences: what a translation must have, and what it must not; for tests and benchmarks."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from monitor.records import Lang, other_language

Split = Literal["dev", "test"]
SPLITS: tuple[Split, ...] = ("dev", "test")
DIRECTIONS: tuple[Lang, ...] = ("es", "en")  # by the language translated from
TOPICS = frozenset(
    "place agency name role negation number unit money date sense casing dateline quote question hashtag".split()
)
_DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Case:
    """A text with patterns for its translation: `must` in any case, `must_not` as written."""

    id: str
    source: Lang
    text: str
    reference: str  # a good translation
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    wrong: tuple[str, ...]  # translations that the patterns have to refuse
    topics: tuple[str, ...]

    def faults(self, translated: str) -> list[str]:
        """The patterns that `translated` breaks; empty when it passes."""
        missing = [pattern for pattern in self.must if not re.search(pattern, translated, re.IGNORECASE)]
        return missing + [f"not {pattern}" for pattern in self.must_not if re.search(pattern, translated)]


def load_cases(split: Split) -> list[Case]:
    """The cases of a split, in the order of the file."""
    lines = (_DATA / f"translation-checks-{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_case(line) for line in lines]


def _case(line: str) -> Case:
    row = json.loads(line)
    source: Lang = "es" if row["direction"] == "es-en" else "en"
    if row["direction"] != f"{source}-{other_language(source)}":
        raise ValueError(f"{row['id']}: unknown direction {row['direction']}")
    return Case(
        id=row["id"],
        source=source,
        text=row["text"],
        reference=row["reference"],
        must=tuple(row["must"]),
        must_not=tuple(row["must_not"]),
        wrong=tuple(row.get("wrong", ())),
        topics=tuple(row["tests"]),
    )
