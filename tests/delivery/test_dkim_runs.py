"""Signed from the command line to the mailbox: runs, editions sent by hand, test mails; what `monitor check` says."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from monitor.delivery.dkim import Key, Verdict, load_key
from monitor.doctor.checks import signature_finding
from tests.app.conftest import Desk, desk
from tests.delivery.test_dkim import pem

__all__ = ["desk"]  # a fixture


@pytest.fixture(scope="module")
def private() -> str:
    return pem(rsa.generate_private_key(65537, 2048))


def with_key(desk: Desk, private: str, **options: object) -> Key:
    desk.document["mail"] |= {
        "sender": "Monitor <digest@news.test>",
        "dkim": [{"selector": "m1", "key_file": "dkim.pem", **options}],
    }
    desk.write()
    path = desk.folder / "dkim.pem"
    path.write_text(private)
    path.chmod(0o600)
    return load_key(private, "m1", "news.test", "dkim.pem")


def test_every_mail_of_a_run_or_sent_by_hand_arrives_with_a_signature_that_holds(desk: Desk, private: str) -> None:
    key = with_key(desk, private)
    assert desk.monitor("run").returncode == 0
    day = desk.report("status")["editions"][0]["edition"].partition("/")[2]
    assert desk.monitor("send", day, "--to", "late@newsroom.example").returncode == 0
    assert desk.monitor("check", "--send-test", "new@newsroom.example").returncode == 0
    messages = [message.content for message in desk.mailbox.messages]
    assert len(messages) == 3
    for message in messages:
        assert dkim.verify(message, dnsfunc=lambda name, timeout: key.record_value.encode())


def test_a_run_whose_key_is_missing_ends_before_anything_is_read_written_or_sent(desk: Desk, private: str) -> None:
    with_key(desk, private)
    (desk.folder / "dkim.pem").unlink()
    done = desk.monitor("run")
    assert done.returncode == 2
    assert "dkim.pem: secret: cannot be read" in done.stderr
    assert not desk.mailbox.messages
    assert not (desk.folder / "digests").exists()


def test_check_tells_what_is_to_be_published_and_nothing_of_the_secret(desk: Desk, private: str) -> None:
    """The domain, .test, can never have the record (RFC 6761)."""
    key = with_key(desk, private)
    done = desk.monitor("check")
    assert done.returncode == 0, done.stdout
    assert key.record in done.stdout
    assert private.splitlines()[5] not in done.stdout
    (desk.folder / "dkim.pem").write_text("nothing")
    told = {finding["what"]: finding for finding in json.loads(desk.monitor("check", "--json").stdout)}
    assert told["DKIM"]["level"] == "error"
    assert "openssl genrsa" in told["DKIM"]["remedy"]


@pytest.mark.parametrize(
    ("verdict", "level"),
    [("published", "ok"), ("missing", "warning"), ("another key", "warning"), ("unknown", "warning")],
)
def test_a_record_is_told_until_it_is_seen(private: str, verdict: Verdict, level: str) -> None:
    key = load_key(private, "m1", "news.test", "dkim.pem")
    finding = signature_finding([(key, verdict), (replace(key, selector="m2"), "published")])
    assert finding.level == level
    assert "m1._domainkey.news.test (rsa)" in finding.detail
    assert (key.record in finding.remedy) == (level == "warning")
    assert "m2._domainkey.news.test. IN" not in finding.remedy


def test_a_key_that_few_servers_know_is_not_enough_alone(private: str) -> None:
    modern = load_key(pem(ed25519.Ed25519PrivateKey.generate()), "m1", "news.test", "dkim.pem")
    assert "add an RSA key" in signature_finding([(modern, "published")]).remedy
    older = load_key(private, "m2", "news.test", "dkim.pem")
    assert signature_finding([(modern, "published"), (older, "published")]).level == "ok"


def test_a_key_without_the_extra_is_explained(tmp_path: Path, private: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where dkimpy was never installed: a package of its name that cannot be imported stands first."""
    (tmp_path / "dkim.py").write_text("raise ImportError('no such library')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "dkim")
    with pytest.raises(Exception, match=r"dkimpy is not installed → pip install 'border-monitor\[dkim\]'"):
        load_key(private, "m1", "news.test", "dkim.pem")
