"""Judging one translation without reading either language: what is degenerate, untranslated, or lost something.

`HARD` flags mean: show the original instead. `SOFT` flags mean: show it, marked "check the original". Pure functions.

On border news the softer checks of `doubts` find two thirds of the garbled outputs they were tuned on and three in ten
of unseen ones (tests/eval/test_translation_doubts.py).
Known gaps: a fluent sentence with the wrong verb or the wrong subject passes; so does a negation that moved.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache

from monitor.language import doubts
from monitor.language.amounts import changed_amounts
from monitor.language.dates import changed_dates
from monitor.language.glossary import Glossary
from monitor.language.lost_names import missing_names
from monitor.language.negation import changed_negations
from monitor.records import Lang
from monitor.text import fold

HARD: frozenset[str] = frozenset({"empty", "mark", "loop", "length", "leftover", "no_engine"})
SOFT: frozenset[str] = frozenset(
    {"number", "unit", "date", "negation", "names", "words", "grammar", "repeat", "person", "sense"}
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def check(original: str, translated: str, source: Lang, target: Lang, glossary: Glossary) -> tuple[str, ...]:
    """The flags of one translation, the hard ones first; empty when nothing was found. An empty original has none."""
    if not original.strip():
        return ()
    if not translated.strip():
        return ("empty",)
    hard: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("mark", lambda: has_marks(original, translated)),
        ("loop", lambda: is_loop(original, translated)),
        ("length", lambda: is_wrong_length(original, translated)),
        ("leftover", lambda: is_left_over(original, translated, source, target)),
    )
    amounts = cache(lambda: changed_amounts(original, translated, source, target))
    soft: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("number", lambda: bool(amounts().numbers)),
        ("unit", lambda: bool(amounts().units)),
        ("date", lambda: bool(changed_dates(original, translated, source, target))),
        ("negation", lambda: bool(changed_negations(original, translated, source, target))),
        ("names", lambda: bool(missing_names(original, translated, source, target, glossary))),
        ("words", lambda: bool(doubts.foreign_words(original, translated, target))),
        ("grammar", lambda: bool(doubts.broken_grammar(original, translated, target))),
        ("repeat", lambda: bool(doubts.repeated_words(original, translated))),
        ("person", lambda: bool(doubts.invented_person(original, translated, target))),
        ("sense", lambda: bool(doubts.lost_senses(original, translated, source, target))),
    )
    return tuple(flag for flag, finds in (*hard, *soft) if finds())


# ---------------------------------------------------------------- degenerate output

_BROKEN = re.compile(r"<unk>|⁇|\ufffd|@@|\bXq[a-j]+zq\b", re.IGNORECASE)
_UNKNOWN_MARK = re.compile(r"(?:^|\s)[*@#](?=[a-záéíóúñ]{3})")
_STUTTER = re.compile(r"(\S{2,14}?)\1{3,}")
_REPEATS = {1: 5, 2: 4, 3: 3, 4: 3, 5: 3, 6: 3}  # words in a phrase -> times in a row that make a loop
_LOOP_TRIGRAMS = 4


def has_marks(original: str, translated: str) -> bool:
    """Whether the output shows an engine's inner marks: unknown-word signs, broken characters, placeholders."""
    if _BROKEN.search(translated) and not _BROKEN.search(original):
        return True
    return bool(_UNKNOWN_MARK.search(translated)) and not _UNKNOWN_MARK.search(original)


def is_loop(original: str, translated: str) -> bool:
    """Whether the output repeats itself over and over where the original does not."""
    if _STUTTER.search(translated) and not _STUTTER.search(original):
        return True
    words, before = fold(translated).split(), fold(original).split()
    if any(_repeats(words, size) >= times for size, times in _REPEATS.items()):
        return not any(_repeats(before, size) >= times for size, times in _REPEATS.items())
    return _most_common_trigram(words) >= _LOOP_TRIGRAMS > _most_common_trigram(before) + 1


