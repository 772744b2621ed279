"""The local mail server accepts, refuses and keeps messages, and goes away cleanly."""

import smtplib
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread

import pytest

from monitor.demo.mail_server import Mailbox, ReceivedMail


def message(subject: str = "Boletín de la frontera") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "digest@monitor.example", "ana@newsroom.example", subject
    mail.set_content("Ciudad Juárez y El Paso\n")
    return mail


def test_a_message_arrives_with_its_envelope() -> None:
    with Mailbox() as mailbox:
        with smtplib.SMTP(mailbox.host, mailbox.port) as client:
            assert client.send_message(message()) == {}
        (received,) = mailbox.messages
    assert (received.sender, received.recipients) == ("digest@monitor.example", ("ana@newsroom.example",))
    assert message_from_bytes(received.content, policy=policy.default)["Subject"] == "Boletín de la frontera"


def test_a_refused_recipient_gets_a_550_and_the_others_their_message() -> None:
    with Mailbox(refused=["gone@newsroom.example"]) as mailbox:
        with smtplib.SMTP(mailbox.host, mailbox.port) as client:
            refused = client.send_message(message(), to_addrs=["Gone@newsroom.example", "ana@newsroom.example"])
        assert refused["Gone@newsroom.example"][0] == 550
        assert len(mailbox.messages_to("ana@newsroom.example")) == 1
        assert mailbox.messages_to("gone@newsroom.example") == ()


def test_messages_stay_after_the_block() -> None:
    with Mailbox() as mailbox, smtplib.SMTP(mailbox.host, mailbox.port) as client:
        client.send_message(message("first"))
        client.send_message(message("second"))
    assert [b"first" in mail.content for mail in mailbox.messages] == [True, False]
    assert [b"second" in mail.content for mail in mailbox.messages] == [False, True]


def test_messages_from_several_senders_at_once_all_arrive() -> None:
    def send(number: int) -> None:
        with smtplib.SMTP(mailbox.host, mailbox.port) as client:
            client.send_message(message(f"n{number}"))

    with Mailbox() as mailbox:
        senders = [Thread(target=send, args=(number,)) for number in range(8)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert len(mailbox.messages) == 8


def test_a_client_that_never_says_goodbye_does_not_keep_the_server_alive() -> None:
    with Mailbox() as mailbox:
        client = socket.create_connection((mailbox.host, mailbox.port), timeout=5)
        assert client.recv(100).startswith(b"220 ")
    with client:
        assert client.recv(100) == b""


def test_a_port_in_use_is_an_os_error() -> None:
    with Mailbox() as mailbox, pytest.raises(OSError, match="address already in use"):
        Mailbox(port=mailbox.port).__enter__()


def test_nothing_has_arrived_before_something_was_sent() -> None:
    with Mailbox() as mailbox:
        no_mail: tuple[ReceivedMail, ...] = ()
        assert mailbox.messages == no_mail
