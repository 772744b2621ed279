"""Reading the numbers of a text, however they are written. Pure functions.

7,000, 7.000, "7 mil", "seven thousand"; "1,200 millones" or "1.2 billion"; "mil 200", "treinta y dos", "two dozen",
"medio centenar"; "2:30 p.m." or 14:30; "siglo XXI"; "the 1990s". Spanish "billón" is 10^12.

Known gaps: digits grouped by plain blanks ("12 000") are two numbers; a Roman numeral counts only behind "siglo".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from monitor.language.wordlists import folded, read_rows
from monitor.records import Lang
from monitor.text import fold

_HERE = Path(__file__)
_TOKEN = re.compile(r"por ?ciento|\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?(?!\d)|\d+[.,]\d+|\d+|[^\W\d_]+|[^\w\s]")
_COUNTED = {"docenas": 12.0, "decenas": 10.0, "centenares": 100.0, "millares": 1000.0, "dozens": 12.0}
_OPENERS = frozenset('.:;!?¡¿"([-')  # behind one of these every word may have a capital
_MINUTES = re.compile(r"[0-5]\d")
_NARROW_SPACE = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3})")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_ROMAN = {
    "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13, "xiv": 14,
    "xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20, "xxi": 21, "x": 10, "v": 5, "i": 1,
}  # fmt: skip
_LETTER_SCALES = {"k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_ROOMS = frozenset({4.0})  # "cuarto" is fourth, a quarter and a room
_LEAST_SURE = 2  # smaller numbers in words are articles, pronouns and idioms as often as counts

Role = Literal["unit", "teen", "ten", "hundred", "hundreds", "scale", "ordinal", "loose", "vague"]


@dataclass(frozen=True, slots=True)
class Number:
    """What is said once: all it can mean ("1.200" is 1200 or 1.2), and the words `start` to `end` of the text."""

    written: str
    values: frozenset[float]
    kind: Literal["sure", "loose", "vague"]
    start: int
    end: int


def can_mean_the_same(one: Number, other: Number) -> bool:
    """Whether two numbers share a meaning; two clock times only as such: 3 a.m. is no 3 p.m."""
    clocks = [frozenset(value for value in number.values if value < 0) for number in (one, other)]
    return bool(clocks[0] & clocks[1]) if all(clocks) else bool(one.values & other.values)


@dataclass(frozen=True, slots=True)
class NumberWord:
    role: Role
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    end: int


@lru_cache(maxsize=2)
def number_words(language: Lang) -> dict[str, NumberWord]:
    found = dict[str, NumberWord]()
    for lang, cell, role, values in read_rows(_HERE.with_name("numbers.tsv"), 4):
        if lang == language:
            for word in cell.split("|"):
                found.setdefault(fold(word), NumberWord(role, tuple(map(float, values.split()))))  # type: ignore[arg-type]
    return found


@lru_cache(maxsize=512)
def number_tokens(text: str) -> tuple[Token, ...]:
    plain = folded(_NARROW_SPACE.sub(",", text))
    return tuple(Token(_plain(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(plain))


def _plain(token: str) -> str:
    return "%" if token in ("por ciento", "porciento") else token


# ---------------------------------------------------------------- reading numbers


@lru_cache(maxsize=512)
def numbers(text: str, language: Lang) -> tuple[Number, ...]:
    """The numbers of a text in their order."""
    tokens = number_tokens(text)
    found = _Reader(tokens, number_words(language), language).all()
    return tuple(_as_loose(n) if n.kind == "sure" and _is_in_name(n, tokens, text) else n for n in found)


def _is_in_name(number: Number, tokens: Sequence[Token], text: str) -> bool:
    """ "K-9" and "F-150", "El Ocho", "Three Points": a number that may be part of a name, and not be said again."""
    first = tokens[number.start]
    if first.text[0].isdecimal():
        before = tokens[max(0, number.start - 2) : number.start]
        return len(before) == 2 and before[1].text == "-" and len(before[0].text) == 1 and before[0].text.isalpha()
    raw = _NARROW_SPACE.sub(",", text)
    if len(raw) != len(folded(raw)) or not raw[first.start].isupper() or number.start == 0:
        return False
    return tokens[number.start - 1].text not in _OPENERS and not raw[first.start + 1 : first.end].isupper()


def _as_loose(number: Number) -> Number:
    return Number(number.written, number.values, "loose", number.start, number.end)


class _Reader:
    """Reads numbers from left to right; every method that takes `at` gives what begins at that token."""

    def __init__(self, tokens: Sequence[Token], words: dict[str, NumberWord], language: Lang) -> None:
        self._tokens = tokens
        self._text = [token.text for token in tokens]
        self._words = words
        self._language = language

    def all(self) -> Iterable[Number]:
        at = 0
        while at < len(self._text):
            if not self._may_begin(self._text[at]):
                at += 1
                continue
            number = self._clock(at) or self._figures(at) or self._in_words(at) or self._century(at)
            if number:
                yield number
            at = number.end if number else at + 1

    def _may_begin(self, token: str) -> bool:
        return token[0].isdecimal() or token in self._words or token in _ROMAN

    def _word(self, at: int) -> NumberWord | None:
        return self._words.get(self._text[at]) if 0 <= at < len(self._text) else None

    def _at(self, at: int) -> str:
        return self._text[at] if 0 <= at < len(self._text) else ""

    def _number(self, values: Iterable[float], start: int, end: int, kind: str = "sure") -> Number:
        written = " ".join(self._text[start:end])
        rounded = frozenset(round(value, 4) for value in values)
        return Number(written, rounded, kind, start, end)  # type: ignore[arg-type]

    # figures

    def _figures(self, at: int) -> Number | None:
        token = self._text[at]
        if not token[0].isdecimal():
            return None
        values = _readings(token)
        if self._at(at - 1) == "." and self._touches(at - 1) and token.isdecimal():
            values = values | {float(f"0.{token}")}
        end = at + 1
        if self._at(end) == "s" and self._touches(at):
            return self._number(_decade(values), at, end + 1)
        letter = self._at(end)
        if letter in _LETTER_SCALES and self._touches(at):
            values = values | {value * _LETTER_SCALES[letter] for value in values}
            end += 1
        scaled, end = self._scaled(values, at, end)
        return self._number(scaled, at, end)

    def _touches(self, at: int) -> bool:
        """Whether no blank stands behind the token."""
        return at + 1 < len(self._tokens) and self._tokens[at].end == self._tokens[at + 1].start

    def _scaled(self, values: frozenset[float], start: int, end: int) -> tuple[frozenset[float], int]:
        """Times the scale words that follow ("2 mil 500", "1.5 million", "3 millones y medio")."""
        scale = 1.0
        while (word := self._word(end)) and (word.role == "scale" or self._is_counted(end)):
            scale *= _COUNTED.get(self._text[end], word.values[0])
            end += 2 if self._text[end] == "miles" else 1
        if scale == 1.0:
            return values | self._and_a_half(values, end), end
        values = frozenset(value * scale for value in values)
        if self._half_follows(end):
            return frozenset(value + scale / 2 for value in values), end + (2 if self._language == "es" else 3)
        is_plain = self._language == "en" and self._at(start)[0].isdecimal()  # "1.7 million four years ago"
        rest = None if is_plain else self._rest(end, scale)
        return (frozenset(v + r for v in values for r in rest.values), rest.end) if rest else (values, end)

    def _and_a_half(self, values: frozenset[float], end: int) -> frozenset[float]:
        """ "dos horas y media" is two and a half."""
        follows = self._text[end + 1 : end + 3]
        return frozenset(v + 0.5 for v in values) if follows in (["y", "media"], ["y", "medio"]) else frozenset()

    def _is_counted(self, at: int) -> bool:
        """ "dos docenas", "2.8 miles de millones"."""
        return self._text[at] in _COUNTED or self._text[at : at + 2] == ["miles", "de"]

    def _half_follows(self, end: int) -> bool:
        follows = tuple(self._text[end : end + 3])
        return follows[:2] in (("y", "medio"), ("y", "media")) or follows == ("and", "a", "half")

    def _rest(self, at: int, scale: float) -> Number | None:
        """What is added behind a scale word: the 500 of "2 mil 500", the "doscientos" of "mil doscientos"."""
        if self._at(at)[:1].isdecimal() and scale in (1000.0, 1e6) and self._language == "es":
            number = self._figures(at)
            return number if number and all(value < scale and value >= 1 for value in number.values) else None
        word = self._word(at)
        if not word or word.role not in ("unit", "teen", "ten", "hundreds", "hundred") or scale < 1000:
            return None
        number = self._in_words(at)
        return number if number and all(1 < value < scale for value in number.values) else None

    # words

    def _in_words(self, at: int) -> Number | None:
        word = self._word(at)
        if word is None:
            return self._half_of(at)
        if word.role == "vague":
            return self._vague(at)
        if word.role in ("loose", "ordinal"):
            half = self._half_of(at)
            if half:
                return half
            sure = word.role == "ordinal" and word.values[0] > _LEAST_SURE and word.values[0] != 4  # "cuarto" is a room
            return self._number(word.values, at, at + 1, "sure" if sure else "loose")
        return self._cardinal(at)

    def _half_of(self, at: int) -> Number | None:
        """ "medio millón", "half a million"."""
        if self._at(at) not in ("medio", "half"):
            return None
        scale = at + (2 if self._at(at + 1) == "a" else 1)
        word = self._word(scale)
        return self._number((word.values[0] / 2,), at, scale + 1) if word and word.role == "scale" else None

    def _vague(self, at: int) -> Number:
        """ "decenas de miles", "hundreds of millions", "thousands"."""
        value, end = 1.0, at
        while (word := self._word(end)) and word.role in ("vague", "scale"):
            value *= word.values[0]
            end += 1
            if self._at(end) in ("de", "of") and (after := self._word(end + 1)) and after.role in ("vague", "scale"):
                end += 1
        return self._number((value,), at, end, "vague")

    def _cardinal(self, at: int) -> Number | None:
        value, end, last = 0.0, at, ""
        while (word := self._word(end)) and _may_follow(last, word.role):
            value = value * 100 if word.role == "hundred" and value else value + word.values[0]
            last, end = word.role, end + 1
            end += self._joined(end, last)
        if last and tuple(self._text[end : end + 3]) == ("and", "a", "half"):
            value, end = value + 0.5, end + 3
        scaled, stop = self._scaled(frozenset((value if last else 1.0,)), at, end)
        small = all(value < _LEAST_SURE for value in scaled) and stop - at == 1
        return self._number(scaled, at, stop, "loose" if small else "sure")

    def _joined(self, at: int, last: str) -> int:
        """1 when a joining word stands before more of the same number: "treinta y dos", "hundred and five"."""
        word = self._word(at + 1)
        if word is None or not last:
            return 0
        if self._at(at) in ("y", "-") and last == "ten" and word.role == "unit":
            return 1
        return int(self._at(at) == "and" and last == "hundred" and word.role in ("unit", "teen", "ten"))

    # times and centuries

    def _clock(self, at: int) -> Number | None:
        """ "14:30", "2:30 p.m.", "7 a. m.", "2 de la tarde": minutes of the day, as negative values."""
        hour, _, minute = self._text[at].partition(".")
        end = at + 1
        if not minute and self._at(end) == ":" and self._touches(at):
            minute, end = self._at(end + 1), end + 2
        if not hour.isdecimal() or int(hour) > 24 or (minute and not _MINUTES.fullmatch(minute)):
            return None
        half, stop = self._half_of_day(end)
        if not half and end == at + 1:
            return None
        minutes, end = int(minute or 0), stop
        hours = (
            {int(hour) % 12} if half == "am" else {int(hour) % 12 + 12} if half else {int(hour), int(hour) % 12 + 12}
        )
        plain = {float(hour)} | {float(h) for h in hours} if minutes == 0 else set[float]()  # for a bare "a las 3"
        return self._number({-(h % 24 * 60.0 + minutes + 1) for h in hours} | plain, at, end)

    def _half_of_day(self, at: int) -> tuple[str, int]:
        text = self._text
        for half in ("am", "pm"):
            if self._at(at) == half:
                return half, at + 1
            if tuple(text[at : at + 3]) == (half[0], ".", "m"):
                return half, at + 3 + (self._at(at + 3) == ".")
        if tuple(text[at : at + 2]) == ("de", "la") and self._at(at + 2) in _PARTS_OF_DAY:
            return _PARTS_OF_DAY[self._at(at + 2)], at + 3
        return "", at

    def _century(self, at: int) -> Number | None:
        value = _ROMAN.get(self._text[at])
        if value is None:
            return None
        if self._at(at - 1) in ("siglo", "siglos"):
            return self._number((float(value),), at, at + 1)
        return self._number((float(value),), at, at + 1, "loose") if len(self._text[at]) > 1 else None


_PARTS_OF_DAY = {"mañana": "am", "manana": "am", "madrugada": "am", "tarde": "pm", "noche": "pm"}


def _may_follow(last: str, role: str) -> bool:
    """Whether a part of a number may come next: "treinta" + "dos", "cien" + "veinte", "two" + "hundred"."""
    return role in {
        "": ("unit", "teen", "ten", "hundred", "hundreds"),
        "unit": ("hundred",),
        "ten": ("unit",),
        "hundred": ("unit", "teen", "ten"),
        "hundreds": ("unit", "teen", "ten"),
    }.get(last, ())


def _readings(written: str) -> frozenset[float]:
    if written.isdecimal():
        return frozenset((float(written),))
    whole = {float(re.sub(r"\D", "", written))} if _GROUPED.fullmatch(written) else set[float]()
    if whole and "," in written:
        return frozenset(whole)
    head, _, fraction = written.replace(",", ".").rpartition(".")
    return frozenset(whole | {float(f"{head.replace('.', '') or 0}.{fraction}")})


def _decade(values: Iterable[float]) -> frozenset[float]:
    """ "1990s" may be "los noventa", and the other way round."""
    years = set(values)
    return frozenset(years | {year % 100 for year in years} | {1900 + year for year in years if year < 100})
