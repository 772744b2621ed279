"""`monitor bounces`: who is taken off which lists, what is left alone, and that a second call changes nothing."""

import json
import mailbox
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
import yaml

from monitor.bounces import BounceReport, Outcome, read_bounces, take_back
from monitor.cli.bounces import watch_lines
from monitor.cli.runs import _Desk
from monitor.config import Config, load_config
from monitor.delivery.bounces import Failure
from monitor.digest.message import build_envelope
from monitor.errors import ConfigError
from monitor.pipeline import audience_of
from monitor.protocols import Store
from monitor.records import Edition, Envelope, Receipt, Suppression
from monitor.store import open_store
from tests.delivery.test_bounces import MAIL, POSTFIX, RENDERED, head, report
from tests.nursery import nursery

NOW = datetime.now(UTC)
READERS = [f"lector{number}@newsroom.example" for number in range(12)]
ANA = READERS[0]
DEAD, FULL, SPAM = "5.1.1", "5.2.2", "5.7.1"


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Twelve readers of one list, two of whom are on another as well; all have been sent an edition."""

    folder: Path
    store: Store
    sent: Mapping[str, Envelope]

    @property
    def config(self) -> Config:
        return load_config(self.folder / "feeds.yaml")

    def bounce(self, recipient: str, status: str = DEAD, **change: str) -> None:
        """A notification arrives about the edition's message to this reader."""
        message = message_from_bytes(self.sent[recipient].message)
        for name, value in change.items():
            message.replace_header(name, value)
        blocks = POSTFIX.replace("ana@newsroom.example", recipient).replace("5.1.1", status)
        self.arrive(report(blocks, "\n".join(f"{name}: {value}" for name, value in message.items())))

    def arrive(self, raw: bytes) -> None:
        with closing(mailbox.Maildir(self.folder / "returned")) as box:
            box.add(raw)

    def read(self, *, dry_run: bool = False, force: bool = False) -> BounceReport:
        return read_bounces(self.config, now=NOW, dry_run=dry_run, force=force)

    def monitor(self, *arguments: str) -> tuple[int, str, str]:
        done = nursery().run(["bounces", *arguments], cwd=self.folder, env=os.environ, timeout_s=60)
        return done.returncode, done.stdout, done.stderr

    def lists_without(self, recipient: str) -> list[str]:
        return [who.profile_id for who in self.store.suppressions() if who.recipient == recipient]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    everyone = [{"address": address} for address in READERS]
    document: dict[str, Any] = {
        "mail": {"sender": MAIL.sender, "bounces": {"folder": "returned"}},
        "profiles": [{"id": "everyone"}, {"id": "prensa", "language": "es"}],
        "recipients": [*everyone, *({"address": address.title(), "profile": "prensa"} for address in READERS[:2])],
        "feeds": [{"id": "a", "name": "A", "url": "https://a.example/feed", "language": "en"}],
    }
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    sent = {address: build_envelope(RENDERED, address, MAIL) for address in READERS}
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as store:
        edition = Edition(RENDERED.edition, "everyone", RENDERED.date, RENDERED.subject, (), (), NOW, NOW, "")
        store.save_edition(edition, sent.values())
        store.record_receipts(Receipt(edition.edition, address, "sent", "250 ok", 1, NOW) for address in READERS)
        room = Newsroom(tmp_path, store, sent)
        room.arrive(b"Subject: gracias\r\n\r\nMuy bueno el de hoy.\r\n")
        yield room


def told(report: BounceReport) -> list[tuple[str, Outcome]]:
    return [(one.recipient, one.outcome) for one in report.returned]


def test_a_dead_address_is_taken_off_every_list_it_is_on_and_a_second_call_finds_nothing(newsroom: Newsroom) -> None:
    newsroom.bounce(ANA)
    first = newsroom.read()
    assert (first.read, first.others, told(first)) == (2, 1, [(ANA, "suppressed")])
    (one,) = first.returned
    assert (one.edition, one.status) == (RENDERED.edition, DEAD)
    assert newsroom.lists_without(ANA) == ["everyone", "prensa"]
    reasons = {who.reason for who in newsroom.store.suppressions()}
    assert reasons == {f"bounced: 550 5.1.1 <{ANA}>: nobody here is called that"}
    again = newsroom.read()
    assert (again.read, again.others, again.returned) == (1, 1, ())
    status = nursery().run(["status"], cwd=newsroom.folder, env=os.environ, timeout_s=60).stdout
    assert "Lists     1 address left out, 1 of them as there is no such mailbox\n" in status


def test_the_next_edition_is_not_for_them(newsroom: Newsroom) -> None:
    newsroom.bounce(ANA)
    newsroom.read()
    for profile, count in (("everyone", 11), ("prensa", 1)):
        recipients = newsroom.config.recipients_of(profile)
        audience = audience_of(newsroom.store, newsroom.config, profile, recipients)
        assert (len(audience.recipients), audience.left_out) == (count, 1)


