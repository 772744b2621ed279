"""Whether the numbers of a text are still there in its translation. Pure functions.

Tolerant of how a number is written: 7,000 or 7.000 or 7 mil or seven thousand; "1,200 millones" or "1.2 billion".
"""

import re

from monitor.text import fold

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d{3})*(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+")
_SCALES = (  # the longest first; Spanish "billón" is 10^12
    (re.compile(r"^\s*(?:mil millones|billions?|bilhões|bn)\b"), 10**9),
    (re.compile(r"^\s*(?:millones|millón|millon|millions?)\b(?!\s+de\s+millones)"), 10**6),
    (re.compile(r"^\s*(?:billones|billón|billon|trillions?)\b"), 10**12),
    (re.compile(r"^\s*(?:mil|thousands?)\b"), 10**3),
)
_MEASURES = {
    "pound": "weight", "kilo": "weight", "ounce": "weight", "gram": "weight", "mile": "length", "kilometer": "length",
    "foot": "length", "meter": "length", "inch": "length", "yard": "length",
}  # fmt: skip
_MEASURED = re.compile(
    r"(\d[\d.,]*)\s+(?:(?P<pound>pounds?|lbs?|libras?)|(?P<kilo>kilos?|kilograms?|kilogramos?|kg)"
    r"|(?P<ounce>ounces?|onzas?)"
    r"|(?P<gram>grams?|gramos?)|(?P<mile>miles?(?= )|millas?)|(?P<kilometer>kilometers?|kilómetros?|km)"
    r"|(?P<foot>feet|foot|pies)"
    r"|(?P<meter>meters?|metros?)|(?P<inch>inch(?:es)?|pulgadas?)|(?P<yard>yards?|yardas?))\b",
    re.IGNORECASE,
)
_WORDS = {
    1: "one un uno una first primer solo single a an",
    2: "two dos second segund both ambos ambas doble pair par",
    3: "three tres third tercer",
    4: "four cuatro fourth cuart",
    5: "five cinco fifth quint",
    6: "six seis sixth sext",
    7: "seven siete seventh septim",
    8: "eight ocho eighth octav",
    9: "nine nueve ninth noven",
    10: "ten diez tenth decim decen dozen",
    11: "eleven once",
    12: "twelve doce dozen docen",
    13: "thirteen trece",
    14: "fourteen catorce",
    15: "fifteen quince",
    16: "sixteen dieciseis",
    17: "seventeen diecisiete",
    18: "eighteen dieciocho",
    19: "nineteen diecinueve",
    20: "twenty veinte",
    30: "thirty treinta",
    40: "forty cuarenta",
    50: "fifty cincuenta half mitad",
    60: "sixty sesenta",
    70: "seventy setenta",
    80: "eighty ochenta",
    90: "ninety noventa",
    100: "hundred cien",
    1000: "thousand mil",
}


def missing_numbers(original: str, translated: str) -> list[str]:
    """The numbers of `original`, as written there, that `translated` has in no form."""
    digits = re.sub(r"\D", "", translated)
    values = {value for number in _NUMBER.finditer(translated) for value in _values(number, translated)}
    words = re.findall(r"\w+", fold(translated))
    missing = []
    for number in _NUMBER.finditer(original):
        wanted = _values(number, original)
        plain = re.sub(r"\D", "", number.group())
        if wanted & values or (len(plain) > 2 and plain in digits) or _in_words(wanted, words):
            continue
        missing.append(number.group())
    return list(dict.fromkeys(missing))


def _values(match: re.Match[str], text: str) -> set[float]:
    """What a number can mean: "1.200" is 1200 or 1.2; a scale word that follows multiplies it."""
    written, after = match.group(), fold(text[match.end() : match.end() + 24])
    scale = next((factor for pattern, factor in _SCALES if pattern.match(after)), 1)
    readings = {float(re.sub(r"\D", "", written))} if written.isdigit() or _THOUSANDS.fullmatch(written) else set()
    readings.add(_decimal(written))
    return {round(reading * scale, 3) for reading in readings}


def _decimal(written: str) -> float:
    """The reading with a decimal mark: the last point or comma, if there is one."""
    whole, _, fraction = written.replace(",", ".").rpartition(".")
    return float(f"{re.sub(r'[^0-9]', '', whole or fraction)}.{fraction if whole else 0}")


def changed_units(original: str, translated: str) -> list[str]:
    """The numbers that stand before a unit in both texts, but before another one: "300 pounds", "300 kilos"."""
    before, after = _units(original), _units(translated)
    return [
        number
        for number, unit in before.items()
        if number in after and after[number] != unit and _MEASURES[after[number]] == _MEASURES[unit]
    ]


def _units(text: str) -> dict[str, str]:
    """Digits of a number -> the unit behind it; of several, the last."""
    return {
        re.sub(r"\D", "", match.group(1)): next(unit for unit, form in match.groupdict().items() if form)
        for match in _MEASURED.finditer(text)
    }


def _in_words(values: set[float], words: list[str]) -> bool:
    """Whether a small or round number is spelled out."""
    wanted = [stem for value in values if value in _WORDS for stem in _WORDS[int(value)].split()]
    return any(word == stem or (len(stem) > 3 and word.startswith(stem)) for stem in wanted for word in words)
