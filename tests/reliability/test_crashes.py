"""A run that is killed, wherever that is: the next one goes on, and everybody has exactly one digest.

A bounded sample; `python benchmarks/crashes.py` kills at every moment there is.
"""

import random

import pytest

from tests.conftest import new_database
from tests.reliability.conftest import Clean, Open
from tests.reliability.victims import Moment


def test_a_run_comes_to_both_sides_of_every_transaction_and_every_file(clean: Clean) -> None:
    """What the other tests, and the benchmark, are killed at: nobody can take it away unseen."""
    names = [moment.name for moment in clean.moments]
    assert [name.replace("before", "after") for name in names[::2]] == names[1::2]
    wanted = ("schema", "leases", "articles verdicts", "feed_states", "file .eml", "file .html", "editions deliveries")
    later = ("file editions.json", "deliveries dot", "deliveries sent", "runs")
    assert [name for name in names if name.removeprefix("before ") in wanted + later] == [
        f"before {name}" for name in wanted + later
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("start", "connections"), [(0, 1), (4, 4)])
def test_a_digest_is_made_and_sent_once_though_one_run_after_the_other_is_killed(
    newsroom: Open, clean: Clean, start: int, connections: int
) -> None:
    """At every seventh kind of moment in turn, from the database's first table to the run's report."""
    chosen = clean.moments[start::7]
    with newsroom(connections=connections, pipelining=connections > 1) as room:
        for moment in chosen:
            room.run(dies=moment)
        assert room.kills == len(chosen)
        room.finish(again=False)
        assert room.problems == []
        assert room.shown() == clean.shown


@pytest.mark.slow
def test_a_copy_is_sent_only_when_the_kill_falls_between_the_dot_and_the_note_of_its_answer(newsroom: Open) -> None:
    with newsroom() as room:
        room.run(dies=Moment("after deliveries dot", 3))
        assert (room.kills, room.windows.total()) == (1, 0)
        room.run(dies=Moment("before deliveries sent", 2))
        assert (room.kills, room.windows.total()) == (2, 1)
        room.finish()
        assert room.problems == []


@pytest.mark.slow
def test_runs_on_postgresql_are_killed_and_go_on_like_that_too(
    newsroom: Open, clean: Clean, postgres: str, request: pytest.FixtureRequest
) -> None:
    names = ("after articles verdicts", "before editions deliveries", "before deliveries sent")
    with newsroom(url=new_database(postgres, request.node.name)) as room:
        for name in names:
            room.run(dies=Moment(name))
        assert (room.kills, room.windows.total()) == (3, 1)
        room.finish(again=False)
        assert room.problems == []
        assert room.shown() == clean.shown


@pytest.mark.slow
def test_killed_while_the_mail_server_listens_to_any_word(newsroom: Open) -> None:
    """By the server, when it has heard a word and has not answered: kills that no hook of ours chooses."""
    dice = random.Random(20)
    with newsroom(connections=4) as room:
        for word in ("EHLO", "MAIL", "RCPT", "."):
            assert room.run_killed_at_word(word, 1 if word == "EHLO" else dice.randint(1, 4)), word
        room.finish(again=False)
        assert room.problems == []
        assert room.windows.total() <= 4, "one message for each connection"


def test_without_a_kill_nobody_has_a_copy(clean: Clean) -> None:
    assert clean.copies == 0
