"""What each answer of a mail server means for the message, the other recipients and the run."""

import socket
from collections.abc import Callable
from contextlib import closing

import pytest

from monitor.config import MailConfig
from monitor.delivery import SmtpDelivery
from monitor.delivery.session import wire_address
from monitor.errors import DeliveryError
from monitor.records import Receipt
from tests.delivery.conftest import Script, SmtpServer, mail_options, make_envelope

Serve = Callable[[Script], SmtpServer]
ANA, BETO, CELIA = "ana@example.org", "beto@example.org", "celia@example.org"
ALL = [make_envelope(ANA), make_envelope(BETO), make_envelope(CELIA)]


def send(server: SmtpServer, *, timeout_s: float = 5, dot_timeout_s: float = 5) -> list[Receipt]:
    options = mail_options(server, timeout_s=timeout_s)
    with closing(SmtpDelivery(options, "", dot_timeout_s=dot_timeout_s)) as delivery:
        return delivery.deliver(ALL)


def states(receipts: list[Receipt]) -> list[str]:
    return [receipt.state for receipt in receipts]


def test_all_messages_arrive_unchanged_over_one_connection(serve: Serve) -> None:
    server = serve(Script())
    receipts = send(server)
    assert states(receipts) == ["sent"] * 3
    assert receipts[0].detail == "250 queued as 42"
    assert [message.content for message in server.received] == [envelope.message for envelope in ALL]
    assert {message.sender for message in server.received} == {"digest@example.org"}
    assert server.connections == 1


