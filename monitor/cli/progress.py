"""Progress of a run: bars on a terminal, plain lines elsewhere, nothing with --json or where a log tells it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from monitor.pipeline import NoProgress, Progress
from monitor.telemetry import log_form

_LABELS = {
    "fetch": "Reading feeds",
    "parse": "Parsing",
    "triage": "Sorting out what is relevant",
    "translate": "Translating",
    "cluster": "Merging reports into stories",
    "index": "Making reports findable",
    "publish": "Composing digests",
    "alert": "Looking for alerts",
    "deliver": "Sending",
}


class _Bars:
    """One bar per stage, on standard error."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def stage(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(_LABELS.get(name, name), total=total or None)
        self._bars.update(self._tasks[name], completed=done, total=max(total, done) or 1)


class _Lines:
    """One line per stage, when it starts."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def stage(self, name: str, done: int, total: int) -> None:
        del done
        if name not in self._seen:
            self._seen.add(name)
            click.echo(f"{_LABELS.get(name, name)} ({total}) …", err=True)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """The progress display that fits where standard error goes."""
    console = Console(stderr=True)
    if quiet or log_form() == "json":
        yield NoProgress()
    elif console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description:30}"), BarColumn(), MofNCompleteColumn())
        with RichProgress(*columns, TimeElapsedColumn(), console=console) as bars:
            yield _Bars(bars)
    else:
        yield NoProgress() if log_form() else _Lines()
