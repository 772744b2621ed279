"""What no translation is: loops, an engine's inner marks, broken characters, the wrong length, the wrong language.

A text with one of these flags is not shown; the reader sees the original. Pure functions of the two texts.

The bounds of length stand beside what 2,000 lines of human news translation have (the 0.2 % and 99.8 % quantiles and a
little more: free translations of headlines are outside sooner than an engine's), by direction and number of words.

Known gaps: a cut of less than a third of the text passes unless it ends in the middle of a phrase; another language is
seen by its function words only, so a headline of three words without any may pass. One foreign word, or two in a long
text, are no reason to refuse it: they are for the soft flag `words`.
"""

import html
import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

from monitor.language.doubts import SPANISH_LOANS
from monitor.language.plain_words import is_plain
from monitor.language.wordlists import folded, read_rows
from monitor.records import Lang
from monitor.text import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def hard_flags(original: str, translated: str, source: Lang, target: Lang) -> tuple[str, ...]:
    """The hard flags of a translation of a text that has words; empty when nothing was found."""
    original, translated = _unescaped(original), _unescaped(translated)
    if not any(c.isalnum() for c in translated):
        return ("empty",) if any(c.isalnum() for c in original) else ()
    found = {
        "mark": has_marks(original, translated),
        "loop": is_loop(original, translated),
        "length": is_wrong_length(original, translated, target) or is_cut_off(original, translated, target),
        "leftover": is_left_over(original, translated, source, target),
    }
    return tuple(flag for flag, is_found in found.items() if is_found)


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text else text


# ---------------------------------------------------------------- an engine's inner marks

_BROKEN = re.compile(
    r"<unk>|\[/?(?:unk|sep|cls|pad|mask|inst|eos|bos)\]|⁇|\ufffd|@@|￭|▁|[ĠĊ](?=\w)|(?:^|\s)##\w|\w##(?:\s|$)"
    r"|<0x[0-9a-f]{2}>|</?[a-z]{1,4}/?>|__[a-z]{2,4}(?:_\w+)?__|<2\w{2,3}>|>>\w+<<|<\|[\w ]+\|>"
    r"|<(?:start|end|extra_id|mask|lang)[\w ]*>"
    r"|\bXq[a-j]+zq\b|\\u[0-9a-f]{4}|&(?:[a-z]{2,6}|#\d+);"
    r"|Ã[\x80-\xbf\u0192\u2018-\u2039\u20ac\u0160\u0178\u017d\u017e\u0152\u0153\u02c6\u02dc\u2122]|â€|Â[¿¡«»°º\xa0]"
    r"|^\W*(?:translation|traducción|traduccion|english|spanish|español|inglés)\s*:"
    r"|\b(?:here is the translation|as an ai\b|translate the following|aquí está la traducción|traduce el siguiente)",
    re.IGNORECASE,
)
_UNKNOWN_MARK = re.compile(r"(?:^|\s)[*@#](?=[a-záéíóúñ]{3})")


def has_marks(original: str, translated: str) -> bool:
    """Whether the output shows an engine's inner marks: subword joints, control tokens, broken characters, prompts."""
    if _BROKEN.search(translated) and not _BROKEN.search(original):
        return True
    return bool(_UNKNOWN_MARK.search(translated)) and not _UNKNOWN_MARK.search(original)


# ---------------------------------------------------------------- loops

_STUTTER = re.compile(r"(\S{2,14}?)\1{3,}|([^\W\d_])\2{4,}|([^\w\s])\3{7,}")
_REPEATS = {1: 5, 2: 4, 3: 3, 4: 3, 5: 3, 6: 3}  # words in a phrase -> times in a row that make a loop
_LOOP_TRIGRAMS = 4
_TWICE_WORDS = 8  # a phrase of so many words said twice in a row
_TWICE_SHARE = 0.4  # of a text's trigrams that stand in it twice


