"""One-click unsubscription (RFC 8058): by the signed address alone, by POST alone, kept for runs to come."""

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app import RunRequest, open_store_of, open_unsubscription, run_once, send_edition
from monitor.config import Config
from monitor.delivery import read_edition
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.digest.subscription import Subscription, Unsubscription
from monitor.errors import ConfigError
from monitor.pipeline import NoProgress
from monitor.pipeline.mailing import audience_of, envelope_for, list_of, queue_missing
from monitor.records import Suppression
from tests.web.conftest import NOW, SECRET, Opened, Web, config_of, sample_config

SIGNS = Unsubscription("https://monitor.example", SECRET)
ANA = Subscription("english", "ana+news@redacción.example")
ENVIRON = {"MONITOR_UNSUBSCRIBE_SECRET": SECRET}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


def path_for(subscription: Subscription = ANA) -> str:
    return f"/unsubscribe/{SIGNS.token(subscription)}"


def who_left(web: Web) -> list[tuple[str, str]]:
    return [(who.profile_id, who.recipient) for who in web.site.store.suppressions()]


def test_looking_changes_nothing(opened: Opened) -> None:
    """Mail scanners open every link of a mail."""
    with opened(ENVIRON) as web:
        page = web.page(f"{path_for()}?lang=es")
        assert "¿Cancelar la suscripción?" in page
        assert "ana+news@redacción.example" in page
        assert web.client.head(path_for()).status_code == 200
        assert who_left(web) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [("List-Unsubscribe=One-Click", FORM["Content-Type"]), (MULTIPART, "multipart/form-data; boundary=x")],
)
def test_the_one_line_of_a_mail_client_ends_the_subscription(opened: Opened, body: str, kind: str) -> None:
    with opened(ENVIRON) as web:
        for _ in range(2):
            answer = web.client.post(path_for(), content=body, headers={"Content-Type": kind})
            assert answer.status_code == 200
            assert "no further editions" in answer.text
        assert who_left(web) == [("english", ANA.recipient)]
        assert "Unsubscribed" in web.page(path_for())


def test_a_mistake_can_be_undone_by_the_same_reader(opened: Opened) -> None:
    with opened(ENVIRON) as web:
        web.client.post(path_for(), content="List-Unsubscribe=One-Click", headers=FORM)
        answer = web.client.post(path_for(), content="back=1", headers=FORM)
        assert "Subscribed again" in answer.text
        assert who_left(web) == []


@pytest.mark.parametrize("body", ["", "x=1", "List-Unsubscribe=Two-Clicks", "a" * 5000])
def test_any_other_body_is_refused(opened: Opened, body: str) -> None:
    with opened(ENVIRON) as web:
        assert web.client.post(path_for(), content=body, headers=FORM).status_code == 400
        assert who_left(web) == []


def test_a_large_body_is_refused_unread(opened: Opened) -> None:
    with opened(ENVIRON) as web:
        assert web.client.post(path_for(), content=b"x" * 20_000).status_code == 413


@pytest.mark.parametrize("spoil", ["other", "cut", "case", "list", "none"])
def test_an_address_that_was_not_made_here_is_not_known(opened: Opened, spoil: str) -> None:
    token = SIGNS.token(ANA)
    payload, _, code = token.partition(".")
    spoiled = {
        "other": Unsubscription("", "another secret entirely").token(ANA),
        "cut": token[:-1],
        "case": f"{payload}.{code.upper()}",
        "list": f"{SIGNS.token(replace(ANA, profile_id='espanol')).partition('.')[0]}.{code}",
        "none": payload,
    }[spoil]
    with opened(ENVIRON) as web:
        assert spoiled != token
        answer = web.client.post(f"/unsubscribe/{spoiled}", content="List-Unsubscribe=One-Click", headers=FORM)
        assert answer.status_code == 404
        assert who_left(web) == []


def test_leaving_needs_no_token_of_a_reader(opened: Opened) -> None:
    """A mail client has none."""
    with opened({**ENVIRON, "MONITOR_WEB_TOKEN": "the token that readers need"}) as web:
        assert web.get("/").status_code == 401
        assert web.client.post(path_for(), content="List-Unsubscribe=One-Click", headers=FORM).status_code == 200
        assert who_left(web) == [("english", ANA.recipient)]


def test_without_a_secret_nobody_can_leave_by_an_address(opened: Opened) -> None:
    with opened() as web:
        assert web.get(path_for()).status_code == 404


# ---------------------------------------------------------------- tokens and secrets


@pytest.mark.parametrize("recipient", ["a@b.example", "ñandú@correo.example", "a" * 64 + "@" + "b" * 180 + ".example"])
def test_an_address_is_read_back_as_it_was_made(recipient: str) -> None:
    one = Subscription("border-report", recipient)
    assert SIGNS.read(SIGNS.token(one)) == one
    assert SIGNS.url(one).startswith("https://monitor.example/unsubscribe/")


@pytest.mark.parametrize("token", ["", ".", "a.b", "%%%.x", "é.x", "x" * 5000, "AAAA", f"{'A' * 5}.{'0' * 32}"])
def test_anything_else_is_nobodys(token: str) -> None:
    assert SIGNS.read(token) is None


def test_a_secret_does_not_show_itself() -> None:
    assert SECRET not in repr(SIGNS)


