"""Faults of figures in translations: numbers, dates, times, units and money, lost, changed or invented."""

import random
import re
from collections.abc import Mapping

from tests.eval.guard_corruptions import Case, Fault
from tests.eval.guard_words import another_sibling, any_word, replaced, siblings, words

_FIGURE = re.compile(r"(?<![\w.,/#:-])\d+(?:[.,]\d+)*(?![\w/:-]|[.,]\d)")
_SMALL = re.compile(r"(?<![\w.,$/:-])\d{1,3}(?![\w/:-]|[.,]\d)")
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]\d{3})+(?![\d]|[.,]\d)|(?<![\w.,])\d+\.\d{1,2}(?![\d])")
_YEAR = re.compile(r"(?<![\w.,$-])(?:19|20)\d\d(?![\w,]|\.\d)")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])")


def _one(pattern: re.Pattern[str] | str, output: str, dice: random.Random, flags: int = 0) -> re.Match[str] | None:
    found = list(re.finditer(pattern, output, flags)) if isinstance(pattern, str) else list(pattern.finditer(output))
    return dice.choice(found) if found else None


def lost_number(case: Case, dice: random.Random) -> str:
    """The figure is gone, its noun stands: "seized kilos of cocaine"."""
    match = _one(rf"\$?{_FIGURE.pattern}", case.output, dice)
    return replaced(match, case.output, "") if match else ""


def changed_digit(case: Case, dice: random.Random) -> str:
    match = _one(_FIGURE, case.output, dice)
    if not match:
        return ""
    figure = match.group()
    at = dice.choice([i for i, c in enumerate(figure) if c.isdigit()])
    new = dice.choice([digit for digit in "123456789" if digit != figure[at]])
    return replaced(match, case.output, figure[:at] + new + figure[at + 1 :])


def turned_digits(case: Case, dice: random.Random) -> str:
    """43 for 34."""
    match = _one(_SMALL, case.output, dice)
    if not match or len(match.group()) < 2 or match.group()[1] in ("0", match.group()[0]):
        return ""
    figure = match.group()
    return replaced(match, case.output, figure[1] + figure[0] + figure[2:])


def ten_times(case: Case, dice: random.Random) -> str:
    """A zero too many or too few."""
    match = _one(_SMALL, case.output, dice)
    if not match:
        return ""
    figure = match.group()
    return replaced(match, case.output, figure[:-1] if len(figure) > 1 and figure.endswith("0") else figure + "0")


def misread_separator(case: Case, dice: random.Random) -> str:
    """60,000 becomes 60; 3.4 becomes 34."""
    match = _one(_GROUPED, case.output, dice)
    if not match:
        return ""
    figure = match.group()
    return replaced(match, case.output, figure[:-4] if re.search(r"[.,]\d{3}$", figure) else figure.replace(".", ""))


def number_word(case: Case, dice: random.Random) -> str:
    """Another number word, or dozens for hundreds."""
    return another_sibling("number_word", case.target, case.output, dice)


def lost_number_word(case: Case, dice: random.Random) -> str:
    """ "seized two rifles" becomes "seized rifles"."""
    cardinals = any_word(siblings("number_word", case.target)[0])
    match = _one(rf"{cardinals} (?=[a-záéíóúñ]+s\b)", case.output, dice, re.IGNORECASE)
    return (
        replaced(match, case.output, "") if match and "of" not in case.output[match.start() - 3 : match.start()] else ""
    )


def lost_date(case: Case, dice: random.Random) -> str:
    """The day and the month are gone: "on March 14", "el 14 de marzo"."""
    months = any_word(siblings("month", case.target)[0])
    if case.target == "en":
        day = rf"(?:,? ?\b(?:on|On|since|until) )(?:\w+day,? )?(?:{months} \d{{1,2}}|\d{{1,2}} {months})\b,?"
    else:
        day = rf"(?i:\bel )(?:\w+ )?\d{{1,2}} de {months}\b,?"
    match = _one(day, case.output, dice)
    return replaced(match, case.output, " ") if match else ""


def scale(case: Case, dice: random.Random) -> str:
    """Thousand, million and billion for one another; so in Spanish, with "mil millones"."""
    if case.target == "en":
        return another_sibling("scale", "en", case.output, dice)
    match = _one(r"(?<=\d )(?:mil millones|mil|millones)(?! millones)\b", case.output, dice)
    if not match:
        return ""
    options = {"mil": ["millones de"], "millones": ["mil millones"], "mil millones": ["millones"]}
    return replaced(match, case.output, dice.choice(options[match.group()]))


def lost_scale(case: Case, dice: random.Random) -> str:
    """ "$2.5 million" becomes "$2.5"."""
    scales = r"(?:thousand|million|billion)" if case.target == "en" else r"(?:mil millones|mil|millones)(?: de)?"
    match = _one(rf"(?<=\d) {scales}\b", case.output, dice)
    return replaced(match, case.output, "") if match else ""


