"""What headline handling is measured on: ends of sentences in tricky paragraphs, capitals taken away and put back."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from monitor.language.casing import is_shouting, is_title_case
from monitor.records import Lang

DATA = Path(__file__).with_name("data")
Split = Literal["dev", "test"]
Splitter = Callable[[str, Lang], Sequence[str]]
_WORD = re.compile(r"[^\W\d_]+")
_FIRST = re.compile(r"[^\W\d_]")
_SMALL = frozenset(
    "a an the and or but of in on at to for by with from as vs de la el los las y en por para con del al un una que se"
    " su o sin".split()
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What is there, what was said, and what of it was right."""

    true: int
    said: int
    right: int

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.true + self.said) if self.true + self.said else 1.0


def total(counts: Iterable[Counts]) -> Counts:
    rows = list(counts)
    return Counts(sum(c.true for c in rows), sum(c.said for c in rows), sum(c.right for c in rows))


# ---------------------------------------------------------------- ends of sentences


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph and its sentences."""

    language: Lang
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.parts)


def paragraphs(split: Split) -> list[Paragraph]:
    lines = (DATA / "sentence-ends.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [Paragraph(cast(Lang, language), tuple(text.split(" ¦ "))) for of, language, text in rows if of == split]


def ends(parts: Sequence[str]) -> set[int]:
    """Where sentences end inside the paragraph, in characters that are no blanks."""
    found, at = set(), 0
    for part in parts[:-1]:
        at += len("".join(part.split()))
        found.add(at)
    return found


def ends_found(paragraph: Paragraph, splitter: Splitter) -> Counts:
    gold, mine = ends(paragraph.parts), ends(splitter(paragraph.text, paragraph.language))
    return Counts(len(gold), len(mine), len(gold & mine))


# ---------------------------------------------------------------- capitals


def in_capitals(text: str) -> str:
    return text.upper()


def in_title_case(text: str) -> str:
    """As English headlines are set: every word but small ones with a capital."""
    words = text.split()
    return " ".join(w if i and w.lower() in _SMALL else _FIRST.sub(_upper, w, count=1) for i, w in enumerate(words))


def _upper(match: re.Match[str]) -> str:
    return match.group().upper()


def ordinary_texts(split: Split, language: Lang) -> Iterator[str]:
    """The texts and the reference translations of the domain checks that stand in sentence case."""
    lines = (DATA / f"translation-checks-{split}.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        mine = row["direction"].startswith(language)
        text = row["text"] if mine else row["reference"] if row["direction"].endswith(language) else ""
        if text and not (is_shouting(text) or is_title_case(text) or "#" in text):
            yield text


def capitals_found(text: str, recased: str) -> Counts:
    """Capitals of the words behind the first; none when the words are no longer the same."""
    pairs = list(zip(_WORD.findall(text)[1:], _WORD.findall(recased)[1:], strict=False))
    true = {i for i, (word, _) in enumerate(pairs) if word[0].isupper()}
    said = {i for i, (_, word) in enumerate(pairs) if word[0].isupper()}
    return Counts(len(true), len(said), len(true & said))
