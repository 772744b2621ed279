"""`monitor schedule` that is killed while it makes and sends the digest of a slot, and started again."""

import pytest

from tests.conftest import new_database
from tests.reliability.conftest import Clean, Open
from tests.reliability.newsroom import Newsroom
from tests.reliability.victims import Moment


def made_once(room: Newsroom) -> None:
    room.daemon()
    assert room.slots() == [("everyone", "done")]
    room.finish(again=False)
    assert room.problems == []


@pytest.mark.slow
def test_killed_and_restarted_five_times_around_a_slot_it_makes_one_digest_of_it(newsroom: Open, clean: Clean) -> None:
    """Before it claims the slot and after, in the middle of the run, in the middle of sending, and when all is done."""
    with newsroom() as room:
        for moment in ("before slots", "after slots", "after editions deliveries"):
            room.daemon(dies=Moment(moment))
        assert room.run_killed_at_word(".", 10, "schedule")
        assert (len(room.office.messages), room.slots()) == (10, [("everyone", "running")])
        room.daemon(dies=Moment("after runs"))
        assert (room.kills, room.slots()) == (5, [("everyone", "running")])
        made_once(room)
        assert room.windows.total() == 1
        assert room.shown() == clean.shown


@pytest.mark.slow
def test_on_postgresql_the_slot_of_a_killed_daemon_is_made_once_too(
    newsroom: Open, postgres: str, request: pytest.FixtureRequest
) -> None:
    with newsroom(url=new_database(postgres, request.node.name), connections=4, pipelining=True) as room:
        for moment in (Moment("after slots"), Moment("after deliveries dot", 3)):
            room.daemon(dies=moment)
        assert (room.kills, room.slots()) == (2, [("everyone", "running")])
        made_once(room)
