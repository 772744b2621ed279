"""What there is: feeds, stored editions and the state of things."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor import pipeline
from monitor.app.measures import measure
from monitor.app.tools import open_store_of
from monitor.config import Config, with_logins
from monitor.delivery import find_edition
from monitor.digest.alarm_mail import OPERATOR_LIST
from monitor.digest.alert_rules import held_list
from monitor.errors import ConfigError, Problem, StorageError
from monitor.protocols import Store
from monitor.records import CAUSES, Cause, Edition, FeedReport, Receipt, SlotEntry, Suppression
from monitor.serialise import to_plain

_ALERTS = 20


def check_feeds(config: Config, ids: Sequence[str], *, now: datetime) -> tuple[FeedReport, ...]:
    """Read feeds, also switched-off ones that are named; nothing is remembered. ConfigError for an unknown id."""
    chosen = [feed for feed in config.feeds if (feed.id in ids if ids else feed.enabled)]
    unknown = sorted(set(ids) - {feed.id for feed in config.feeds})
    if unknown:
        raise ConfigError(
            Problem(str(config.path), "feeds", f"there is no feed '{unknown[0]}'", "see `monitor feeds list`")
        )
    return pipeline.check_sources(with_logins(config, chosen), config.fetch, now=now)


def stored_digest(config: Config, slot: str, profile_id: str) -> Path:
    """The .html of a stored edition, of a date alone the last of that date. Raises StorageError when there is none."""
    profile_id = profile_id or config.profiles[0].id
    path = find_edition(config.digests_dir, slot, profile_id)
    if path is None:
        raise StorageError(
            f"{config.digests_dir}: no digest of {slot} for the profile '{profile_id}';"
            " `monitor status` lists what there is"
        )
    return path


@dataclass(frozen=True, slots=True)
class Status:
    """What `monitor status` tells."""

    runs: tuple[str, ...]  # JSON documents, newest first
    editions: tuple[Edition, ...]
    unsent: tuple[Receipt, ...]
    feeds: tuple[FeedReport, ...]
    slots: tuple[SlotEntry, ...]  # of the schedule, newest first
    alerts: tuple[Edition, ...]  # story alerts of the last days, newest first
    held: tuple[Edition, ...]  # those held back because their rule's day was full
    suppressions: tuple[Suppression, ...]  # who left a list, or whose address bounced

    def plain(self) -> dict[str, object]:
        names = ("editions", "unsent", "feeds", "slots", "alerts", "held", "suppressions")
        return {name: to_plain(getattr(self, name)) for name in names}


def read_status(config: Config) -> Status:
    """The state of things, from the store alone."""
    rules = config.alerts.stories
    with open_store_of(config) as store:
        editions = store.editions(limit=30)
        alerts = _newest(store, (rule.list_id for rule in rules))
        operators = store.editions(OPERATOR_LIST, limit=10)
        return Status(
            runs=store.runs(limit=10),
            editions=editions,
            unsent=tuple(
                receipt
                for edition in (*editions, *alerts, *operators)
                for receipt in store.receipts(edition.edition)
                if receipt.state != "sent"
            ),
            feeds=pipeline.reports_from_states(config.sources(), store.feed_states()),
            slots=store.slots(),
            alerts=alerts,
            held=_newest(store, map(held_list, rules)),
            suppressions=store.suppressions(),
        )


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages that wait for a mail server, and all messages by state."""

    waiting: int
    oldest_at: datetime | None  # when the edition of the one that waits longest was made
    oldest_age_s: int | None
    states: dict[str, int]


@dataclass(frozen=True, slots=True)
class Condition:
    """How the program does: what `/metrics` counts, for `monitor status`. Ages in seconds; None: there was none yet."""

    last_run_at: datetime | None
    last_run_age_s: int | None
    last_good_run_at: datetime | None
    last_good_run_age_s: int | None
    run_deadline: datetime | None  # by then a run must have made its digests; None: none is expected yet
    outbox: Outbox
    troubles: tuple[Cause, ...]


def read_condition(config: Config, *, now: datetime) -> Condition:
    """From the store alone; of the engines, what the last run found."""
    with open_store_of(config) as store:
        found = measure(store, config, now=now)
    tally = found.tally
    return Condition(
        last_run_at=tally.last_run_at,
        last_run_age_s=_age_s(tally.last_run_at, now),
        last_good_run_at=tally.last_good_run_at,
        last_good_run_age_s=_age_s(tally.last_good_run_at, now),
        run_deadline=found.deadline_at,
        outbox=Outbox(found.waiting, found.waiting_since, _age_s(found.waiting_since, now), dict(tally.deliveries)),
        troubles=tuple(cause for cause in CAUSES if cause in found.troubles),
    )


def _age_s(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else round((now - at).total_seconds())


def _newest(store: Store, lists: Iterable[str]) -> tuple[Edition, ...]:
    """The last editions of these lists, the newest first."""
    found = [edition for name in lists for edition in store.editions(name, limit=_ALERTS)]
    return tuple(sorted(found, key=lambda edition: edition.created_at, reverse=True)[:_ALERTS])
