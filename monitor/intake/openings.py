"""What a match of a pattern can begin with: only there need a text be looked at. Pure functions.

Nearly all patterns of a lexicon start at the beginning of a word. What their first characters can be is read off the
pattern once; `finding` looks words up by it. Of other patterns nothing is said.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined] # the standard library's own reading of patterns;
from re import _parser as parser  # type: ignore[attr-defined] # it has no public one
from typing import Any

LENGTH = 6  # characters that are compared, at most: "la gua", of "la guardia", says more than "la"
_MOST = 1_000  # openings of one pattern; with more of them a search is as fast
_WORD = re.compile(r"\w")
_LOOKS = frozenset({code.ASSERT, code.ASSERT_NOT})
_REPEATS = frozenset({code.MAX_REPEAT, code.MIN_REPEAT})
_OTHER_LETTERS = re.IGNORECASE | re.ASCII  # flags that change what a letter, or the edge of a word, is
_STOP = (None, None)  # no item of a pattern: what comes here can be anything
Item = tuple[Any, Any]


@lru_cache(maxsize=4096)
def openings(pattern: str) -> frozenset[str] | None:
    """The first characters, at most six, that a match can begin with; None when they cannot be told.

    Wherever the pattern matches, a word of the text begins there, and with one of them.
    """
    tree = parser.parse(pattern)
    found = None if tree.state.flags & _OTHER_LETTERS else _at_word(list(tree))
    return found if found and len(found) <= _MOST else None


def _at_word(items: Sequence[Item]) -> frozenset[str] | None:
    """The openings of what starts with a word boundary, or with the text; also behind groups and alternatives."""
    if not items:
        return None
    (kind, value), rest = items[0], items[1:]
    if kind in _LOOKS:
        return _at_word(rest)
    if kind is code.AT and value in (code.AT_BOUNDARY, code.AT_BEGINNING):
        heads = _heads(rest, LENGTH)
        return heads if all(_WORD.match(head) for head in heads) else None
    if kind is code.SUBPATTERN:
        return _at_word([*value[3], *rest]) if _plain(value) else None
    if kind is code.BRANCH:
        parts = [_at_word([*branch, *rest]) for branch in value[1]]
        return None if None in parts else frozenset().union(*(part for part in parts if part))
    return None


def _heads(items: Sequence[Item], size: int) -> frozenset[str]:
    """All that the next `size` characters can be; shorter where the pattern ends, or anything may follow."""
    if not items or not size:
        return frozenset({""})
    kind, value = items[0]
    rest = items[1:]
    if kind is code.LITERAL:
        return frozenset(chr(value) + head for head in _heads(rest, size - 1))
    ways = _ways(kind, value)
    if ways is None:
        return frozenset({""})
    return frozenset().union(*(_heads([*way, *rest], size) for way in ways))


def _ways(kind: Any, value: Any) -> Sequence[Sequence[Item]] | None:
    """Simpler items that an item stands for, each way it can be read; None when it can be anything."""
    if kind is code.AT or kind in _LOOKS:
        return [[]]
    if kind is code.IN and all(member is code.LITERAL for member, _ in value):
        return [[member] for member in value]
    if kind is code.SUBPATTERN and _plain(value):
        return [value[3]]
    if kind is code.BRANCH:
        return list(value[1])
    if kind in _REPEATS:
        least, most, inner = value
        once = list(inner) if most == 1 else [*inner, _STOP]
        return [once, []] if least == 0 else [once]
    return None


def _plain(group: Any) -> bool:
    """A group without flags of its own."""
    return not group[1] and not group[2]
