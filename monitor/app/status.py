"""What there is: feeds, stored editions and the state of things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor import pipeline
from monitor.app.tools import open_store_of
from monitor.config import Config, with_logins
from monitor.delivery import find_edition
from monitor.errors import ConfigError, Problem, StorageError
from monitor.records import Edition, FeedReport, Receipt, SlotEntry
from monitor.serialise import to_plain


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

    def plain(self) -> dict[str, object]:
        return {name: to_plain(getattr(self, name)) for name in ("editions", "unsent", "feeds", "slots")}


def read_status(config: Config) -> Status:
    """The state of things, from the store alone."""
    with open_store_of(config) as store:
        editions = store.editions(limit=30)
        return Status(
            runs=store.runs(limit=10),
            editions=editions,
            unsent=tuple(r for e in editions for r in store.receipts(e.edition) if r.state != "sent"),
            feeds=pipeline.reports_from_states(config.sources(), store.feed_states()),
            slots=store.slots(),
        )
