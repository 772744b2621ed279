"""Labels around headlines ("ÚLTIMA HORA:", "(VIDEO)", "EN VIVO |") are translated by a table, not by an engine.

An engine that reads "VIDEO: Caen dos" as one sentence gets both halves wrong. Pure, but for the table beside this
module. Known gap: a label that is in no row is part of the headline.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from monitor.records import Lang, other_language
from monitor.text import fold

_TABLE = Path(__file__).with_name("labels.tsv")
_AND: dict[Lang, str] = {"en": "and", "es": "y"}
_JOINED = r"(?:\s*(?:[,/+&]|\by\b|\be\b|\band\b)\s*)"
_JOINED_SPLIT = re.compile(_JOINED, re.IGNORECASE)
_ACCENTED = {"a": "[aá]", "e": "[eé]", "i": "[ií]", "o": "[oó]", "u": "[uúü]", "n": "[nñ]", " ": r"\s+"}
# These stand before a headline without any sign, when they are in capitals and the headline is not.
_BARE = frozenset({"ultima hora", "breaking", "breaking news", "just in", "de ultima hora"})


_FIRST_WORD = re.compile(r"[^\W\d_][\w&-]*")
_TAG = re.compile(r"#(?P<tag>\w+)\s*[:|!-]?\s+(?=\S)")
_CAMEL = re.compile(r"[A-ZÁÉÍÓÚ]?[^\WA-ZÁÉÍÓÚ]+|[A-ZÁÉÍÓÚ]+")
_DIVIDES = re.compile(r"[(\[|+·:]|\s[–—-]+\s")
_LONGEST = 60  # characters of the longest label, with its signs


@dataclass(frozen=True, slots=True)
class Label:
    """A label in the target language, with the signs and blanks around it; and the text it was taken off."""

    said: str
    rest: str


@dataclass(frozen=True, slots=True)
class _Table:
    said: dict[str, str]  # folded form -> in the other language, lower case
    words: frozenset[str]  # those that forms begin with
    before: re.Pattern[str]
    behind: re.Pattern[str]


@lru_cache(maxsize=2)
def _table(source: Lang) -> _Table:
    said: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            spanish, english = (cell.split("|") for cell in line.split("\t"))
            mine, theirs = (spanish, english) if source == "es" else (english, spanish)
            said |= {fold(form): theirs[0] for form in mine}
    one = "|".join(_loose(form) for form in sorted(said, key=len, reverse=True))
    label = rf"(?P<label>(?:{one})(?:{_JOINED}(?:{one}))*)"
    return _Table(
        said,
        frozenset(form.split()[0] for form in said),
        re.compile(
            rf"(?P<open>[¡\"“«(\[+]*\s*){label}(?P<close>\s*[!\"”»)\]]*)(?P<sign>\s*[:|/·».]\s*|\s+[–—-]+\s+|\s*[—–]\s*|\s+)?"
            r"(?=\S)",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?P<open>\s*[(\[]\s*\+?\s*|\s*[|+·:]\s*|\s+[–—-]\s+){label}(?P<close>\s*[!)\]]*)\s*$", re.IGNORECASE
        ),
    )


def _loose(folded: str) -> str:
    """A pattern that finds the form with or without its accents."""
    return "".join(_ACCENTED.get(letter, re.escape(letter)) for letter in folded)


def take_before(text: str, source: Lang) -> Label | None:
    """The label that opens a headline; None when there is none, or nothing stands behind it."""
    table = _table(source)
    first = _FIRST_WORD.search(text, 0, _LONGEST)
    match = table.before.match(text) if first and fold(first.group()) in table.words else None
    if not match:
        return None
    brackets = match["open"].strip()[-1:] in tuple("([") and match["close"].strip()[:1] in tuple(")]")
    rest = text[match.end() :]
    bare = match["label"].isupper() and fold(match["label"]) in _BARE and not rest[:12].isupper()
    sign = (match["sign"] or "").strip()
    if sign == "." and not match["label"].isupper():
        return None
    exclaimed = "!" in match["close"] and match["label"].isupper()
    if not (sign or ((brackets or bare or exclaimed) and text[: match.end()][-1:].isspace())):
        return None
    said = _said(match["label"], source, table.said)
    return Label(_opening(match["open"], source) + said + match["close"] + (match["sign"] or ""), rest)


def tag_before(text: str, source: Lang) -> str:
    """A hashtag that is a label, with the blanks behind it ("#ÚltimaHora "), which stays as it is; "" without one."""
    match = _TAG.match(text)
    return match.group() if match and _spaced(match["tag"]) in _table(source).said else ""


def _spaced(tag: str) -> str:
    """ "ÚltimaHora" → "ultima hora"; "BREAKING" → "breaking"."""
    return fold(" ".join(_CAMEL.findall(tag)))


def take_behind(text: str, source: Lang) -> Label | None:
    """The label that closes a headline; None when there is none, or nothing stands before it."""
    table = _table(source)
    start = max(1, len(text) - _LONGEST)
    match = table.behind.search(text, start) if _DIVIDES.search(text, start) else None
    if not match or (":" in match["open"] and not match["label"].isupper()):
        return None
    said = _said(match["label"], source, table.said)
    return Label(match["open"] + said + match["close"], text[: match.start()])


def _opening(signs: str, source: Lang) -> str:
    return signs.replace("¡", "") if source == "es" else signs


def _said(label: str, source: Lang, said: dict[str, str]) -> str:
    """The label in the other language, in capitals when it stood in capitals; several are joined by "and"."""
    whole = said.get(fold(" ".join(label.split())))
    forms = [whole] if whole else [said.get(fold(part), part) for part in _JOINED_SPLIT.split(label) if part.strip()]
    text = _list(forms, other_language(source))
    return text.upper() if label.isupper() else text if label.islower() else text[:1].upper() + text[1:]


def _list(forms: Iterable[str], language: Lang) -> str:
    *first, last = forms
    return f"{', '.join(first)} {_AND[language]} {last}" if first else last
