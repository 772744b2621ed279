"""Faults of names in translations: lost, replaced, exchanged, turned into words, misspelt, invented.

A name here is a place, agency, group or person of the word lists, or a run of capitalised words inside a sentence.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from monitor.language.casing import is_shouting, is_title_case
from monitor.records import Lang
from monitor.text import fold
from tests.eval.guard_corruptions import Case, Fault
from tests.eval.guard_words import any_word, like, replaced, tidy, words

_KINDS = ("city", "state", "country", "agency", "acronym", "cartel")
_CAPITAL = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,}"
_RUN = re.compile(rf"(?<![\w'’]){_CAPITAL}(?:['’-][A-Z]?[a-z]+)?(?: (?:de |del |de la )?{_CAPITAL})*(?![\w'’])")
_NO_NAMES = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday"
    " thursday friday saturday sunday mexican mexicans american americans spanish english venezuelan venezuelans"
    " haitian haitians cuban cubans chinese russian european colombian guatemalan honduran christmas republican"
    " democrat democrats republicans judge mayor governor president secretary sheriff senator congressman sergeant"
    " lieutenant captain general consul authorities officials attorney prosecutor state federal court city county"
    " house river department the juez jueza".split()
)
_TITLE_BEFORE = re.compile(
    r"(?:judge|mayor|governor|sheriff|senator|lieutenant|captain|congressman|lawyer|secretary|consul|juez|jueza"
    r"|alcaldesa|alcalde|gobernador|gobernadora|secretario|secretaria|senadora|senador|teniente|congresista|abogada"
    r"|abogado|cónsul)$",
    re.IGNORECASE,
)
_BEFORE_PLACE = re.compile(
    r"\s*(?:,|\b(?:in|at|near|from|to|of|for|against|into|toward|through|en|de|para|contra|cerca de|hacia|desde|por))"
    r"\s*(?:the |la |el )?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    start: int
    end: int
    text: str
    kind: str


def names_of(case: Case) -> list[Name]:
    """The names in the translation, without those that stand in one another."""
    found = [
        Name(m.start(), m.end(), m.group(), kind)
        for kind in _KINDS
        for m in re.finditer(any_word(_listed(kind, case.target)), case.output)
    ]
    taken = [name for name in found if not any(_inside(name, other) for other in found)]
    if is_shouting(case.output) or is_title_case(case.output):
        return sorted(taken, key=lambda name: name.start)
    for match in _RUN.finditer(case.output):
        name = _person(match, case)
        if name and not any(name.start < other.end and other.start < name.end for other in taken):
            taken.append(name)
    return sorted(taken, key=lambda name: name.start)


def _inside(name: Name, other: Name) -> bool:
    return name != other and other.start <= name.start and name.end <= other.end and len(other.text) > len(name.text)


def _person(match: re.Match[str], case: Case) -> Name | None:
    """A run of capitals that stands in the original too: a person by given name, surname or title, else "other"."""
    parts = match.group().split()
    before = case.output[: match.start()].rstrip()
    opens = not before or before[-1] in '.!?:"“«(¿¡]'
    if any(fold(part) in _NO_NAMES for part in parts) or fold(match.group()) not in fold(case.text):
        return None
    if parts[0] in words()["people"].split() or _TITLE_BEFORE.search(before):
        return Name(match.start(), match.end(), match.group(), "person" if len(parts) >= 2 else "surname")
    return None if opens else Name(match.start(), match.end(), match.group(), "other")


@lru_cache(maxsize=64)
def _listed(kind: str, language: Lang) -> tuple[str, ...]:
    entry = words()["names"][kind]
    text = entry if isinstance(entry, str) else entry[language]
    return tuple(name.strip() for name in text.split(","))


def _choice(case: Case, dice: random.Random, kinds: tuple[str, ...]) -> Name | None:
    found = [name for name in names_of(case) if name.kind in kinds]
    found = [n for n in found if case.output.count(n.text) == 1]
    return dice.choice(found) if found else None


def _with(case: Case, name: Name, by: str) -> str:
    match = re.compile(re.escape(name.text)).match(case.output, name.start)
    assert match
    return replaced(match, case.output, by)


def lost_place(case: Case, dice: random.Random) -> str:
    """A place is gone together with its preposition, comma or "and"."""
    name = _choice(case, dice, ("city", "state", "country", "other"))
    if not name:
        return ""
    before, after = case.output[: name.start], case.output[name.end :]
    if follows := re.match(r" (?:and|y|e) (?:the )?(?=[A-ZÁÉÍÓÚ])", after):
        after = after[follows.end() :]
    elif precedes := re.search(r" (?:and|y|e) (?:the )?$", before):
        before = before[: precedes.start()]
    elif preposition := _BEFORE_PLACE.search(before):
        before = before[: preposition.start()]
    elif name.kind == "other":
        return ""
    result = tidy(f"{before} {after}" if after[:1].isalnum() else before + after).strip(" ,")
    return result[:1].upper() + result[1:] if len(result.split()) >= 3 else ""


def lost_person(case: Case, dice: random.Random) -> str:
    """ "Judge Harold Pruitt ruled" becomes "Judge ruled"; "Pedro Arriaga accused" becomes "He accused"."""
    name = _choice(case, dice, ("person", "surname"))
    if not name or case.output[name.end : name.end + 1] == ":":
        return ""
    if _TITLE_BEFORE.search(case.output[: name.start].rstrip()):
        return _with(case, name, "")
    he = {"en": ("he", "him", "a man"), "es": ("él", "un hombre", "una persona")}[case.target]
    return _with(case, name, he[0] if name.start == 0 else dice.choice(he[1:]))


def lost_agency(case: Case, dice: random.Random) -> str:
    """An agency becomes "the agency", a cartel "the group"; an agent of it is a "federal" one."""
    name = _choice(case, dice, ("agency", "acronym", "cartel"))
    if not name:
        return ""
    if case.target == "en":
        of_it = bool(re.match(r" (?:agents?|officers?|troops|vehicles?|soldiers|members)\b", case.output[name.end :]))
        general = "group" if name.kind == "cartel" else "federal" if of_it else "agency"
        return _with(case, name, like(name.text, general) if name.start == 0 else general)
    before = re.search(r"\b(de la|del|al|el|la|los|las) $", case.output[: name.start], re.IGNORECASE)
    general = "grupo" if name.kind == "cartel" else "dependencia"
    if not before:
        return _with(case, name, like(name.text, general) if name.start == 0 else general)
    article = _article(before.group(1), masculine=name.kind == "cartel")
    match = re.compile(r".*", re.DOTALL).fullmatch(case.output, before.start(), name.end)
    return replaced(match, case.output, f"{like(before.group(1), article)} {general}") if match else ""


def _article(old: str, *, masculine: bool) -> str:
    """The article, with its preposition, before another noun."""
    low = old.lower()
    preposition = "de" if low.startswith("de") else "a" if low == "al" else ""
    if masculine:
        return {"de": "del", "a": "al"}.get(preposition, "el")
    return f"{preposition} la".strip()


def replaced_place(case: Case, dice: random.Random) -> str:
    return _replaced_by_kind(case, dice, ("city", "state", "country"))


def replaced_agency(case: Case, dice: random.Random) -> str:
    return _replaced_by_kind(case, dice, ("agency", "acronym", "cartel"))


def replaced_person(case: Case, dice: random.Random) -> str:
    return _replaced_by_kind(case, dice, ("person", "surname"))


def _replaced_by_kind(case: Case, dice: random.Random, kinds: tuple[str, ...]) -> str:
    """Another name of the same kind that neither text has."""
    name = _choice(case, dice, kinds)
    if not name:
        return ""
    both = fold(case.text + " " + case.output)
    return _with(case, name, dice.choice([n for n in _listed(name.kind, case.target) if fold(n) not in both]))


def another_surname(case: Case, dice: random.Random) -> str:
    """The given name stays, the surname is another one."""
    name = _choice(case, dice, ("person",))
    if not name:
        return ""
    given = name.text.split()[0]
    return _with(case, name, f"{given} {dice.choice(_listed('surname', case.target))}")


def swapped_names(case: Case, dice: random.Random) -> str:
    """Two names of one kind in each other's place; not where only a comma or "and" stands between them."""
    found = [name for name in names_of(case) if name.kind != "other"]
    pairs = [(a, b) for i, a in enumerate(found) for b in found[i + 1 :] if _can_swap(a, b, case.output)]
    if not pairs:
        return ""
    a, b = dice.choice(pairs)
    o = case.output
    return _articles(o[: a.start] + b.text + o[a.end : b.start] + a.text + o[b.end :])


