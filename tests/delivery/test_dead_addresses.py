"""Whom the mail server refuses at once: a mailbox that does not exist is off the lists, as when the mail comes back; a
full one, a spam filter and a server that refuses us take nobody off."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.app import Sent, send_edition
from monitor.bounces import take_back
from monitor.config import Config, load_config
from monitor.delivery.bounces import says_dead
from monitor.pipeline import audience_of
from monitor.protocols import Store
from monitor.records import Edition, Receipt
from monitor.store import open_store
from tests.delivery.conftest import EDITION, Script, SmtpServer, make_envelope
from tests.nursery import nursery

NOW = datetime.now(UTC)
READERS = tuple(f"lector{number:02}@newsroom.example" for number in range(14))
ANA, LUZ = READERS[:2]
NO_SUCH = "550 5.1.1 nobody here is called that"


@dataclass(frozen=True, slots=True)
class Desk:
    """A list of fourteen, the first of whom is on another as well; an edition of each is queued for them."""

    folder: Path
    store: Store
    server: SmtpServer

    @property
    def config(self) -> Config:
        return load_config(self.folder / "feeds.yaml")

    def send(self) -> Sent:
        return send_edition(self.config, "2026-03-08", "", (), again=False, now=NOW)

    def lists_without(self, recipient: str) -> list[str]:
        return [who.profile_id for who in self.store.suppressions() if who.recipient == recipient]

    def status(self) -> str:
        done = nursery().run(["status"], cwd=self.folder, env=os.environ, timeout_s=60)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def desk(tmp_path: Path, serve: Callable[[Script], SmtpServer]) -> Iterator[Desk]:
    server = serve(Script())
    everyone = [{"address": address} for address in READERS]
    document: dict[str, Any] = {
        "mail": {"host": "127.0.0.1", "port": server.port, "security": "none", "sender": "digest@monitor.example"},
        "profiles": [{"id": "everyone"}, {"id": "prensa", "language": "es"}],
        "recipients": [*everyone, {"address": ANA.title(), "profile": "prensa"}],
        "feeds": [{"id": "a", "name": "A", "url": "https://a.example/feed", "language": "en"}],
    }
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as store:
        for key, to in ((EDITION, READERS), ("prensa/2026-03-08", (ANA.title(),))):
            edition = Edition(key, key.split("/")[0], date(2026, 3, 8), "Boletín", (), (), NOW, NOW, "")
            store.save_edition(edition, [make_envelope(who, key) for who in to])
        yield Desk(tmp_path, store, server)


def test_an_unknown_address_is_off_every_list_and_the_next_edition_is_not_for_it(desk: Desk) -> None:
    desk.server.script.rcpt_replies[ANA] = NO_SUCH
    sent = desk.send()
    assert sent.notices == (
        f"{ANA} is off the lists, its server says: {NO_SUCH} → `monitor bounces --take-back {ANA}` undoes it",
    )
    assert desk.lists_without(ANA) == ["everyone", "prensa"]
    assert {who.reason for who in desk.store.suppressions()} == {f"bounced: {NO_SUCH}"}
    recipients = desk.config.recipients_of("everyone")
    audience = audience_of(desk.store, desk.config, "everyone", recipients)
    assert (len(audience.recipients), audience.left_out) == (13, 1)


def test_status_tells_whose_address_is_dead_and_how_it_is_taken_back(desk: Desk) -> None:
    desk.server.script.rcpt_replies[ANA] = NO_SUCH
    desk.send()
    told = desk.status()
    assert "Lists     1 address left out, 1 of them as there is no such mailbox\n" in told
    assert f"          {ANA}: bounced: {NO_SUCH} ({NOW:%Y-%m-%d})\n" in told
    assert f"`monitor bounces --take-back {ANA}`" in told
    assert take_back(desk.config, ANA) == ("everyone", "prensa")
    assert "Lists" not in desk.status()


@pytest.mark.parametrize(
    "reply",
    ["552 5.2.2 mailbox full", "550 5.7.1 blocked by policy", "550 relay not permitted", "450 4.2.1 busy", "554 no"],
)
def test_what_says_nothing_of_the_mailbox_takes_nobody_off(desk: Desk, reply: str) -> None:
    desk.server.script.rcpt_replies[ANA] = reply
    sent = desk.send()
    assert [receipt.recipient for receipt in sent.receipts if receipt.state != "sent"] == [ANA]
    assert (sent.notices, desk.store.suppressions()) == ((), ())


def test_a_server_that_knows_nobody_any_more_is_not_believed(desk: Desk) -> None:
    """Eleven of fourteen: its directory is down, or it is the wrong server."""
    desk.server.script.rcpt_replies |= dict.fromkeys(READERS[1:12], NO_SUCH)
    (notice,) = desk.send().notices
    assert notice.startswith("11 addresses refused as unknown, so many that rather the mail server is wrong")
    assert desk.store.suppressions() == ()


def test_who_has_left_is_not_told_of_as_dead(desk: Desk) -> None:
    """A second refusal, of a message that was on its way, changes nothing."""
    desk.server.script.rcpt_replies[LUZ] = NO_SUCH
    desk.send()
    before = desk.store.suppressions()
    desk.store.requeue(EDITION, [LUZ])
    assert desk.send().notices == ()
    assert desk.store.suppressions() == before


@pytest.mark.parametrize(
    ("detail", "dead"),
    [
        ("550 5.1.1 no such user", True),
        ("553 5.1.3 bad destination mailbox address syntax", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("556 5.1.10 the domain takes no mail", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 5.1.0 <digest@monitor.example>: Sender address rejected", False),
        ("553 5.1.8 the sender's domain does not exist", False),
        ("550 5.4.1 relay access denied", False),
        ("550 5.1.1.1 not a status code", False),
        ("550 see 5.1.1 of our rules", False),
        ("given up after 3 attempts: 450 4.1.1 unknown for now", False),
        ("not a valid e-mail address", False),
    ],
)
def test_only_codes_that_speak_of_the_address_itself_count(detail: str, dead: bool) -> None:
    assert says_dead(Receipt(EDITION, ANA, "failed", detail)) == dead
    others: Sequence[Any] = ("sent", "deferred", "unknown")
    assert not any(says_dead(Receipt(EDITION, ANA, state, detail)) for state in others)