def test_the_connection_stays_open_between_calls(serve: Serve) -> None:
    server = serve(Script())
    with closing(SmtpDelivery(mail_options(server), "")) as delivery:
        assert [delivery.deliver([envelope])[0].state for envelope in ALL] == ["sent"] * 3
    assert server.connections == 1


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("550 5.1.1 no such user", "failed"),
        ("553 not here", "failed"),
        ("451 4.7.1 greylisted", "deferred"),
        ("552 mailbox full", "deferred"),
    ],
)
def test_one_refused_recipient_does_not_stop_the_others(serve: Serve, reply: str, state: str) -> None:
    server = serve(Script(rcpt_replies={BETO: reply}))
    receipts = send(server)
    assert states(receipts) == ["sent", state, "sent"]
    assert receipts[1].detail == reply
    assert [message.recipient for message in server.received] == [ANA, CELIA]


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("200 yes", "sent"),
        ("251 2.1.5 taken, and passed on", "sent"),
        ("554 5.7.1 looks like spam", "failed"),
        ("452 4.3.1 disk full", "deferred"),
        ("552 5.2.2 mailbox full", "deferred"),
        ("354 what?", "unknown"),
        ("421 4.3.0 shutting down", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_answer_to_the_final_dot_decides(serve: Serve, reply: str, state: str) -> None:
    server = serve(Script(data_replies={BETO: reply}))
    assert states(send(server)) == ["sent", state, "sent"]


def test_a_recipient_is_taken_by_any_yes(serve: Serve) -> None:
    """252 is the answer of servers that do not look whether there is such a mailbox."""
    server = serve(Script(rcpt_replies={BETO: "252 2.0.0 will try"}))
    assert states(send(server)) == ["sent"] * 3
    assert [message.recipient for message in server.received] == [ANA, BETO, CELIA]


def test_silence_after_the_final_dot_is_unknown_not_a_failure(serve: Serve) -> None:
    server = serve(Script(data_replies={BETO: "hang"}))
    receipts = send(server, dot_timeout_s=0.2)
    assert states(receipts) == ["sent", "unknown", "sent"]
    assert "after the message was handed over" in receipts[1].detail


def test_the_answer_to_the_final_dot_may_take_longer_than_any_other(serve: Serve) -> None:
    server = serve(Script(data_delay_s=0.5))
    assert states(send(server, timeout_s=0.25)) == ["sent"] * 3


def test_a_connection_the_server_dropped_is_opened_again(serve: Serve) -> None:
    server = serve(Script(drop_after=1))
    assert states(send(server)) == ["sent"] * 3
    assert server.connections == 3
    assert len(server.received) == 3


def test_a_message_too_large_for_the_server_stops_the_run(serve: Serve) -> None:
    server = serve(Script(size_limit=50))
    with pytest.raises(DeliveryError, match=r"552.*max_html_kb"):
        send(server)
    assert server.received == []


def test_when_the_server_turns_unusable_midway_the_rest_is_deferred_with_the_reason(serve: Serve) -> None:
    server = serve(Script(rcpt_replies={BETO: "530 5.7.0 authentication required"}))
    receipts = send(server)
    assert states(receipts) == ["sent", "deferred", "deferred"]
    assert "authentication required" in receipts[2].detail
    assert [message.recipient for message in server.received] == [ANA]


def test_a_refused_sender_concerns_everyone(serve: Serve) -> None:
    server = serve(Script(mail_reply="550 5.7.1 not your domain"))
    with pytest.raises(DeliveryError, match=r"not your domain → check mail\.sender"):
        send(server)


def test_a_server_that_is_not_there_is_a_delivery_error_with_a_remedy(serve: Serve) -> None:
    server = serve(Script())
    options = mail_options(server).model_copy(update={"port": 9})
    with pytest.raises(DeliveryError, match=r"smtp://127\.0\.0\.1:9: no connection .* → check mail\.host"):
        SmtpDelivery(options, "").deliver(ALL)


def test_a_server_that_accepts_and_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = MailConfig(host="127.0.0.1", port=silent.getsockname()[1], security="none", timeout_s=0.2)
        with pytest.raises(DeliveryError, match="timed out"):
            SmtpDelivery(options, "").deliver(ALL)


def test_a_server_answer_cannot_forge_lines_or_move_the_cursor(serve: Serve) -> None:
    server = serve(Script(rcpt_replies={ANA: "550 no\x1b[2Jbody\u202e here " + "x" * 300}))
    detail = send(server)[0].detail
    assert "\x1b" not in detail
    assert "\u202e" not in detail
    assert len(detail) <= 300


# ---------------------------------------------------------------- encryption and login


def test_starttls_with_a_known_authority_encrypts_and_logs_in(serve: Serve, ca_file: str) -> None:
    server = serve(Script(starttls=True, login=("ana", "s3cret"), require_login=True))
    options = mail_options(server, "starttls", username="ana", ca_file=ca_file)
    with closing(SmtpDelivery(options, "s3cret")) as delivery:
        assert states(delivery.deliver(ALL)) == ["sent"] * 3
        assert delivery.check().startswith("encrypted by TLSv1.")
    assert server.passwords == ["s3cret"]


def test_implicit_tls_with_a_known_authority_encrypts_and_logs_in(serve: Serve, ca_file: str) -> None:
    server = serve(Script(implicit_tls=True, login=("ana", "s3cret")))
    options = mail_options(server, "tls", username="ana", ca_file=ca_file)
    with closing(SmtpDelivery(options, "s3cret")) as delivery:
        assert states(delivery.deliver(ALL)) == ["sent"] * 3


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_unknown_certificate_is_refused_before_the_password_is_sent(serve: Serve, security: str) -> None:
    server = serve(Script(starttls=security == "starttls", implicit_tls=security == "tls", login=("ana", "s3cret")))
    options = mail_options(server, security, username="ana")  # type: ignore[arg-type]
    with pytest.raises(DeliveryError, match=r"certificate is not trusted .*ca_file"):
        SmtpDelivery(options, "s3cret").deliver(ALL)
    assert server.passwords == []


def test_a_server_without_starttls_never_sees_the_password(serve: Serve, ca_file: str) -> None:
    server = serve(Script(login=("ana", "s3cret")))
    options = mail_options(server, "starttls", username="ana", ca_file=ca_file)
    with pytest.raises(DeliveryError, match=r"STARTTLS extension not supported.*mail\.security"):
        SmtpDelivery(options, "s3cret").deliver(ALL)
    assert server.passwords == []


def test_a_wrong_password_stops_the_run_and_is_not_shown(serve: Serve, ca_file: str) -> None:
    server = serve(Script(starttls=True, login=("ana", "s3cret")))
    options = mail_options(server, "starttls", username="ana", ca_file=ca_file)
    with pytest.raises(DeliveryError, match=r"535 .*→ check mail\.username and the password") as caught:
        SmtpDelivery(options, "wr0ng").check()
    assert "wr0ng" not in str(caught.value)


def test_a_password_that_smtp_cannot_carry_is_explained(serve: Serve, ca_file: str) -> None:
    server = serve(Script(starttls=True, login=("ana", "s3cret")))
    options = mail_options(server, "starttls", username="ana", ca_file=ca_file)
    with pytest.raises(DeliveryError, match="use an ASCII user name and password"):
        SmtpDelivery(options, "contraseña").check()


def test_a_missing_certificate_file_is_named_in_the_remedy(serve: Serve) -> None:
    server = serve(Script(starttls=True))
    with pytest.raises(DeliveryError, match=r"correct mail\.ca_file"):
        SmtpDelivery(mail_options(server, "starttls", ca_file="/no/such.pem"), "").check()


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ana@example.org", "ana@example.org"),
        ("Ana <ana@example.org>", "ana@example.org"),
        ("ana@ñandú.example", "ana@xn--and-6ma2c.example"),
        ("josé@example.org", "josé@example.org"),
        ("ana", ""),
        ("ana@", ""),
        ("ana@example.org>\r\nRCPT TO:<eve@example.org", ""),
        ("ana@" + "x" * 70 + ".org", ""),
    ],
)
def test_addresses_on_the_wire_are_bare_ascii_domains_or_nothing(address: str, wire: str) -> None:
    assert wire_address(address) == wire


