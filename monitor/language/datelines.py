"""Datelines ("TIJUANA, B.C., 4 de marzo (Redacción).-") are put into the other language part by part, not translated.

Pure, but for the table beside this module. Known gaps: a town in title case without a state, a date or a source is
taken for the subject of a sentence unless ".-" follows; a town's name in the other language must be in the glossary.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from monitor.language.glossary import Glossary
from monitor.language.names import ACRONYMS
from monitor.records import Lang
from monitor.text import fold

_TABLE = Path(__file__).with_name("datelines.tsv")
_UPPER = "A-ZÁÉÍÓÚÜÑ"
_TOWN = rf"(?:[{_UPPER}][\w'’.]*)(?:[ /-](?:(?:de|del|la|las|los|el|y|[{_UPPER}][\w'’.]*)))*"
# head, source in brackets, and the sign that ends a dateline
_LINE = re.compile(
    rf"(?P<head>{_TOWN}(?:,? (?:a )?[\w. /]{{1,40}}){{0,3}}?),?\s*(?:\((?P<source>[^()]{{2,40}})\))?"
    r"(?P<sign>\s*(?:\.\s?[-–—]+|[—–]|--)\s*|\s+-\s+|(?<=\.)-\s*)(?=[\w\"“«¿¡'(])"
)
_SIGN = re.compile(r"[—–]|--|\.\s?-|\s-\s")
_LONGEST = 110  # characters of the longest dateline
_STAFF_LINE = re.compile(r"(?P<who>[^\W\d_][\w ]{3,20})(?P<sign>\s*\.\s?[-–—]+\s*)(?=\w)")
_MONTHS: Mapping[Lang, tuple[str, ...]] = {
    "en": tuple("January February March April May June July August September October November December".split()),
    "es": tuple("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()),
}
_DAYS: Mapping[Lang, tuple[str, ...]] = {
    "en": tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()),
    "es": tuple("lunes martes miércoles jueves viernes sábado domingo".split()),
}
_DAY_FIRST = re.compile(
    r"(?:(?P<day>[^\W\d]+),?\s)?(?P<n>\d{1,2})\.?(?:\sde)?\s(?P<month>[^\W\d]+)\.?(?:,?\s(?:del?\s)?(?P<year>\d{4}))?"
)
_MONTH_FIRST = re.compile(
    r"(?:(?P<day>[^\W\d]+),?\s)?(?P<month>[^\W\d]+)\.?\s(?P<n>\d{1,2})(?:,?\s(?:del?\s)?(?P<year>\d{4}))?"
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline in the other language, and the text behind it."""

    said: str
    rest: str


def take_dateline(text: str, source: Lang, target: Lang, glossary: Glossary) -> Dateline | None:
    """The dateline a text opens with; None when there is none."""
    if not _SIGN.search(text, 0, _LONGEST):
        return None
    staff = _STAFF_LINE.match(text)
    row = _staff().get(fold(staff["who"])) if staff else None
    sign = ".-" if target == "es" else " —"
    if staff and row:
        return Dateline(f"{row.of(target)}{sign}", text[staff.end() :])
    match = _LINE.match(text)
    towns = _towns(glossary, source)
    parts = _parts(match["head"], source, towns) if match and len(text) > match.end() else []
    if not match or not parts or not _is_sure(parts, match, towns):
        return None
    return Dateline(_written(parts, match["source"], target) + sign, text[match.end() :])


@dataclass(frozen=True, slots=True)
class _Part:
    """A town, a state or a date, in both languages."""

    en: str
    es: str
    kind: str

    def of(self, language: Lang) -> str:
        return self.en if language == "en" else self.es


def _parts(head: str, source: Lang, towns: Mapping[str, str]) -> list[_Part]:
    """The parts of a dateline; empty when one of them cannot be read."""
    town, *others = _fields(head)
    parts = [_town(town if others else town.rstrip("."), source, towns)]
    for field in others:
        part = _states().get(_key(field)) or _date(field.removeprefix("a ").rstrip("."))
        if part is None:
            return []
        shouted = field.isupper() and field.isalpha() and len(field) > 4 and part.kind == "state"
        parts.append(_Part(part.en.upper(), part.es.upper(), part.kind) if shouted else part)
    return parts


