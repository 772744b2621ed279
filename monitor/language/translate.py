"""The translate stage: what is missing is translated in one batch per direction, judged, and recorded.

An analyst's wording wins; then what is remembered; then the engine. What the guards refuse is tried once another way:
by the next engine, or clause by clause. When the engine dies midway, what nobody else can do is shown in the original,
flagged, and the run goes on.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from monitor.errors import EngineError
from monitor.language.attempt import Wanted, Way, attempt, clauses, recipe_of
from monitor.language.engines.choose import Chosen
from monitor.language.engines.watch import failures_of
from monitor.language.glossary import Glossary
from monitor.language.guards import HARD
from monitor.protocols import Translator
from monitor.records import ANALYST, Correction, EngineReport, Translation
from monitor.text import counted

__all__ = ["Translated", "Wanted", "Way", "recipe_of", "translate_texts", "way_of"]

_AT_ONCE = 2_000  # texts of an attempt: bounds memory at some 10 MB
_UNHEALTHY_SHARE = 0.05
_UNHEALTHY_TEXTS = 20  # fewer say nothing about the engine
# Worth a second engine's opinion; the other soft flags are about wording.
_MISLEADING = frozenset({"number", "date", "unit", "negation", "names"})


@dataclass(frozen=True, slots=True)
class Translated:
    """Stage output. `fresh` holds those that were made now and may be remembered.

    A refused translation is remembered as well: the same engine would only make the same mistake again. What the engine
    did not do (none installed, it died) is not.
    """

    translations: tuple[Translation, ...]  # one per distinct wanted text, in the order they were first wanted
    report: EngineReport
    fresh: tuple[Translation, ...] = ()
    notices: tuple[str, ...] = ()  # for the report and the digest: the engine died, or looks broken


def way_of(translator: Translator, chosen: Chosen) -> Way:
    """An opened engine as a way to translate."""
    return Way(translator, chosen.terms, chosen.label, basic=chosen.limits == "basic")


def no_second_way() -> Way | None:
    """There is no other engine: what fails is tried clause by clause."""
    return None


def translate_texts(
    wanted: Iterable[Wanted],
    remembered: Mapping[str, Translation],
    translator: Translator | None,
    *,
    chosen: Chosen,
    glossary: Glossary,
    corrections: Iterable[Correction] = (),
    second_way: Callable[[], Way | None] = no_second_way,
    clock: Callable[[], float] = time.perf_counter,
) -> Translated:
    """Translate what is neither corrected nor `remembered` (by text_key). Never raises for an engine's failure.

    `second_way` is called, once, when something has to be tried again.
    """
    started = clock()
    distinct = {item.key: item for item in wanted if item.text.strip() and item.source != item.target}
    worded = {c.key: _worded(c) for c in corrections if c.kind == "sentence" and c.key in distinct}
    missing = [item for key, item in distinct.items() if key not in worded and key not in remembered]
    batch = _Batch.of(missing, translator, chosen, glossary, second_way)
    translations = tuple(worded.get(key) or remembered.get(key) or batch.made[key] for key in distinct)
    report = EngineReport(
        name=translator.name if translator else chosen.name,
        kind=chosen.spec.kind,
        reason="; ".join((chosen.reason, *batch.failures)),
        why=chosen.why,
        passed_over=tuple(status.label for status in chosen.passed_over),
        broken=failures_of(chosen),
        label=chosen.label,
        limits=chosen.limits,
        translated=batch.sent,
        remembered=len(distinct) - len(missing) - len(worded),
        retried=batch.retried,
        rescued=batch.rescued,
        corrected=len(worded),
        undone=sum("no_engine" in t.flags for t in translations),
        flagged_hard=sum(t.status == "original" for t in translations),
        flagged_soft=sum(t.status == "check" for t in translations),
        unenforced=tuple(sorted({term for t in translations for term in t.unenforced})),
        words=sum(len(item.text.split()) for item in missing) if batch.sent else 0,
        seconds=clock() - started,
    )
    fresh = tuple(t for t in batch.made.values() if t.recipe)
    return Translated(translations, report, fresh, (*chosen.notices, *batch.failures, *_health_notice(batch, chosen)))


def _worded(correction: Correction) -> Translation:
    """A correction as a translation; it is kept where it came from, not in the translation memory."""
    c = correction
    return Translation(c.source, c.target, c.original, c.wording, ANALYST, confidence=1.0)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What became of the missing texts, in all directions."""

    made: Mapping[str, Translation]  # by text_key
    sent: int = 0  # texts the engine translated
    refused: int = 0  # of those, the ones whose first translation was refused
    retried: int = 0
    rescued: int = 0
    failures: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        missing: Sequence[Wanted],
        translator: Translator | None,
        chosen: Chosen,
        glossary: Glossary,
        second_way: Callable[[], Way | None],
    ) -> "_Batch":
        if translator is None or translator.name == "none" or not missing:
            return cls({item.key: _not_done(item, "none") for item in missing})
        way = way_of(translator, chosen)
        first, failures = _first_attempts(missing, way, glossary)
        failed = [item for item in missing if not _is_final(first[item.key])]
        other = second_way() if failed else None
        tried = [item for item in failed if _is_worth_it(first[item.key], way, other)]
        better = _second_attempts(tried, first, other or replace(way, by_clause=True), glossary)
        recipe = recipe_of(translator.name, glossary)
        made = {key: better.get(key, translation) for key, translation in first.items()}
        return cls(
            {key: replace(t, recipe="" if "no_engine" in t.flags else recipe) for key, t in made.items()},
            sent=sum("no_engine" not in t.flags for t in first.values()),
            refused=sum(bool(HARD.intersection(t.flags) - {"no_engine"}) for t in first.values()),
            retried=len(tried),
            rescued=sum(t.status != "original" for t in better.values()),
            failures=failures,
        )


