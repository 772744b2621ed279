"""What no engine may touch: web and e-mail addresses, handles, hashtags.

Those at the end of a text are cut off and put back. Those inside a sentence are replaced by a made-up name that engines
copy where they damage the rest: short, capitalised, letters only (tests/language/test_prepare.py tries the offline
engine and a genuine package). When one does not come back its value is put behind the sentence.
"""

import re
from dataclasses import dataclass

_ADDRESS = (
    r"(?:https?://|www\.)[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?)\]}'’]"
    r"|\bpic\.twitter\.com/\w+|\bt\.co/\w+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])[a-z0-9-]+(?:\.[a-z0-9-]+){0,5}\.(?:com|org|net|gov|gob|edu|info|tv|mx|us)(?:\.[a-z]{2})?(?:/[\w./?=&%#-]*\w)?\b(?!\.\w)"
)
_TAG = r"(?<![\w&@#])(?:@[^\W\d]|#\d*[^\W\d])\w*"
VERBATIM = re.compile(rf"{_ADDRESS}|{_TAG}")
_SYMBOLS = "\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3"
_SIGNS = re.compile(rf"[@#\[|·•{_SYMBOLS}]|https?:|\w\.\w")  # without one of these a text has nothing of all this
_END_TOKEN = re.compile(rf"{_ADDRESS}|{_TAG}|[{_SYMBOLS}]+|\[(?:…|\.\.\.)\]|[|·•]+")
_END_SYMBOLS = re.compile(rf"[{_SYMBOLS}]+$")
_CUT_START = re.compile(rf"(?:{_TAG})(?:\s*[|:·»]\s*|\s+[–—-]\s+)(?=\S)")
_BOUND = re.compile(
    r"(?<!\w)(?:a|al|de|del|en|con|por|para|la|el|los|las|un|una|y|e|o|que|contra|sin|sobre|desde|hacia|según|the|of|in|at"
    r"|to|for|with|by|on|from|and|or|that|under|about)$",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"[^\W\d_]")
_STEM = "Zkw"
_LETTERS = "aeiou"
_STAND_IN = re.compile(r"\bzkw([aeiou]{1,3})\b", re.IGNORECASE)
_MAX_SPANS = 20
_MAX_TOKENS = 60  # at an end; more are no tail
_LONGEST_WORD = 20


@dataclass(frozen=True, slots=True)
class Cut:
    """A text without what stood behind it; `tail` begins with the blanks that stood between."""

    text: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Shielded:
    """A sentence with made-up names in the places of `values`."""

    text: str
    values: tuple[str, ...] = ()


def cut_end(text: str) -> Cut:
    """Cut off addresses, tags and symbols at the end; a single one not behind a preposition or an article.

    "Piden justicia para #Iguala" keeps its tag: it is a word of the sentence.
    """
    if not _SIGNS.search(text):
        return Cut(text)
    at, tokens = _tail_start(text)
    head = text[:at].rstrip()
    if len(tokens) == 1 and VERBATIM.fullmatch(tokens[0]) and _BOUND.search(head[-_LONGEST_WORD:]):
        return Cut(text)
    return Cut(head, text[len(head) :].rstrip()) if at < len(text) else Cut(text)


def _tail_start(text: str) -> tuple[int, list[str]]:
    """Where the addresses, tags and symbols at the end begin; and what they are, from the last one on."""
    at = len(text.rstrip())
    tokens: list[str] = []
    while at and len(tokens) < _MAX_TOKENS:
        start = text.rfind(" ", 0, at) + 1
        token = text[start:at]
        symbols = _END_SYMBOLS.search(token[-_LONGEST_WORD:])
        if _END_TOKEN.fullmatch(token):
            at = len(text[:start].rstrip())
        elif symbols:
            token, at = symbols.group(), at - len(symbols.group())
        else:
            break
        tokens.append(token)
    return at, tokens


def cut_start(text: str) -> str:
    """The tag that a text opens with, with the sign behind it ("#Tijuana | Cierran…"); "" when a sentence has it.

    A tag that is a label ("#ÚltimaHora Atacan…") needs no sign: `is_label` in `labels` knows those.
    """
    match = _CUT_START.match(text)
    return match.group() if match else ""


def speaks(text: str) -> bool:
    """Whether a text has a word besides addresses and tags."""
    return bool(_NOTHING.search(VERBATIM.sub("", text) if _SIGNS.search(text) else text))


def without_verbatim(text: str) -> str:
    """The text without addresses and tags: they are of no language."""
    return VERBATIM.sub(" ", text) if _SIGNS.search(text) else text


def shield(text: str) -> Shielded:
    """Replace what is verbatim inside a sentence by made-up names."""
    if not _SIGNS.search(text) or not VERBATIM.search(text) or _STAND_IN.search(text):
        return Shielded(text)
    values: list[str] = []

    def take(match: re.Match[str]) -> str:
        if len(values) == _MAX_SPANS:
            return match.group()
        values.append(match.group())
        return _STEM + _code(len(values) - 1)

    return Shielded(VERBATIM.sub(take, text), tuple(values))


def unshield(text: str, values: tuple[str, ...], piece: str) -> str:
    """Put the values back; those whose made-up name stands in `piece` and not in `text` follow it in brackets."""
    if not values:
        return text
    wanted = {_index(code.lower()) for code in _STAND_IN.findall(piece)}
    found: set[int] = set()

    def put_back(match: re.Match[str]) -> str:
        index = _index(match.group(1).lower())
        if index >= len(values):
            return match.group()
        found.add(index)
        return values[index]

    text = _STAND_IN.sub(put_back, text)
    lost = [value for index, value in enumerate(values) if index in wanted - found]
    return f"{text} ({', '.join(lost)})" if lost else text


def _code(index: int) -> str:
    return _LETTERS[index] if index < len(_LETTERS) else _LETTERS[index // 5 - 1] + _LETTERS[index % 5]


def _index(code: str) -> int:
    numbers = [_LETTERS.index(letter) for letter in code]
    return numbers[0] if len(numbers) == 1 else (numbers[0] + 1) * 5 + numbers[1]
