"""What the commands share: options, finding the configuration, messages."""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

from monitor.config import Config, find_config, load_config
from monitor.records import read_slot
from monitor.resources import bundled
from monitor.telemetry import Event, LogFormat, log_form, tell
from monitor.text import clean

Command = Callable[..., Any]


def config_option(command: Command) -> Command:
    return click.option(
        "--config", "config_path", metavar="FILE", help="Configuration; else $MONITOR_CONFIG, else ./feeds.yaml."
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(command)


def profile_option(command: Command) -> Command:
    return click.option("--profile", default="", metavar="P", help="Only this profile of feeds.yaml.")(command)


def log_option(command: Command) -> Command:
    """A log from the first line on: a mistake in feeds.yaml is part of it."""
    return click.option(
        "--log-format",
        type=click.Choice(["console", "json"]),
        envvar="MONITOR_LOG_FORMAT",
        expose_value=False,
        is_eager=True,
        callback=lambda _context, _parameter, form: _keep_log(form),
        help="Write one line per feed, stage, edition and failure to standard error; else as feeds.yaml says.",
    )(command)


def _keep_log(form: LogFormat | None) -> None:
    if form:
        from monitor.telemetry.logs import keep_log  # noqa: PLC0415 - structlog is for those who keep a log

        keep_log(form)


def open_config_and_log(config_path: str | None) -> Config:
    """The user's configuration, and the log that it asks for where the command line did not. Raises ConfigError."""
    config = open_config(config_path)
    if log_form() is None:
        _keep_log(config.operations.log_format or None)
    return config


def slot_argument(*, required: bool) -> Callable[[Command], Command]:
    """DATE: an edition's date, of several a day with its time; it comes as `slot`."""
    metavar = "DATE" if required else "[DATE]"
    return click.argument("slot", metavar=metavar, required=required, callback=_read_slot)


def _read_slot(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return read_slot(value) if value else None
    except ValueError as exc:
        raise click.BadParameter(str(exc)) from None


def open_config(config_path: str | None) -> Config:
    """The user's configuration. Raises ConfigError."""
    return load_config(find_config(config_path, os.environ))


def has_config(config_path: str | None) -> bool:
    """Whether there is a feeds.yaml, or one was named."""
    return bool(config_path) or find_config(config_path, os.environ).exists()


def open_config_or_defaults(config_path: str | None) -> Config:
    """The user's configuration, or the starter one where there is none: models can be installed before `init`."""
    path = find_config(config_path, os.environ)
    return load_config(path if path.exists() or config_path else bundled("feeds.yaml"))


def say(line: str = "") -> None:
    """A line for people, on standard output. Nothing from a feed can move the cursor."""
    click.echo(clean(line))


def note(line: str) -> None:
    """A line beside the result, on standard error; in a JSON log, one of its lines."""
    if log_form() == "json":
        tell(Event("note", keys={"text": line}))
    else:
        click.echo(clean(line), err=True)


def fail(error: Exception, code: int) -> NoReturn:
    """Say what went wrong and end with `code`."""
    if log_form() == "json":
        tell(Event("failed", "error", {"text": str(error) or type(error).__name__, "exit_code": code}))
        sys.exit(code)
    for line in str(error).splitlines() or [type(error).__name__]:
        note(f"monitor: {line}")
    sys.exit(code)