@pytest.mark.parametrize(("smtputf8", "state"), [(True, "sent"), (False, "failed")])
def test_an_address_with_accents_needs_a_server_that_takes_them(serve: Serve, smtputf8: bool, state: str) -> None:
    server = serve(Script(smtputf8=smtputf8))
    with closing(SmtpDelivery(mail_options(server), "")) as delivery:
        receipts = delivery.deliver([make_envelope("josé@example.org"), make_envelope(ANA)])
    assert states(receipts) == [state, "sent"]


# ---------------------------------------------------------------- several connections

MANY = [make_envelope(f"lector{number:02}@example.org") for number in range(40)]


def send_many(server: SmtpServer, *, connections: int = 4) -> tuple[list[Receipt], list[Receipt]]:
    """The receipts, and the notes in the order in which they came."""
    notes: list[Receipt] = []
    options = mail_options(server).model_copy(update={"connections": connections})
    with closing(SmtpDelivery(options, "")) as delivery:
        return delivery.deliver(MANY, notes.append), notes


def test_many_messages_go_over_several_connections_each_once_and_receipts_keep_the_order(serve: Serve) -> None:
    server = serve(Script(data_delay_s=0.005))
    receipts, _ = send_many(server)
    assert server.connections == 4
    assert [(r.recipient, r.state) for r in receipts] == [(e.recipient, "sent") for e in MANY]
    assert sorted(message.content for message in server.received) == sorted(e.message for e in MANY)


def test_every_message_is_noted_before_it_is_touched_at_its_dot_and_at_its_end(serve: Serve) -> None:
    server = serve(Script(rcpt_replies={MANY[3].recipient: "550 no such user"}))
    receipts, notes = send_many(server)
    for envelope, receipt in zip(MANY, receipts, strict=True):
        steps = [note.state for note in notes if note.recipient == envelope.recipient]
        assert steps == (["sending", "failed"] if receipt.state == "failed" else ["sending", "dot", "sent"])


