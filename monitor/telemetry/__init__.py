"""What operators see of the program: events, numbers and traces. Nothing here decides anything.

`events` says what happened, as values; `logs` turns that into lines (console or JSON); `metrics` turns what is known of
runs, feeds, mail and disks into Prometheus' text format; `traces` hands spans to a collector.

`logs` and `traces` need libraries that few commands do: they are imported where they are asked for.
"""

from monitor.telemetry.events import (
    Event,
    LogFormat,
    LogHandler,
    delivery_event,
    feed_event,
    log_form,
    run_events,
    stage_event,
    tell,
    within_run,
)

__all__ = [
    "Event",
    "LogFormat",
    "LogHandler",
    "delivery_event",
    "feed_event",
    "log_form",
    "run_events",
    "stage_event",
    "tell",
    "within_run",
]
