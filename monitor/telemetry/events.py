"""What happened, as values: a name, how bad it is, and keys. `tell` hands one to whoever keeps the log.

Until a command sets up a log (`monitor.telemetry.logs`) nobody keeps one, and `tell` costs next to nothing. What an
event says is what reports and `--json` say: never a secret, a full text or the words of a mail.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from monitor.records import EditionReport, FeedReport, Receipt, RunReport, StageReport

Level = Literal["info", "warning", "error"]
LogFormat = Literal["console", "json"]
_LEVELS: Mapping[Level, int] = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_LOG = logging.getLogger("monitor.events")
_LOG.addHandler(logging.NullHandler())  # without a log, Python would print warnings by itself
_RUN_ID: ContextVar[str] = ContextVar("run_id", default="")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Keys carry their unit: `seconds`, `words_per_s`; keys without a value are left out."""

    name: str
    level: Level = "info"
    keys: Mapping[str, Any] = field(default_factory=dict)


class LogHandler(logging.Handler):
    """Where a log is kept, and in which form its lines are."""

    def __init__(self, form: LogFormat) -> None:
        super().__init__()
        self.form = form


def log_form() -> LogFormat | None:
    """In which form a log is being kept; None: there is none."""
    return next((h.form for h in logging.getLogger().handlers if isinstance(h, LogHandler)), None)


@contextmanager
def within_run(run_id: str) -> Iterator[None]:
    """Events that are told meanwhile, in this thread, carry the run's id."""
    token = _RUN_ID.set(run_id)
    try:
        yield
    finally:
        _RUN_ID.reset(token)


def tell(event: Event) -> None:
    run = {"run_id": _RUN_ID.get()} if _RUN_ID.get() else {}
    kept = {key: value for key, value in event.keys.items() if value not in ("", None, ())}
    _LOG.log(_LEVELS[event.level], "%s", event.name, extra={"event_keys": {**run, **kept}})


# ---------------------------------------------------------------- of a run


def feed_event(feed: FeedReport) -> Event:
    """One line per feed and run."""
    keys = {
        "feed": feed.source_id,
        "language": feed.language,
        "outcome": feed.outcome,
        "items": feed.items,
        "new": feed.new_items,
        "relevant": feed.relevant,
        "seconds": round(feed.elapsed_s, 3),
        "detail": feed.detail,
        "hint": feed.hint,
        "moved_to": feed.moved_to,
    }
    return Event("feed", "warning" if feed.failed else "info", keys)


def stage_event(stage: StageReport) -> Event:
    keys = {"stage": stage.name, "seconds": round(stage.seconds, 3), "items": stage.items_in, "out": stage.items_out}
    return Event("stage", keys=keys)


def run_events(report: RunReport) -> Iterator[Event]:
    """What a run has to say when it is over; its feeds and stages were told meanwhile."""
    yield _engine_event(report)
    for edition in report.editions:
        yield from _edition_events(edition)
    for alert in report.alerts:
        keys = {"rule": alert.rule, "story": alert.story_id, "state": alert.state, "outlets": alert.outlets}
        yield Event("story_alert", keys=keys)
    yield from (Event("alarm", "error", {"text": text}) for text in report.alarms)
    yield from (Event("notice", "warning", {"text": text}) for text in report.notices)
    yield _run_event(report)


def _engine_event(report: RunReport) -> Event:
    engine = report.engine
    keys = {
        "engine": engine.name,
        "translated": engine.translated,
        "remembered": engine.remembered,
        "withheld": engine.flagged_hard,
        "to_check": engine.flagged_soft,
        "undone": engine.undone,
        "words": engine.words,
        "seconds": round(engine.seconds, 3),
        "reason": engine.reason,
    }
    return Event("translation", "warning" if engine.undone else "info", keys)


def _edition_events(edition: EditionReport) -> Iterator[Event]:
    sent = sum(receipt.state == "sent" for receipt in edition.receipts)
    keys = {"edition": edition.edition, "created": edition.created, "messages": len(edition.receipts), "sent": sent}
    yield Event("edition", keys={**keys, "left_out": edition.left_out})
    yield from failed_receipts(edition.receipts)


def failed_receipts(receipts: Iterable[Receipt]) -> Iterator[Event]:
    """One line per message that was not taken. It names the recipient: without that nobody could help them."""
    return (delivery_event(receipt) for receipt in receipts if receipt.state != "sent")


def delivery_event(receipt: Receipt) -> Event:
    levels: Mapping[str, Level] = {"sent": "info", "failed": "error"}
    keys = {"edition": receipt.edition, "recipient": receipt.recipient, "state": receipt.state}
    details = {"attempts": receipt.attempts, "detail": receipt.detail}
    return Event("delivery", levels.get(receipt.state, "warning"), {**keys, **details})


def _run_event(report: RunReport) -> Event:
    counts = report.counts
    keys = {
        "exit_code": report.exit_code,
        "seconds": round(report.seconds, 3),
        "feeds_read": counts.feeds_read,
        "feeds_failed": counts.feeds_failed,
        "articles_new": counts.articles_new,
        "articles_relevant": counts.articles_relevant,
        "stories": counts.stories_both + counts.stories_en + counts.stories_es,
        "editions": len(report.editions),
    }
    levels: Mapping[int, Level] = {0: "info", 3: "warning"}
    return Event("run", levels.get(report.exit_code, "error"), keys)