@pytest.mark.parametrize("most", [1, 2])
def test_a_server_that_takes_fewer_connections_gets_everything_over_those(serve: Serve, most: int) -> None:
    server = serve(Script(most_connections=most, data_delay_s=0.005))
    receipts, _ = send_many(server)
    assert states(receipts) == ["sent"] * len(MANY)
    assert len(server.received) == len(MANY)


def test_a_wrong_password_is_tried_on_one_connection_however_many_there_could_be(serve: Serve, ca_file: str) -> None:
    server = serve(Script(login=("digest", "s3cret"), starttls=True))
    options = mail_options(server, "starttls", username="digest", ca_file=ca_file)
    with closing(SmtpDelivery(options, "wr0ng")) as delivery, pytest.raises(DeliveryError, match="535"):
        delivery.deliver(MANY)
    assert server.connections == 1


def test_a_refusal_that_concerns_everyone_ends_all_connections_and_nobody_is_tried_after_it(serve: Serve) -> None:
    server = serve(Script(rcpt_replies={MANY[20].recipient: "530 5.7.0 authentication required"}, data_delay_s=0.005))
    receipts, _ = send_many(server)
    untried = [receipt for receipt in receipts if receipt.attempts == 0]
    assert {receipt.state for receipt in receipts} == {"sent", "deferred"}
    assert len(untried) >= len(MANY) - 20 - 4
    assert all("530" in receipt.detail for receipt in untried)


def test_what_a_note_raises_ends_the_call_before_the_dot(serve: Serve) -> None:
    def full(receipt: Receipt) -> None:
        if receipt.state == "dot" and receipt.recipient == MANY[5].recipient:
            raise OSError("no space left on the disk")

    server = serve(Script())
    options = mail_options(server)
    with closing(SmtpDelivery(options, "")) as delivery, pytest.raises(OSError, match="no space"):
        delivery.deliver(MANY, full)
    assert MANY[5].recipient not in {message.recipient for message in server.received}


def test_commands_go_in_one_group_where_the_server_takes_that(serve: Serve) -> None:
    refused = {BETO: "550 no such user"}
    server = serve(Script(pipelining=True, rcpt_replies=refused))
    receipts = send(server)
    assert states(receipts) == ["sent", "failed", "sent"]
    assert [message.content for message in server.received] == [ALL[0].message, ALL[2].message]
    assert server.connections == 1


# ---------------------------------------------------------------- OAuth2


def with_token(server: SmtpServer, ca_file: str, token: str) -> SmtpDelivery:
    options = mail_options(server, "starttls", username="digest@example.org", ca_file=ca_file)
    return SmtpDelivery(options.model_copy(update={"auth": "xoauth2"}), token)


def test_an_oauth2_token_logs_in(serve: Serve, ca_file: str) -> None:
    server = serve(Script(bearer="t0ken", starttls=True))
    with closing(with_token(server, ca_file, "t0ken")) as delivery:
        assert states(delivery.deliver(ALL)) == ["sent"] * 3


def test_a_wrong_oauth2_token_is_refused_with_a_remedy_and_not_shown(serve: Serve, ca_file: str) -> None:
    server = serve(Script(bearer="t0ken", starttls=True))
    with closing(with_token(server, ca_file, "wr0ng")) as delivery, pytest.raises(DeliveryError, match="535") as raised:
        delivery.deliver(ALL)
    assert "wr0ng" not in str(raised.value)


def test_a_server_without_oauth2_never_sees_the_token(serve: Serve, ca_file: str) -> None:
    server = serve(Script(starttls=True))
    with closing(with_token(server, ca_file, "t0ken")) as delivery, pytest.raises(DeliveryError, match="XOAUTH2"):
        delivery.deliver(ALL)
    assert server.passwords == []
