"""Names that stand on one side of a translation only: lost, replaced, translated as words, invented, or exchanged.

Every name of either text is looked for in the other, by the tables of `name_forms`, by its spelling, and by an
acronym's letters; then it is counted, and the order of both sides is compared. Pure. docs/decisions/0009-name-guard.md
says what each step brings.

Known gaps:
- A word of an agency's name that was lost or changed ("Secretaría de Marina" → "Ministry") passes: institutions' words
  weigh little, for translators differ about them. So do nicknames made of common words ("El Blanco" → "the target") and
  a name that stayed but got a wrong word beside it ("Viña del Mar" → "sea Viña").
- A name that the glossary lacks and that is no known person's (a foreign city, region or agency, an unlisted word) is
  found missing or invented only when something else is gone too: translators explain, shorten and add such names.
- One mention less, a first name or a second surname less, or a title that became other words is no fault by itself.
- A misspelling that a reader recognises (a quarter of the letters) is no fault; so "Martínez" for "Martín" passes.
- An exchange passes when the names are of different kinds, touch, are unlisted words, when one is said twice, behind
  "of" (people), and when the prepositions were exchanged as well. A sentence turned round without prepositions
  is flagged.
- A translator who adds or drops a name of the glossary for the reader's sake ("near the border with Arizona") or uses
  another form that no table has on both sides is flagged: far more often in general news than in engines' border news.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from monitor.language.glossary import Glossary
from monitor.language.name_forms import PLACES, Word, is_common
from monitor.language.name_units import LINKS, Side, Unit, UnitKind, is_acronym, side_of
from monitor.records import Lang

_ENOUGH = 1.0  # evidence that is gone from one side
_ENOUGH_OF_BOTH = 1.25  # and from both together
_ADDED = 1.0  # weight of names that only the translation has, as a share of those that only the original has
_ADDED_BODY = 0.6  # a translator may say which Guard or which Court it is
_ONCE_LESS = 0.5  # a name said less often: translators write "she" or "the latter"
_BY_ITSELF: Mapping[UnitKind, float] = {  # sure names that are not enough alone, unless the glossary has them
    "unknown": 0.7,
    "region": 0.7,
    "country": 0.9,
    "city": 0.9,
    "body": 0.9,
}
_KEPT_IN_PART = 0.6  # what is left out of a person's name when the translation shortens it
_WEAK = 0.5  # below this a word is hardly a name
_ALL_WEAK = 0.3  # what many such words count together: a title that was translated is no loss


def missing_names(original: str, translated: str, source: Lang, target: Lang, glossary: Glossary) -> list[str]:
    """The names that one side has and the other has in no form, when they are enough to doubt the translation.

    Those of the original come first, then those that only the translation has; names that changed places come as
    "Nogales ↔ Laredo". Empty when nothing is doubtful.
    """
    left, right = side_of(original, source, glossary), side_of(translated, target, glossary)
    lost, added = _not_in(left, right), _not_in(right, left)
    fewer = _said_less_often(left, right)
    replaced = all(any(unit.weight >= _WEAK for unit in units) for units in (lost, added))
    gone = _evidence(lost, left, replaced=replaced) + _ONCE_LESS * len(fewer)
    new = _ADDED * _evidence(added, right, replaced=replaced, body=_ADDED_BODY)
    doubtful = max(gone, new) >= _ENOUGH or gone + new >= _ENOUGH_OF_BOTH
    return [*(unit.text for unit in (*lost, *fewer, *added) if doubtful), *_exchanged(left, right, source)]


# ---------------------------------------------------------------- how sure a loss is

_PERSONAL = frozenset(("known", "unknown"))


def _evidence(gone: Sequence[Unit], side: Side, *, replaced: bool, body: float = 1.0) -> float:
    """How surely these units of a side make a fault; `body`: the most that an agency counts.

    `replaced`: the other side has names of its own, so that a name whose neighbour stayed was not merely shortened.
    """
    found = [_by_itself(unit, body) for unit in gone]
    if not replaced:
        kept = [_stayed_in_part(unit, gone, side) for unit in gone]
        found = [min(each, _KEPT_IN_PART) if part else each for each, part in zip(found, kept, strict=True)]
    weak = sum(each for each in found if each < _WEAK)
    return sum(each for each in found if each >= _WEAK) + min(weak, _ALL_WEAK)


def _by_itself(unit: Unit, body: float) -> float:
    """The weight of a unit, less for sure names that are none of the glossary's: translators add and drop those."""
    of_glossary = any(row < 0 for row in unit.rows)
    weight = unit.weight if of_glossary or not unit.sure else _BY_ITSELF.get(unit.kind, unit.weight)
    return min(weight, body) if unit.kind == "body" else weight


