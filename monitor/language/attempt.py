"""One attempt at a batch of texts: prepared, given to one engine in one call, put together again, and judged."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Protocol, runtime_checkable

from monitor.language.confidence import confidence
from monitor.language.glossary import Glossary
from monitor.language.guards import GUARDS_VERSION, HARD, check
from monitor.language.prepare import Prepared, finish, prepare
from monitor.language.terms import Applied, TermMode, alone_terms, bring_in, enforce
from monitor.protocols import Translator
from monitor.records import Lang, Translation, text_key
from monitor.text import clean

_STEPS_VERSION = "2"  # a change of what is done before and after the engine makes remembered translations void
_TABLES = Path(__file__).parent
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+|\s+(?=[—–]\s)")
_CLAUSE_WORDS = 4  # a shorter clause means nothing alone


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
class Way:
    """A way to translate: an engine, what is known of it, and how it is asked."""

    translator: Translator
    terms: TermMode = "output"
    label: str = ""  # for readers
    basic: bool = False  # its quality is known to be basic
    by_clause: bool = False  # clause by clause, which frees a decoder that got caught in a long sentence


@runtime_checkable
class AttemptsElsewhere(Protocol):
    """A translator that has the whole attempt made where its engine is; it knows the glossary."""

    def attempt(self, items: Sequence[Wanted], way: Way) -> list[Translation]:
        """As the function of this name."""


def recipe_of(engine: str, glossary: Glossary) -> str:
    """What a translation is made with: the name of its translation memory. A part that changes makes a new memory."""
    steps = f"guards {GUARDS_VERSION} | steps {_STEPS_VERSION} | tables {tables_mark(_TABLES)}"
    return f"{engine} | glossary {glossary.version} | {steps}"


@cache
def tables_mark(folder: Path) -> str:
    """Eight hex digits of the tables that guards and steps read: an edited row judges old translations anew."""
    mark = blake2b(digest_size=4)
    for table in sorted(folder.glob("*.tsv")):
        mark.update(table.name.encode() + b"\0" + table.read_bytes())
    return mark.hexdigest()


def attempt(items: Sequence[Wanted], way: Way, glossary: Glossary) -> list[Translation]:
    """One judged translation per item, in order; the items share one direction. EngineError when the engine fails."""
    if not items:
        return []
    if isinstance(way.translator, AttemptsElsewhere):
        return way.translator.attempt(items, way)
    source, target = items[0].source, items[0].target
    texts = [_ready(item, way, glossary) for item in items]
    uses = [applied for text in texts for applied in text.applied]
    parts = {applied.text: clauses(applied.text) if way.by_clause else [applied.text] for applied in uses}
    asked = list(dict.fromkeys([*chain(*parts.values()), *alone_terms(uses)]))
    outputs = dict(zip(asked, map(clean, way.translator.translate(asked, source, target)), strict=True))
    whole = {text: " ".join(filter(None, (outputs[part].strip() for part in cut))) for text, cut in parts.items()}
    return [_judged(text, whole, outputs, way, glossary) for text in texts]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A text whose pieces an engine can read."""

    item: Wanted
    prepared: Prepared
    applied: tuple[Applied, ...]  # one per piece


def _ready(item: Wanted, way: Way, glossary: Glossary) -> _Ready:
    prepared = prepare(item.text, item.source, item.target, glossary)
    applied = tuple(
        bring_in(piece, item.source, item.target, glossary, way.terms, context=prepared.reference)
        for piece in prepared.pieces
    )
    return _Ready(item, prepared, applied)


def clauses(text: str) -> list[str]:
    """The clauses of a sentence; short ones stay with the one before."""
    found: list[str] = []
    for part in _CLAUSE_END.split(text):
        if found and len(part.split()) < _CLAUSE_WORDS:
            found[-1] += " " + part
        else:
            found.append(part)
    return found


def _judged(
    ready: _Ready, whole: Mapping[str, str], alone: Mapping[str, str], way: Way, glossary: Glossary
) -> Translation:
    """The text put together and judged. `whole`: outputs by what the engine got; `alone`: by term."""
    item, prepared = ready.item, ready.prepared
    enforced = [enforce(applied, whole[applied.text], alone) for applied in ready.applied]
    said = any(done.text for done in enforced) or not enforced
    text = finish(prepared, [done.text for done in enforced], glossary) if said else ""
    flags = check(prepared.reference, text, item.source, item.target, glossary)
    hard = bool(HARD.intersection(flags))
    return Translation(
        source=item.source,
        target=item.target,
        original=item.text,
        text="" if hard else text,
        engine=way.translator.name,
        status="original" if hard else "check" if flags else "ok",
        flags=flags,
        confidence=0.0 if hard else confidence(flags, basic=way.basic, words=len(item.text.split())),
        label=way.label,
        basic=way.basic,
        unenforced=tuple(dict.fromkeys(chain.from_iterable(done.unenforced for done in enforced))),
    )
