"""Taking off what a newsroom's software puts around a text: datelines, "read more", cookie notices, share bars.

Pure functions on plain text (lines separated by newlines). Known gaps: furniture in the middle of a sentence stays; a
dateline in title case with a dash ("Washington — The …") stays, since it looks like any sentence with a dash.
"""

import re
from dataclasses import dataclass

# A whole line that is furniture wherever it stands.
_LINES = (
    # another report's headline
    r"(?:also|related|read also|see also|more|read more|watch)\s*:.{0,200}",
    r"(?:relacionado|notas? relacionadas?|te recomendamos)\s*:.{0,200}",
    r"(?:lee|mira|ve) tambi[eé]n\b.{0,200}|tambi[eé]n (?:lee|te puede interesar)\b.{0,200}",
    r"te (?:puede|podr[ií]a) interesar\b.{0,200}|no te pierdas\s*:.{0,200}",
    # a link to the whole text
    r"(?:read|view|see) (?:more|on|the (?:full|original|whole|rest)\b.{0,40})\W*|click here (?:to|for)\b.{0,120}",
    r"(?:leer|ver|lee|conoce) m[aá]s\W*|(?:leer|lee|ver) (?:aqu[ií] )?la nota(?: completa| original)?(?: aqu[ií])?\W*",
    r"(?:continue|keep) reading\b.{0,160}|(?:sigue|seguir|contin[uú]a|continuar) leyendo\b.{0,160}",
    # comments, share bars, advertisements, credits without a name
    r"leave a (?:comment|reply)\b.{0,80}|post a comment\W*|(?:no|\d+) comments?(?: yet)?\W*",
    r"dej(?:a|ar) un comentario\b.{0,80}|(?:sin|\d+) comentarios?\W*",
    r"(?:share|compart(?:e|ir)|tweet|tuitear|like|me gusta|follow|print|imprimir|copy link|copiar enlace|pin it)"
    r"(?:[\W_]*\b(?:this|on|en|esta nota|article|story|facebook|twitter|x|whatsapp|telegram|e-?mail|print|linkedin"
    r"|reddit|instagram|pinterest|loading|and|y|via)\b)*\W*",
    r"(?:facebook|twitter|whatsapp|telegram|e-?mail|linkedin|instagram)(?:\W+(?:facebook|twitter|x|whatsapp|telegram"
    r"|e-?mail|linkedin|instagram|print))*\W*",
    r"(?:advertisement|publicidad|anuncio|sponsored)\W*|(?:source|fuente)\s*:?",
    r"\W*(?:\.\.\.|…|\(more[.…]*\)|\(m[aá]s[.…]*\))\W*",
)
# What such a line starts with; looking for it first saves most lines the search.
_FIRST_WORDS = frozenset(
    "also related read see more watch relacionado nota notas te lee mira ve tambien no view click leer ver conoce"
    " continue keep sigue seguir continua continuar leave post deja dejar sin share comparte compartir tweet tuitear"
    " like me follow print imprimir copy copiar pin facebook twitter whatsapp telegram e email linkedin instagram"
    " advertisement publicidad anuncio sponsored source fuente".split()
)
_FIRST_WORD = re.compile(r"\s*(\w+)")
# A piece that is furniture when it ends a text; it starts at a word.
_TAILS = (
    r"the post .{1,300}? (?:appeared|was published) first on .{1,120}",
    r"(?:la entrada|el art[ií]culo|la nota|la publicaci[oó]n) .{1,300}?"
    r" (?:se public[oó]|aparece|apareci[oó]|fue publicad[ao]) (?:primero|originalmente|por primera vez) en .{1,120}",
    r"(?:continue|keep) reading\b.{0,160}|click here\b.{0,120}",
    r"read (?:more|the (?:full|whole|rest|original))\b.{0,120}",
    r"(?:sigue|seguir|contin[uú]a|continuar) leyendo\b.{0,160}|(?:leer|lee) (?:m[aá]s|(?:aqu[ií] )?la nota)\b.{0,120}",
    r"(?:haz|da|dale) clic(?:k)? (?:aqu[ií]|en)\b.{0,120}",
    r"leave a (?:comment|reply)\W*|dej(?:a|ar) un comentario\W*",
    r"(?:sign up|subscribe|get our)\b[^.!?\n]{0,120}\b(?:newsletters?|alerts?|inbox|updates|app|here)\b.{0,120}",
    r"(?:suscr[ií]bete|reg[ií]strate|inscr[ií]bete|[uú]nete|recibe (?:las|nuestr[ao]s|en tu))\b[^.!?\n]{0,120}"
    r"\b(?:bolet[ií]n(?:es)?|newsletter|correo|canal|whatsapp|telegram|alertas|aqu[ií])\b.{0,120}",
    r"(?:follow|find|like) us on\b.{0,160}|s[ií]guenos (?:en|a trav[eé]s)\b.{0,160}",
    r"(?:this (?:web)?site uses|we use) cookies\b.{0,300}",
    r"(?:este sitio(?: web)? (?:usa|utiliza)|(?:usamos|utilizamos)) (?:las )?cookies\b.{0,300}",
    r"(?:copyright )?©.{0,160}|copyright \d{4}\b.{0,160}",
    r"(?:download|descarga)\b[^.!?\n]{0,60}\bapp\b.{0,120}",
    r"\[\s*(?:…|\.\.\.)\s*\]|[→»]",
)
_LINE = re.compile("|".join(f"(?:{p})" for p in _LINES), re.IGNORECASE)
# Behind the end of a sentence, or with a capital: "he asked to read more about it" stays.
_BOUNDARY = r"(?:^|(?<=[.!?…:\"”»)\]\n])\s*|(?<=\s)(?=[A-ZÁÉÍÓÚÜÑ\[→»©]))"
_TAIL = re.compile(rf"{_BOUNDARY}(?i:{'|'.join(_TAILS)})\s*$")
# One of these is in every tail, in lower case; looking for them first saves most texts the search for a tail.
_SIGNS = (
    "first on|primero en|originalmente en|primera vez en| reading|click here|read more|read the|leyendo|leer |lee "
    "| clic|leave a |un comentario|sign up|subscribe|get our|cribete|críbete|gistrate|gístrate|unete|únete|recibe "
    "|us on|guenos|cookies|©|copyright|download|descarga"
).split("|")
_LAST_SIGNS = ("]", "→", "»")
_MAX_TAILS = 8  # pieces of furniture taken off one text

