"""Mail into a folder: .eml files and a Maildir that mail programs read; chosen in feeds.yaml."""

import mailbox
import re
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import yaml

from monitor.app import open_delivery
from monitor.config import Config, MailConfig, load_config
from monitor.delivery import FileDelivery, MaildirDelivery, SmtpDelivery
from monitor.delivery.writing import safe_name
from monitor.errors import ConfigError
from tests.app.conftest import Desk, desk
from tests.delivery.conftest import EDITION, make_envelope

__all__ = ["desk"]  # a fixture
ROOT = Path(__file__).parents[2]
ANA, BETO = make_envelope("ana@example.org"), make_envelope("beto@example.org")


def config_of(folder: Path, mail: str) -> Config:
    (folder / "feeds.yaml").write_text(
        f"mail: {{{mail}}}\nfeeds:\n- {{id: gaceta, name: Gaceta, url: https://gaceta.example/rss, language: es}}\n"
    )
    return load_config(folder / "feeds.yaml")


def test_feeds_yaml_chooses_the_way(tmp_path: Path) -> None:
    assert open_delivery(config_of(tmp_path, "")) is None
    files = open_delivery(config_of(tmp_path, "transport: files, folder: out"))
    maildir = open_delivery(config_of(tmp_path, f"transport: maildir, folder: {tmp_path}/md, host: mail.example.org"))
    server = open_delivery(config_of(tmp_path, "host: mail.example.org"), {})
    assert files == FileDelivery(tmp_path / "out")
    assert maildir == MaildirDelivery(tmp_path / "md")
    assert isinstance(server, SmtpDelivery)


@pytest.mark.parametrize(
    ("mail", "problem"),
    [
        ("transport: files", "'files' needs a folder → write for example folder: outgoing"),
        ("transport: maildir, host: mail.example.org", "'maildir' needs a folder"),
        ("folder: out", "folder is for the transports files and maildir → remove it"),
        ("transport: pigeon, folder: out", "transport"),
    ],
)
def test_a_transport_and_its_folder_belong_together(tmp_path: Path, mail: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=rf"line \d+, mail.*{problem}"):
        config_of(tmp_path, mail)


def test_file_names_tell_edition_and_recipient_and_stay_in_the_folder(tmp_path: Path) -> None:
    delivery = FileDelivery(tmp_path)
    path = delivery.path_of(make_envelope("../../eve@example.org"))
    assert path.parent == tmp_path
    assert path.name.startswith(safe_name(EDITION))


def test_pythons_mailbox_reads_the_maildir(tmp_path: Path) -> None:
    MaildirDelivery(tmp_path / "md").deliver([ANA, BETO])
    with closing(mailbox.Maildir(tmp_path / "md", create=False)) as box:
        assert {str(message["To"]) for message in box} == {ANA.recipient, BETO.recipient}
        assert {message.get_subdir() for message in box} == {"new"}
    assert list((tmp_path / "md/tmp").iterdir()) == []


def test_what_a_mail_program_has_seen_and_flagged_is_not_delivered_again(tmp_path: Path) -> None:
    delivery = MaildirDelivery(tmp_path / "md")
    delivery.deliver([ANA])
    with closing(mailbox.Maildir(tmp_path / "md", create=False)) as box:
        ((key, message),) = box.items()
        message.set_subdir("cur")
        message.set_flags("RS")
        box[key] = message
    receipts = delivery.deliver([ANA, ANA])
    assert [receipt.state for receipt in receipts] == ["sent", "sent"]
    assert "was there already" in receipts[0].detail
    assert [path.parent.name for path in (tmp_path / "md").rglob("*.border-monitor*")] == ["cur"]


def test_one_edition_for_two_and_two_editions_for_one_are_as_many_messages(tmp_path: Path) -> None:
    other = make_envelope(ANA.recipient, "everyone/2026-03-09")
    MaildirDelivery(tmp_path).deliver([ANA, BETO, other])
    assert len(list((tmp_path / "new").iterdir())) == 3


def test_what_a_crash_left_half_written_is_no_message_and_no_hindrance(tmp_path: Path) -> None:
    delivery = MaildirDelivery(tmp_path)
    delivery.check()
    (tmp_path / "tmp" / f"{delivery.path_of(ANA).name}.0123456789ab").write_bytes(ANA.message[:20])
    delivery.deliver([ANA])
    with closing(mailbox.Maildir(tmp_path, create=False)) as box:
        assert len(box) == 1
    assert delivery.path_of(ANA).read_bytes() == ANA.message


def test_other_peoples_mail_in_the_maildir_stays(tmp_path: Path) -> None:
    with closing(mailbox.Maildir(tmp_path / "md")) as box:
        box.add(EmailMessage())
    MaildirDelivery(tmp_path / "md").deliver([ANA])
    assert len(list((tmp_path / "md/new").iterdir())) == 2


def test_a_message_keeps_its_bytes_whatever_the_line_ends(tmp_path: Path) -> None:
    odd = replace(ANA, message=b"Subject: x\r\n\r\n.\r\nfrom here\nFrom there\r\n")
    for delivery in (FileDelivery(tmp_path / "f"), MaildirDelivery(tmp_path / "m")):
        delivery.deliver([odd])
        assert delivery.path_of(odd).read_bytes() == odd.message


@pytest.mark.parametrize("make", [FileDelivery, MaildirDelivery])
def test_a_check_leaves_nothing_behind(make: type[FileDelivery] | type[MaildirDelivery], tmp_path: Path) -> None:
    make(tmp_path / "out").check()
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


def test_runs_into_a_maildir_are_received_once_and_the_check_says_where_mail_goes(desk: Desk) -> None:
    desk.document["mail"] = {"sender": "Monitor <digest@news.test>", "transport": "maildir", "folder": "box"}
    desk.write()
    for _ in range(2):
        assert desk.monitor("run").returncode == 0
    with closing(mailbox.Maildir(desk.folder / "box", create=False)) as box:
        (message,) = box
        assert message["To"] == "desk@newsroom.example"
    assert f"maildir:{desk.folder}/box can be written" in desk.monitor("check").stdout
    assert not desk.mailbox.messages


def test_mail_that_only_lies_in_files_is_a_warning_of_the_check(desk: Desk) -> None:
    desk.document["mail"] = {"transport": "files", "folder": "out"}
    desk.write()
    assert desk.monitor("run").returncode == 0
    assert len(list((desk.folder / "out").glob("everyone*--desk@newsroom.example.eml"))) == 1
    done = desk.monitor("check")
    assert "nobody gets them" in done.stdout
    assert "mail.transport: smtp" in done.stdout


def test_the_examples_of_the_page_about_mail_are_valid(tmp_path: Path) -> None:
    page = (ROOT / "docs/mail.md").read_text(encoding="utf-8")
    examples = re.findall(r"^    mail:\n(?:      .*\n)+", page, flags=re.MULTILINE)
    assert len(examples) == 2
    for example in examples:
        MailConfig.model_validate({"sender": "digest@news.example.org", **yaml.safe_load(example)["mail"]})