def _fields(head: str) -> Iterator[str]:
    """What commas divide; "Tamaulipas a 5 de marzo" is two, and so is "March 4, 2026" one."""
    fields = [field.strip() for field in re.sub(r",\s(?=\d{4}\b)", " ", head).split(",")]
    for field in fields:
        yield from (part.strip() for part in re.split(r"\s(?=a \d)", field) if part.strip())


def _town(town: str, source: Lang, towns: Mapping[str, str]) -> _Part:
    state = _states().get(_key(town))
    if state:
        return _Part(state.en.upper(), state.es.upper(), "town") if town.isupper() else state
    other = towns.get(town.lower(), "") or town
    if town.isupper() or other.lower() == town.lower():
        other = town if other.lower() == town.lower() else other.upper()
    return _Part(town, other, "town") if source == "en" else _Part(other, town, "town")


def _is_sure(parts: list[_Part], match: re.Match[str], towns: Mapping[str, str]) -> bool:
    """Whether this is a dateline and not "ICE — a word" or "Tijuana - Ensenada"."""
    if len(parts) > 1 or match["source"]:
        return True
    town = match["head"].strip().rstrip(".")
    dotted = _is_dotted(match)
    if town.upper() in ACRONYMS and _key(town) not in _states():
        return False
    if town.isupper() or town.startswith("Mc"):
        return town.lower() in towns or dotted
    return dotted and (town.lower() in towns or len(town.split()) <= 2)


def _is_dotted(match: re.Match[str]) -> bool:
    """ ".-", the Mexican sign; the full stop may have been read as the town's."""
    return match["sign"].strip().startswith(".") or match["head"].strip().endswith(".")


def _date(field: str) -> _Part | None:
    match = _DAY_FIRST.fullmatch(field) or _MONTH_FIRST.fullmatch(field)
    month = _index(match["month"], _MONTHS) if match else -1
    if match is None or month < 0:
        return None
    day = _index(match["day"], _DAYS) if match["day"] else -1
    year = match["year"]
    english = f"{_MONTHS['en'][month]} {match['n']}" + (f", {year}" if year else "")
    spanish = f"{match['n']} de {_MONTHS['es'][month]}" + (f" de {year}" if year else "")
    if day >= 0:
        english, spanish = f"{_DAYS['en'][day]}, {english}", f"{_DAYS['es'][day]} {spanish}"
    return _Part(english, spanish, "date")


def _index(word: str, names: Mapping[Lang, tuple[str, ...]]) -> int:
    """Which month or day a word, or its first three letters, names; -1 when none."""
    short = fold(word)
    for listed in names.values():
        for number, name in enumerate(listed):
            if len(short) >= 3 and fold(name).startswith(short):
                return number
    return 8 if short in ("sept", "setiembre") and len(names["en"]) == 12 else -1


def _written(parts: list[_Part], source: str | None, language: Lang) -> str:
    text = ", ".join(part.of(language) for part in parts)
    if not source:
        return text
    row = _staff().get(fold(source))
    return f"{text} ({row.of(language) if row else source})"


def _key(field: str) -> str:
    return fold(field).rstrip(".").replace(" ", "").replace(".", "")


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, _Part, tuple[str, ...]], ...]:
    lines = [line.split("\t") for line in _TABLE.read_text("utf-8").splitlines() if line and line[0] != "#"]
    return tuple((kind, _Part(en, es, kind), tuple(filter(None, short.split("|")))) for kind, en, es, short in lines)


@lru_cache(maxsize=1)
def _states() -> dict[str, _Part]:
    return {_key(f): part for kind, part, short in _rows() if kind == "state" for f in (part.en, part.es, *short)}


@lru_cache(maxsize=1)
def _staff() -> dict[str, _Part]:
    return {fold(f): part for kind, part, short in _rows() if kind == "staff" for f in (part.en, part.es, *short)}


@lru_cache(maxsize=8)
def _towns(glossary: Glossary, source: Lang) -> dict[str, str]:
    """Places, in lower case, with their names in the other language; states too."""
    known = {place.lower(): place for place in glossary.places}
    known |= {form: other for form, other in glossary.terms(source, "name", "place").items() if form not in known}
    for kind, part, _ in _rows():
        if kind == "state":
            known |= {part.of(source).lower(): part.en if source == "es" else part.es}
    return known
