"""The memory and the report of a feed, from what came of reading it. Pure functions."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.intake.deadfeeds import known_dead
from monitor.records import (
    HEALTHY_OUTCOMES,
    FeedOutcome,
    FeedReport,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    ParsedFeed,
    Source,
)

_FIRST_BACK_OFF = timedelta(minutes=10)
# Half a day: a feed that failed all night is still tried again by the next morning's run.
_LONGEST_BACK_OFF = timedelta(hours=12)
# Nothing was sent, or the cure is an edit of feeds.yaml: waiting would only hide the repair.
_NO_BACK_OFF = frozenset({"refused_address", "dns", "connection", "tls"})


def feed_outcome(
    source: Source, outcome: FetchOutcome, parsed: ParsedFeed | None, state: FeedState | None, *, stale_days: int
) -> FeedOutcome:
    """How the feed did, in one word; `state` is the one before this run, or after it."""
    if isinstance(outcome, FetchFailed):
        return outcome.outcome
    if isinstance(outcome, Fetched) and not (parsed and parsed.articles):
        return "empty"
    newest_at = _newest(parsed) or (state.newest_item_at if state else None)
    if newest_at and not source.low_volume and outcome.fetched_at - newest_at > timedelta(days=stale_days):
        return "stale"
    if parsed is None:
        return "empty" if state and state.outcome == "empty" else "not_modified"
    return "malformed" if parsed.malformed else "ok"


def next_state(
    state: FeedState | None,
    outcome: FetchOutcome,
    parsed: ParsedFeed | None,
    *,
    source: Source,
    stale_days: int = 30,
) -> FeedState:
    """What to remember of the feed after this attempt.

    `outcome` is parse's `FetchFailed` when the body was no feed: then the old validators stay, so that a 304 can only
    ever speak of a body that was read as a feed. "waiting" leaves the state as it was.
    """
    before = replace(state or FeedState(source.id), url=source.url)
    if isinstance(outcome, FetchFailed):
        return _after_failure(before, outcome)
    after = replace(
        before,
        outcome=feed_outcome(source, outcome, parsed, before, stale_days=stale_days),
        failures=0,
        last_try_at=outcome.fetched_at,
        last_ok_at=outcome.fetched_at,
        newest_item_at=_newest(parsed) or before.newest_item_at,
        retry_at=None,
    )
    if isinstance(outcome, Fetched):
        return replace(after, etag=outcome.etag, last_modified=outcome.last_modified, body_digest=outcome.body_digest)
    return after


def _after_failure(before: FeedState, outcome: FetchFailed) -> FeedState:
    if outcome.outcome == "waiting":
        return before
    failures = before.failures + 1
    return replace(
        before,
        outcome=outcome.outcome,
        failures=failures,
        last_try_at=outcome.fetched_at,
        retry_at=outcome.retry_at or _back_off(outcome, failures),
    )


def _back_off(outcome: FetchFailed, failures: int) -> datetime | None:
    """10, 20, 40 minutes, …, half a day after the first, second, third failure in a row."""
    if outcome.outcome in _NO_BACK_OFF:
        return None
    return outcome.fetched_at + min(_FIRST_BACK_OFF * (1 << min(failures - 1, 10)), _LONGEST_BACK_OFF)


def feed_report(
    source: Source,
    outcome: FetchOutcome,
    parsed: ParsedFeed | None,
    *,
    state: FeedState | None,
    stale_days: int,
    new_items: int = 0,
    relevant: int = 0,
) -> FeedReport:
    """The feed's line in the report; `state` is the one before this run, or what `next_state` gave."""
    kind = feed_outcome(source, outcome, parsed, state, stale_days=stale_days)
    newest_at = _newest(parsed) or (state.newest_item_at if state else None)
    return FeedReport(
        source_id=source.id,
        name=source.name,
        language=source.language,
        outcome=kind,
        detail=outcome.detail if isinstance(outcome, FetchFailed) else _detail(kind, parsed, newest_at),
        hint=_hint(source, outcome, kind),
        items=len(parsed.articles) if parsed else 0,
        new_items=new_items,
        relevant=relevant,
        newest_item_at=newest_at,
        elapsed_s=outcome.elapsed_s,
        last_ok_at=state.last_ok_at if state else None,
    )


def _hint(source: Source, outcome: FetchOutcome, kind: FeedOutcome) -> str:
    """What to do; for an address that is known to be gone, what to use instead."""
    if kind in HEALTHY_OUTCOMES:
        return ""
    usual = outcome.hint if isinstance(outcome, FetchFailed) else _HINTS.get(kind, "")
    return known_dead(source.url) or usual


_HINTS = {
    "stale": "the outlet may have moved its feed; mark it low_volume: true if such silence is normal",
    "empty": "a feed without entries; the outlet may have moved it",
}


def _detail(kind: FeedOutcome, parsed: ParsedFeed | None, newest_at: datetime | None) -> str:
    if kind == "stale" and newest_at:
        return f"newest entry of {newest_at:%Y-%m-%d}"
    if kind == "empty":
        return "a feed without entries"
    return "; ".join(parsed.notes) if parsed else ""


def _newest(parsed: ParsedFeed | None) -> datetime | None:
    """The newest date that an entry really had; entries without one say nothing about a feed's health."""
    dates: list[datetime] = [a.published_at for a in parsed.articles if a.date_known] if parsed else []
    return max(dates, default=None)
