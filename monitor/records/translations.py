"""Engines, translations and the corrections of an analyst."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from monitor.records.base import Lang, content_id


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """How to build a translation engine: what a worker receives in place of a loaded engine. Pickles."""

    kind: str  # argos, firefox, offline, libretranslate, none, or an entry point's name
    models_dir: str = ""
    beam_size: int = 2
    threads: int = 2
    glossary: str = ""  # path
    corrections: "tuple[Correction, ...]" = ()  # an analyst's terms, which win over the glossary's
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineReport:
    """The engine of a run: which one, why, and how it did. The digest's footer prints it."""

    name: str  # engine + model + version; "none" when nothing is installed
    kind: str
    reason: str  # why this one was chosen, and what befell it; for the log, in English
    why: str = ""  # the same for readers: best (that works here), asked (for by name), off, nothing (works here)
    passed_over: tuple[str, ...] = ()  # labels of better engines that are not installed or do not work here
    broken: tuple[str, ...] = ()  # installed ones among them that failed their test sentences, and what is to be done
    label: str = ""  # for readers: "Argos Translate", "basic offline translation (Apertium + Firefox)"
    limits: str = ""  # a known limit worth telling a reader ("basic": names and verbs may be wrong)
    translated: int = 0  # texts sent to the engine in this run
    remembered: int = 0  # texts found in the translation memory
    retried: int = 0  # texts whose first translation was refused and that were tried another way
    rescued: int = 0  # of those, the ones that then passed
    corrected: int = 0  # texts with an analyst's own wording
    undone: int = 0  # texts that no engine translated: none works, or it died
    flagged_hard: int = 0
    flagged_soft: int = 0
    unenforced: tuple[str, ...] = ()  # glossary terms whose fixed translation could not be brought in
    words: int = 0
    seconds: float = 0.0


ANALYST = "analyst"  # the "engine" of a correction


@dataclass(frozen=True, slots=True)
class Translation:
    """One text and what became of it. Guards decide `status`:

    ok        show it, marked as machine translation
    check     show it, marked "check the original" (a soft flag: number, negation, names, garbled words, …)
    original  never show it; the original is shown, flagged (a hard flag, or no engine)
    """

    source: Lang
    target: Lang
    original: str
    text: str  # the machine's words; empty when status is "original"
    engine: str  # who made it: an engine's name, or ANALYST
    status: Literal["ok", "check", "original"] = "ok"
    flags: tuple[str, ...] = ()  # what the guards found (language/guards.py), or no_engine
    recipe: str = ""  # what it was made with (engine, glossary, guards): its translation memory; empty: not remembered
    confidence: float = 0.0  # 0 to 1: the share of such translations that do not mislead (language/confidence.py)
    label: str = ""  # the engine, for readers: "Argos Translate"
    basic: bool = False  # made by an engine whose quality is known to be basic
    unenforced: tuple[str, ...] = ()  # glossary terms of the original whose fixed translation could not be brought in

    @property
    def key(self) -> str:
        return text_key(self.original, self.target)

    @property
    def confidence_word(self) -> Literal["high", "medium", "low"]:
        """The confidence as a reader gets it: at least nine in ten, at least three in four, fewer do not mislead."""
        return "high" if self.confidence >= 0.9 else "medium" if self.confidence >= 0.75 else "low"

    @property
    def shown(self) -> str:
        """The text a reader gets: the translation, or the original when it cannot be trusted."""
        return self.original if self.status == "original" else self.text


@dataclass(frozen=True, slots=True)
class Correction:
    """An analyst's wording, which wins over every engine from then on.

    sentence  `original` is a whole headline or sentence: shown as worded
    term      `original` is a word or a name: a glossary term, for every text that has it
    """

    source: Lang
    target: Lang
    original: str
    wording: str
    kind: Literal["sentence", "term"]
    made_at: datetime

    @property
    def key(self) -> str:
        return text_key(self.original, self.target)


def text_key(original: str, target: Lang) -> str:
    """The key under which the translation of `original` into `target` is found in a run."""
    return content_id(target, original)


Translations = Mapping[str, Translation]  # by text_key
