"""The log: every event, and what libraries log, as one line each on standard error, for people or as JSON.

structlog does the rendering. Tracebacks are Python's own, which show code and no values: structlog's would show local
variables, and with them passwords.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from monitor.telemetry.events import LogFormat, LogHandler
from monitor.text import clean

_EVENT_CHARS = 2_000  # of one value: a line stays a line that log collectors take (16 KB is Docker's limit)


class _StandardError(LogHandler):
    """Writes to what standard error is at that moment: a progress display puts itself in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            stream: TextIO = sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except (OSError, ValueError):  # nobody listens any more: a log must not end a run
            pass


def keep_log(form: LogFormat) -> None:
    """From now on events and warnings of libraries are written to standard error. Called again, the last call holds."""
    end_log()
    handler = _StandardError(form)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[_with_keys, *_PRE_CHAIN], processors=_processors(form))
    )
    root = logging.getLogger()
    root.addHandler(handler)
    logging.getLogger("monitor").setLevel(logging.INFO)


def end_log() -> None:
    """Undo `keep_log`."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _StandardError)]:
        root.removeHandler(handler)
        handler.close()
    logging.getLogger("monitor").setLevel(logging.NOTSET)


# ---------------------------------------------------------------- how a record becomes a line


def _with_keys(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The keys of an `Event`; the logger's name for everybody else."""
    record: logging.LogRecord = event["_record"]
    keys: Mapping[str, Any] | None = getattr(record, "event_keys", None)
    event.update({"logger": record.name} if keys is None else keys)
    return event


def _plain_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Nothing that came from a feed or a server can move the cursor, begin a line or fill a disk."""
    for key, value in event.items():
        if key == "exception":
            event[key] = clean(value)
        elif isinstance(value, str) and not key.startswith("_"):
            event[key] = " ".join(clean(value).split())[:_EVENT_CHARS]
    return event


_PRE_CHAIN: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.format_exc_info,
    _plain_values,
]


def _processors(form: LogFormat) -> list[structlog.typing.Processor]:
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if form == "json":
        return [drop, structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)]
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,
        timestamp_key="at",
        sort_keys=False,
    )
    return [drop, console]
