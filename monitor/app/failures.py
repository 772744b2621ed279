"""What is kept of a run that ended with an error: that it was tried, when, for how long, and why it ended."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from monitor.app.tools import open_store_of
from monitor.config import Config
from monitor.errors import BusyError, ConfigError, MonitorError
from monitor.pipeline import Plan
from monitor.pipeline.publish import EXIT_FAILED
from monitor.records import Counts, EngineReport, RunReport
from monitor.serialise import to_json
from monitor.store import database_files
from monitor.text import clean, shorten, without_keys

_ERROR_CHARS = 500
_LOGIN = re.compile(r"(?<=://)[^\s/]*@")
_LAST = 5  # a run's own report is the newest, unless a clock was set back


@contextmanager
def kept_failure(config: Config, plan: Plan) -> Iterator[None]:
    """A block that raises leaves a report with the error in the store, unless the run has left its own before.

    Another run that is under way is no run that failed. Where the database is what fails, nothing is kept; nor is a
    mistake in feeds.yaml where there is no database yet, as that begins nothing. The error goes on as it is.
    """
    started_s = monotonic()
    try:
        yield
    except BusyError:
        raise
    except Exception as exc:
        with suppress(MonitorError):
            if not isinstance(exc, ConfigError) or _has_database(config):
                _keep(config, failed_run(plan, exc, monotonic() - started_s))
        raise


def failed_run(plan: Plan, error: Exception, seconds: float) -> RunReport:
    """The report of a run that has nothing to report but why it ended."""
    return RunReport(
        run_id=plan.run_id,
        started_at=plan.now,
        seconds=seconds,
        exit_code=EXIT_FAILED,
        feeds=(),
        stages=(),
        counts=Counts(),
        engine=EngineReport("", "", ""),
        stories=(),
        editions=(),
        error=error_line(error),
    )


def error_line(error: Exception) -> str:
    """An error on one line, without the logins and keys of addresses that a library may have quoted."""
    text = " ".join(clean(str(error)).split()) or type(error).__name__
    return shorten(without_keys(_LOGIN.sub("***@", text)), _ERROR_CHARS)


def _has_database(config: Config) -> bool:
    """One on a server is taken to be there."""
    files = database_files(config.storage.url, config.folder)
    return not files or files[0].exists()


def _keep(config: Config, report: RunReport) -> None:
    """What came after a run's own report, such as a lock that could not be given back, does not undo its digests."""
    with open_store_of(config) as store:
        if all(json.loads(document)["run_id"] != report.run_id for document in store.runs(limit=_LAST)):
            store.save_run(report, to_json(report))