@pytest.mark.parametrize(("status", "outcome"), [(FULL, "soft"), (SPAM, "refused"), ("4.4.1", "soft")])
def test_what_is_no_dead_address_is_told_once_and_takes_nobody_off(
    newsroom: Newsroom, status: str, outcome: Outcome
) -> None:
    newsroom.bounce(ANA, status)
    assert told(newsroom.read()) == [(ANA, outcome)]
    assert newsroom.lists_without(ANA) == []
    assert newsroom.read().returned == ()


def test_what_was_not_sent_by_us_or_long_ago_takes_nobody_off_and_stays_unread(newsroom: Newsroom) -> None:
    newsroom.bounce(ANA, Subject="8 mar · otras notas")
    newsroom.bounce(READERS[1], **{"Message-ID": "<0123456789abcdef.20260308@monitor.example>"})
    newsroom.bounce(READERS[2], **{"Message-ID": "<someone@elsewhere.example>"})
    newsroom.bounce(READERS[3])
    long_ago = NOW - timedelta(days=31)
    newsroom.store.requeue(RENDERED.edition, READERS[3:4])
    newsroom.store.record_receipts([Receipt(RENDERED.edition, READERS[3], "sent", "250 ok", 1, long_ago)])
    for _ in range(2):
        report = newsroom.read()
        assert [one.outcome for one in report.returned] == ["foreign"] * 4
    assert newsroom.store.suppressions() == ()


def test_a_dry_run_says_the_same_and_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.bounce(ANA)
    dry = newsroom.read(dry_run=True)
    assert newsroom.store.suppressions() == ()
    assert replace(dry, dry_run=False) == newsroom.read()


def test_a_crash_before_marking_only_repeats_what_was_done(newsroom: Newsroom) -> None:
    """As after a kill between the two: the store knows, the mailbox does not."""
    newsroom.bounce(ANA)
    for profile in ("everyone", "prensa"):
        newsroom.store.suppress(Suppression(profile, ANA, "bounced: 5.1.1", NOW))
    assert told(newsroom.read()) == [(ANA, "known")]
    assert newsroom.read().returned == ()


def test_too_many_at_once_are_held_until_somebody_has_looked(newsroom: Newsroom) -> None:
    for reader in READERS[:11]:
        newsroom.bounce(reader)
    held = newsroom.read()
    assert {outcome for _, outcome in told(held)} == {"held"}
    assert newsroom.store.suppressions() == ()
    code, out, err = newsroom.monitor()
    assert (code, "11 held" in out, "monitor bounces --force" in err) == (3, True, True)
    assert len(newsroom.read(force=True).of("suppressed")) == 11


def test_an_address_is_put_back_but_nobody_who_has_left(newsroom: Newsroom) -> None:
    newsroom.bounce(ANA)
    newsroom.read()
    newsroom.store.suppress(Suppression("everyone", READERS[1], "one click", NOW))
    assert take_back(newsroom.config, ANA.upper()) == ("everyone", "prensa")
    assert take_back(newsroom.config, READERS[1]) == ()
    assert [who.recipient for who in newsroom.store.suppressions()] == [READERS[1]]


def test_a_mail_that_is_returned_for_another_address_is_told_as_such(newsroom: Newsroom) -> None:
    message = head(newsroom.sent[ANA].message)
    newsroom.arrive(report(POSTFIX.replace("ana@newsroom.example", "old@elsewhere.example"), message))
    assert told(newsroom.read()) == [(ANA, "elsewhere")]
    assert newsroom.store.suppressions() == ()


# ---------------------------------------------------------------- the command


def test_the_command_tells_each_and_a_sum(newsroom: Newsroom) -> None:
    newsroom.bounce(ANA)
    newsroom.bounce(READERS[1], FULL)
    code, out, err = newsroom.monitor()
    assert (code, err) == (0, "")
    assert f"{ANA}: no such mailbox, off the lists (550 5.1.1 <{ANA}>: nobody here is called that)" in out
    assert f"{READERS[1]}: may pass, stays on the list (550 5.2.2" in out
    assert "returned: 3 unread, 1 of them no bounces; 1 suppressed, 1 soft\n" in out
    assert newsroom.monitor() == (0, "returned: 1 unread, 1 of them no bounces; none returned\n", "")
    assert newsroom.monitor("--take-back", ANA) == (0, f"{ANA} gets the digest again: everyone, prensa\n", "")


def test_json_is_one_document_of_everything(newsroom: Newsroom) -> None:
    newsroom.bounce(ANA)
    document = json.loads(newsroom.monitor("--json", "--dry-run")[1])
    assert (document["place"], document["dry_run"], document["read"]) == ("returned", True, 2)
    assert [(one["recipient"], one["outcome"]) for one in document["returned"]] == [(ANA, "suppressed")]
    assert json.loads(newsroom.monitor("--json", "--take-back", ANA)[1]) == {"recipient": ANA, "profiles": []}


