"""Chat channels are told through Apprise, once, without anybody being rung up; what fails is said in one line."""

from collections.abc import Iterator

import pytest

from monitor.delivery.notify import Channel, tell
from tests.delivery.chat import Chat

pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")


@pytest.fixture
def chat() -> Iterator[Chat]:
    service = Chat()
    yield service
    service.close()


def test_a_channel_gets_title_and_text(chat: Chat) -> None:
    assert tell(Channel("$DESK", chat.address), "Boletín", "vie 6 mar: 26 notas\nhttps://digest.example.org/x") == ""
    (message,) = chat.received
    assert message["title"] == "Boletín"
    assert message["message"] == "vie 6 mar: 26 notas\nhttps://digest.example.org/x"


def test_several_addresses_are_all_told(chat: Chat) -> None:
    assert tell(Channel("$DESK", f"{chat.address} {chat.address}/two"), "t", "b") == ""
    assert len(chat.received) == 2


def test_a_headline_rings_nobody_and_writes_no_markup(chat: Chat) -> None:
    hostile = "@everyone <!channel> <@U123> \x1b[31m\u202e" + "x" * 5000
    tell(Channel("$DESK", chat.address), hostile, hostile)
    (message,) = chat.received
    for text in (message["title"], message["message"]):
        assert not set(text) & set("@<>\x1b\u202e")
        assert len(text) <= 600


def test_a_refusal_is_told_without_the_secret(chat: Chat) -> None:
    chat.status = 500
    problem = tell(Channel("$DESK", chat.address), "t", "b")
    assert problem.startswith("it did not take the message: ")
    assert "500" in problem
    assert "secret" not in problem
    assert len(chat.received) == 1


@pytest.mark.parametrize(
    ("addresses", "problem"),
    [
        ("", "it has no address → set the variable or the file"),
        ("nope://secret-token", "its address is none that Apprise understands"),
        ("secret-token", "its address is none that Apprise understands"),
        ("json://127.0.0.1:9/secret-hook", "it did not take the message: A Connection error"),
    ],
)
def test_what_cannot_work_is_told_without_the_secret(
    addresses: str, problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert tell(Channel("$DESK", addresses), "t", "b").startswith(problem)
    said = capfd.readouterr()
    assert "secret" not in said.out + said.err
    assert "secret" not in repr(Channel("$DESK", addresses))


def test_a_channel_wants_the_profiles_it_names() -> None:
    channel = Channel("$DESK", "", profiles=("english",))
    assert channel.wants("english")
    assert not channel.wants("espanol")
    assert Channel("$DESK", "").wants("espanol")
    assert not Channel("$DESK", "", events=("failure",)).wants("english")
