"""The daemon's look after its engines: test sentences when it starts, and again once a day, run or no run.

A failure is said in the log at once; the verdict is kept where the next run finds it, which then passes the engine over
and says so in its report.
"""

import time
from collections.abc import Callable
from pathlib import Path

from monitor.config.models import TranslationConfig
from monitor.language.engines.choose import EngineStatus, candidates, engine_status, models_dir_of, spec_of

EVERY_S = 86_400.0


def watched_kinds(options: TranslationConfig) -> tuple[str, ...]:
    """The engines that a run may use."""
    if options.engine == "none":
        return ()
    return candidates(options) if options.engine == "auto" else (options.engine,)


def examine_engines(options: TranslationConfig, glossary_path: Path | None = None) -> tuple[EngineStatus, ...]:
    """Ask every engine that a run may use its test sentences now, whatever is remembered; best first."""
    root = models_dir_of(options)
    specs = (spec_of(kind, options, glossary_path, root) for kind in watched_kinds(options))
    return tuple(engine_status(spec, fresh=True) for spec in specs)


def health_lines(statuses: tuple[EngineStatus, ...], options: TranslationConfig) -> tuple[str, ...]:
    """One line per installed engine for the log; one that says what is missing when there is none."""
    lines = tuple(
        f"translation: {status.name} passes its test sentences"
        if status.healthy
        else f"translation: {status.kind} DOES NOT WORK: {status.reason} → {status.remedy}"
        for status in statuses
        if status.installed
    )
    if lines or not watched_kinds(options):
        return lines
    lacking = "; ".join(f"{status.kind} {status.reason}" for status in statuses)
    return (f"translation: NO ENGINE: texts stay in their original language; {lacking}",)


class EngineWatch:
    """Examines at the first look, and again at the first look after a day."""

    def __init__(
        self,
        examine: Callable[[], tuple[str, ...]],
        on_event: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._examine = examine
        self._on_event = on_event
        self._clock = clock
        self._due_at: float | None = None

    def look(self) -> None:
        """Say how the engines are, if that is due."""
        if self._due_at is not None and self._clock() < self._due_at:
            return
        self._due_at = self._clock() + EVERY_S
        for line in self._examine():
            self._on_event(line)
