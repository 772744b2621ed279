"""A mail server that refuses, stumbles, drops, hangs and lies: nobody has two messages, and nobody has none who could
have one. Each over one connection, and over several with PIPELINING."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.delivery import SmtpDelivery, deliver_due
from monitor.delivery.outbox import pause
from monitor.delivery.session import Session
from monitor.errors import DeliveryError
from monitor.protocols import Store
from monitor.records import Edition, Envelope
from monitor.store import open_store
from tests.delivery.conftest import EDITION, Script, SmtpServer, Stumble, mail_options, make_envelope

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
PEOPLE = tuple(f"lectora{number:02}@example.org" for number in range(18))
ROUNDS = 25
Serve = Callable[[Script], SmtpServer]
ways = pytest.mark.parametrize(
    ("connections", "pipelining"), [(1, False), (4, True)], ids=["one connection", "several, PIPELINING"]
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One edition, nobody's yet."""
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as opened:
        opened.save_edition(Edition(EDITION, "everyone", date(2026, 3, 8), "Boletín", (), (), NOW, NOW, ""), [])
        yield opened


def run(store: Store, server: SmtpServer, *, now: datetime, connections: int, timeout_s: float = 20) -> None:
    """One run, with connections of its own; a server that cannot be used at all is no reason to stop."""
    options = mail_options(server, timeout_s=timeout_s).model_copy(update={"connections": connections})
    delivery = SmtpDelivery(options, "", dot_timeout_s=timeout_s)
    with closing(delivery), suppress(DeliveryError):
        deliver_due(store, delivery, now=now, clock=lambda: now)


def run_until_done(store: Store, server: SmtpServer, **more: Any) -> dict[str, str]:
    """Run after run, each after the longest pause; what became of each recipient."""
    for number in range(ROUNDS):
        run(store, server, now=NOW + number * timedelta(hours=6), **more)
        states: dict[str, str] = {receipt.recipient: receipt.state for receipt in store.receipts(EDITION)}
        if not set(states.values()) & {"queued", "sending", "dot", "deferred"}:
            return states
    raise AssertionError(f"not done after {ROUNDS} runs: {states}")


def queue(store: Store, **more: Any) -> list[Envelope]:
    envelopes = [make_envelope(person, **more) for person in PEOPLE]
    store.enqueue(envelopes)
    return envelopes


def arrived(server: SmtpServer) -> Counter[str]:
    return Counter(message.recipient for message in server.received)


@ways
def test_commands_come_in_groups_where_the_server_offers_that_and_one_by_one_elsewhere(
    store: Store, serve: Serve, connections: int, pipelining: bool
) -> None:
    """That the other tests try both."""
    server = serve(Script(pipelining=pipelining))
    queue(store)
    run_until_done(store, server, connections=connections)
    assert server.groups == (len(PEOPLE) if pipelining else 0)
    assert server.connections == (3 if connections > 1 else 1)


# ---------------------------------------------------------------- what passes by itself


@ways
@pytest.mark.parametrize(
    "stumble",
    [
        Stumble("MAIL", 5, "451 4.3.0 busy"),
        Stumble("RCPT", 3, "450 4.2.1 mailbox busy"),
        Stumble("DATA", 4, "451 4.3.0 no space for now"),
        Stumble(".", 3, "452 4.3.1 disk full"),
        Stumble("greeting", 3, "421 4.7.0 too many connections"),
        Stumble("EHLO", 3, "421 4.7.0 too many connections"),
        Stumble("RCPT", 5, "421 4.3.2 shutting down"),
        Stumble("greeting", 3, "drop"),
        Stumble("EHLO", 3, "drop"),
        Stumble("MAIL", 5, "drop"),
        Stumble("RCPT", 5, "drop"),
        Stumble("DATA", 5, "drop"),
    ],
    ids=lambda stumble: f"{stumble.word} {stumble.says}",
)
def test_what_comes_before_the_dot_costs_nobody_the_message_and_gives_nobody_two(
    store: Store, serve: Serve, stumble: Stumble, connections: int, pipelining: bool
) -> None:
    at_opening = stumble.word in ("greeting", "EHLO")  # which must happen more than once then
    server = serve(Script(stumble=stumble, pipelining=pipelining, drop_after=2 if at_opening else 0))
    envelopes = queue(store)
    states = run_until_done(store, server, connections=connections)
    assert set(states.values()) == {"sent"}
    assert arrived(server) == Counter(PEOPLE)
    assert {message.content for message in server.received} == {envelope.message for envelope in envelopes}
    assert server.seen[stumble.word] >= stumble.every, "it did stumble"


