"""Names that stand on one side of a translation only: lost, replaced, translated as words, invented, or swapped."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from monitor.language.glossary import Glossary
from monitor.language.name_forms import PLACES, Word
from monitor.language.name_units import LINKS, Side, Unit, is_acronym, side_of
from monitor.records import Lang

_LOST = 1.0  # weight of the names gone from one side
_BOTH = 1.3  # and of those gone from both together
_INVENTED_BODY = 0.6  # a translator may say which Guard it is
_ONCE_LESS = 1.0


def missing_names(original: str, translated: str, source: Lang, target: Lang, glossary: Glossary) -> list[str]:
    """The names that one side has and the other has in no form, when they are enough to doubt the translation.

    Those of the original come first, then those that only the translation has; names that changed places come as
    "Nogales ↔ Laredo". Empty when nothing is doubtful.
    """
    left, right = side_of(original, source, glossary), side_of(translated, target, glossary)
    lost = [unit for unit in left.units if unit.weight and not _stands_in(unit, right)]
    invented = [unit for unit in right.units if unit.weight and not _stands_in(unit, left)]
    fewer = _said_less_often(left, right)
    gone = sum(unit.weight for unit in lost) + _ONCE_LESS * len(fewer)
    new = sum(_INVENTED_BODY if unit.kind == "body" else unit.weight for unit in invented)
    found = [unit.text for unit in (*lost, *fewer, *invented)] if max(gone, new) >= _LOST or gone + new >= _BOTH else []
    return [*found, *_swapped(left, right, source)]


# ---------------------------------------------------------------- finding a name on the other side


def _stands_in(unit: Unit, other: Side) -> bool:
    if not unit.rows.isdisjoint(other.rows):
        return True
    if len(unit.words) == 1 and is_acronym(unit.words[0].text) and _spelled_out(unit.words[0].text, other):
        return True
    return all(_word_in(word.folded, other) for word in unit.words if word.folded not in LINKS)


def _spelled_out(acronym: str, other: Side) -> bool:
    """The acronym itself, its letters in another order (NATO, OTAN), or words with these initials, in any order."""
    letters = acronym.removesuffix("s").lower()
    mixed = sorted(letters)
    if letters in other.folded or any(word.text.isupper() and sorted(word.folded) == mixed for word in other.words):
        return True
    size = len(letters)
    windows = (other.initials[at : at + size] for at in range(len(other.initials) - size + 1))
    return letters in other.initials or (size >= 3 and any(sorted(window) == mixed for window in windows))


def _word_in(word: str, other: Side) -> bool:
    if word in other.folded or (len(word) >= 4 and word in other.squeezed):
        return True
    return any(alike(word, candidate) for candidate in other.folded)


_SOUNDS = (
    *(
        ("ph", "f"),
        ("th", "t"),
        ("sh", "s"),
        ("ch", "c"),
        ("kh", "j"),
        ("ck", "c"),
        ("qu", "c"),
        ("k", "c"),
        ("q", "c"),
    ),
    *(("y", "i"), ("j", "i"), ("w", "v"), ("z", "s"), ("x", "s"), ("h", ""), ("oo", "u"), ("ou", "u"), ("ee", "i")),
)
_LONG_BEGINNING = 0.55
_CHANGED = 0.27


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """A folded word as both languages might spell it: no h, no doubled letters, one letter for k, c and q."""
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    return re.sub(r"(.)\1", r"\1", word)


@lru_cache(maxsize=65536)
def alike(one: str, two: str) -> bool:
    """Whether two folded words may be one name: the same sounds or letters, a long common beginning, few changes."""
    if abs(len(one) - len(two)) > 5:
        return False
    a, b = sound(one), sound(two)
    if a == b:
        return True
    longest = max(len(a), len(b))
    if min(len(a), len(b)) < 3:
        return False
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if (same >= 4 and same >= _LONG_BEGINNING * longest) or (longest > 3 and sorted(a) == sorted(b)):
        return True
    return a[0] == b[0] and distance(a, b) <= _CHANGED * longest


def distance(one: str, two: str) -> int:
    """Levenshtein's distance: the letters to add, drop or change."""
    row = list(range(len(two) + 1))
    for i, x in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(two, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


# ---------------------------------------------------------------- how often, and in which order


def _said_less_often(left: Side, right: Side) -> list[Unit]:
    """Sure names that the original says more often than the translation, which has them."""
    said = Counter(unit.text for unit in left.units if unit.sure)
    first = {unit.text: unit for unit in left.units}
    return [first[text] for text, times in said.items() if times > 1 and 0 < _times(first[text], right) < times]


def _times(unit: Unit, side: Side) -> int:
    by_row = sum(not unit.rows.isdisjoint(rows) for rows in side.spans)
    return by_row or sum(_same(unit.words[0].folded, word.folded) for word in side.words)


def _same(one: str, two: str) -> bool:
    return one == two or (len(one) > 3 and alike(one, two))


def _swapped(left: Side, right: Side, source: Lang) -> list[str]:
    """Neighbouring names of one kind, each said once on both sides, whose order the translation turned round."""
    placed = [(unit, other) for unit, other in _partners(left, right)]
    return [
        f"{one.text} ↔ {two.text}"
        for (one, first), (two, second) in pairwise(placed)
        if first.words[0].at > second.words[0].at
        and _class(one) == _class(two)
        and not _owned(
            one if source == "en" else second, two if source == "en" else first, left if source == "en" else right
        )
    ]


def _class(unit: Unit) -> str:
    return unit.kind if unit.kind in PLACES else "person"


def _partners(left: Side, right: Side) -> Iterator[tuple[Unit, Unit]]:
    for unit in left.units:
        if unit.sure and unit.kind != "body" and sum(_match(unit, other) for other in left.units) == 1:
            others = [other for other in right.units if _match(unit, other)]
            if len(others) == 1:
                yield unit, others[0]


def _match(unit: Unit, other: Unit) -> bool:
    if not unit.rows.isdisjoint(other.rows):
        return True
    return any(_same(unit.words[0].folded, word.folded) for word in other.words)


def _owned(owner: Unit, thing: Unit, english: Side) -> bool:
    """ "Liverpool's Alisson", which Spanish turns round."""
    words: Sequence[Word] = [word for word in english.words if owner.words[0].at <= word.at < thing.words[0].at]
    return any(word.owns for word in words)
