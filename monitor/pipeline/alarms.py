"""Operator alarms: what is wrong, from what the store knows, and the mails about it in the outbox.

Nothing here stops a run. An alarm is an edition of the operators' own list, frozen and queued in one transaction; it
waits in the outbox like any other message when the mail server is what is wrong.
"""

import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.config import WEEKDAYS, Config, ScheduleConfig
from monitor.digest import Templates
from monitor.digest.alarm_mail import OPERATOR_LIST, Alarm, Letterhead, due_alarms, render_alarm
from monitor.pipeline.gather import reports_from_states
from monitor.pipeline.mailing import audience_of
from monitor.protocols import Store
from monitor.records import (
    CAUSES,
    Cause,
    Edition,
    Envelope,
    FeedReport,
    Receipt,
    RenderedDigest,
    Trouble,
    press_health,
)

_GRACE = timedelta(hours=2)  # after a slot, before a run that is still to come is missed
_WAITING = ("queued", "sending", "dot", "deferred")
_LOOKED_BACK = timedelta(days=60)
_MOST_SENT = 1_000
_EDITIONS = 30
_SLOTS = 60

Freeze = Callable[[RenderedDigest, str], Envelope]


def find_troubles(store: Store, config: Config, *, engines: Sequence[str] | None, now: datetime) -> tuple[Trouble, ...]:
    """What is wrong at `now`. `engines` are the failures of test sentences; None when they were not asked."""
    feeds = reports_from_states(config.sources(), store.feed_states())
    found = [*_no_run(store, config, now), *_silent_press(feeds), *_stuck_outbox(store, config, now)]
    if engines:
        found.append(Trouble("engine", details=tuple(engines)))
    return tuple(sorted(found, key=lambda trouble: CAUSES.index(trouble.cause)))


def judged_causes(engines: Sequence[str] | None) -> frozenset[Cause]:
    """The causes that `find_troubles` can tell of."""
    return frozenset(cause for cause in CAUSES if cause != "engine" or engines is not None)


def queue_alarms(
    store: Store,
    config: Config,
    troubles: Iterable[Trouble],
    *,
    judged: frozenset[Cause],
    templates: Templates,
    freeze: Freeze,
    now: datetime,
) -> tuple[str, ...]:
    """Queue the mails that are due; their keys. `freeze` makes a mail for one recipient a message."""
    options = config.alerts.operator
    recipients = audience_of(store, config, OPERATOR_LIST, tuple(dict.fromkeys(options.recipients))).recipients
    local = now.astimezone(ZoneInfo(config.schedule.timezone))
    sent = store.editions(OPERATOR_LIST, limit=_MOST_SENT, first=local.date() - _LOOKED_BACK)
    title = config.digest.title_es if options.language == "es" else config.digest.title_en
    head = Letterhead(title, socket.gethostname(), options.language)
    keys = []
    for alarm in due_alarms(troubles, sent, judged=judged, today=local.date()):
        rendered = render_alarm(alarm, head, templates, now=local)
        if store.save_edition(_kept(rendered, alarm, now), [freeze(rendered, who) for who in recipients]):
            keys.append(alarm.key)
    return tuple(keys)


def _kept(rendered: RenderedDigest, alarm: Alarm, now: datetime) -> Edition:
    return Edition(
        edition=alarm.key,
        profile_id=OPERATOR_LIST,
        date=rendered.date,
        subject=rendered.subject,
        story_ids=(),
        article_ids=(),
        cutoff_at=now,
        created_at=now,
        path="",
    )


# ---------------------------------------------------------------- what is wrong


def _no_run(store: Store, config: Config, now: datetime) -> Iterator[Trouble]:
    """No run has made its digests for longer than the schedule's longest pause.

    Where none ever has, since the first slot of the schedule that was begun, or the first run that failed; before
    that nothing is expected.
    """
    since = _good_since(store)
    if since is not None and now - since >= longest_silence(config):
        failures = [f"{slot.profile_id} {slot.slot}: {slot.state} {slot.detail}" for slot in store.slots(limit=_SLOTS)]
        details = tuple(line for line in failures if " failed " in line)
        yield Trouble("run", since=since, details=details or _last_error(store))


def run_deadline(store: Store, config: Config) -> datetime | None:
    """By when a run must have made its digests; None where none is expected yet."""
    since = _good_since(store)
    return since + longest_silence(config) if since else None


def _good_since(store: Store) -> datetime | None:
    tally = store.tally()
    begun = (tally.first_run_at, *(slot.due_at for slot in store.slots(limit=_SLOTS)))
    return tally.last_good_run_at or min(filter(None, begun), default=None)


def _last_error(store: Store) -> tuple[str, ...]:
    """Why the last run failed, where no daemon notes it with its slots: runs by cron, or by hand."""
    runs = (json.loads(document) for document in store.runs(limit=1))
    return tuple(f"{run['run_id']}: {run['error']}" for run in runs if run.get("error"))


def longest_silence(config: Config) -> timedelta:
    """For how long no run may succeed: as feeds.yaml says, else the schedule's longest pause and two hours."""
    hours = config.alerts.operator.silent_hours
    return timedelta(hours=hours) if hours else longest_pause(config.timetables()) + _GRACE


def longest_pause(timetables: Mapping[str, ScheduleConfig]) -> timedelta:
    """The most days between two days on which some profile's digest is made: 1 for a daily one, 7 for a weekly one."""
    days = sorted({WEEKDAYS.index(day) for options in timetables.values() for day in options.days})
    gaps = [later - earlier for earlier, later in pairwise([*days, days[0] + len(WEEKDAYS)])]
    return timedelta(days=max(gaps))


def _silent_press(feeds: Sequence[FeedReport]) -> Iterator[Trouble]:
    """A language of which the last run, or look for alerts, could read nothing."""
    for health in press_health(feeds):
        if health.silent:
            failed = [feed for feed in feeds if feed.language == health.language and feed.failed]
            details = tuple(_feed_line(feed) for feed in failed)
            yield Trouble("feeds_en" if health.language == "en" else "feeds_es", details=details)


def _feed_line(feed: FeedReport) -> str:
    return f"{feed.source_id}: {feed.outcome}{' → ' if feed.hint else ''}{feed.hint}"


def _stuck_outbox(store: Store, config: Config, now: datetime) -> Iterator[Trouble]:
    """Messages that wait for longer than allowed, of digests and of story alerts; alarms themselves do not count."""
    first = now - timedelta(hours=config.alerts.operator.waiting_hours)
    waiting = [message for message in waiting_messages(store, config) if message.since <= first]
    if waiting:
        since = min(message.since for message in waiting)
        details = tuple(_receipt_line(message.receipt) for message in waiting)
        yield Trouble("outbox", since, number=len(waiting), details=details)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that no mail server has taken yet."""

    since: datetime  # when its edition was frozen
    receipt: Receipt


def waiting_messages(store: Store, config: Config) -> tuple[Waiting, ...]:
    """Those of the last digests and story alerts."""
    if not any(state in _WAITING for state, _ in store.tally().deliveries):
        return ()
    lists = (None, *(rule.list_id for rule in config.alerts.stories))
    editions = [edition for name in lists for edition in store.editions(name, limit=_EDITIONS)]
    found = ((edition, receipt) for edition in editions for receipt in store.receipts(edition.edition))
    return tuple(Waiting(edition.created_at, receipt) for edition, receipt in found if receipt.state in _WAITING)


def _receipt_line(receipt: Receipt) -> str:
    return f"{receipt.edition} {receipt.recipient}: {receipt.state} {receipt.detail}".rstrip()
