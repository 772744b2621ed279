"""The daemon's look after its engines: test sentences when it starts, and again once a day, run or no run.

A failure is said in the log at once; the verdict is kept where the next run finds it, which then passes the engine over
and says so in its report.
"""

import time
from collections.abc import Callable, Iterable
from itertools import takewhile
from pathlib import Path

from monitor.config.models import TranslationConfig
from monitor.language.engines.choose import Chosen, EngineStatus, candidates, engine_status, models_dir_of, spec_of

EVERY_S = 86_400.0


def watched_kinds(options: TranslationConfig) -> tuple[str, ...]:
    """The engines that a run may use."""
    if options.engine == "none":
        return ()
    return candidates(options) if options.engine == "auto" else (options.engine,)


def examine_engines(
    options: TranslationConfig, glossary_path: Path | None = None, *, fresh: bool = True
) -> tuple[EngineStatus, ...]:
    """Ask every engine that a run may use its test sentences, best first: now, or `fresh=False`, where nothing is
    remembered of it."""
    root = models_dir_of(options)
    specs = (spec_of(kind, options, glossary_path, root) for kind in watched_kinds(options))
    return tuple(engine_status(spec, fresh=fresh) for spec in specs)


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


def failed_canaries(statuses: Iterable[EngineStatus]) -> tuple[str, ...]:
    """What is wrong with the installed engines before the first healthy one, which a run takes; best first.

    () when the best installed one is healthy. What is missing when none is.
    """
    found = tuple(statuses)
    before = tuple(takewhile(lambda status: not status.healthy, found))
    return _failures(before, none_works=len(before) == len(found))


def failures_of(chosen: Chosen) -> tuple[str, ...]:
    """The same from a run's choice of engine."""
    return _failures(chosen.passed_over, none_works=chosen.why == "nothing")


def _failures(passed_over: tuple[EngineStatus, ...], *, none_works: bool) -> tuple[str, ...]:
    broken = tuple(_failure(status) for status in passed_over if status.installed)
    return broken or tuple(map(_failure, passed_over if none_works else ()))


def _failure(status: EngineStatus) -> str:
    return f"{status.kind}: {status.reason}{' → ' if status.remedy else ''}{status.remedy}"


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
