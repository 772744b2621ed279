"""Whether a translation says the same numbers of the same things, both ways. Pure functions.

Every number must have its like in the other text (`numerals` reads both). The same number may not stand before another
unit or currency, nor a percentage lose its sign, unless the measure was converted right (within 4 %); two numbers may
not change places; "thousands" may not become "cientos", nor "days" "meses".

Known gaps: one, first, fourth, half and quarter may appear and vanish (articles, idioms, rooms); a unit that is left
out is missed but for percentages; swapped numbers pass where one of them is said twice; a time in the
singular that nothing counts ("the last day") may become another.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from monitor.language.numerals import Number, can_mean_the_same, number_tokens, number_words, numbers
from monitor.language.wordlists import PhraseIndex, read_rows
from monitor.records import Lang

_HERE = Path(__file__)
_CONVERTED = 0.04  # how far a converted measure may be off

# ---------------------------------------------------------------- units

_SIGNS: dict[str, str] = {"$": "dolar", "€": "euro", "£": "libra"}
_UNIT_REACH = 3  # words between a number and its unit: "300 square miles", "12 hombres armados"
_MEASURES = frozenset({"weight", "length", "area", "volume", "speed", "share", "money", "heat", "time"})


@dataclass(frozen=True, slots=True)
class _Unit:
    """What stands behind a number: all it can be ("libras" weigh and pay)."""

    rows: frozenset[int]
    groups: frozenset[str]


_NO_UNIT = _Unit(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class _Units:
    index: PhraseIndex
    groups: tuple[str, ...]
    factors: tuple[float, ...]  # of the group's base unit; 0 where nothing can be converted


@lru_cache(maxsize=2)
def _units(language: Lang) -> _Units:
    rows = list(read_rows(_HERE.with_name("units.tsv"), 4))
    index = PhraseIndex.of(row[2 if language == "es" else 3] for row in rows)
    return _Units(index, tuple(row[0] for row in rows), tuple(0.0 if row[1] == "-" else float(row[1]) for row in rows))


def _unit_of(number: Number, words: Sequence[str], language: Lang) -> _Unit:
    """The sign of a currency before a number, or the unit behind it."""
    named = _unit_behind(number, words, language)
    sign = _SIGNS.get(words[number.start - 1]) if number.start else None
    return named if sign is None or "money" in named.groups else _signed(sign, language)


def _unit_behind(number: Number, words: Sequence[str], language: Lang) -> _Unit:
    units = _units(language)
    for at in range(number.end, min(number.end + _UNIT_REACH, len(words))):
        word = number_words(language).get(words[at])
        if words[at] in _STOPS or words[at][0].isdecimal() or words[at] in _SIGNS:
            break
        hits = units.index.at(words, at)
        if hits:
            rows = frozenset(hit.row for hit in hits if hit.end == hits[0].end)
            return _Unit(rows, frozenset(units.groups[row] for row in rows))
        if word and word.role not in ("loose", "ordinal") and word.values[0] > 1:
            break
    return _NO_UNIT


def _signed(sign: str, language: Lang) -> _Unit:
    """The money a sign stands for; in Spanish a bare "$" may mean pesos."""
    names = [sign, "peso"] if sign == "dolar" and language == "es" else [sign]
    units = _units("es")
    rows = {hit.row for name in names for hit in units.index.at([name], 0)}
    return _Unit(frozenset(row for row in rows if units.groups[row] == "money"), frozenset({"money"}))


_RATIO = re.compile(r"\b(?:de cada|of every|in every|out of|for every|por cada)\b", re.IGNORECASE)  # either way round
_SWAP_REACH = 10  # words between two numbers that an engine may have exchanged
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_STOPS = frozenset(",;:.()")


# ---------------------------------------------------------------- the two texts side by side


@dataclass(frozen=True, slots=True)
class _Count:
    """A number and what it counts."""

    number: Number
    unit: _Unit


@dataclass(frozen=True, slots=True)
class AmountChanges:
    """What differs, as either text writes it."""

    numbers: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def _counted(text: str, language: Lang) -> tuple[_Count, ...]:
    words = [token.text for token in number_tokens(text)]
    return tuple(_Count(number, _unit_of(number, words, language)) for number in numbers(text, language))


def changed_amounts(original: str, translated: str, source: Lang, target: Lang) -> AmountChanges:
    """The numbers of either text that the other has in no form or in another order, and those with another unit."""
    here, there = _counted(original, source), _counted(translated, target)
    pairs = _paired(here, there)
    lost = [c for i, c in enumerate(here) if c.number.kind == "sure" and i not in {i for i, _ in pairs}]
    invented = [c for j, c in enumerate(there) if c.number.kind == "sure" and j not in {j for _, j in pairs}]
    converted = [(a, b) for a in lost for b in invented if _is_converted(a, b)]
    lost = [a for a in lost if a not in {a for a, _ in converted}]
    invented = [b for b in invented if b not in {b for _, b in converted}]
    explained = {row for pair in converted for count in pair for row in count.unit.rows}
    is_ratio = bool(_RATIO.search(original) or _RATIO.search(translated))
    swapped = [] if is_ratio else _swapped([(here[i], there[j]) for i, j in sorted(pairs)], here, there)
    written = [count.number.written for count in (*lost, *invented, *swapped)]
    units = [here[i].number.written for i, j in pairs if _differ(here[i].unit, there[j].unit)]
    units += [c.number.written for c in _without_money(here, translated, target)]
    units += [c.number.written for c in _without_money(there, original, source)]
    return AmountChanges(
        tuple(written + _changed_magnitude(here, there)),
        tuple(units + _changed_measures(original, translated, source, target, explained)),
    )


def _swapped(pairs: Sequence[tuple[_Count, _Count]], *texts: Sequence[_Count]) -> list[_Count]:
    """Numbers said once in each text that stand in another order, unless each kept what it counts."""
    once = [(a, b) for a, b in pairs if a.number.kind == b.number.kind == "sure" and _is_single(a, texts)]
    return [a for (a, b), (c, d) in pairwise(once) if b.number.start > d.number.start and _is_swap(a, b, c, d)]


def _is_swap(one: _Count, its_like: _Count, other: _Count, likewise: _Count) -> bool:
    """Whether two numbers that stand close together, and are no years, changed places but not what they count."""
    if any(_FIRST_YEAR <= value <= _LAST_YEAR for count in (one, other) for value in count.number.values):
        return False
    if max(other.number.start - one.number.end, its_like.number.start - likewise.number.end) > _SWAP_REACH:
        return False
    kept = one.unit.rows & its_like.unit.rows and other.unit.rows & likewise.unit.rows
    return not kept or bool(one.unit.rows & other.unit.rows)


def _is_single(count: _Count, texts: Iterable[Sequence[_Count]]) -> bool:
    return all(
        sum(other.number.kind == "sure" and bool(count.number.values & other.number.values) for other in text) == 1
        for text in texts
    )


def _changed_measures(
    original: str, translated: str, source: Lang, target: Lang, explained: Collection[int]
) -> list[str]:
    """A measure, however it is counted, of which the other text has only another of its group: "days" for "meses".

    `explained` are the rows of measures that were converted.
    """
    here, there = (_measures(original, source), _measures(translated, target))
    counted = {row for c in (*_counted(original, source), *_counted(translated, target)) for row in c.unit.rows}
    many = counted | (_plurals(original, source) & here) | (_plurals(translated, target) & there)
    here, there = here - there - set(explained), there - here - set(explained)
    groups = _units("en").groups
    return [
        f"{groups[row]} changed" for row in here if any(_is_other(row, other, groups, counted, many) for other in there)
    ]


def _is_other(row: int, other: int, groups: Sequence[str], counted: Collection[int], many: Collection[int]) -> bool:
    """Whether two measures of one group say different things; times ("the last day", "last hour") only when one is
    counted or both are in the plural."""
    if groups[row] != groups[other]:
        return False
    return groups[row] != "time" or row in counted or other in counted or (row in many and other in many)


@lru_cache(maxsize=512)
def _plurals(text: str, language: Lang) -> frozenset[int]:
    """Rows of units said in the plural."""
    words = [token.text for token in number_tokens(text)]
    return frozenset(hit.row for hit in _units(language).index.rows(words) if words[hit.end - 1].endswith("s"))


@lru_cache(maxsize=512)
def _measures(text: str, language: Lang) -> frozenset[int]:
    units = _units(language)
    hits = units.index.rows([token.text for token in number_tokens(text)])
    return frozenset(hit.row for hit in hits if units.groups[hit.row] in _MEASURES - {"money", "share", "speed"})


def _paired(here: Sequence[_Count], there: Sequence[_Count]) -> list[tuple[int, int]]:
    """Numbers of the same value: those with the same unit first, then sure ones, then in order."""
    options = sorted(
        (not a.unit.rows & b.unit.rows, (a.number.kind != "sure") + (b.number.kind != "sure"), abs(i - j), i, j)
        for i, a in enumerate(here)
        for j, b in enumerate(there)
        if can_mean_the_same(a.number, b.number)
    )
    pairs = list[tuple[int, int]]()
    for *_, i, j in options:
        if all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def _differ(one: _Unit, other: _Unit) -> bool:
    """Whether both are measures, and not the same one."""
    if "share" in one.groups ^ other.groups:
        return True
    both = one.groups & _MEASURES and other.groups & _MEASURES
    return bool(both) and not one.rows & other.rows


def _without_money(counts: Iterable[_Count], other: str, language: Lang) -> list[_Count]:
    """Sums, where the other text names no money at all."""
    sums = [count for count in counts if count.unit.groups == {"money"}]
    units = _units(language)
    words = [token.text for token in number_tokens(other)] if sums else []
    named = any(units.groups[hit.row] == "money" for hit in units.index.rows(words)) or not _SIGNS.keys().isdisjoint(
        words
    )
    return [] if named else sums


def _is_converted(one: _Count, other: _Count) -> bool:
    factors = _units("en").factors
    scaled = [
        (value * factors[row], there * factors[match])
        for row in one.unit.rows
        for match in other.unit.rows - one.unit.rows
        if _units("en").groups[row] == _units("en").groups[match] and factors[row] and factors[match]
        for value in one.number.values
        for there in other.number.values
    ]
    return any(abs(a - b) <= _CONVERTED * max(abs(a), abs(b)) for a, b in scaled)


def _changed_magnitude(mine: Sequence[_Count], theirs: Sequence[_Count]) -> list[str]:
    """ "thousands" for "cientos": where both count vaguely, but no vague count has its like."""
    here = {value for c in mine if c.number.kind == "vague" for value in c.number.values}
    there = {value for c in theirs if c.number.kind == "vague" for value in c.number.values}
    return [] if not here or not there or here & there else [f"{max(here):.0f} ≠ {max(there):.0f}"]