def _stayed_in_part(unit: Unit, gone: Sequence[Unit], side: Side) -> bool:
    """Whether a person's name was shortened: to what follows ("Ramiro Quezada" → "Quezada"), or by a second surname."""
    at = side.units.index(unit)
    before, after = side.units[max(0, at - 2) : at + 1], side.units[at : at + 2]
    return any(
        len(run) == size
        and all(each.kind in _PERSONAL and (each is unit or each not in gone) for each in run)
        and all(_touch(*pair) for pair in pairwise(run))
        for run, size in ((after, 2), (before, 3))
    )


def _touch(one: Unit, two: Unit) -> bool:
    """Whether two units have nothing but a blank or a hyphen between them."""
    last = one.words[-1]
    return last.at + len(last.text) + 1 == two.words[0].at


# ---------------------------------------------------------------- finding a name on the other side

_CAPITAL = frozenset({*PLACES, "known"})
_EXACT = _CAPITAL | {"unknown"}  # a common beginning is not enough
_GENERIC = frozenset(  # words of places' names that are translated
    "bridge puente port puerto entry entrada ingreso crossing cruce garita county condado state estado city ciudad"
    " river rio valley valle international internacional sector gate bay bahia mountains sierra lake lago street"
    " calle".split()
)
_LEFT_OUT = frozenset(("partido", "party"))  # of a name of which another word is there: "Democratic votes"


def _not_in(side: Side, other: Side) -> list[Unit]:
    return [unit for unit in side.units if unit.weight and not stands_in(unit, other)]


def stands_in(unit: Unit, other: Side) -> bool:
    """Whether a name has a counterpart: a form of the same row, an acronym's long form, or its words, spelled alike."""
    if not unit.rows.isdisjoint(other.rows):
        return True
    if len(unit.words) == 1 and is_acronym(unit.words[0].text) and _spelled_out(unit.words[0].text, other):
        return True
    pairs = [pair for pair in zip(unit.words, unit.parts, strict=True) if pair[0].folded not in LINKS]
    spelled = [_word_in(word.folded, unit, other) for word, _ in pairs]
    return any(spelled) and all(
        found or word.folded in _LEFT_OUT or (_translatable(word, unit) and not rows.isdisjoint(other.rows))
        for found, (word, rows) in zip(spelled, pairs, strict=True)
    )


def _translatable(word: Word, unit: Unit) -> bool:
    """Whether this word of a longer name may be translated: any of an agency's, "bridge" of a place's."""
    return unit.kind not in PLACES or word.folded in _GENERIC


def _spelled_out(acronym: str, other: Side) -> bool:
    """The acronym itself, its letters in another order (NATO, OTAN), or words with these initials.

    Words with capitals may stand in any order, which is another in each language.
    """
    letters = acronym.removesuffix("s").lower()
    mixed, size, named = sorted(letters), len(letters), other.capital_initials
    if letters in other.folded or any(word.text.isupper() and sorted(word.folded) == mixed for word in other.words):
        return True
    if size < 3:
        return letters in named
    windows = (named[at : at + size] for at in range(len(named) - size + 1))
    return letters in other.initials or any(sorted(window) == mixed for window in windows)


def _word_in(word: str, unit: Unit, other: Side) -> bool:
    """A known name keeps its spelling, and its capital where it would be a common word; others may share the root."""
    if word in other.folded:
        return unit.kind not in _CAPITAL or word in other.capitals or not is_common(word, other.language)
    if len(word) >= 4 and word in other.squeezed:
        return True
    words = other.capitals if unit.kind in _CAPITAL else other.folded
    return any(alike(word, candidate, exact=unit.kind in _EXACT) for candidate in words)


# ---------------------------------------------------------------- one name in two spellings

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
_DOUBLED = re.compile(r"(.)\1")
_LONG_BEGINNING = 0.55  # of the longer word
_CHANGED = 0.27


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """A folded word as both languages might spell it: no h, no doubled letters, one letter for k, c and q."""
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    return _DOUBLED.sub(r"\1", word)


@lru_cache(maxsize=8192)
def alike(one: str, two: str, *, exact: bool = True) -> bool:
    """Whether two folded words may be one name: the same sounds or letters, few changes.

    Without `exact` a long common beginning will do, as of words that both languages have from one root.
    """
    if abs(len(one) - len(two)) > 5:
        return False
    a, b = sound(one), sound(two)
    if a == b:
        return True
    shortest, longest = sorted((len(a), len(b)))
    if shortest < 3:
        return False
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), shortest)
    if not exact and same >= 4 and same >= _LONG_BEGINNING * longest:
        return True
    if longest > 3 and sorted(a) == sorted(b):
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


