"""Headlines in capitals and in English title case, brought to sentence case before they are translated.

Translation models have learned from running text: on capitals they spell out or copy words. A word gets a capital when
a list knows it as a name, or when it is no common word of its language. Pure, but for the tables of names and words.

Known gaps: a name that is a common word is lower-cased ("Mr. Rivers" in capitals) unless a list has it or a given name
stands before it; a rare common word is taken for a name; a common word that is also a known name keeps its capital
("Roma").
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from monitor.language.glossary import Glossary
from monitor.language.names import ACRONYMS, COMMON_WORDS, COUNTRIES, GIVEN_NAMES, SURNAMES
from monitor.language.plain_words import is_plain
from monitor.records import LANGUAGES, Lang
from monitor.sentences import is_shortened
from monitor.text import fold

_TOKEN = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*|[\W_]+")
_PART = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|‘[^’]*’")
_WORDS = re.compile(r"(?<![\w-])[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_ENDS = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+[\"'“‘«(\[¿¡—–-]*$|[:|]\s+[\"'“‘«(¿¡]*$")
_QUOTE_STARTS = re.compile(r"[:,]\s*[\"“«]$")
_SHOUTING_LETTERS = 12
_SHOUTING_SHARE = 0.85
_TITLE_WORDS = 4
_TITLE_SHARE = 0.8
_TITLE_SHARE_OF_VERBS = 0.9  # of all words but the links
_SHORT_TITLE_WORDS = 3
_LONG_LINKS = frozenset(  # lower case in many title styles
    "with from into onto over under after before amid near against between about through during without within toward"
    " towards than that when while upon across along behind beyond inside outside since until para como contra desde"
    " entre hasta hacia según sobre tras durante ante pero sino porque cuando mientras donde este esta".split()
)
_LOWER_VERB = re.compile(r"(?<!\w)(?:is|are|was|were|has|had|es|fue|son|ha|han|va|van)(?!\w)")
_NICKNAME = re.compile(r"([\"“«'‘])((?:el|la|los|las)\s+\w+(?:\s+\w+)?)([\"”»'’])", re.IGNORECASE)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_ROMAN = frozenset("II III IV VII VIII IX XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXIII".split())
_SAID_SMALL = frozenset("a.m p.m vs km kg kph mph lbs mm cm hrs".split())
_EMPHATIC = re.compile(
    r"\bNO\b(?= [a-záéíóú])|\b(?:NOT|NEVER|MUST|VERY|NUNCA|JAMÁS|TODOS|TODAS|MUCHO|MUY|SIN|TAMPOCO|NADIE|NINGÚN)\b"
)
_MIXED_RUN = re.compile(
    r"(?<![\w@#])[A-ZÁÉÍÓÚÜÑ0-9][A-ZÁÉÍÓÚÜÑ0-9.,'’-]*(?:\s+[\"“¿¡(]*[A-ZÁÉÍÓÚÜÑ0-9$][A-ZÁÉÍÓÚÜÑ0-9.,'’%-]*[\"”!?)]*)+(?!\w)"
)
_RUN_LETTERS = 12
_SMALL_WORDS: dict[Lang, frozenset[str]] = {  # never a name, whatever a list says
    "en": frozenset(
        "a an the and or but nor of in on at to for by with from as is was are be been has had have it its he she they"
        " we you his her their our your my me him them who what when where why how not no so if up out off over all"
        " any us am do go hi oh ok ad ex ox ah".split()
    ),
    "es": frozenset(
        "a al ante con de del desde di e el ella en entre era es esa ese esta este fe fue ha han hay ir la las le les"
        " lo los mas más me mi ni no nos o os oí para pero por que se ser si sin sobre son su sus también tan te ti"
        " tras tu u un una uno unos unas va señor van y ya yo pan sat pt us uv pri".split()
    ),
}
_US_IS_A_WORD = frozenset("let tell give help show join ask made make makes gave for".split())
_OFFICE = re.compile(
    r"\b(?:president|governor|mayor|senator|sheriff|judge|secretary|congressman|congresswoman|sergeant|lieutenant"
    r"|captain|gov\.|sen\.|rep\.|sgt\.|lt\.|gen\.|mr\.|mrs\.|ms\.|dr\.)(?= [A-ZÁÉÍÓÚ][\wáéíóúñ.]+)"
)
_ENGLISH_CAPITALS = re.compile(
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|january|february|april|june|july|september|october|november|december"
    r"|(?:mexican|american|venezuelan|honduran|guatemalan|salvadoran|haitian|cuban|colombian|ecuadorian|nicaraguan"
    r"|peruvian|brazilian|dominican|argentine|chilean|bolivian|panamanian|canadian|russian|ukrainian|indian|african"
    r"|european|asian|hispanic|latino|texan|californian|arizonan|sinaloan|israeli|iranian|iraqi|syrian|afghan|german"
    r"|italian|australian|korean|norwegian|belgian|hungarian|romanian|egyptian|palestinian|jamaican|republican"
    r"|democrat)s?"
    r"|spanish|english|french|chinese|japanese|portuguese|british|irish|dutch|swedish|vietnamese|turkish|arabic"
    r"|congress|senate)\b"
    r"|\b(?:may|march|august)\b(?=\s\d{1,2}\b|\s\d{4}\b)|(?<=\d )\b(?:may|march|august)\b"
    r"|(?<=\b(?:in|of) )(?:may|march|august)\b(?!\s+of\b)"
)


def is_shouting(text: str) -> bool:
    """Whether a text is written in capitals: over 85 % of at least 13 letters."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > _SHOUTING_LETTERS and sum(c.isupper() for c in letters) / len(letters) > _SHOUTING_SHARE


