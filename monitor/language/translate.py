"""The translate stage: what is missing is translated in one batch per direction, judged, and recorded.

Texts are brought to sentence case and cut into sentences for the engine; the guards see the whole text. When the
engine dies midway, what it has not done is shown in the original, flagged, and the run goes on.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.errors import EngineError
from monitor.language.casing import sentence_case
from monitor.language.engines.choose import Chosen
from monitor.language.glossary import Glossary
from monitor.language.guards import HARD, check
from monitor.protocols import Translator
from monitor.records import EngineReport, Lang, Translation, text_key
from monitor.sentences import sentences

_UNHEALTHY_SHARE = 0.05
_UNHEALTHY_TEXTS = 20  # fewer say nothing about the engine


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text to be had in `target`: a headline, or a sentence of a report."""

    text: str
    source: Lang
    target: Lang

    @property
    def key(self) -> str:
        return text_key(self.text, self.target)


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


def translate_texts(
    wanted: Iterable[Wanted],
    remembered: Mapping[str, Translation],
    translator: Translator | None,
    *,
    chosen: Chosen,
    glossary: Glossary,
    clock: Callable[[], float] = time.perf_counter,
) -> Translated:
    """Translate what is not `remembered` (by text_key). Never raises for an engine's failure."""
    started = clock()
    distinct = {item.key: item for item in wanted if item.text.strip() and item.source != item.target}
    missing = [item for key, item in distinct.items() if key not in remembered]
    batch = _translate_missing(missing, translator, glossary)
    made = {translation.key: translation for translation in batch.made}
    translations = tuple(remembered.get(key) or made[key] for key in distinct)
    notices = (*batch.notices, *_health_notice(batch.made, batch.sent, chosen))
    report = EngineReport(
        name=translator.name if translator else chosen.name,
        kind=chosen.spec.kind,
        reason="; ".join((chosen.reason, *batch.notices)),
        label=chosen.label,
        limits=chosen.limits,
        translated=batch.sent,
        remembered=len(distinct) - len(missing),
        flagged_hard=sum(t.status == "original" for t in translations),
        flagged_soft=sum(t.status == "check" for t in translations),
        words=sum(len(item.text.split()) for item in missing) if batch.sent else 0,
        seconds=clock() - started,
    )
    return Translated(translations, report, tuple(t for t in batch.made if "no_engine" not in t.flags), notices)


@dataclass(frozen=True, slots=True)
class _Batch:
    made: tuple[Translation, ...]
    sent: int
    notices: tuple[str, ...] = ()


def _translate_missing(missing: Sequence[Wanted], translator: Translator | None, glossary: Glossary) -> _Batch:
    """All directions; a direction whose engine died comes back as flagged originals."""
    if translator is None or translator.name == "none":
        return _Batch(tuple(_original(item, "none") for item in missing), 0)
    made: list[Translation] = []
    notices: list[str] = []
    sent = 0
    for source, target in sorted({(item.source, item.target) for item in missing}):
        items = [item for item in missing if (item.source, item.target) == (source, target)]
        try:
            made += _translate_direction(items, translator, glossary)
            sent += len(items)
        except EngineError as exc:
            notices.append(f"{source}→{target}: {exc}")
            made += [_original(item, translator.name) for item in items]
    return _Batch(tuple(made), sent, tuple(notices))


def _translate_direction(items: Sequence[Wanted], translator: Translator, glossary: Glossary) -> list[Translation]:
    source, target = items[0].source, items[0].target
    prepared = [sentence_case(item.text, source, glossary) for item in items]
    pieces = [sentences(text, source) for text in prepared]
    flat = list(dict.fromkeys(piece for parts in pieces for piece in parts))
    outputs = dict(zip(flat, translator.translate(flat, source, target), strict=True))
    texts = [" ".join(outputs[piece] for piece in parts if outputs[piece]) for parts in pieces]
    return [
        judged(item, text, translator.name, glossary, reference=reference)
        for item, text, reference in zip(items, texts, prepared, strict=True)
    ]


def judged(item: Wanted, text: str, engine: str, glossary: Glossary, *, reference: str = "") -> Translation:
    """A translation with its guards' verdict. `reference` is the original in sentence case, when that differs."""
    flags = check(reference or item.text, text, item.source, item.target, glossary)
    hard = bool(HARD.intersection(flags))
    return Translation(
        source=item.source,
        target=item.target,
        original=item.text,
        text="" if hard else text,
        engine=engine,
        status="original" if hard else "check" if flags else "ok",
        flags=flags,
    )


def _original(item: Wanted, engine: str) -> Translation:
    return Translation(item.source, item.target, item.text, "", engine, "original", ("no_engine",))


def _health_notice(made: Sequence[Translation], sent: int, chosen: Chosen) -> tuple[str, ...]:
    """A notice when the engine's own output was refused too often to be chance."""
    refused = sum(t.status == "original" and "no_engine" not in t.flags for t in made)
    if sent < _UNHEALTHY_TEXTS or refused <= sent * _UNHEALTHY_SHARE:
        return ()
    return (
        f"the translation engine '{chosen.spec.kind}' looks broken: {refused} of {sent} translations were refused;"
        " run `monitor models verify`",
    )
