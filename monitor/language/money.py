"""Amounts of money and large numbers: newsroom shortenings are written out before, values are kept afterwards.

Engines copy figures but guess at "12 mdp", "$1.2B" or "US$5 mil", and some say "2 billones" for "$2 billion".
Pure functions. Known gaps: "$" in a Mexican text is left as "$" (pesos or dollars: the text does not say); a scale word
is mended only when its figure stands once in both texts.
"""

import re
from collections.abc import Callable

from monitor.records import Lang

_FIGURE = r"(?<![\d.,])\d[\d.,]*(?<![.,])"
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
_MONEY = {"p": "pesos", "d": "dólares", "e": "euros"}


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _grouped(value: int) -> str:
    return f"{value:,}"


def _millions(match: re.Match[str]) -> str:
    """ "12 mdp" → "12 millones de pesos"; "3 mmdd" → "3 mil millones de dólares"."""
    number, unit = match["n"], match["unit"].lower()
    one = number == "1" and not unit.startswith("mm")
    scale = "mil millones" if unit.startswith("mm") else "millón" if one else "millones"
    return f"{number} {scale} de {_MONEY[unit[-1]]}"


def _thousands(match: re.Match[str]) -> str:
    """ "12 mil 500" → "12,500"; "5 mil" → "5,000"; "1 millón 200 mil" → "1,200,000"."""
    parts = match.groupdict()
    return _grouped(int(parts.get("m") or 0) * 1_000_000 + int(parts["k"]) * 1_000 + int(parts["u"] or 0))


def _dollars(match: re.Match[str]) -> str:
    scale = match["scale"] or ""
    return f"{match['n']}{scale} {'de ' if 'mill' in scale or 'bill' in scale else ''}dólares"


def _european(match: re.Match[str]) -> str:
    return match.group().replace(".", ",")


_SCALE_ES = r"(?P<scale> (?:mil )?(?:mill(?:ones|ón)|billones|billón))?\b"
_WEIGHED = r"(?!\s?(?:kg|kilo|tonelada|litro|metro|gramo|km|millon|por ciento|%))"  # "1.250 kilos" is one and a quarter
_SPANISH: tuple[Rule, ...] = (
    (re.compile(rf"(?P<n>{_FIGURE})\s?(?P<unit>mm?d[pde])\b", re.IGNORECASE), _millions),
    (
        re.compile(r"(?<![\d.,])(?P<m>\d{1,3}) mill(?:ón|ones) (?P<k>\d{1,3}) mil(?: (?P<u>\d{3})\b)?(?! mill)"),
        _thousands,
    ),
    (re.compile(r"(?<![\d.,])(?P<k>\d{1,3}) mil(?: (?P<u>\d{1,3})(?![\d.,]*\d|\s+mil\b))?\b(?! mill)"), _thousands),
    (re.compile(r"(?<![\d.,\w])mil (?P<u>\d{3})(?![\d.,]*\d)\b(?! mil)"), lambda m: f"1,{m['u']}"),
    (
        re.compile(
            rf"\b(?:US|USD|U\.S\.|EU|EE\.?\s?UU\.?)\s?\$\s?(?P<n>{_FIGURE}){_SCALE_ES}(?:\s(?:de\s)?(?:dólares|USD))?"
        ),
        _dollars,
    ),
    (re.compile(rf"\$?\b(?P<n>{_FIGURE}){_SCALE_ES}\s?(?:USD|usd)\b"), _dollars),
    (re.compile(rf"\bUSD\s?\$?(?P<n>{_FIGURE}){_SCALE_ES}"), _dollars),
    (re.compile(rf"\$?(?P<n>{_FIGURE})\s?(?:MXN|M\.N\.)(?!\w)"), lambda m: f"{m['n']} pesos"),
    (re.compile(rf"\b(?:MXN|MX|Mex)\s?\$?\s?(?P<n>{_FIGURE})"), lambda m: f"{m['n']} pesos"),
    (re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?![.,]?\d)"), _european),
    (re.compile(rf"(?<![\d.,$])(?:\d{{2,3}}\.\d{{3}}|\d\.000)(?![.,]?\d){_WEIGHED}"), _european),
    (
        re.compile(
            r"(?<![\d.,])(\d{1,3}),(\d{1,2})(?![.,]?\d)"
            r"(?=\s?(?:%|por ciento|mill|kilo|kg|tonelada|metro|litro|grado|km))"
        ),
        lambda m: f"{m.group(1)}.{m.group(2)}",
    ),
)
_ENGLISH_SCALES = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion", "t": "trillion"}