def is_title_case(text: str) -> bool:
    """Whether a headline Starts Each Long Word With a Capital (four such words at least, over 80 % of them).

    A sentence of many names is none: its verb has no capital. What stands in quotes says nothing.
    """
    words = _long_words(_QUOTED.sub(" ", text))
    words = words if len(words) >= _TITLE_WORDS else _long_words(text)
    capital = sum(word[0].isupper() for word in words)
    if len(words) < _TITLE_WORDS or capital / len(words) <= _TITLE_SHARE:
        return False
    links = sum(word in _LONG_LINKS for word in words)
    return (capital + links) / len(words) > _TITLE_SHARE_OF_VERBS and not _LOWER_VERB.search(text)


def _long_words(text: str) -> list[str]:
    return [word for word in _WORDS.findall(text) if len(word) > 3]


def sentence_case(text: str, language: Lang, glossary: Glossary) -> str:
    """The text in its language's sentence case when it shouts or is in title case; so is a stretch in capitals.

    Names of the glossary, known acronyms and words that are not common keep or get their capitals. Any other text is
    left alone.
    """
    if is_shouting(text) or _is_short_shout(text, language):
        return _recased(text, language, glossary, shouting=True)
    if is_title_case(text) or _is_short_title(text, language):
        return _recased(text, language, glossary, shouting=False)
    return _without_stretches(text, language, glossary)


def english_capitals(text: str) -> str:
    """English with the capitals of days, months, peoples, languages, and of offices before a name."""
    text = _ENGLISH_CAPITALS.sub(lambda m: m.group().title(), text)
    return _OFFICE.sub(lambda m: m.group().capitalize(), text)


def is_known_name(word: str, language: Lang, glossary: Glossary) -> bool:
    """Whether a single word is a name or an acronym of the lists."""
    return word.lower() in _known(glossary, language)


def _is_short_shout(text: str, language: Lang) -> bool:
    """ "TWO MEN HELD": few letters, all capitals, and two words that are no names."""
    words = _LETTERS.findall(text) if text.isupper() else []
    return sum(len(word) >= _SHORTEST_NAME and is_plain(fold(word), language) for word in words) > 1


def _is_short_title(text: str, language: Lang) -> bool:
    """ "Migrant Deaths Rise": all words but small ones have a capital, and two behind the first are no names."""
    words = _LETTERS.findall(text)
    long = [word for word in words if word.lower() not in _SMALL_WORDS[language]]
    if len(long) < _SHORT_TITLE_WORDS or not all(word[0].isupper() for word in long):
        return False
    plain = [w for w in words[1:] if w.istitle() and w not in SURNAMES and _is_small(fold(w), language)]
    return len(plain) >= _SHORT_TITLE_WORDS - 1


def _without_stretches(text: str, language: Lang, glossary: Glossary) -> str:
    """ "CAE LÍDER DEL CJNG EN TIJUANA; hay dos muertos": the stretch in capitals in sentence case."""

    def recased(match: re.Match[str]) -> str:
        run = match.group()
        words = [word for word in _LETTERS.findall(run) if len(word) > 3 and is_plain(fold(word), language)]
        if sum(c.isalpha() for c in run) < _RUN_LETTERS or len(words) < 2:
            return run
        opens = not any(c.isalnum() for c in text[: match.start()]) or bool(_ENDS.search(text[: match.start()]))
        return _recased(run, language, glossary, shouting=True, opens=opens)

    if sum(c.isupper() for c in text) < _EMPHATIC_CAPITALS:
        return text
    return _EMPHATIC.sub(
        lambda m: m.group().lower() if m.start() else m.group().capitalize(), _MIXED_RUN.sub(recased, text)
    )


