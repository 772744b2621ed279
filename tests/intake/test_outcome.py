"""What is remembered of a feed, and what is reported: pure decisions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.intake import feed_outcome, feed_report, next_state, remembered_hint
from monitor.intake.outcome import back_off
from monitor.records import Article, FeedOutcome, FeedState, FetchFailed, NotModified, ParsedFeed
from tests.intake.conftest import NOW, fetched, source

FEED = source()
BODY = replace(fetched("<rss/>"), etag='"a"', last_modified="today", body_digest="d1")
GOOD = FeedState(
    "gaceta",
    FEED.url,
    etag='"old"',
    body_digest="d0",
    outcome="ok",
    last_ok_at=NOW - timedelta(days=1),
    newest_item_at=NOW,
)


def article(days_old: float = 0, *, date_known: bool = True) -> Article:
    at = NOW - timedelta(days=days_old)
    return Article("a", "gaceta", "https://x.example/a", "https://x.example/a", "T", "", at, NOW, date_known=date_known)


def parsed(*articles: Article, malformed: bool = False) -> ParsedFeed:
    return ParsedFeed("gaceta", "Gaceta", articles, malformed=malformed, notes=("a note",) if malformed else ())


def failed(outcome: FeedOutcome = "http_error", **changes: object) -> FetchFailed:
    return replace(FetchFailed("gaceta", outcome, "fetch …: 500 after 1 try", NOW, hint="do this"), **changes)  # type: ignore[arg-type]


def test_a_good_answer_replaces_the_memory() -> None:
    state = next_state(replace(GOOD, failures=3, retry_at=NOW), BODY, parsed(article(1)), source=FEED)
    assert (state.etag, state.last_modified, state.body_digest) == ('"a"', "today", "d1")
    assert (state.outcome, state.failures, state.retry_at) == ("ok", 0, None)
    assert state.last_ok_at == state.last_try_at == NOW
    assert state.newest_item_at == NOW - timedelta(days=1)


def test_not_modified_keeps_the_validators_and_counts_as_success() -> None:
    state = next_state(replace(GOOD, failures=2), NotModified("gaceta", NOW, 0.1), None, source=FEED)
    assert (state.etag, state.body_digest, state.failures, state.last_ok_at) == ('"old"', "d0", 0, NOW)


def test_failures_add_up_and_back_off_longer_and_longer_but_never_past_half_a_day() -> None:
    state: FeedState | None = GOOD
    waits = []
    for _ in range(12):
        state = next_state(state, failed(), None, source=FEED)
        assert state.retry_at is not None
        waits.append((state.retry_at - NOW).total_seconds() / 60)
    for wait, plain in zip(waits, (10, 20, 40, 80, 160, 320, 576, 576), strict=False):
        assert plain * 0.75 <= wait <= plain * 1.25
    assert max(waits) <= 720
    assert state is not None
    assert (state.failures, state.last_ok_at, state.etag) == (12, GOOD.last_ok_at, '"old"')


def test_the_servers_own_pause_wins_over_ours() -> None:
    pause = NOW + timedelta(hours=20)
    assert next_state(None, failed("rate_limited", retry_at=pause), None, source=FEED).retry_at == pause


def test_a_refused_address_is_not_backed_off_since_the_cure_is_an_edit() -> None:
    assert next_state(None, failed("refused_address"), None, source=FEED).retry_at is None


def test_feeds_that_failed_together_come_back_apart_and_each_at_the_same_time_wherever_it_is_computed() -> None:
    pauses = {back_off(replace(failed(), source_id=f"feed-{n}"), 1) for n in range(50)}
    assert len(pauses) == 50
    assert all(NOW + timedelta(minutes=7.5) <= at <= NOW + timedelta(minutes=12.5) for at in pauses if at)
    assert back_off(failed(), 3) == NOW + timedelta(seconds=2890.839139)


@pytest.mark.parametrize("outcome", ["waiting", "gone", "http_error"])
def test_a_feed_that_was_not_asked_keeps_its_state(outcome: FeedOutcome) -> None:
    unasked = failed(outcome, retry_at=NOW + timedelta(days=9), asked=False)
    assert next_state(GOOD, unasked, None, source=FEED) == GOOD


def test_a_withdrawn_feed_is_remembered_without_a_time_to_come_back() -> None:
    state = next_state(GOOD, failed("gone"), None, source=FEED)
    assert (state.outcome, state.retry_at, state.last_try_at) == ("gone", None, NOW)


def test_a_salvaged_body_may_be_half_of_one_and_leaves_no_validators() -> None:
    state = next_state(GOOD, BODY, parsed(article(), malformed=True), source=FEED)
    assert (state.etag, state.last_modified, state.body_digest) == ("", "", "d1")


def test_where_a_feed_has_moved_is_remembered_until_it_answers_at_its_own_address() -> None:
    moved = replace(BODY, moved_to="https://new.example/feed")
    state = next_state(GOOD, moved, parsed(article()), source=FEED)
    assert state.moved_to == "https://new.example/feed"
    assert next_state(state, failed(), None, source=FEED).moved_to == "https://new.example/feed"
    assert next_state(state, NotModified("gaceta", NOW, 0.1), None, source=FEED).moved_to == ""


def test_the_report_of_a_feed_that_has_moved_proposes_the_new_address() -> None:
    report = feed_report(
        FEED, replace(BODY, moved_to="https://new.example/feed"), parsed(article()), state=None, stale_days=30
    )
    assert (report.outcome, report.moved_to) == ("ok", "https://new.example/feed")
    assert report.hint == "moved for good to https://new.example/feed: change its url"
    assert not report.failed


def test_what_is_remembered_of_a_feed_is_enough_to_say_what_to_do() -> None:
    assert remembered_hint(FEED, "ok", "") == ""
    assert "https://new.example/" in remembered_hint(FEED, "ok", "https://new.example/")
    assert "change" in remembered_hint(FEED, "gone", "")
    assert "low_volume" in remembered_hint(FEED, "stale", "")


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (parsed(article()), "ok"),
        (parsed(), "empty"),
        (parsed(article(31)), "stale"),
        (parsed(article(29)), "ok"),
        (parsed(article(), malformed=True), "malformed"),
        (parsed(article(0, date_known=False)), "ok"),
    ],
)
def test_a_feed_that_answered_is_named_by_what_was_in_it(feed: ParsedFeed, expected: str) -> None:
    assert feed_outcome(FEED, BODY, feed, None, stale_days=30) == expected


def test_an_entry_dated_in_the_future_does_not_keep_a_dead_feed_fresh() -> None:
    """Pinned to the top, it gets the moment of each reading for its date."""
    pinned = replace(article(), hour_known=False)
    assert feed_outcome(FEED, BODY, parsed(pinned, article(400)), None, stale_days=30) == "stale"
    state = next_state(None, BODY, parsed(pinned, article(400)), source=FEED)
    assert state.newest_item_at == NOW - timedelta(days=400)
    assert feed_outcome(FEED, BODY, parsed(pinned), None, stale_days=30) == "ok", "nothing is known of its age"


def test_a_low_volume_feed_is_never_stale() -> None:
    quiet = replace(FEED, low_volume=True)
    assert feed_outcome(quiet, BODY, parsed(article(400)), None, stale_days=30) == "ok"


def test_a_feed_that_answers_304_for_months_becomes_stale() -> None:
    old = replace(GOOD, newest_item_at=NOW - timedelta(days=90))
    assert feed_outcome(FEED, NotModified("gaceta", NOW, 0.1), None, old, stale_days=30) == "stale"


def test_an_empty_feed_that_did_not_change_is_still_empty() -> None:
    state = next_state(None, BODY, parsed(), source=FEED)
    assert feed_outcome(FEED, NotModified("gaceta", NOW, 0.1), None, state, stale_days=30) == "empty"


def test_the_report_of_a_failure_carries_what_happened_and_what_to_do() -> None:
    report = feed_report(FEED, failed(), None, state=None, stale_days=30)
    assert (report.outcome, report.detail, report.hint) == ("http_error", "fetch …: 500 after 1 try", "do this")
    assert report.failed


def test_the_report_of_a_stale_feed_says_since_when() -> None:
    report = feed_report(FEED, BODY, parsed(article(40)), state=None, stale_days=30, new_items=1, relevant=1)
    assert report.outcome == "stale"
    assert report.detail == "newest entry of 2026-10-11"
    assert "low_volume" in report.hint
    assert (report.items, report.new_items, report.relevant, report.failed) == (1, 1, 1, False)


def test_the_report_of_a_salvaged_feed_says_so() -> None:
    report = feed_report(FEED, BODY, parsed(article(), malformed=True), state=GOOD, stale_days=30)
    assert (report.outcome, "a note" in report.quirks, report.failed) == ("malformed", True, False)
