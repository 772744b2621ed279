"""Judging one translation without reading either language: what is degenerate, untranslated, or lost something.

`HARD` flags mean: show the original instead. `SOFT` flags mean: show it, marked "check the original". Pure functions.

The hard flags: `degenerate`. The soft ones: `amounts` (number, unit), `dates`, `negation`, `lost_names`, and `doubts`
for what reads garbled. What each finds is measured by benchmarks/guards.py.

Known gaps: a fluent sentence with the wrong verb, or with the roles of two persons exchanged, passes.
"""

from monitor.language import doubts
from monitor.language.amounts import changed_amounts
from monitor.language.dates import changed_dates
from monitor.language.degenerate import hard_flags, is_short, stray_portuguese
from monitor.language.glossary import Glossary
from monitor.language.lost_names import missing_names
from monitor.language.negation import changed_negations
from monitor.language.verbatim import without_verbatim
from monitor.records import Lang

HARD: frozenset[str] = frozenset({"empty", "mark", "loop", "length", "leftover", "no_engine"})
SOFT: frozenset[str] = frozenset({"number", "unit", "date", "negation", "names", "words", "grammar", "person", "sense"})
GUARDS_VERSION = "4"  # part of the key of remembered translations: a change of what is flagged makes new ones
_LOST_WHEN_CUT = frozenset({"number", "date", "names"})


def check(original: str, translated: str, source: Lang, target: Lang, glossary: Glossary) -> tuple[str, ...]:
    """The flags of one translation, the hard ones first; empty when nothing was found.

    An original without words, but for addresses and tags, has none: nothing of it is translated.
    """
    original, translated = without_verbatim(original), without_verbatim(translated)
    if not original.strip():
        return ()
    if not translated.strip():
        return ("empty",)
    hard = hard_flags(original, translated, source, target)
    if "empty" in hard:
        return hard
    amounts = changed_amounts(original, translated, source, target)
    soft = {
        "number": amounts.numbers,
        "unit": amounts.units,
        "date": changed_dates(original, translated, source, target),
        "negation": changed_negations(original, translated, source, target),
        "names": missing_names(original, translated, source, target, glossary),
        "words": [
            *doubts.foreign_words(original, translated, target),
            *stray_portuguese(original, translated, target),
        ],
        "grammar": doubts.broken_grammar(original, translated, target),
        "person": doubts.invented_person(original, translated, target),
        "sense": doubts.lost_senses(original, translated, source, target),
    }
    flags = tuple(flag for flag, found in soft.items() if found)
    if not hard and _LOST_WHEN_CUT.intersection(flags) and is_short(original, translated, target):
        hard = ("length",)
    return (*hard, *flags)