_EMPHATIC_CAPITALS = 3  # fewer capitals are no stretch and no stressed word


def _recased(text: str, language: Lang, glossary: Glossary, *, shouting: bool, opens: bool = True) -> str:
    tokens = _TOKEN.findall(text)
    words = [token if token[0].isalnum() else "" for token in tokens]
    cased = list(tokens)
    known, phrases = _known(glossary, language), _phrases(glossary)
    at, previous, person = 0, "", False
    while at < len(tokens):
        phrase = _phrase_at(tokens, at, phrases) if words[at] else None
        if phrase:
            cased[at : at + phrase[0]] = [phrase[1], *[""] * (phrase[0] - 1)]
            at, previous, person = at + phrase[0], "", False
            continue
        if words[at]:
            surname = tokens[at].capitalize() if person and tokens[at].capitalize() in SURNAMES else ""
            cased[at] = surname or _word(tokens[at], previous, language, known, shouting=shouting)
            person = tokens[at] in _given() or (person and cased[at][0].isupper())
            previous = tokens[at]
        elif tokens[at].strip():
            person = False
        at += 1
    return _finished("".join(_opened(cased, opens=opens, language=language)), language)


def _finished(text: str, language: Lang) -> str:
    text = _NICKNAME.sub(lambda m: m.group(1) + m.group(2).title() + m.group(3), text)
    return english_capitals(text) if language == "en" else _SPANISH_MONTH.sub(lambda m: m.group().lower(), text)


def _opened(cased: list[str], *, opens: bool, language: Lang) -> Iterator[str]:
    """The tokens with a capital where a sentence starts, or the words of a speaker behind a colon."""
    starts, written, before = opens, 0, ""
    for token, following in pairwise((*cased, "")):
        if token and token[0].isalnum():
            yield token[0].upper() + token[1:] if starts else token
            starts, written, before = False, written + 1, token
            continue
        yield token
        if _ENDS.search(token) and following and not (token[0] == "." and is_shortened(before)):
            starts = ":" not in token or language == "en" or written <= _SPEAKER_WORDS
        starts = starts or bool(_QUOTE_STARTS.search(token))


_SPEAKER_WORDS = 3
_SPANISH_MONTH = re.compile(r"(?:(?<=\d de )|(?<=\bdesde )|(?<=\bhasta )|(?<=\ben ))(?:Abril|Mayo|Julio)\b")


def _word(token: str, previous: str, language: Lang, known: Mapping[str, str], *, shouting: bool) -> str:
    """A word of a headline in the case it has inside a sentence."""
    low = token.lower()
    base, mark, ending = _APOSTROPHE.match(low).groups("")  # type: ignore[union-attr] # it matches any word
    if base in known and ending != "t" and not (low == "us" and previous.lower() in _US_IS_A_WORD):
        return known[base] + mark + ending
    if low in _SAID_SMALL or ending == "t" or (len(token) == 1 and low != "i") or _ORDINAL.fullmatch(low):
        return low
    if shouting and len(token) > 1 and "." not in token and is_shortened(token) and not is_plain(low, language):
        return low.capitalize()
    if _is_spelled(token, base, language, shouting=shouting):
        return token
    if "-" in token:
        return "-".join(
            _word(part, "", language, known, shouting=shouting) if part else "" for part in token.split("-")
        )
    return low if _is_small(fold(base), language) and not _IRISH.match(low) else _named(low)


_APOSTROPHE = re.compile(r"([^'’]*)(['’]?)(.*)")
_YEAR_OLD = re.compile(r"-[^\W\d_]{3}")
_IRISH = re.compile(r"[od]['’]\w{3}")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|a|o|er|os|as)")


def _is_spelled(token: str, base: str, language: Lang, *, shouting: bool) -> bool:
    """Whether capitals belong to the word: "D.C", "XVI", "SSPC", "F-150"; "CoreCivic" in a title-case headline."""
    if _DOTTED.fullmatch(token) or token in _ROMAN:
        return True
    if not shouting:
        return not (token[1:].islower() or "'" in token or "’" in token or _all_title(token))
    if any(c.isdigit() for c in token):
        return not token.isdigit() and not _YEAR_OLD.search(token)
    folded = fold(base)
    return not re.search("[aeiouy]", folded) or (1 < len(folded) <= _SHORTEST_NAME and not _is_word(folded, language))


