"""A machine without a network makes no digest of that: the next run makes it from the news."""

from copy import deepcopy

from tests.app.conftest import Desk

LOST = "the names of 3 hosts cannot be looked up"


def lose_the_network(desk: Desk, *, but: int = 0) -> None:
    """Hosts of feeds have no address, as none has without a network; the first `but` of them are there, and refuse."""
    for number, feed in enumerate(desk.document["feeds"]):
        feed["url"] = "http://127.0.0.1:9/feed" if number < but else f"https://outlet-{number}.invalid/feed"
    desk.write()


def test_no_digest_is_made_without_a_network_and_the_next_run_makes_it_from_the_news(desk: Desk) -> None:
    feeds = deepcopy(desk.document["feeds"])
    lose_the_network(desk)
    done = desk.monitor("run")
    assert (done.returncode, LOST in done.stderr) == (1, True)
    assert not list(desk.folder.glob("digests/**/*.html"))
    desk.document["feeds"] = feeds
    desk.write()
    report = desk.report("run")
    assert report["exit_code"] == 0
    assert report["editions"][0]["created"]
    assert report["counts"]["articles_new"] > 0
    assert "INCOMPLETE" not in report["editions"][0]["subject"]
    assert len(desk.mailbox.messages_to("desk@newsroom.example")) == 1


def test_a_digest_that_is_made_is_sent_without_a_network_for_feeds(desk: Desk) -> None:
    """The mail server may be in the house; who has not got today's digest yet gets it."""
    desk.write()
    assert desk.monitor("run", "--no-send").returncode == 0
    lose_the_network(desk)
    assert desk.monitor("run").returncode == 3
    assert len(desk.mailbox.messages_to("desk@newsroom.example")) == 1


def test_a_preview_needs_no_network(desk: Desk) -> None:
    lose_the_network(desk)
    assert desk.monitor("run").returncode == 1
    assert desk.monitor("preview", "--no-open").returncode == 0


def test_feeds_that_answer_nothing_but_are_there_make_a_digest_that_says_so(desk: Desk) -> None:
    """One host that answers, be it with a refusal, shows that it is not this machine."""
    lose_the_network(desk, but=1)
    report = desk.report("run")
    assert report["exit_code"] == 3
    assert "INCOMPLETE" in report["editions"][0]["subject"]