def test_what_a_forger_wrote_cannot_move_the_cursor(newsroom: Newsroom) -> None:
    newsroom.arrive(report(POSTFIX, "Message-ID: <\x1b[2J\u202e@x>\nSubject: x"))
    out = newsroom.monitor()[1]
    assert "foreign" in out
    assert not {"\x1b", "\u202e"} & set(out)


@pytest.mark.parametrize(
    ("bounces", "says"),
    [
        (None, "mail.bounces: no mailbox of returned mail is configured → name a folder"),
        ({"host": "imap.example.org", "username": "u"}, "there is no password → set $MONITOR_BOUNCES_PASSWORD"),
        ({"folder": "x", "host": "imap.example.org"}, "name either a folder"),
        ({"host": "imap.example.org"}, "wants a username"),
        ({"host": "imap.example.org", "username": "u", "security": "none"}, "show the password → use security: tls"),
        ({"host": "imap.example.org", "username": "u", "mailbox": 'a" EXPUNGE'}, "pattern"),
    ],
)
def test_a_configuration_that_cannot_work_ends_with_2_and_a_remedy(
    newsroom: Newsroom, bounces: dict[str, str] | None, says: str
) -> None:
    path = newsroom.folder / "feeds.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    del document["mail"]["bounces"]
    document["mail"] |= {"bounces": bounces} if bounces else {}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    code, out, err = newsroom.monitor()
    assert (code, out) == (2, "")
    assert says in err


def test_a_password_comes_from_its_file_first(newsroom: Newsroom) -> None:
    options = {"host": "imap.example.org", "username": "u", "password_file": "gone"}
    mail = newsroom.config.mail.model_validate({"bounces": options})
    config = newsroom.config.model_copy(update={"mail": mail})
    with pytest.raises(ConfigError, match=r"gone: secret: cannot be read"):
        read_bounces(config, now=NOW, environ={"MONITOR_BOUNCES_PASSWORD": "another"})


def test_the_daemon_looks_once_an_hour_and_says_only_what_it_did(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.bounce(ANA)
    newsroom.bounce(READERS[2], Subject="otras notas")
    at = NOW.astimezone(ZoneInfo("America/Chicago")) + timedelta(hours=3)  # the next digest is not near
    path = newsroom.folder / "feeds.yaml"
    path.write_text(f'{path.read_text(encoding="utf-8")}schedule: {{time: "{at:%H:%M}"}}\n', encoding="utf-8")
    desk = _Desk(str(path))
    desk.look_for_bounces()
    told = capsys.readouterr().err
    assert f"{ANA}: no such mailbox, off the lists" in told
    assert "foreign" not in told
    newsroom.bounce(READERS[1])
    desk.look_for_bounces()
    assert capsys.readouterr().err == ""
    assert newsroom.lists_without(READERS[1]) == []
    newsroom.read()
    assert watch_lines(newsroom.config, now=NOW) == []


def test_a_mailbox_that_the_daemon_cannot_read_is_said_and_nothing_more(newsroom: Newsroom) -> None:
    (newsroom.folder / "returned").rename(newsroom.folder / "elsewhere")
    (said,) = watch_lines(newsroom.config, now=NOW)
    assert "neither a Maildir" in said
    without = newsroom.config.mail.model_copy(update={"bounces": None})
    assert watch_lines(newsroom.config.model_copy(update={"mail": without}), now=NOW) == []


# ---------------------------------------------------------------- the page

PAGE = (Path(__file__).parents[2] / "docs" / "bounces.md").read_text(encoding="utf-8")
ROWS = {cells[1].strip(): cells[2] for line in PAGE.splitlines() if len(cells := line.split("|")) == 5}


def test_the_pages_example_is_a_configuration(newsroom: Newsroom) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    mail = newsroom.config.mail.model_validate(yaml.safe_load(example)["mail"])
    assert mail.bounces
    assert mail.bounces.host == "imap.example.org"


def test_the_page_has_a_row_for_every_outcome() -> None:
    assert set(get_args(Outcome)) == set(ROWS) - {"told as", "---"}


@pytest.mark.parametrize(("row", "verdict"), [("suppressed", "hard"), ("refused", "refused"), ("soft", "soft")])
def test_the_codes_on_the_page_mean_what_it_says(row: str, verdict: str) -> None:
    known = ROWS[row].partition("but for")[0] + ROWS[row].partition("), ")[2]
    codes = [code.replace("x", "1") for code in re.findall(r"\b[45]\.[\dx]+\.[\dx]+", known)]
    assert len(codes) >= 3
    assert {Failure((ANA,), "failed", code, "").verdict for code in codes} == {verdict}
    for reply in re.findall(r"\b5\d\d\b", known):
        assert Failure((ANA,), "failed", "5.0.0", f"{reply} no").verdict == verdict