def _by_direction(items: Iterable[Wanted]) -> list[list[Wanted]]:
    directions: dict[tuple[str, str], list[Wanted]] = {}
    for item in items:
        directions.setdefault((item.source, item.target), []).append(item)
    return [directions[direction] for direction in sorted(directions)]


def _parts(items: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def _first_attempts(
    missing: Sequence[Wanted], way: Way, glossary: Glossary
) -> tuple[dict[str, Translation], tuple[str, ...]]:
    """All directions; what was left of one whose engine died comes back as originals that nobody translated."""
    made: dict[str, Translation] = {}
    failures: list[str] = []
    for items in _by_direction(missing):
        try:
            for part in _parts(items):
                made |= {t.key: t for t in attempt(part, way, glossary)}
        except EngineError as exc:
            failures.append(f"{items[0].source}→{items[0].target}: {exc}")
            made |= {item.key: _not_done(item, way.translator.name) for item in items if item.key not in made}
    return {item.key: made[item.key] for item in missing}, tuple(failures)


def _second_attempts(
    tried: Sequence[Wanted], first: Mapping[str, Translation], way: Way, glossary: Glossary
) -> dict[str, Translation]:
    """Those of the second attempts that are better than the first; an engine that fails leaves the first verdict."""
    better: dict[str, Translation] = {}
    for items in _by_direction(tried):
        with suppress(EngineError):
            for part in _parts(items):
                better |= {t.key: t for t in attempt(part, way, glossary) if _badness(t) < _badness(first[t.key])}
    return better


def _is_final(translation: Translation) -> bool:
    return translation.status != "original" and not _MISLEADING.intersection(translation.flags)


def _is_worth_it(translation: Translation, way: Way, other: Way | None) -> bool:
    """What was refused is tried by whatever there is; what is doubtful, only by an engine that is no worse."""
    if "no_engine" in translation.flags:
        return other is not None
    if translation.status == "original":
        return other is not None or len(clauses(translation.original)) > 1
    return other is not None and not (other.basic and not way.basic)


def _badness(translation: Translation) -> tuple[bool, int, int]:
    return translation.status == "original", len(_MISLEADING.intersection(translation.flags)), len(translation.flags)


def _not_done(item: Wanted, engine: str) -> Translation:
    return Translation(item.source, item.target, item.text, "", engine, "original", ("no_engine",))


def _health_notice(batch: _Batch, chosen: Chosen) -> tuple[str, ...]:
    """A notice when the engine's own output was refused too often to be chance."""
    if batch.sent < _UNHEALTHY_TEXTS or batch.refused <= batch.sent * _UNHEALTHY_SHARE:
        return ()
    return (
        f"the translation engine '{chosen.spec.kind}' looks broken: refused were {batch.refused} of"
        f" {counted(batch.sent, 'translation')}; run `monitor models verify`",
    )
