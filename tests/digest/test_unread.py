"""When the silence of the other press may be told: only while most of that press can be read."""

from collections.abc import Iterable

import pytest

from monitor.digest.compose import _unread
from monitor.records import LANGUAGES, FeedOutcome, FeedReport, Lang

ENGLISH = FeedReport("en1", "The Bridge Post", "en", "ok")


def feed(n: int, outcome: FeedOutcome = "ok", *, lately: int = 0, language: Lang = "es") -> FeedReport:
    return FeedReport(f"{language}{n}", f"Feed {n}", language, outcome, lately=lately)


def silent(feeds: Iterable[FeedReport]) -> list[tuple[Lang, int, int]]:
    return [(u.language, u.failed, u.total) for u in _unread([ENGLISH, *feeds])]


def test_a_few_small_feeds_that_fail_leave_the_comparison_in() -> None:
    small = [feed(n, "timeout", lately=1) for n in range(5)]
    large = [feed(n, lately=20) for n in range(5, 8)]
    assert silent([*small, *large]) == []


def test_the_large_feeds_that_fail_take_the_comparison_out_and_are_named_as_such() -> None:
    large = [feed(n, "blocked", lately=25) for n in range(3)]
    small = [feed(n, lately=2) for n in range(3, 8)]
    (unread,) = _unread([ENGLISH, *large, *small])
    assert (unread.language, unread.failed, unread.total, unread.few) == ("es", 3, 8, True)


@pytest.mark.parametrize(("failed", "unread"), [(3, False), (4, False), (5, True), (8, True)])
def test_on_a_first_day_all_feeds_count_alike(failed: int, unread: bool) -> None:
    feeds = [feed(n, "dns" if n < failed else "ok") for n in range(8)]
    assert silent(feeds) == ([("es", failed, 8)] if unread else [])
    assert not any(u.few for u in _unread([ENGLISH, *feeds]))


def test_feeds_that_have_not_changed_were_read() -> None:
    assert silent([feed(n, "not_modified", lately=9) for n in range(3)]) == []


@pytest.mark.parametrize("outcome", ["empty", "stale"])
def test_feeds_that_have_nothing_to_read_neither_speak_nor_are_missed(outcome: FeedOutcome) -> None:
    assert silent([feed(0), feed(1, outcome), feed(2, outcome)]) == []
    assert silent([feed(0, "tls"), feed(1, "tls"), feed(2), feed(3, outcome)]) == [("es", 2, 4)]
    assert silent([feed(0, outcome), feed(1, outcome)]) == [("es", 2, 2)]


def test_a_feed_that_must_wait_was_not_read() -> None:
    assert silent([feed(0, "waiting", lately=30), feed(1, lately=3)]) == [("es", 1, 2)]


def test_both_presses_may_be_out_of_reach() -> None:
    broken = [feed(n, "connection", language=language) for n, language in enumerate(LANGUAGES)]
    assert [u.language for u in _unread(broken)] == ["en", "es"]
    assert [u.language for u in _unread([])] == ["en", "es"]
