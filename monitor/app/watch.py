"""Stories that have to be told of between two digests: what the daemon does while nothing is due."""

import secrets
from datetime import datetime

from monitor.app.plan import RunRequest
from monitor.app.run import run_once
from monitor.app.tools import open_store_of
from monitor.config import Config
from monitor.errors import BusyError
from monitor.pipeline import NoProgress
from monitor.records import RunReport

_LEASE = "alerts"  # its holder has looked; it is free again when the next look is due


def watch_stories(config: Config, *, now: datetime) -> RunReport | None:
    """Read the feeds and send what has to be told at once; None when it is not time for it, or a run is under way.

    Of several daemons on one database one looks, also after a restart: the store remembers the last look.
    """
    interval = config.alerts.interval
    if interval is None:
        return None
    with open_store_of(config) as store:
        if not store.claim(_LEASE, secrets.token_hex(8), now=now, lease_s=interval.total_seconds()):
            return None
    try:
        return run_once(config, RunRequest(now, alerts_only=True), NoProgress())
    except BusyError:
        return None