def _all_title(token: str) -> bool:
    """ "Cross-Border": words in title case; "US-Mexico" and "F-150" are not."""
    parts = [part for part in token.split("-") if part]
    if len(parts) < 2 or not any(part[1:].islower() for part in parts):
        return False
    return all(part.isdigit() or part[1:].islower() or len(part) == 1 for part in parts)


def _is_small(folded: str, language: Lang) -> bool:
    return len(folded) < _SHORTEST_NAME or _is_word(folded, language)


def _is_word(folded: str, language: Lang) -> bool:
    return folded in _SMALL_WORDS[language] or is_plain(folded, language)


_SHORTEST_NAME = 3


def _named(low: str) -> str:
    """ "McAllen", "O'Rourke", "Uvalde"."""
    if low.startswith("mc") and len(low) > 4:
        return f"Mc{low[2:].capitalize()}"
    if _IRISH.match(low):
        return low[:2].upper() + low[2:].capitalize()
    return low[:1].upper() + low[1:]


def _phrase_at(tokens: list[str], at: int, phrases: Mapping[str, tuple[str, ...]]) -> tuple[int, str] | None:
    """How many tokens a name of several words takes here, and how it is written; None when none begins here."""
    for spelling in phrases.get(tokens[at].lower(), ()):
        length, size = 0, 0
        while size < len(spelling) and at + length < len(tokens):
            size += len(tokens[at + length])
            length += 1
        joined = "".join(tokens[at : at + length])
        if joined.lower() == spelling.lower():
            return length, spelling
        rest = joined[len(spelling) :]
        if joined.lower().startswith(spelling.lower()) and not (
            rest[:1].isalnum() or tokens[at + length - 1][0].isalnum()
        ):
            return length, spelling + rest
    return None


@lru_cache(maxsize=1)
def _given() -> frozenset[str]:
    """Given names in every case a headline may have."""
    return frozenset(form for name in GIVEN_NAMES for form in (name, name.upper()))


@lru_cache(maxsize=8)
def _known(glossary: Glossary, language: Lang) -> dict[str, str]:
    """Single words that keep their capitals, by their lower-case form."""
    listed = (name for name in _all_listed(language) if " " not in name)
    words = {name.lower(): name for name in (*listed, *GIVEN_NAMES, *SURNAMES, *COUNTRIES, *ACRONYMS)}
    words |= {place.lower(): place for place in glossary.places if " " not in place}
    words |= {name.lower(): name for name in glossary.names if " " not in name}
    words = {
        w: name for w, name in words.items() if w not in COMMON_WORDS[language] and w not in _SMALL_WORDS[language]
    }
    return words | (
        {"i": "I", "us": "US", "u.s": "U.S"} if language == "en" else {"ee.uu": "EE.UU", "ee": "EE", "uu": "UU"}
    )


@lru_cache(maxsize=8)
def _phrases(glossary: Glossary) -> dict[str, tuple[str, ...]]:
    """Names of several words as they are written, by their first word in lower case, the longest first."""
    listed = [name for language in LANGUAGES for name in _all_listed(language)]
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys((*glossary.places, *glossary.names, *listed)):
        first = _TOKEN.match(name)
        if first and len(first.group()) < len(name) and name[:1].isupper():
            found.setdefault(first.group().lower(), []).append(name)
    return {first: tuple(sorted(names, key=lambda name: -len(name))) for first, names in found.items()}


@lru_cache(maxsize=2)
def _all_listed(language: Lang) -> tuple[str, ...]:
    """Names of `name_forms.tsv` as this language writes them: places, people, bodies."""
    lines = Path(__file__).with_name("name_forms.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    column = 1 if language == "en" else 2
    cells = (row[column].split(" / ")[0].split(";") for row in rows if row[0] not in ("word", "body"))
    bodies = (row[column].split(";") for row in rows if row[0] == "body")
    names = [name.strip() for cell in cells for name in cell]
    names += [name.strip() for cell in bodies for name in cell if _is_written_big(name.strip())]
    return tuple(name for name in names if name[:1].isupper() and not name.endswith("*"))


def _is_written_big(name: str) -> bool:
    """Several words with capitals: "Red Cross", "Naciones Unidas"; single ones may be words ("Customs")."""
    return " " in name and all(word[0].isupper() or len(word) <= _LINK_LETTERS for word in name.split())


_LINK_LETTERS = 3
