"""The memory and the report of a feed, from what came of reading it. Pure functions."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.intake.answers import HINTS
from monitor.intake.deadfeeds import known_dead
from monitor.intake.quirks import quirks_of
from monitor.records import (
    HEALTHY_OUTCOMES,
    Article,
    FeedOutcome,
    FeedReport,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    ParsedFeed,
    Source,
)
from monitor.text import one_line, shorten

_FIRST_BACK_OFF = timedelta(minutes=10)
_JITTER = 0.25
# Half a day, jitter included: a feed that failed all night is still tried again by the next morning's run.
_LONGEST_BACK_OFF = timedelta(hours=12)
# Nothing was sent, or the cure is an edit of feeds.yaml: waiting would only hide the repair.
_NO_BACK_OFF = frozenset({"refused_address", "dns", "connection", "tls", "gone"})


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
    ever speak of a body that was read as a feed. A feed that was not asked keeps its state. A body that had to be
    salvaged may have been cut off on the way: its validators are not kept, or a 304 would hide the rest for good.
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
        moved_to=outcome.moved_to,
    )
    if not isinstance(outcome, Fetched):
        return after
    whole = not (parsed and parsed.malformed)
    return replace(
        after,
        etag=outcome.etag if whole else "",
        last_modified=outcome.last_modified if whole else "",
        body_digest=outcome.body_digest,
    )


def _after_failure(before: FeedState, outcome: FetchFailed) -> FeedState:
    if not outcome.asked:
        return before
    failures = before.failures + 1
    return replace(
        before,
        outcome=outcome.outcome,
        failures=failures,
        last_try_at=outcome.fetched_at,
        retry_at=outcome.retry_at or back_off(outcome, failures),
    )


def back_off(outcome: FetchFailed, failures: int) -> datetime | None:
    """When to try again after so many failures in a row: after 10, 20, 40 minutes, …, about ten hours.

    Each pause is up to a quarter longer or shorter, so that feeds of one host that failed together do not come back
    together. The jitter is drawn from the feed's id and the count: the same for every run and machine.
    """
    if outcome.outcome in _NO_BACK_OFF:
        return None
    pause = min(_FIRST_BACK_OFF * (1 << min(failures - 1, 10)), _LONGEST_BACK_OFF / (1 + _JITTER))
    drawn = int.from_bytes(blake2b(f"{outcome.source_id}:{failures}".encode(), digest_size=4).digest()) / 0xFFFFFFFF
    return outcome.fetched_at + pause * (1 + _JITTER * (2 * drawn - 1))


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
        detail=outcome.detail if isinstance(outcome, FetchFailed) else _detail(kind, newest_at),
        hint=_hint(source, outcome, kind),
        items=len(parsed.articles) if parsed else 0,
        new_items=new_items,
        relevant=relevant,
        newest_item_at=newest_at,
        elapsed_s=outcome.elapsed_s,
        last_ok_at=state.last_ok_at if state else None,
        moved_to=(state.moved_to if state else "") if isinstance(outcome, FetchFailed) else outcome.moved_to,
        quirks=quirks_of(source, outcome, parsed),
    )


def _hint(source: Source, outcome: FetchOutcome, kind: FeedOutcome) -> str:
    """What to do; for an address that is known to be gone, what to use instead."""
    if isinstance(outcome, FetchFailed):
        return known_dead(source.url) or outcome.hint
    return remembered_hint(source, kind, outcome.moved_to)


def remembered_hint(source: Source, kind: FeedOutcome, moved_to: str) -> str:
    """What to do about a feed of which only its outcome, and where it has moved, are known; "" for a healthy one."""
    moved = f"moved for good to {shorten(one_line(moved_to), _MAX_URL)}: change its url" if moved_to else ""
    if kind in HEALTHY_OUTCOMES:
        return moved
    return known_dead(source.url) or moved or _QUIET_HINTS.get(kind, HINTS.get(kind, ""))


_MAX_URL = 300
_QUIET_HINTS = {
    "stale": "the outlet may have moved its feed; mark it low_volume: true if such silence is normal",
    "empty": "a feed without entries; the outlet may have moved it",
}


def _detail(kind: FeedOutcome, newest_at: datetime | None) -> str:
    if kind == "stale" and newest_at:
        return f"newest entry of {newest_at:%Y-%m-%d}"
    return "a feed without entries" if kind == "empty" else ""


def _newest(parsed: ParsedFeed | None) -> datetime | None:
    """The newest date that an entry really had; entries without one say nothing about a feed's health.

    Nor do entries dated in the future, whose date became the moment of reading: one of them, pinned to the top, would
    keep a dead feed fresh for ever.
    """
    articles = parsed.articles if parsed else ()  # the newest is the first
    return next((a.published_at for a in articles if a.date_known and not _clamped(a)), None)


def _clamped(article: Article) -> bool:
    return not article.hour_known and article.published_at == article.fetched_at