def _repeats(words: list[str], size: int) -> int:
    """How often the most repeated phrase of `size` words stands back to back."""
    best = run = 1
    for i in range(size, len(words) - size + 1):
        run = run + 1 if words[i - size : i] == words[i : i + size] else run
        best = max(best, _run_at(words, i - size, size)) if words[i - size : i] == words[i : i + size] else best
    return best


def _run_at(words: list[str], start: int, size: int) -> int:
    phrase, count = words[start : start + size], 1
    while words[start + count * size : start + (count + 1) * size] == phrase:
        count += 1
    return count


def _most_common_trigram(words: list[str]) -> int:
    return max(Counter(zip(words, words[1:], words[2:], strict=False)).values(), default=0)


def is_wrong_length(original: str, translated: str) -> bool:
    """Whether the output is far too short or too long; the bounds are wider for short texts."""
    words, ratio = len(original.split()), len(translated.strip()) / len(original.strip())
    low, high = (0.5, 1.7) if words >= 12 else (0.4, 2.0) if words >= 5 else (0.25, 3.0)
    return not low <= ratio <= high


# ---------------------------------------------------------------- left in the source language

_FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "es": frozenset(
        "el la los las de del que en y a por con para una un se su sus lo al como más pero es fue ha han"
        " este esta estos"
        " estas desde sobre entre cuando también hasta donde quien muy ya le les nos sin porque ser está".split()
    ),
    "en": frozenset(
        "the of and to in a is that for it on was as with be by are at from this have has had an or but not they"
        " which were"
        " their been its he she his her will would who after about more when there than into".split()
    ),
}
_PORTUGUESE = re.compile(
    r"(?<!\w)(?:não|em|uma|umas|são|estão|também|mais|pela|pelos|pelas|das|ao|aos|à|às|foi|foram|com|seu|sua"
    r"|seus|suas"
    r"|ou|quem|muito|depois|já|até|num|numa|[a-zà-ü]+(?:ção|ções|ões|ães)|[a-zà-ü]*(?:nh|lh)[aeo][a-zà-ü]*"
    r"|[a-zà-ü]+ç[aou][a-zà-ü]*)"
    r"(?!\w)"
)
_SPANISH_TOO = frozenset(
    "anhelo anhela anhelan anhelos enhebra inhala exhalo exhala inhalar exhalar inhalado anhelar anhelada"
    " anhelado enhorabuena menhir alhaja alhajas alharaca".split()
)
_CARRIED_SHARE = 0.35


def is_left_over(original: str, translated: str, source: Lang, target: Lang) -> bool:
    """Whether the output is still, in good part, in the source language (or in Portuguese, on the way to Spanish)."""
    if target == "es" and _portuguese_words(original, translated):
        return True
    words = [word for word in _WORD.findall(translated) if word.islower()]
    if len(words) < 4:
        return bool(words) and _same_words(original, translated)
    own = sum(word in _FUNCTION_WORDS[target] - _FUNCTION_WORDS[source] for word in words)
    other = sum(word in _FUNCTION_WORDS[source] - _FUNCTION_WORDS[target] for word in words)
    if (other >= 2 and other >= own) or (other >= 4 and other / len(words) > 0.12):
        return True
    return _carried_over(original, translated)


def _portuguese_words(original: str, translated: str) -> list[str]:
    found = [m.group() for m in _PORTUGUESE.finditer(translated)]
    before = set(_WORD.findall(original))
    return [word for word in found if word not in _SPANISH_TOO and word not in before]


def _same_words(original: str, translated: str) -> bool:
    """A short text came back unchanged, although it has a word that is no name."""
    return fold(original) == fold(translated) and any(
        word.islower() and len(word) > 3 for word in _WORD.findall(original)
    )


def _carried_over(original: str, translated: str) -> bool:
    """Over a third of the output's lower-case words of four letters and more stand in the original too."""
    before = {word for word in _WORD.findall(original) if word.islower() and len(word) >= 4}
    words = [word for word in _WORD.findall(translated) if word.islower() and len(word) >= 4]
    carried = sum(word in before for word in words)
    return len(before) >= 3 and carried >= 3 and carried / len(words) > _CARRIED_SHARE
