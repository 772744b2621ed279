"""One whole run, from opening the tools to giving them back."""

import os
import secrets
import tempfile
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor import pipeline
from monitor.app.alarms import tell_after_failure, tell_after_run
from monitor.app.failures import kept_failure
from monitor.app.locks import RUN_LOCK, Held, run_lock
from monitor.app.plan import RunRequest, plan_run
from monitor.app.tools import open_store_of, open_tools
from monitor.app.traces import traced
from monitor.config import Config
from monitor.digest import load_templates
from monitor.errors import BusyError, MonitorError, StorageError
from monitor.pipeline import Herald, Progress, channels_of
from monitor.records import RunReport
from monitor.serialise import to_json
from monitor.store import copy_store
from monitor.telemetry import Event, run_events, tell, within_run
from monitor.telemetry.spans import span


def run_once(config: Config, request: RunRequest, progress: Progress) -> RunReport:
    """One whole run. Raises MonitorError, after the channels of feeds.yaml were told, and the operators of what lasts.

    Whatever happens, the lock and all processes are given back. A run that makes digests leaves a report in the store,
    also when it fails; a dry run leaves it in its copy.
    """
    try:
        return _run(config, request, progress)
    except BusyError:  # the other run tells
        raise
    except Exception as exc:
        tell(Event("run", "error", {"exit_code": 1, "error": str(exc) or type(exc).__name__}))
        if request.send and request.fetch and not request.dry_run:
            _tell_failure(config, request.now, str(exc) or type(exc).__name__)
            tell_after_failure(config, now=request.now)
        raise


def _run(config: Config, request: RunRequest, progress: Progress) -> RunReport:
    with tempfile.TemporaryDirectory(prefix="monitor-") as scratch:
        config, request = _for_dry_run(config, request, Path(scratch))
        plan = plan_run(config, request)  # what cannot be planned was asked for wrongly, and is no run
        kept = nullcontext() if request.alerts_only else kept_failure(config, plan)
        with kept, open_tools(config, out=request.out, send=request.send) as tools:
            # A dry run has a copy of the store, in which the lease of a run under way may stand as well.
            key = "dry run" if request.dry_run else RUN_LOCK
            with run_lock(tools.store, plan.run_id, key=key) as held, within_run(plan.run_id), traced(config):
                with span("run", run_id=plan.run_id):
                    report = pipeline.run(tools, plan, _WhileHeld(progress, held))
                if not request.alerts_only:  # a run is what makes a digest: status and health checks count on it
                    tools.store.save_run(report, to_json(report))
                if plan.alerts:
                    report = replace(report, notices=(*report.notices, *tell_after_run(tools, now=plan.now)))
                for event in run_events(report):
                    tell(event)
    return report


def _for_dry_run(config: Config, request: RunRequest, scratch: Path) -> tuple[Config, RunRequest]:
    """A dry run works on a copy of the store and leaves the digest in `--out`, or in a folder that stays in /tmp."""
    if not request.dry_run:
        return config, request
    url = copy_store(config.storage.url, folder=config.folder, target_folder=scratch)
    out = request.out or Path(tempfile.mkdtemp(prefix="monitor-dry-run-"))
    storage = config.storage.model_copy(update={"url": url})
    return config.model_copy(update={"storage": storage}), replace(request, out=out, send=False)


def _tell_failure(config: Config, now: datetime, error: str) -> None:
    """Tell the channels that a run failed; where that fails as well, the run's own error is all there is to say."""
    with suppress(MonitorError):
        phrases = load_templates(part="archive").phrases  # not the user's: they may be what failed
        channels = channels_of(config, os.environ)
        try:
            with open_store_of(config) if channels else nullcontext() as store:
                Herald(channels, store, now, secrets.token_hex(8)).tell_failure(phrases, error)
        except StorageError:
            Herald(channels, None, now, "").tell_failure(phrases, error)


@dataclass(frozen=True, slots=True)
class _WhileHeld:
    """Progress that ends the run at its next step once the lock is lost."""

    progress: Progress
    held: Held

    def stage(self, name: str, done: int, total: int) -> None:
        self.held.check()
        self.progress.stage(name, done, total)
