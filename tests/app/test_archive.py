"""After a run the archive is whole: what was sent, an index, feeds; and any edition can be had in other formats."""

import csv
import io
import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest
from click.testing import CliRunner, Result

from monitor.app import RunRequest, run_once
from monitor.cli import cli
from monitor.config import load_config
from monitor.errors import MonitorError
from monitor.pipeline import NoProgress
from monitor.records import RunReport
from tests.app.conftest import Desk

OF_THE_RECIPIENT = {"to", "message-id", "list-unsubscribe", "list-unsubscribe-post"}


def run(desk: Desk) -> RunReport:
    config = load_config(desk.write())
    return run_once(config, RunRequest(desk.feeds.at), NoProgress())


@pytest.fixture
def ran(desk: Desk) -> Desk:
    run(desk)
    return desk


def test_a_run_leaves_an_index_and_feeds_of_what_it_sent(ran: Desk) -> None:
    folder = ran.folder / "digests"
    (page,) = folder.glob("*/*/*.html")
    address = page.relative_to(folder).as_posix()
    assert f'href="{address}"' in (folder / "index.html").read_text("utf-8")
    assert f'href="{address}"' in (folder / "editions.xml").read_text("utf-8")
    stories = json.loads(page.with_suffix(".json").read_text("utf-8"))["stories"]
    for language in ("en", "es"):
        items = json.loads((folder / f"stories.{language}.json").read_text("utf-8"))["items"]
        assert {story["id"] for story in stories} <= {item["id"] for item in items}


def test_the_eml_is_byte_for_byte_what_was_sent_but_for_the_recipients_headers(ran: Desk) -> None:
    (path,) = (ran.folder / "digests").glob("*/*/*.eml")
    (sent,) = ran.mailbox.messages
    assert path.read_bytes().partition(b"\r\n\r\n")[2] == sent.content.partition(b"\r\n\r\n")[2]
    assert common_headers(path.read_bytes()) == common_headers(sent.content)


def common_headers(message: bytes) -> list[tuple[str, str]]:
    headers = message_from_bytes(message, policy=policy.compat32).items()
    return [(name, str(value)) for name, value in headers if name.lower() not in OF_THE_RECIPIENT]


def test_with_one_click_the_mail_differs_by_the_recipients_own_address_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_UNSUBSCRIBE_SECRET", "a secret of at least thirty-two characters")
    desk.document["web"] = {"base_url": "https://monitor.example.org"}
    run(desk)
    (path,) = (desk.folder / "digests").glob("*/*/*.eml")
    sent = message_from_bytes(desk.mailbox.messages[0].content, policy=policy.default)
    own, shared = re.findall(r"<([^>]+)>", sent["List-Unsubscribe"])
    assert own.startswith("https://monitor.example.org/")
    archived = message_from_bytes(path.read_bytes(), policy=policy.default)
    for kind in ("plain", "html"):
        mine, theirs = (content(message, kind) for message in (archived, sent))
        assert own not in unescape(mine)
        assert unescape(theirs).replace(own, shared) == unescape(mine)


def content(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_the_page_is_the_mails_but_for_its_pictures(ran: Desk) -> None:
    (path,) = (ran.folder / "digests").glob("*/*/*.html")
    message = message_from_bytes(ran.mailbox.messages[0].content, policy=policy.default)
    body = message.get_body(("html",))
    assert body is not None
    html = path.read_text("utf-8")
    for image in (part for part in message.walk() if part.get_content_type() == "image/png"):
        (name,) = [p.name for p in path.parent.glob("*.png") if p.read_bytes() == image.get_content()]
        html = html.replace(f'"{name}"', f'"cid:{image["Content-ID"].strip("<>")}"')
    assert html.strip() == body.get_content().replace("\r\n", "\n").strip()


def test_an_index_that_cannot_be_made_is_a_notice_and_the_digest_goes_out(desk: Desk) -> None:
    folder = desk.folder / "templates" / "archive"
    folder.mkdir(parents=True)
    (folder / "index.html.j2").write_text("{{ weather }}", "utf-8")
    report = run(desk)
    assert report.exit_code == 0
    assert len(desk.mailbox.messages) == 1
    (notice,) = report.notices
    assert notice.startswith("the archive's index is not up to date: ")
    assert "index.html.j2: line 1: 'weather' is undefined" in notice


def export(desk: Desk, *arguments: str) -> Result:
    """`monitor export …` in this process, as the command line would run it."""
    config = str(desk.folder / "feeds.yaml")
    return CliRunner().invoke(cli, ["export", *arguments, "--config", config])


def test_a_page_that_was_lost_comes_back_with_the_next_run_byte_for_byte(ran: Desk) -> None:
    (page,) = (ran.folder / "digests").glob("*/*/*.html")
    before = {path.name: path.read_bytes() for path in page.parent.iterdir()}
    for path in (page, page.with_suffix(".txt"), *page.parent.glob("*.png")):
        path.unlink()
    run(ran)
    assert {path.name: path.read_bytes() for path in page.parent.iterdir()} == before


def test_an_edition_is_exported_from_its_files_in_every_format(ran: Desk) -> None:
    """Also after the database is gone: what was sent is what is shown."""
    (ran.folder / "monitor.db").unlink()
    (page,) = (ran.folder / "digests").glob("*/*/*.html")
    day = "-".join(page.relative_to(ran.folder / "digests").with_suffix("").as_posix().split("/"))[:10]
    document = json.loads(page.with_suffix(".json").read_text("utf-8"))
    cards = [*document["stories"], *(card for spot in document["blind_spots"] for card in spot["cards"])]

    for name in ("txt", "json"):
        assert export(ran, "--format", name).stdout_bytes == page.with_suffix(f".{name}").read_bytes()
    table, text = ran.folder / "reports.csv", ran.folder / "digest.md"
    assert export(ran, day, "--out", str(table)).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert {row["story_id"] for row in rows} == {card["id"] for card in cards}
    assert export(ran, "--out", str(text)).exit_code == 0
    assert text.read_text("utf-8").count("\n### ") == len(cards)
    html = export(ran, "--format", "html").stdout
    assert "</html>" in html
    assert "cid:" not in html
    assert f'src="{page.stem}' not in html


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "say which format"),
        (("--out", "x.docx"), "say which format"),
        (("2020-01-01", "--format", "md"), "no digest of 2020-01-01 for the profile 'everyone' → "),
        (("--format", "md", "--profile", "x"), "no digest for the profile 'x' → "),
        (("--out", "x.pdf"), "→ install Chromium"),
    ],
)
def test_what_cannot_be_exported_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], problem: str
) -> None:
    monkeypatch.setenv("MONITOR_BROWSER", "/nowhere/chromium")
    desk.write()
    if "x.pdf" in arguments:
        run(desk)
    done = export(desk, *arguments)
    assert done.exit_code != 0
    assert problem in f"{done.stderr}{done.exception}"
    assert isinstance(done.exception, MonitorError | SystemExit)