def _same(one: str, two: str) -> bool:
    return one == two or (len(one) > 3 and alike(one, two))


# ---------------------------------------------------------------- how often


def _said_less_often(left: Side, right: Side) -> list[Unit]:
    """Sure names that the original says more often than the translation, which has them."""
    times = Counter(unit.text for unit in left.units if unit.sure)
    first = {unit.text: unit for unit in reversed(left.units)}
    return [first[text] for text, said in times.items() if said > 1 and 0 < _times(first[text], right) < said]


def _times(unit: Unit, side: Side) -> int:
    by_row = sum(not unit.rows.isdisjoint(rows) for rows in side.spans)
    return by_row or sum(_same(unit.words[0].folded, word.folded) for word in side.words)


# ---------------------------------------------------------------- in which order

_EXCHANGEABLE = ("city", "region", "country", "body", "person")
_NOT_BEFORE_PEOPLE = frozenset(("de", "of"))
_ARTICLES = frozenset("el la los las the ciudad city state estado san señor mr mrs sr president".split())
_LINK_OF = {
    word: link
    for link, words in {
        "in": "en in at on inside within dentro",
        "of": "de del of from desde since",
        "to": "a al to toward towards hacia hasta into until",
        "by": "por by through via para for",
        "with": "con with y e and o or ni nor entre between contra against",
    }.items()
    for word in words.split()
}


Partners = tuple[Unit, Unit]  # a name of the original, the same in the translation


def _exchanged(left: Side, right: Side, source: Lang) -> list[str]:
    """Names of one kind, one behind the other, each said once on both sides, whose order the translation turned round.

    Not when they touch ("Wexcombe Cup", "Copa Wexcombe" are one name), not when English owns by 's what Spanish owns by
    "de", and not when the names took their prepositions along ("por Tijuana … en Laredo", "in Laredo … by Tijuana"):
    then only the sentence was turned round.
    """
    found = [(_exchangeable(unit, left), unit, other) for unit, other in _partners(left, right)]
    of_kind = ([(unit, other) for each, unit, other in found if each == kind] for kind in _EXCHANGEABLE)
    return [
        f"{one[0].text} ↔ {two[0].text}"
        for names in of_kind
        for one, two in pairwise(names)
        if one[1].words[0].at > two[1].words[0].at
        and not (_touch(one[0], two[0]) or _touch(two[1], one[1]))
        and not _owned(one, two, left, right, source)
        and not _moved_along(one, two, left, right)
    ]


def _partners(left: Side, right: Side) -> Iterator[Partners]:
    """Sure names that each side has once, in the order of the first side."""
    for unit in left.units:
        if unit.sure and sum(_match(unit, other) for other in left.units) == 1:
            others = [other for other in right.units if _match(unit, other)]
            if len(others) == 1:
                yield unit, others[0]


def _match(unit: Unit, other: Unit) -> bool:
    if not unit.rows.isdisjoint(other.rows):
        return True
    return any(_same(unit.words[0].folded, word.folded) for word in other.words)


def _exchangeable(unit: Unit, side: Side) -> str:
    """The kind of a place, "body", "person" for what may be one; "" for unknown words, teams, owners and the like."""
    if unit.kind in _EXCHANGEABLE:
        return unit.kind
    if unit.kind == "unknown":
        return ""
    return "" if _NOT_BEFORE_PEOPLE.intersection(_before(unit, side)[-1:]) else "person"


def _owned(one: Partners, two: Partners, left: Side, right: Side, source: Lang) -> bool:
    """ "Liverpool's Alisson", which Spanish turns round."""
    english, owner, thing = (left, one[0], two[0]) if source == "en" else (right, two[1], one[1])
    return any(word.owns for word in english.words if owner.words[0].at <= word.at < thing.words[0].at)


def _moved_along(one: Partners, two: Partners, left: Side, right: Side) -> bool:
    """Whether two names kept the prepositions before them, which differ."""
    before = _led_by(one[0], left), _led_by(two[0], left)
    return before[0] != before[1] and before == (_led_by(one[1], right), _led_by(two[1], right))


def _led_by(unit: Unit, side: Side) -> str:
    """The sense of the preposition before a name; "" without one."""
    before = _before(unit, side)
    while before and before[-1] in _ARTICLES:
        before.pop()
    return _LINK_OF.get(before[-1], "") if before else ""


def _before(unit: Unit, side: Side) -> list[str]:
    return [word.folded for word in side.words if word.at < unit.words[0].at][-3:]