def _english_scale(match: re.Match[str]) -> str:
    """ "$1.2B" → "$1.2 billion"; "300K" → "300,000"."""
    scale = match["scale"].lower()
    number = match["n"].replace(",", "")
    if scale == "k":
        value = round(float(number) * 1000)
        return f"{match['sign']}{_grouped(value)}"
    return f"{match['sign']}{match['n']} {_ENGLISH_SCALES[scale]}"


_ENGLISH: tuple[Rule, ...] = (
    (
        re.compile(r"(?P<sign>(?:US)?[$€£])\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>[KkMmBbTt]|[Mm]n|[Bb]n)\b"),
        _english_scale,
    ),
    (re.compile(r"(?<![\w.,-])(?P<sign>)(?P<n>(?!401)\d{2,3})(?P<scale>[Kk])\b(?=\s[a-z])"), _english_scale),
    (re.compile(r"(?<![\w.,-])(?P<sign>)(?P<n>\d+\.\d+)(?P<scale>[MB]|bn)\b(?=\s[a-z])"), _english_scale),
)  # fmt: skip


_SHORTENED: dict[Lang, re.Pattern[str]] = {  # without one of these there is nothing to write out
    "en": re.compile(r"\d\s?(?:[KkMmBbTt]|[Mm]n|[Bb]n)\b"),
    "es": re.compile(r"\d\s?mm?d[pde]\b|\d mil\b|\bmil \d|\$|\b(?:USD|MXN|M\.N)|\d\.\d{3}|\d,\d{1,2}\b", re.IGNORECASE),
}


def written_out(text: str, language: Lang) -> str:
    """The text with shortened amounts written out, and Spanish figures as Mexico writes them (7,000 and 12.5)."""
    if not _SHORTENED[language].search(text):
        return text
    for pattern, said in _SPANISH if language == "es" else _ENGLISH:
        text = pattern.sub(said, text)
    return text


# ---------------------------------------------------------------- afterwards

_ANY_FIGURE = re.compile(r"\d")
_GROUPED = re.compile(r"\d+(?:[.,]\d+)+")
_SCALES: dict[Lang, tuple[tuple[str, int], ...]] = {
    "en": (
        (r"(?:thousand million|billion)s?", 9), (r"trillions?", 12), (r"millions?", 6), (r"thousands?", 3),
    ),
    "es": (
        (r"mil millones|millardos?", 9), (r"billón|billones", 12), (r"trillón|trillones", 18), (r"millón|millones", 6),
        (r"mil", 3),
    ),
}  # fmt: skip
_SAID: dict[Lang, dict[int, str]] = {
    "en": {3: "thousand", 6: "million", 9: "billion", 12: "trillion"},
    "es": {3: "mil", 6: "millones", 9: "mil millones", 12: "billones"},
}
_SCALED = {
    language: re.compile(
        rf"(?P<n>{_FIGURE})(?P<gap>[ -])(?:" + "|".join(rf"(?P<s{e}>{p})" for p, e in scales) + r")\b", re.IGNORECASE
    )
    for language, scales in _SCALES.items()
}


def kept(before: str, after: str, source: Lang, target: Lang) -> str:
    """The output with the source's figures written as in the source, and their scale words of the same value."""
    if not _ANY_FIGURE.search(after):
        return after
    after = _figures_kept(before, after)
    return _scales_kept(before, after, source, target)


def _figures_kept(before: str, after: str) -> str:
    """7.000 becomes 7,000 again when the source has 7,000, and no other figure of the same digits."""
    forms: dict[str, set[str]] = {}
    for number in _GROUPED.findall(before):
        forms.setdefault(_digits(number), set()).add(number)

    def as_written(match: re.Match[str]) -> str:
        known = forms.get(_digits(match.group()), set())
        return next(iter(known)) if len(known) == 1 else match.group()

    return _GROUPED.sub(as_written, after) if forms else after


def _scales_kept(before: str, after: str, source: Lang, target: Lang) -> str:
    meant = _values(before, source)
    said = [_digits(m["n"]) for m in _SCALED[target].finditer(after)]

    def mend(match: re.Match[str]) -> str:
        power = meant.get(_digits(match["n"]))
        same = power == _power(match) and "thousand" not in match.group()
        if power is None or same or said.count(_digits(match["n"])) > 1:
            return match.group()
        return f"{match['n']}{match['gap']}{_SAID[target][power]}"

    return _SCALED[target].sub(mend, after) if meant else after


def _values(text: str, language: Lang) -> dict[str, int]:
    """Figure -> its power of ten, for figures with one scale word only."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for match in _SCALED[language].finditer(text):
        digits, power = _digits(match["n"]), _power(match)
        if found.setdefault(digits, power) != power:
            twice.add(digits)
    return {digits: power for digits, power in found.items() if digits not in twice and power in _SAID[language]}


def _power(match: re.Match[str]) -> int:
    return next(int(name[1:]) for name, value in match.groupdict().items() if name[:1] == "s" and value)
