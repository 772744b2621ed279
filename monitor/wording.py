"""What `monitor translate` does: translate at once, by the steps and guards of a run; keep an analyst's wording."""

from collections.abc import Sequence
from datetime import datetime

from monitor.errors import ConfigError, Problem
from monitor.intake.languages import detect_language
from monitor.language.guards import check
from monitor.language.interpreter import Interpreter
from monitor.language.prepare import prepare
from monitor.language.terms import bring_in
from monitor.language.translate import Translated, Wanted
from monitor.protocols import Store
from monitor.records import ANALYST, Correction, Lang, Translation, other_language


def language_of(text: str) -> Lang | None:
    """The language a text is written in; None when it says too little."""
    as_english, as_spanish = detect_language(text, "en"), detect_language(text, "es")
    return as_english if as_english == as_spanish else None


def translate_now(interpreter: Interpreter, wanted: Sequence[Wanted], store: Store | None) -> Translated:
    """Translate texts as a run would; with a store, its memory is used and added to."""
    remembered = store.recall(interpreter.recipe, {item.key for item in wanted}) if store else {}
    done = interpreter.translate(wanted, remembered)
    if store:
        store.remember(done.fresh)
    return done


# ---------------------------------------------------------------- why it came out so


def explain(done: Translated, translation: Translation, interpreter: Interpreter) -> list[str]:
    """How a translation came about, line by line."""
    t, glossary = translation, interpreter.glossary
    prepared = prepare(t.original, t.source, t.target, glossary)
    applied = [bring_in(piece, t.source, t.target, glossary, interpreter.chosen.terms) for piece in prepared.pieces]
    lines = [f"made by     {t.label or t.engine} ({_origin(done, t)})"]
    lines += [f"engine got  {a.text}" for a in applied] if t.engine != ANALYST else []
    lines += [f"term        {use.found} → {use.translation}" for a in applied for use in a.uses]
    lines += [f"in doubt    {form}: the text does not tell which sense" for a in applied for form in a.doubts]
    lines += [f"unenforced  {term}" for term in t.unenforced]
    lines.append(f"guards      {', '.join(t.flags) or 'found nothing'}")
    lines.append(f"shown as    {_SHOWN[t.status]}, confidence {t.confidence:.2f} ({t.confidence_word})")
    return lines


_SHOWN = {
    "ok": "a machine translation",
    "check": "a machine translation to be checked against the original",
    "original": "the original, as no translation can be trusted",
}


def _origin(done: Translated, translation: Translation) -> str:
    if translation.engine == ANALYST:
        return "a wording kept with --correct"
    return "just now" if translation in done.fresh or not translation.recipe else "from the translation memory"


# ---------------------------------------------------------------- an analyst's wording


def new_correction(original: str, wording: str, *, source: Lang, is_term: bool, now: datetime) -> Correction:
    """A wording to keep. Raises ConfigError when either text is empty or has several lines."""
    for what, text in (("TEXT", original), ("--correct", wording)):
        if not text.strip() or "\n" in text.strip():
            problem = "is empty" if not text.strip() else "has several lines"
            raise ConfigError(Problem(what, repr(text[:40]), problem, "give one headline, sentence or term"))
    target = other_language(source)
    return Correction(source, target, original.strip(), wording.strip(), "term" if is_term else "sentence", now)


def doubts_about(correction: Correction, interpreter: Interpreter) -> tuple[str, ...]:
    """What the guards would say of the wording, were it a machine's; nothing for a term."""
    if correction.kind == "term":
        return ()
    c = correction
    return check(c.original, c.wording, c.source, c.target, interpreter.glossary)
