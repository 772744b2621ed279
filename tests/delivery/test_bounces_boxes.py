"""The mailbox of returned mail as a folder or file: what is unread, that reading changes nothing, marking it done."""

import mailbox
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import BouncesConfig
from monitor.delivery import open_bounces
from monitor.errors import DeliveryError

NOW = datetime.now(UTC)
SINCE = NOW - timedelta(days=30)
MAIL = b"From: MAILER-DAEMON@mx.example\nSubject: %d\n\nhola\nFrom here on\n"


def maildir(folder: Path) -> None:
    box = mailbox.Maildir(folder / "returned")
    for number in range(3):
        box.add(MAIL % number)
    box.close()


def mbox(folder: Path) -> None:
    box = mailbox.mbox(folder / "returned")
    for number in range(3):
        box.add(MAIL % number)
    box.close()


def state(folder: Path) -> list[tuple[str, bytes]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path.relative_to(folder)), path.read_bytes()) for path in paths]


def unread(folder: Path, options: BouncesConfig, *, mark: int = 0, read_only: bool = False) -> list[bytes]:
    with open_bounces(options, "", folder, read_only=read_only) as box:
        mails = list(box.unread(SINCE))
        if mark:
            box.mark_done([mail.key for mail in mails if b"Subject: 1" in mail.raw][:mark])
    return sorted(mail.raw for mail in mails)


OPTIONS = BouncesConfig(folder="returned")
KINDS = pytest.mark.parametrize("fill", [maildir, mbox])
Fill = Callable[[Path], None]


@KINDS
def test_reading_changes_nothing(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path)
    before = state(tmp_path)
    mails = unread(tmp_path, OPTIONS)
    assert [b"Subject: %d" % number in raw for number, raw in enumerate(mails)] == [True] * 3
    assert state(tmp_path) == before


@KINDS
def test_what_is_done_is_unread_no_more_and_the_rest_is_as_it_was(tmp_path: Path, fill: Fill) -> None:
    fill(tmp_path)
    before = unread(tmp_path, OPTIONS, mark=1)
    assert unread(tmp_path, OPTIONS) == [before[0], before[2]]
    kept: mailbox.Mailbox[mailbox.mboxMessage] | mailbox.Mailbox[mailbox.MaildirMessage]
    kept = mailbox.mbox(tmp_path / "returned") if fill is mbox else mailbox.Maildir(tmp_path / "returned")
    assert {message["Subject"] for message in kept} == {"0", "1", "2"}
    kept.close()


def test_other_programs_see_the_mail_of_a_maildir_as_read_with_its_other_flags(tmp_path: Path) -> None:
    maildir(tmp_path)
    path = next((tmp_path / "returned" / "new").iterdir())
    path.write_bytes(MAIL % 1)
    path.rename(tmp_path / "returned" / "cur" / f"{path.name}:2,F")
    for other in (tmp_path / "returned" / "new").iterdir():
        other.unlink()
    unread(tmp_path, OPTIONS, mark=1)
    assert [found.name for found in (tmp_path / "returned" / "cur").iterdir()] == [f"{path.name}:2,FS"]


def test_a_mail_of_a_maildir_that_came_long_ago_is_passed_over(tmp_path: Path) -> None:
    maildir(tmp_path)
    old = (SINCE - timedelta(days=2)).timestamp()
    os.utime(next((tmp_path / "returned" / "new").iterdir()), (old, old))
    assert len(unread(tmp_path, OPTIONS)) == 2


def test_of_a_huge_mail_only_the_beginning_is_read(tmp_path: Path) -> None:
    maildir(tmp_path)
    next((tmp_path / "returned" / "new").iterdir()).write_bytes(MAIL % 0 + b"x" * 3_000_000)
    assert max(map(len, unread(tmp_path, OPTIONS))) == 1_000_000


def test_a_folder_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    for name in ("gone", "."):
        with pytest.raises(DeliveryError, match=r"neither a Maildir .* nor an mbox file → check mail\.bounces: folder"):
            unread(tmp_path, BouncesConfig(folder=name))


def test_an_mbox_that_another_program_has_locked_is_left_alone(tmp_path: Path) -> None:
    mbox(tmp_path)
    (tmp_path / "returned.lock").touch()
    before = state(tmp_path)
    with pytest.raises(DeliveryError, match="another program has it open; try again later"):
        unread(tmp_path, OPTIONS)
    assert state(tmp_path) == before


def test_a_server_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    options = BouncesConfig(host="127.0.0.1", port=9, username="rebotes", timeout_s=5)
    with pytest.raises(DeliveryError, match=r"imap://127\.0\.0\.1:9/INBOX: .* → check mail\.bounces: folder or host"):
        unread(tmp_path, options)