_UPPER = "A-ZÁÉÍÓÚÜÑ"
_WORD = rf"[{_UPPER}][\w'’]+"
_STATE = rf"(?:,\s[{_UPPER}][\w. ]{{1,25}}?)?"  # ", Texas", ", Chih", ", B. C"
_DATELINES = (
    # "EL PASO, Texas (Border Report) —": an outlet or agency in brackets before a dash
    rf"(?P<line>[{_UPPER}][^()\n!?;:]{{1,60}}\([^()\n]{{2,40}}\))\s*\.?\s*[—–-]{{1,2}}\s*",
    # "CIUDAD JUÁREZ, Chih.—", "McALLEN –": a place in capitals before a dash
    rf"(?P<line>(?:Mc)?[{_UPPER}][{_UPPER}.'’ -]{{2,39}}[{_UPPER}]{_STATE})\s*(?:\.?\s?[—–]|\.\s?-+|\s-{{1,2}}\s)\s*",
    # "Tijuana.- ", "Nuevo Laredo, Tamps.– ": the Mexican full stop and dash
    rf"(?P<line>{_WORD}(?:\s(?:de|del|la|las|los|el|{_WORD})){{0,4}}{_STATE})\.\s?[-–—]+\s*",
)
_DATELINE = tuple(re.compile(pattern) for pattern in _DATELINES)
_NOT_A_PLACE = frozenset(
    "en vivo|video|videos|foto|fotos|galería|opinión|columna|editorial|live|live updates|watch|breaking|breaking news"
    "|update|updates|exclusive|exclusiva|última hora|analysis|análisis|entrevista|q&a|ice|cbp|dea|fbi|dhs|faa|cia|inm"
    "|fgr|sre|usa|atf|hsi".split("|")
)