def test_a_secret_that_can_be_guessed_or_read_is_refused(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="shorter than 16"):
        open_unsubscription(config_of(archive), {"MONITOR_UNSUBSCRIBE_SECRET": "short"})
    path = tmp_path / "secret"
    path.write_text(SECRET, encoding="utf-8")
    path.chmod(0o644)
    config = config_of(archive, web={"secret_file": str(path), "base_url": "https://monitor.example/"})
    with pytest.raises(ConfigError, match="chmod 600"):
        open_unsubscription(config, {})
    path.chmod(0o600)
    assert open_unsubscription(config, {}) == SIGNS
    assert open_unsubscription(config_of(archive), {}) is None


# ---------------------------------------------------------------- the mail, and who gets it


def folder_of(opened: Opened) -> Config:
    """The configuration of a copy of the archive, with public pages."""
    with opened() as web:
        copy: Config = web.site.config
    return config_of(copy.folder, web={"base_url": "https://monitor.example"})


def test_the_mail_carries_the_recipients_own_address_in_headers_that_stay_legal(opened: Opened) -> None:
    config = folder_of(opened)
    with open_store_of(config) as store:
        edition = store.editions("english", limit=1)[0]
    rendered = read_edition(config.digests_dir / edition.path)
    recipient = f"{'a' * 60}@{'long-' * 8}name.example"
    raw = envelope_for(config, rendered, recipient, open_unsubscription(config, ENVIRON), now=NOW).message
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert max(map(len, head.split("\r\n"))) <= 998
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    url = SIGNS.url(Subscription("english", recipient))
    assert f"<{url}>" in str(message["List-Unsubscribe"])
    assert "=?" not in str(message["List-Unsubscribe"])
    assert "<mailto:" in str(message["List-Unsubscribe"])
    assert str(message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert all(url in part.get_content() for part in message.walk() if part.get_content_maintype() == "text")


def test_without_a_secret_or_public_pages_the_mail_offers_a_mailto_only(opened: Opened) -> None:
    config = folder_of(opened)
    with open_store_of(config) as store:
        edition = store.editions("english", limit=1)[0]
    rendered = read_edition(config.digests_dir / edition.path)
    for way in (None, Unsubscription("", SECRET)):
        message = email.message_from_bytes(envelope_for(config, rendered, "a@b.example", way, now=NOW).message)
        assert message["List-Unsubscribe"].startswith("<mailto:")
        assert message["List-Unsubscribe-Post"] is None


def test_who_has_left_is_left_out_and_counted_whatever_the_case_of_the_address(opened: Opened) -> None:
    config = folder_of(opened)
    with open_store_of(config) as store:
        store.suppress(Suppression("english", "Ana@Example.org", "one click", NOW))
        named = ("ana@example.org", "ben@example.org")
        english = audience_of(store, config, "english", named)
        assert (english.recipients, english.left_out) == (("ben@example.org",), 1)
        assert audience_of(store, config, "english-since-24h", named) == english
        assert audience_of(store, config, "espanol", named).recipients == named


def test_a_one_off_edition_belongs_to_its_profile(archive: Path) -> None:
    config = config_of(archive, profiles=[{"id": "a"}, {"id": "a-since-b"}])
    assert list_of(config, "a-since-7d") == "a"
    assert list_of(config, "a-since-b") == "a-since-b"
    assert list_of(config, "a-since-b-since-7d") == "a-since-b"
    assert list_of(config, "z-since-7d") == "z-since-7d"


def test_what_was_queued_before_somebody_left_is_not_sent(opened: Opened) -> None:
    config = folder_of(opened)
    with open_store_of(config) as store:
        edition = store.editions("english", limit=1)[0]
        assert queue_missing(store, config, edition, ["a@b.example", "c@d.example"], now=NOW) == 2
        store.suppress(Suppression("english", "A@b.example", "one click", NOW))
        assert [envelope.recipient for envelope in store.due_envelopes(now=NOW)] == ["c@d.example"]


def test_a_run_and_a_second_sending_leave_out_who_has_left_and_say_how_many(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a real mail server: only the other recipient gets the edition, with an address of their own for leaving."""
    with opened() as web:
        folder = web.site.config.folder
    monkeypatch.setenv("MONITOR_UNSUBSCRIBE_SECRET", SECRET)
    with Mailbox() as mailbox, SampleServer() as feeds:
        config = sample_config(
            folder,
            feeds,
            web={"base_url": "https://monitor.example"},
            mail={"host": "127.0.0.1", "port": mailbox.port, "security": "none", "timeout_s": 20},
            recipients=[{"address": f"{name}@example.org", "profile": "english"} for name in ("ana", "ben")],
        )
        with open_store_of(config) as store:
            store.suppress(Suppression("english", "ana@example.org", "one click", NOW))
        day = SAMPLE_DAYS[-1]
        report = run_once(config, RunRequest(day, profile="english", sample=True), NoProgress())
        sent = send_edition(config, day.date().isoformat(), "english", ("ana@example.org",), again=True, now=NOW)
        messages = mailbox.messages
    assert (report.editions[0].left_out, sent.left_out, sent.receipts) == (1, 1, ())
    assert [receipt.recipient for receipt in report.editions[0].receipts] == ["ben@example.org"]
    assert len(messages) == 1
    token = SIGNS.url(Subscription("english", "ben@example.org"))
    assert token.encode() in messages[0].content