def invented_number(case: Case, dice: random.Random) -> str:
    """A count the original does not give."""
    nouns = any_word(tuple(words()["counted"][case.target].split()))
    before = r"(?<!\d )(?<!hundred )(?<!thousand )(?<!million )(?<!mil )(?<!millones de )"
    found = [m for m in re.finditer(before + nouns, case.output) if _may_be_counted(case.output[: m.start()])]
    if not found:
        return ""
    match = dice.choice(found)
    return replaced(match, case.output, f"{dice.randint(13, 95)} {match.group()}")


def _may_be_counted(before: str) -> bool:
    word = before.rsplit(maxsplit=1)[-1].lower() if before.split() else ""
    return word in {"", "the", "los", "las", "to", "a", "by", "por", "with", "con", "and", "y"}


def month(case: Case, dice: random.Random) -> str:
    return another_sibling("month", case.target, case.output, dice)


def weekday(case: Case, dice: random.Random) -> str:
    return another_sibling("weekday", case.target, case.output, dice)


def lost_weekday(case: Case, dice: random.Random) -> str:
    """The weekday is gone with its preposition."""
    day = (
        r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
        if case.target == "en"
        else r"(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
    )
    match = _one(rf" (?:on |el |este |this )?{day}\b,?(?! \d)", case.output, dice)
    return replaced(match, case.output, "") if match else ""


def year(case: Case, dice: random.Random) -> str:
    match = _one(_YEAR, case.output, dice)
    return replaced(match, case.output, str(int(match.group()) + dice.choice((-10, -2, -1, 1, 2, 10)))) if match else ""


def relative_day(case: Case, dice: random.Random) -> str:
    """Yesterday, today and tomorrow for one another."""
    return another_sibling("relative_day", case.target, case.output, dice)


def clock(case: Case, dice: random.Random) -> str:
    """Another hour."""
    match = _one(_CLOCK, case.output, dice)
    if not match:
        return ""
    hour = int(match.group(1))
    return replaced(match, case.output, f"{hour + dice.choice((1, 2, 3)) if hour < 9 else hour - 2}:{match.group(2)}")


def meridiem(case: Case, dice: random.Random) -> str:
    """Morning for night: "9:15 p.m." becomes "9:15 a.m."."""
    turned = {"p.m.": "a.m.", "a.m.": "p.m.", "de la mañana": "de la noche", "de la noche": "de la mañana"}
    match = _one(r"(?<=\d )(?:[ap]\.m\.|de la (?:mañana|noche))", case.output, dice)
    return replaced(match, case.output, turned[match.group()]) if match else ""


def unit(case: Case, dice: random.Random) -> str:
    """Pounds for kilos, miles for kilometers, pesos for dollars, hours for minutes, after a number."""
    after_number = re.search(
        r"\d[\d.,]*(?: (?:mil|millones de|mil millones de|thousand|million|billion))? \w+", case.output
    )
    if not after_number:
        return ""
    changed = another_sibling("unit", case.target, after_number.group(), dice)
    return case.output.replace(after_number.group(), changed, 1) if changed else ""


def currency_sign(case: Case, dice: random.Random) -> str:
    """ "$45,000" becomes "45,000 pesos" or euros."""
    match = _one(
        r"(?:US)?\$(\d[\d.,]*\d|\d)((?: (?:thousand|million|billion|mil millones|mil|millones))?)", case.output, dice
    )
    if not match:
        return ""
    of = " de" if match.group(2).endswith("millones") else ""
    return replaced(match, case.output, f"{match.group(1)}{match.group(2)}{of} {dice.choice(('pesos', 'euros'))}")


def lost_percent(case: Case, dice: random.Random) -> str:
    match = _one(r"(?<=\d)(?: ?%| percent| por ciento)", case.output, dice)
    return replaced(match, case.output, "") if match else ""


def swapped_numbers(case: Case, dice: random.Random) -> str:
    """Two figures stand in each other's place."""
    found = list(_FIGURE.finditer(case.output))
    if len(found) < 2:
        return ""
    first, last = sorted(dice.sample(found, k=2), key=lambda m: m.start())
    if first.group() == last.group():
        return ""
    o = case.output
    return o[: first.start()] + last.group() + o[first.end() : last.start()] + first.group() + o[last.end() :]


NUMBER_FAULTS: Mapping[str, Fault] = {
    "lost_number": lost_number,
    "changed_digit": changed_digit,
    "turned_digits": turned_digits,
    "ten_times": ten_times,
    "misread_separator": misread_separator,
    "number_word": number_word,
    "lost_number_word": lost_number_word,
    "scale": scale,
    "lost_scale": lost_scale,
    "invented_number": invented_number,
    "month": month,
    "lost_date": lost_date,
    "weekday": weekday,
    "lost_weekday": lost_weekday,
    "year": year,
    "relative_day": relative_day,
    "clock": clock,
    "meridiem": meridiem,
    "unit": unit,
    "currency_sign": currency_sign,
    "lost_percent": lost_percent,
}
SWAPPED_FIGURES: Mapping[str, Fault] = {"swapped_numbers": swapped_numbers}
