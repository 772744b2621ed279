"""Listed names, found in a text in one pass. Pure.

A text is read word by word; where a word begins a listed name, the longest name that is there counts, and reading goes
on behind it. The cost is that of splitting the text into words, however long the list is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.stories.plain import plain

Spelling = Literal["capitals", "exact", "any"]
_WORD = re.compile(r"\w+")
_SHORT = 3  # letters: "de", "of", "los"
_KINDS = frozenset({"Bridge", "County", "Crossing", "Sector", "Puente"})  # often without their capitals
_BARRED = frozenset("@#.")  # a word after one of these is an address, a tag or the middle of an abbreviation


@dataclass(frozen=True, slots=True)
class Sense:
    """What a name stands for, from one day to another, both included."""

    id: str
    since: date = date.min
    until: date = date.max

    def holds(self, on: date | None) -> bool:
        """Whether the name means this on a day; without a day, whether it still does."""
        return self.until == date.max if on is None else self.since <= on <= self.until


@dataclass(frozen=True, slots=True)
class Name:
    """A name without accents; one without senses hides the shorter names in it."""

    written: str
    spelling: Spelling = "capitals"
    senses: tuple[Sense, ...] = ()
    kind: str = ""

    def is_written(self, text: str) -> bool:
        """Whether a match has the spelling. With capitals: at the last long word that is listed with one, or at all."""
        if self.spelling != "capitals":
            return self.spelling == "any" or text == self.written
        pairs = zip(_WORD.findall(text), _WORD.findall(self.written), strict=True)
        words = [word for word, own in pairs if own[0].isupper() and own not in _KINDS]
        long = [word for word in words if len(word) > _SHORT]
        return long[-1][0].isupper() if long else all(word[0].isupper() for word in words)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at a place in a text."""

    name: Name
    start: int
    end: int


class NameIndex:
    """Names, ready to be looked for. Of two with one spelling the senses are put together."""

    def __init__(self, names: Iterable[Name]) -> None:
        together: dict[tuple[str, Spelling], Name] = {}
        for name in names:
            key = (name.written if name.spelling == "exact" else name.written.lower(), name.spelling)
            senses = (*(together[key].senses if key in together else ()), *name.senses)
            together[key] = Name(name.written, name.spelling, tuple(dict.fromkeys(senses)), name.kind)
        by_text: defaultdict[str, list[Name]] = defaultdict(list)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in sorted(together.values(), key=lambda name: name.spelling != "exact"):
            words = _WORD.findall(name.written.lower())
            by_text[name.written.lower()].append(name)
            lengths[words[0]].add(len(words))
        self._by_text: Mapping[str, list[Name]] = dict(by_text)
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}  # in words

    def find(self, text: str) -> tuple[Mention, ...]:
        """The names in a text without accents, from left to right."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a letter whose small form is two: rare enough to read only as it stands
            lowered = text
        spans = [word.span() for word in _WORD.finditer(lowered)]
        found: list[Mention] = []
        end = 0
        for index, (start, stop) in enumerate(spans):
            lengths = self._lengths.get(lowered[start:stop])
            if lengths is None or start < end or (start and text[start - 1] in _BARRED):
                continue
            ends = [spans[index + length - 1][1] for length in lengths if index + length <= len(spans)]
            mention = self._longest(text, lowered, start, ends)
            if mention:
                found.append(mention)
                end = mention.end
        return tuple(found)

    def _longest(self, text: str, lowered: str, start: int, ends: Iterable[int]) -> Mention | None:
        """The first name from `start` to one of the ends."""
        for end in ends:
            for name in self._by_text.get(lowered[start:end], ()):
                if name.is_written(text[start:end]):
                    return Mention(name, start, end)
        return None


def listed(entry: str, *, senses: Iterable[Sense] = (), kind: str = "", spelling: Spelling = "capitals") -> Name:
    """A name as the data files write it: "{ICE}" exactly so, "~border czar" in any case, else with its capitals."""
    marks: Mapping[str, Spelling] = {"{": "exact", "~": "any"}
    return Name(plain(entry).strip("{}~").rstrip("."), marks.get(entry[0], spelling), tuple(senses), kind)
