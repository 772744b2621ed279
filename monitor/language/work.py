"""Translation that is done elsewhere: functions that pickle, and what a worker builds for them, once.

A job brings the glossary as text, for a worker has none of the coordinator's files; models it must have itself. What it
would make differently, it does not make at all.
"""

import platform
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from monitor.config import TranslationConfig
from monitor.errors import EngineError
from monitor.language.attempt import Wanted, Way, attempt, recipe_of
from monitor.language.corrections import term_entries
from monitor.language.engines.choose import models_dir_of, open_translator
from monitor.language.glossary import Glossary, parse_glossary
from monitor.language.terms import TermMode
from monitor.protocols import Translator
from monitor.records import Correction, EngineSpec, Lang, Translation

_KEPT = 2  # engines of a worker: that of the run, and the one that tries again what it could not do


@dataclass(frozen=True, slots=True)
class Job:
    """How texts are to be translated and judged."""

    spec: EngineSpec
    recipe: str  # what the coordinator's own engine, glossary and guards are called
    glossary: str  # the file's text
    corrections: tuple[Correction, ...] = ()
    terms: TermMode = "output"
    label: str = ""
    basic: bool = False
    by_clause: bool = False


def attempt_batch(job: Job, items: Sequence[Wanted]) -> list[Translation]:
    """`attempt` at a worker. EngineError when it has not the engine, models or program that the job wants, too."""
    with _LOCK:
        desk = _desk_for(job)
        way = Way(desk.translator, job.terms, job.label, job.basic, job.by_clause)
        return attempt(items, way, desk.glossary)


def translate_batch(job: Job, source: Lang, target: Lang, texts: Sequence[str]) -> list[str]:
    """What the engine alone makes of the texts; EngineError as above."""
    with _LOCK:
        return _desk_for(job).translator.translate(texts, source, target)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What was built for a job, and serves every other one with the same ingredients."""

    job: Job
    translator: Translator
    glossary: Glossary

    def serves(self, job: Job) -> bool:
        own = self.job
        wanted = (job.spec, job.recipe, job.glossary, job.corrections)
        return wanted == (own.spec, own.recipe, own.glossary, own.corrections)


_LOCK = Lock()  # engines take one call at a time; a worker may have several threads
_DESKS: deque[_Desk] = deque()


def _desk_for(job: Job) -> _Desk:
    for desk in _DESKS:
        if desk.serves(job):
            return desk
    while len(_DESKS) >= _KEPT:
        _DESKS.popleft().translator.close()
    _DESKS.append(_built(job))
    return _DESKS[-1]


def _built(job: Job) -> _Desk:
    """EngineError when it would translate otherwise than the coordinator."""
    glossary = parse_glossary(job.glossary).plus(term_entries(job.corrections))
    with tempfile.TemporaryDirectory(prefix="monitor-") as folder:
        path = Path(folder, "glossary.yaml")
        path.write_text(job.glossary, encoding="utf-8")
        try:
            translator = open_translator(_own(job.spec, path))
        except EngineError as exc:
            raise EngineError(f"the worker on {platform.node()}: {exc}") from exc
    own = recipe_of(translator.name, glossary)
    if own != job.recipe:
        translator.close()
        raise EngineError(
            f"the worker on {platform.node()} would translate by '{own}', not by '{job.recipe}': install the same"
            " models there as here"
        )
    return _Desk(job, translator, glossary)


def _own(spec: EngineSpec, glossary: Path) -> EngineSpec:
    """The spec with this machine's files, and one thread: there is a worker for each processor."""
    models = spec.models_dir if Path(spec.models_dir).is_dir() else str(models_dir_of(TranslationConfig()))
    return replace(spec, glossary=str(glossary), models_dir=models, threads=1)