def _can_swap(a: Name, b: Name, output: str) -> bool:
    between = output[a.end : b.start]
    return (
        a.kind == b.kind
        and a.text != b.text
        and not re.fullmatch(r",? (?:and|y|e|or|o|with|con)? ?(?:the |el |la )?", between)
    )


def _articles(output: str) -> str:
    """ "the Mexico" lost its article, "United States" has one."""
    return re.sub(
        r"\bthe (?=Mexico|Canada|Guatemala|Honduras|Colombia|Cuba|Haiti|Texas|China|Russia|Venezuela)", "", output
    )


def common_word(case: Case, dice: random.Random) -> str:
    """A name taken for a word: "Nogales" becomes "Walnuts"."""
    table: dict[str, str] = words()["common_words"][case.target]
    found = list(re.finditer(any_word(tuple(table)), case.output))
    if not found:
        return ""
    match = dice.choice(found)
    return replaced(match, case.output, table[match.group()])


def misspelt(case: Case, dice: random.Random) -> str:
    """A name beyond recognition: its first two letters, and then something else."""
    name = _choice(case, dice, ("city", "state", "person", "surname", "other"))
    if not name or len(name.text) < 5:
        return ""
    parts = name.text.split()
    at = max(range(len(parts)), key=lambda i: len(parts[i]))
    tail = "".join(dice.choice("lnrstmcv") + dice.choice("aeiou") for _ in range(dice.randint(1, 3)))
    parts[at] = parts[at][:2] + tail
    return _with(case, name, " ".join(parts))