@ways
def test_a_server_that_hangs_up_in_the_middle_of_a_message_gets_it_again(
    store: Store, serve: Serve, connections: int, pipelining: bool
) -> None:
    """Longer than what the sockets hold between them at first, so that the end is seen before the dot."""
    server = serve(Script(stumble=Stumble("body", 4, "drop"), pipelining=pipelining))
    queue(store, filling="\r\n".join(["Lo que pasó en la frontera, contado despacio. " * 20] * 1_600))
    assert set(run_until_done(store, server, connections=connections).values()) == {"sent"}
    assert arrived(server) == Counter(PEOPLE)


@ways
def test_greylisting_takes_the_message_at_the_second_try_which_waits_for_its_pause(
    store: Store, serve: Serve, connections: int, pipelining: bool
) -> None:
    server = serve(Script(greylisting=True, pipelining=pipelining))
    queue(store)
    run(store, server, now=NOW, connections=connections)
    run(store, server, now=NOW + timedelta(minutes=4), connections=connections)
    assert {server.seen[person] for person in PEOPLE} == {1}, "nobody is tried before the pause is over"
    assert {r.retry_at for r in store.receipts(EDITION)} == {NOW + pause(1, person) for person in PEOPLE}
    run(store, server, now=NOW + timedelta(minutes=7), connections=connections)
    assert {(r.state, r.attempts) for r in store.receipts(EDITION)} == {("sent", 2)}
    assert arrived(server) == Counter(PEOPLE)


# ---------------------------------------------------------------- what does not


@ways
@pytest.mark.parametrize("stumble", [Stumble("RCPT", 4, "550 5.1.1 no such user"), Stumble(".", 4, "554 5.7.1 spam")])
def test_a_refusal_for_good_is_taken_for_good_and_concerns_nobody_else(
    store: Store, serve: Serve, stumble: Stumble, connections: int, pipelining: bool
) -> None:
    server = serve(Script(stumble=stumble, pipelining=pipelining))
    queue(store)
    states = run_until_done(store, server, connections=connections)
    assert Counter(states.values()) == {"sent": 14, "failed": 4}
    assert arrived(server) == Counter(person for person, state in states.items() if state == "sent")
    assert server.seen[stumble.word] == len(PEOPLE), "nobody was tried twice"


@ways
@pytest.mark.parametrize("says", ["drop", "421 4.3.2 shutting down"])
def test_who_may_have_the_message_does_not_get_it_again(
    store: Store, serve: Serve, says: str, connections: int, pipelining: bool
) -> None:
    """The connection is lost, or 421 comes, after the dot: it is told as unknown, and left to the user."""
    server = serve(Script(stumble=Stumble(".", 4, says), pipelining=pipelining))
    queue(store)
    states = run_until_done(store, server, connections=connections)
    assert Counter(states.values()) == {"sent": 14, "unknown": 4}
    assert arrived(server) == Counter(PEOPLE if says == "drop" else [p for p in PEOPLE if states[p] == "sent"])


@ways
@pytest.mark.parametrize("word", ["RCPT", "."])
def test_silence_holds_up_one_message_and_not_the_run(
    store: Store, serve: Serve, word: str, connections: int, pipelining: bool
) -> None:
    """Before the dot it is tried again, after it it may have arrived."""
    server = serve(Script(stumble=Stumble(word, 6, "hang"), pipelining=pipelining))
    queue(store)
    states = run_until_done(store, server, connections=connections, timeout_s=0.5)
    assert set(states.values()) == ({"sent"} if word == "RCPT" else {"sent", "unknown"})
    assert arrived(server) == Counter(PEOPLE)


# ---------------------------------------------------------------- hanging up at the dot


@pytest.mark.parametrize(
    ("security", "pipelining"), [("none", False), ("none", True), ("tls", True), ("starttls", False)]
)
def test_a_server_that_hung_up_before_the_dot_is_not_taken_for_one_that_may_have_the_message(
    serve: Serve, ca_file: str, security: Any, pipelining: bool
) -> None:
    """The whole message fits into the sockets: that nobody reads it is only seen when the dot is to be sent."""
    script = Script(stumble=Stumble("body", 1, "drop"), pipelining=pipelining)
    server = serve(replace(script, implicit_tls=security == "tls", starttls=security == "starttls"))
    dots: list[bool] = []
    session = Session(mail_options(server, security, ca_file=ca_file), "", 5)
    with closing(session):
        receipt = session.hand_over(make_envelope(PEOPLE[0]), lambda: dots.append(server.dropped.wait(10)))
    assert (receipt.state, receipt.detail, dots) == ("deferred", "connection lost", [True])
    assert b"\r\n.\r\n" not in server.heard


