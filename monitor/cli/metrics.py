"""The file of numbers for Prometheus that runs leave behind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from monitor.app import utc_now, write_metrics
from monitor.cli.common import Command, note
from monitor.config import Config
from monitor.errors import MonitorError


def metrics_option(command: Command) -> Command:
    return click.option(
        "--metrics-file",
        type=click.Path(path_type=Path),
        metavar="FILE.prom",
        help="Leave the numbers for Prometheus in this file; else where operations.metrics_file says.",
    )(command)


def metrics_path(config: Config, asked: Path | None = None) -> Path | None:
    """Where the numbers go: as the command says, else as feeds.yaml does; None: nowhere."""
    named = config.operations.metrics_file
    return asked or (config.folder / named if named else None)


@contextmanager
def counted_after(config: Config, path: Path | None) -> Iterator[None]:
    """The numbers are written when the run is over, however it ends: a run that failed has numbers, too."""
    try:
        yield
    finally:
        count_now(config, path)


def count_now(config: Config, path: Path | None, *, engines: Sequence[str] | None = None) -> None:
    """Write them now. That they cannot be written is said, and ends nothing."""
    if path is None:
        return
    try:
        write_metrics(config, path, engines=engines, now=utc_now())
    except MonitorError as exc:
        note(f"metrics: {exc}")