def is_loop(original: str, translated: str) -> bool:
    """Whether the output repeats itself over and over, or says a long part twice, where the original does not."""
    if _STUTTER.search(translated) and not _STUTTER.search(original):
        return True
    words, before = _plain_words(translated), _plain_words(original)
    if _is_repeating(words):
        return not _is_repeating(before)
    if _most_common_trigram(words) >= _LOOP_TRIGRAMS > _most_common_trigram(before) + 1:
        return True
    return _repeated_share(words) >= _TWICE_SHARE > 2 * _repeated_share(before)


def _most_common_trigram(words: Sequence[str]) -> int:
    return max(Counter(zip(words, words[1:], words[2:], strict=False)).values(), default=0)


def _plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", folded(text))


def _is_repeating(words: Sequence[str]) -> bool:
    if any(_repeats(words, size) >= times for size, times in _REPEATS.items()):
        return True
    half = len(words) // 2
    return half >= 2 and len(words) % 2 == 0 and words[:half] == words[half:]


def _repeats(words: Sequence[str], size: int) -> int:
    """How often the most repeated phrase of `size` words stands back to back."""
    best, equal = 1, 0
    for at in range(size, len(words)):
        equal = equal + 1 if words[at] == words[at - size] else 0
        best = max(best, 1 + equal // size)
    return best


def _repeated_share(words: Sequence[str]) -> float:
    """The share of a text's trigrams that stand in it more than once."""
    trigrams = Counter(zip(words, words[1:], words[2:], strict=False))
    twice = sum(count for count in trigrams.values() if count > 1)
    return twice / sum(trigrams.values()) if len(words) > _TWICE_WORDS else 0.0


# ---------------------------------------------------------------- length

# Words of the original, at least -> lowest and highest ratio of characters, translation to original.
_BOUNDS: dict[Lang, tuple[tuple[int, float, float], ...]] = {
    "en": ((20, 0.46, 1.4), (12, 0.44, 1.5), (8, 0.45, 1.8), (5, 0.38, 2.3), (1, 0.25, 3.0)),
    "es": ((20, 0.64, 1.95), (12, 0.62, 2.1), (8, 0.58, 2.4), (5, 0.48, 2.8), (1, 0.3, 3.5)),
}
_NO_LAST_WORD: dict[Lang, frozenset[str]] = {  # a text that ends in one of these was cut off
    "en": frozenset("the a an of and or from with by at into their its his than as that which who".split()),
    "es": frozenset("el los las un una de del al y o e que en con por para a su sus se como lo sin".split()),
}
_SPELLED_OUT = re.compile(r"\s*\([^()]*\b(?:siglas|acronym|abbreviat\w+|abreviatura)\b[^()]*\)", re.IGNORECASE)
_ADDED = re.compile(r"\[[^\]]{1,30}\]\s*")
_SHORT = 0.14  # how much above the lowest ratio an output is short
_UNFINISHED = 0.1  # how much higher the lowest ratio is when the full stop is missing


def is_wrong_length(original: str, translated: str, target: Lang) -> bool:
    """Whether the output is far too short or too long for the number of words and the direction."""
    low, high = _bounds(original, target)
    if len(original.split()) >= 8 and original.rstrip()[-1] in ".!?" and translated.rstrip()[-1].isalnum():
        low += _UNFINISHED
    return not low <= _ratio(original, translated) <= high


def is_short(original: str, translated: str, target: Lang) -> bool:
    """Whether the output is so short that, with a name or a number missing, it was cut."""
    return _ratio(original, translated) < _bounds(original, target)[0] + _SHORT


def _bounds(original: str, target: Lang) -> tuple[float, float]:
    words = len(original.split())
    return next((low, high) for least, low, high in _BOUNDS[target] if words >= least)


def _ratio(original: str, translated: str) -> float:
    """Characters of the translation to those of the original, without what explains an abbreviation ("por sus siglas
    en inglés") and without a subject that an engine adds in brackets."""
    original, said = _SPELLED_OUT.sub("", original), _SPELLED_OUT.sub("", translated)
    said = said if "[" in original else _ADDED.sub("", said)
    return len(said.strip()) / max(1, len(original.strip()))


def is_cut_off(original: str, translated: str, target: Lang) -> bool:
    """Whether the output ends in a word that more must follow."""
    last, before = translated.rsplit(maxsplit=1)[-1], original.rsplit(maxsplit=1)[-1]
    return last in _NO_LAST_WORD[target] and before.lower() not in _ALL_LINKS


_ALL_LINKS = _NO_LAST_WORD["en"] | _NO_LAST_WORD["es"]

# ---------------------------------------------------------------- the wrong language

_PORTUGUESE = re.compile(
    r"(?<![\w'’])(?:não|em(?= \w)|EUA|uma|umas|um|são|estão|também|mais|pela|pelos|pelas|das|do|na|nas|ao|aos|os|à|às"
    r"|foi|foram|com|seu|sua|seus|suas|ou|quem|muito|depois|já|até|num|numa"
    r"|[a-zà-ü]+(?:ção|ções|ões|ães|aram|eram|iram|avam|agem)|(?![aei]nh|desh)[a-zà-ü]*(?:nh|lh)[aeo][a-zà-ü]*|[a-zà-ü]+ç[aou][a-zà-ü]*"
    r"|[a-zà-ü]*[ãõêôâ][a-zà-ü]*|[a-zà-ü]+ss[aeiou][a-zà-ü]*)(?!\w)"
)
_PORTUGUESE_LOOK = re.compile(  # one may be a slip of spelling, two are another language
    r"(?<![\w'’])(?:e(?= (?![ih])\w)|sob|para [ao]s?(?= )|nov[oa]s?|da|[a-zà-ü]{2,}[ae]m"
    r"|[a-zà-ü]{3,}(?:ou|eir[oa]s?|dade)|[a-zà-ü]*[áéíóú][bcdfghjklmnpqrstvxz]+(?:ia|io|ua|uo|ie)s?)(?!\w)"
)
_LEAST_PORTUGUESE = 2
_MUCH_PORTUGUESE = 0.12  # of the words
_TITLE = re.compile(r"[\"“«][^\"“”«»]{3,100}[\"”»]")
_SPANISH_TOO = frozenset(
    "anhelo anhela anhelan anhelos enhebra inhala exhalo exhala inhalar exhalar inhalado anhelar anhelada"
    " anhelado enhorabuena menhir alhaja alhajas alharaca ítem tándem harem réquiem álbum spam team stream webcam islam"
    " madam exam gym caribou".split()
)


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    rows = read_rows(Path(__file__).with_name("function_words.tsv"), 2)
    return {language: frozenset(words.split()) for language, words in rows}


@lru_cache(maxsize=4)
def _foreign_only(target: Lang) -> dict[str, frozenset[str]]:
    """For every other language, its function words that are no words of the target."""
    own = _function_words()[target]
    return {language: words - own for language, words in _function_words().items() if language != target}


def is_left_over(original: str, translated: str, source: Lang, target: Lang) -> bool:
    """Whether the output is still, in good part, in the source language, or in a third one; a word or two are not."""
    if target == "es" and _is_portuguese(original, translated):
        return True
    translated = _TITLE.sub(
        lambda quoted: "" if _is_kept_title(quoted.group(), original) else quoted.group(), translated
    )
    plain = {word for word in _lower_first(original) if word.islower()}
    words = [w for word in _lower_first(translated) if (w := _plain(word, plain))]
    if _is_foreign(words, target) or _is_unchanged(original, translated):
        return True
    links = _function_words()[target]
    content = [word for word in words if word not in links]
    strange = [word for word in content if not _is_of(word, target)]
    copied = [word for word in strange if word in plain and _is_of(word, source)]
    named = _lower_first(translated)[:1]  # the first word may be a name
    strange = [word for word in strange if word not in named]
    if _is_much(sum(w not in named for w in copied), len(words)) or _is_third(words, strange, content, target):
        return True
    weighty = set(copied) - _function_words()[source] - set(named)
    return bool(weighty) and _is_run(original, translated, weighty)


def _plain(word: str, before: Collection[str]) -> str:
    """A word in lower case, or one with capitals that the original has without; "" for names and single letters."""
    if word.lower() in before:
        word = word.lower()
    return word if word.islower() and len(word) > 1 else ""


def _is_run(original: str, translated: str, copied: set[str]) -> bool:
    """Whether three words in a row were copied, one of them a word of weight of the source language only."""
    before, after = (re.findall(r"\w+", text.lower()) for text in (original, translated))
    runs = set(zip(before, before[1:], before[2:], strict=False))
    return any(run in runs and not copied.isdisjoint(run) for run in zip(after, after[1:], after[2:], strict=False))


def _is_much(copied: int, words: int) -> bool:
    return (copied >= 2 and copied >= 0.25 * words) or (copied >= 3 and copied >= 0.15 * words)


def _is_kept_title(quoted: str, original: str) -> bool:
    """Whether a quotation is a title of its own: as the original has it, most words in capitals."""
    words = _WORD.findall(quoted)
    return quoted in original and 2 * sum(word[0].isupper() for word in words) > len(words)


def _is_third(words: Collection[str], strange: Collection[str], content: Collection[str], target: Lang) -> bool:
    """Whether most words of weight are none of the target's; fewer are enough beside another language's links."""
    if len(strange) >= max(3, 0.7 * len(content)) or len(strange) >= max(4, 0.6 * len(content)):
        return True
    linked = max(sum(word in foreign for word in words) for foreign in _foreign_only(target).values())
    return linked >= 2 and len(strange) >= max(2, 0.4 * len(content))


@lru_cache(maxsize=8192)
def _is_of(word: str, language: Lang) -> bool:
    if word in _function_words()[language] or is_plain(fold(word), language):
        return True
    return word in SPANISH_LOANS and not any(word in words for words in _function_words().values())


def _lower_first(text: str) -> list[str]:
    """The words, the first one in lower case: its capital says nothing."""
    words = _WORD.findall(text)
    return [words[0].lower(), *words[1:]] if words else []


def stray_portuguese(original: str, translated: str, target: Lang) -> list[str]:
    """The words of a Spanish output that only Portuguese has, and such as look like it when there are two."""
    if target != "es":
        return []
    sure, looks = _portuguese(original, translated)
    return [*sure, *(looks if len(looks) > 1 else ())]


def _portuguese(original: str, translated: str) -> tuple[list[str], list[str]]:
    """The words that only Portuguese has, and those that look like it."""
    sure = _PORTUGUESE.findall(translated)
    looks = _PORTUGUESE_LOOK.findall(translated[:1].lower() + translated[1:])
    before = set(_WORD.findall(original)) if sure or looks else set()
    strange = [[word for word in found if word not in _SPANISH_TOO and word not in before] for found in (sure, looks)]
    return strange[0], strange[1]


def _is_portuguese(original: str, translated: str) -> bool:
    """Whether a good part of the output is Portuguese: one word is a slip, and shown."""
    sure, looks = _portuguese(original, translated)
    found, words = len(sure) + sum(word not in sure for word in looks), len(translated.split())
    return bool(sure) and found >= max(_LEAST_PORTUGUESE, _MUCH_PORTUGUESE * words)


def _is_unchanged(original: str, translated: str) -> bool:
    """A text came back as it was, although it has a word that is no name."""
    return folded(original) == folded(translated) and any(
        word.islower() and len(word) > 3 for word in _WORD.findall(original)
    )


def _is_foreign(words: Collection[str], target: Lang) -> bool:
    """More function words of another language than of the target's."""
    own = sum(word in _function_words()[target] for word in words)
    other = max(sum(word in foreign for word in words) for foreign in _foreign_only(target).values())
    return (other >= 3 and other > own) or (other >= 2 and own == 0) or (other >= 4 and other > 0.12 * len(words))