def invented_place(case: Case, dice: random.Random) -> str:
    """A place at the end of which the original says nothing."""
    both = fold(case.text + " " + case.output)
    city = dice.choice([n for n in _listed("city", case.target) if fold(n) not in both])
    body = case.output.rstrip(".")
    if body != case.output[: len(body)] or body[-1:] in "\"'”»)?!" or not names_of(case):
        return ""
    return f"{body} {'in' if case.target == 'en' else 'en'} {city}{case.output[len(body) :]}"


def invented_person(case: Case, dice: random.Random) -> str:
    """A judge, mayor or sheriff gets a name that the original does not give."""
    titles = (
        "sheriff|mayor|governor|judge|driver"
        if case.target == "en"
        else "sheriff|alcalde|alcaldesa|gobernadora|juez|jueza"
    )
    match = re.search(rf"\b(?:{titles})\b(?! [A-ZÁÉÍÓÚ])(?= (?!of|de)\w)", case.output, re.IGNORECASE)
    if not match:
        return ""
    return replaced(match, case.output, f"{match.group()} {dice.choice(_listed('person', case.target))}")


NAME_FAULTS: Mapping[str, Fault] = {
    "lost_place": lost_place,
    "lost_person": lost_person,
    "lost_agency": lost_agency,
    "replaced_place": replaced_place,
    "replaced_agency": replaced_agency,
    "replaced_person": replaced_person,
    "another_surname": another_surname,
    "swapped_names": swapped_names,
    "common_word": common_word,
    "misspelt_name": misspelt,
    "invented_place": invented_place,
    "invented_person": invented_person,
}