@dataclass(frozen=True, slots=True)
class Undated:
    """A text and the dateline that was taken off its start ("" if it had none)."""

    dateline: str
    text: str


def take_dateline(text: str) -> Undated:
    """The text without the dateline it opens with: the bureau's place, perhaps the outlet, and a dash."""
    if "-" not in text and "–" not in text and "—" not in text:
        return Undated("", text)
    for pattern in _DATELINE:
        match = pattern.match(text)
        if match and match["line"].strip().lower() not in _NOT_A_PLACE and match.end() < len(text):
            return Undated(match["line"].strip(), text[match.end() :])
    return Undated("", text)


_SECOND = re.compile(r"\s(?:Also|Plus|Además|También)\s?:\s", re.IGNORECASE)
_MIN_HEADLINE = 15  # characters before the second one: less is no headline of its own


def take_second_headline(title: str) -> str:
    """A headline without the one of another report behind it: "Tunnel found in Nogales. Also: Bridge closed"."""
    found = _SECOND.search(title, _MIN_HEADLINE) if ":" in title else None
    return title[: found.start()].rstrip(" .;,|–—-") if found else title


def without_furniture(text: str) -> str:
    """The text without lines and closing sentences that belong to the page and not to the report."""
    lines = [line for line in text.split("\n") if not _is_furniture(line)]
    kept = "\n".join(lines).rstrip()
    for _ in range(_MAX_TAILS):
        window = kept[-_TAIL_WINDOW:]
        match = _TAIL.search(window) if _has_sign(window) else None
        if not match:
            break
        kept = kept[: max(0, len(kept) - _TAIL_WINDOW) + match.start()].rstrip()
    return kept.strip()


def _is_furniture(line: str) -> bool:
    if _OPENS_NONE[line.partition(" ")[0]]:
        return False
    return len(line) <= _LONGEST_LINE and _LINE.fullmatch(line.strip()) is not None


class _OpensNone(dict[str, bool]):
    """Whether no line of furniture begins with these characters and a blank. Filled as they are met."""

    def __missing__(self, start: str) -> bool:
        first = _FIRST_WORD.match(start)
        other = bool(first and (word := first[1]).isascii() and not (word.isdigit() or word.lower() in _FIRST_WORDS))
        if len(self) < _MOST_STARTS and len(start) <= _LONGEST_START:
            self[start] = other
        return other


_MOST_STARTS, _LONGEST_START = 20_000, 40  # remembered
_OPENS_NONE = _OpensNone()


def _has_sign(window: str) -> bool:
    if window.endswith(_LAST_SIGNS) or "ı" in window or "İ" in window or "ſ" in window:  # as i and s to the patterns
        return True
    last = window[window.rfind("\n") + 1 :]
    low = (last if last[:1].isalpha() else window).lower()  # no tail has words on two lines
    if low[-_NEAR_END:].upper() != low[-_NEAR_END:]:  # there are letters: what ends with dots may be any length
        low = low[-_FURTHEST_SIGN:]
    for sign in _SIGNS:  # noqa: SIM110 - a generator would take twice as long
        if sign in low:
            return True
    return False


_LONGEST_LINE = 500  # characters: the patterns need quadratic time for a line of dots and the like
_NEAR_END = 9  # characters
_FURTHEST_SIGN = 320  # characters from a tail's sign to its end, at most: "cookies", what may follow, and some dots
_TAIL_WINDOW = 700  # characters: longer than any piece of furniture, short enough to search again and again