@pytest.mark.parametrize(("reply", "state"), [("550 5.7.1 blocked", "failed"), ("421 4.3.2 closing", "deferred")])
def test_a_server_that_refuses_and_hangs_up_is_understood_in_a_group_of_commands_too(
    serve: Serve, reply: str, state: str
) -> None:
    """It answers the first commands of the group only."""
    server = serve(Script(pipelining=True, rcpt_replies={PEOPLE[0]: reply}, stumble=Stumble("DATA", 1, "drop")))
    with closing(SmtpDelivery(mail_options(server), "")) as delivery:
        (receipt,) = delivery.deliver([make_envelope(PEOPLE[0])])
    assert (receipt.state, receipt.detail) == (state, reply)


# ---------------------------------------------------------------- the password

PASSWORD = "n0-la-digas"
TELLTALE = [
    PASSWORD.encode(),
    base64.b64encode(PASSWORD.encode()),
    base64.b64encode(f"\0ana\0{PASSWORD}".encode()),
    b"AUTH",
]


@ways
@pytest.mark.parametrize(
    ("script", "security", "why"),
    [
        ({"starttls": True}, "starttls", "certificate is not trusted"),
        ({"implicit_tls": True}, "tls", "certificate is not trusted"),
        ({}, "starttls", "STARTTLS extension not supported"),
        ({"starttls": True, "starttls_reply": "502 5.5.1 not implemented"}, "starttls", "502"),
        ({"starttls": True, "starttls_reply": "454 4.7.0 not available for now"}, "starttls", "454"),
        ({"starttls": True, "starttls_reply": "220 go ahead"}, "starttls", "no encrypted connection"),
    ],
    ids=["self-signed", "self-signed, implicit", "not offered", "answered 502", "answered 454", "goes on in clear"],
)
def test_the_password_is_never_sent_to_a_server_that_cannot_prove_who_it_is(
    serve: Serve, script: dict[str, Any], security: Any, why: str, connections: int, pipelining: bool
) -> None:
    """Every byte that the server got is looked through: nobody has even begun to log in."""
    server = serve(Script(login=("ana", PASSWORD), pipelining=pipelining, **script))
    options = mail_options(server, security, username="ana", timeout_s=2)
    options = options.model_copy(update={"connections": connections})
    delivery = SmtpDelivery(options, PASSWORD)
    with closing(delivery), pytest.raises(DeliveryError, match=why) as raised:
        delivery.deliver([make_envelope(person) for person in PEOPLE])
    assert not [word for word in TELLTALE if word in server.heard]
    assert server.passwords == []
    assert server.received == []
    assert PASSWORD not in str(raised.value)


def test_the_bytes_that_are_looked_through_would_have_the_password(serve: Serve, ca_file: str) -> None:
    server = serve(Script(starttls=True, login=("ana", PASSWORD)))
    with closing(SmtpDelivery(mail_options(server, "starttls", username="ana", ca_file=ca_file), PASSWORD)) as delivery:
        delivery.check()
    assert [word for word in TELLTALE if word in server.heard]


def test_encryption_that_is_taken_away_from_later_connections_stops_them_before_the_login(
    serve: Serve, ca_file: str
) -> None:
    """Offered to the first connection; the others could log in without it, and do not."""
    server = serve(Script(starttls=True, starttls_connections=1, login=("ana", PASSWORD), drop_after=3))
    options = mail_options(server, "starttls", username="ana", ca_file=ca_file)
    options = options.model_copy(update={"connections": 4})
    with closing(SmtpDelivery(options, PASSWORD)) as delivery:
        receipts = delivery.deliver([make_envelope(person) for person in PEOPLE])
    assert server.passwords == [PASSWORD]
    assert server.connections > 1
    assert {receipt.state for receipt in receipts if receipt.attempts == 0} == {"deferred"}
    assert all("STARTTLS" in receipt.detail for receipt in receipts if receipt.state == "deferred")
    assert len(server.received) == sum(receipt.state == "sent" for receipt in receipts)
