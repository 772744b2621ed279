"""Many patterns looked for in one text at once. Pure, but for what is remembered of the words that were met.

A search for each of two hundred patterns reads a text two hundred times. Nearly all of them can begin only at certain
words (`openings` reads that off the pattern), and those are looked up word by word: a pattern is tried only where one
of its openings stands. Patterns whose openings cannot be told are searched the plain way, so a lexicon may hold any
pattern; a few such cost little.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache

from monitor.intake.openings import LENGTH, openings
from monitor.text import fold

_MOST_HEADS = 100_000  # remembered: far more than news has, and a bound for texts that are none
_Numbered = tuple[int, re.Pattern[str]]


class Patterns:
    """Patterns that are looked for together, each known by its number."""

    def __init__(self, patterns: Mapping[int, re.Pattern[str]]) -> None:
        by_opening: defaultdict[str, list[_Numbered]] = defaultdict(list)
        self._anywhere: list[_Numbered] = []
        for numbered in patterns.items():
            heads = openings(numbered[1].pattern)
            if heads is None:
                self._anywhere.append(numbered)
            for head in heads or ():
                by_opening[head].append(numbered)
        self._beginning_with = _Beginnings(by_opening)
        self._word = _word_starts(by_opening)

    def found(self, text: str) -> dict[int, str]:
        """By number, what each pattern's `search` matches in the text; those that it does not find are left out."""
        found = {number: match[0] for number, pattern in self._anywhere if (match := pattern.search(text))}
        for word in self._word.finditer(text):
            start = word.start()
            for number, pattern in self._beginning_with[text[start : start + LENGTH]]:
                if number not in found and (match := pattern.match(text, start)):
                    found[number] = match[0]
        return found


class _Beginnings(dict[str, tuple[_Numbered, ...]]):
    """The patterns that can begin where a word begins with these characters. Filled as words are met."""

    def __init__(self, by_opening: Mapping[str, Collection[_Numbered]]) -> None:
        super().__init__()
        self._by_opening = by_opening

    def __missing__(self, head: str) -> tuple[_Numbered, ...]:
        cuts = [head[:size] for size in range(1, len(head) + 1)]
        fitting = tuple({numbered for cut in cuts for numbered in self._by_opening.get(cut, ())})
        if len(self) < _MOST_HEADS:
            self[head] = fitting
        return fitting


def _word_starts(heads: Collection[str]) -> re.Pattern[str]:
    """Finds the beginnings of the words whose first letter is that of an opening."""
    first = "".join(re.escape(letter) for letter in sorted({head[0] for head in heads}))
    return re.compile(rf"[{first}](?<=\b[{first}])" if first else "(?!)")


class Finder:
    """Finds all patterns of a lexicon in a text: raw ones in the text as written, the others in the folded one."""

    def __init__(self, folded: Mapping[int, re.Pattern[str]], raw: Mapping[int, re.Pattern[str]]) -> None:
        self._folded = Patterns(folded)
        self._raw = Patterns(raw)

    def found(self, text: str) -> dict[int, str]:
        """As `Patterns.found`."""
        return self._folded.found(fold(text)) | self._raw.found(text)


@lru_cache(maxsize=4)  # it learns words; workers get a copy of the lexicon with each batch
def finder(patterns: tuple[re.Pattern[str], ...], raw: frozenset[int]) -> Finder:
    """The finder of patterns, which are numbered from 0; `raw` are the numbers of those for the text as written."""
    numbered = dict(enumerate(patterns))
    return Finder(
        {number: pattern for number, pattern in numbered.items() if number not in raw},
        {number: numbered[number] for number in raw},
    )
