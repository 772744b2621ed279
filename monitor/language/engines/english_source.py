"""English headlines made plain for the network, which reads "top" as a noun and puts adjectives before agencies.

Pure functions. Known gap: only the words listed here.
"""

import re
from functools import lru_cache
from pathlib import Path

_PLAIN_QUOTES = str.maketrans("“”’‘", "\"\"''")
_GROUP_NOUNS = (
    r"agents?|officers?|troops|members?|leaders?|boss(?:es)?|stations?|chief|director|spokes\w+|officials?"
    r"|custody|headquarters"
    r"|facilit\w+|programs?|appointments?|operations?|operatives?|soldiers|convoy|cells?|lieutenants?"
)
_DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_TIME_WORDS = "on last next this by until till late early since from for through every of and to before after each that"
_DAY = re.compile(rf"\b(\w+) ({_DAYS})\b(?!'s)")
_TABLE = Path(__file__).with_name("english_plain.tsv")


@lru_cache(maxsize=1)
def _plain_table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is replaced by what, in the order of the file."""
    rows = (line.split("\t") for line in _TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return tuple((re.compile(pattern, re.IGNORECASE if case == "i" else 0), plain) for pattern, plain, case in rows)


def plain_english(text: str) -> str:
    """English without the short forms and newsroom words that the network misreads."""
    text = text.translate(_PLAIN_QUOTES)
    capital = text[:1].isupper()
    for pattern, plain in _plain_table():
        text = pattern.sub(plain, text)
    text = _DAY.sub(_on_the_day, text)
    return text[:1].upper() + text[1:] if capital else text


def _on_the_day(match: re.Match[str]) -> str:
    """ "Said Wednesday" → "said on Wednesday": without the preposition the network forgets the Spanish article."""
    before, day = match.group(1), match.group(2)
    return match.group() if before.lower() in _TIME_WORDS.split() else f"{before} on {day}"


def agency_pattern(names: re.Pattern[str]) -> re.Pattern[str]:
    """Finds "a Border Patrol agent", for `noun_of_agency`."""
    return re.compile(
        rf"(?:\b(?P<article>a|an|the)\s+)?(?P<name>{names.pattern})(?P<rest>(?:\s+(?:special|senior|top|alleged"
        rf"|suspected))?\s+(?:{_GROUP_NOUNS}))\b",
        re.IGNORECASE,
    )


def noun_of_agency(match: re.Match[str]) -> str:
    """ "A Border Patrol agent" → "an agent of the Border Patrol": a Spanish name can only stand behind its noun."""
    article, name, rest = match.group("article") or "", match.group("name"), match.group("rest").strip()
    if article.lower() in ("a", "an"):
        article = "an" if rest[0].lower() in "aeiou" else "a"
    said = f"{article} {rest}".strip()
    first = (match.group("article") or name)[0]
    return (said[0].upper() + said[1:] if first.isupper() and match.start() == 0 else said) + f" of the {name}"
