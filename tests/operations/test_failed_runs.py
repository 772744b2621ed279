"""A run that fails is told as the last run, by `status` and by the numbers; it is never told as a good one."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app import (
    look_for_trouble,
    open_store_of,
    plan_run,
    read_condition,
    read_status,
    run_lock,
    write_metrics,
)
from monitor.app.failures import error_line, failed_run, kept_failure
from monitor.app.plan import RunRequest
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.errors import BusyError, ConfigError, MonitorError, StorageError
from monitor.records import EngineReport
from monitor.serialise import to_json
from monitor.web.site import open_site
from monitor.web.window import as_of
from tests.app.conftest import Desk
from tests.app.test_alerts import DESK, NOW, Newsroom
from tests.operations.test_metrics import one, read, values
from tests.rehearsal import samples_ending

HOUR = timedelta(hours=1)
Run = dict[str, Any]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with SampleServer(samples_ending(NOW), at=NOW) as feeds, Mailbox() as mailbox:
        opened = Newsroom(tmp_path, feeds, mailbox)
        opened.document["feeds"] = opened.document["feeds"][:4]
        yield opened


def lose_the_network(newsroom: Newsroom) -> None:
    for number, feed in enumerate(newsroom.document["feeds"]):
        feed["url"] = f"https://outlet-{number}.invalid/feed"


def break_the_template(newsroom: Newsroom) -> None:
    broken = newsroom.folder / "templates" / "digest.html.j2"
    broken.parent.mkdir(exist_ok=True)
    broken.write_text("{{ nothing.at.all }}", encoding="utf-8")


def block_the_archive(newsroom: Newsroom) -> None:
    """After the feeds were read and the stories stored."""
    (newsroom.folder / "digests").rename(newsroom.folder / "moved")
    (newsroom.folder / "digests").write_text("a file in the way", encoding="utf-8")


def break_the_lexicon(newsroom: Newsroom) -> None:
    (newsroom.folder / "lexicon.yaml").write_text("no lexicon", encoding="utf-8")


def fail(newsroom: Newsroom, at: datetime, **options: Any) -> str:
    with pytest.raises(MonitorError) as raised:
        newsroom.run(at, **options)
    return str(raised.value)


def runs(newsroom: Newsroom) -> list[Run]:
    return [json.loads(document) for document in read_status(newsroom.config).runs]


# ---------------------------------------------------------------- what is kept


@pytest.mark.parametrize("break_it", [lose_the_network, break_the_template, block_the_archive, break_the_lexicon])
def test_a_run_that_fails_is_the_last_run_with_its_error_on_one_line(
    newsroom: Newsroom, break_it: Callable[[Newsroom], None]
) -> None:
    newsroom.run(NOW)
    break_it(newsroom)
    error = fail(newsroom, NOW + 24 * HOUR)
    failed, good = runs(newsroom)
    assert failed["error"] == " ".join(error.split())
    assert (failed["exit_code"], failed["stages"], failed["editions"]) == (1, [], [])
    assert failed["started_at"] == (NOW + 24 * HOUR).isoformat()
    assert failed["run_id"].startswith("20260310T150000Z-")
    assert failed["seconds"] > 0
    assert (good["exit_code"], good["error"]) == (0, "")


def test_a_run_after_one_that_failed_is_the_last_one_again(newsroom: Newsroom) -> None:
    newsroom.document["feeds"], feeds = [dict(feed) for feed in newsroom.document["feeds"]], newsroom.document["feeds"]
    lose_the_network(newsroom)
    fail(newsroom, NOW)
    newsroom.document["feeds"] = feeds
    newsroom.run(NOW + HOUR)
    assert [run["exit_code"] for run in runs(newsroom)] == [0, 1]


def test_what_was_asked_for_wrongly_and_dry_runs_and_looks_for_alerts_are_no_runs(newsroom: Newsroom) -> None:
    lose_the_network(newsroom)
    fail(newsroom, NOW, profile="nobody")
    fail(newsroom, NOW, since="a while ago")
    fail(newsroom, NOW, to=("no address",))
    fail(newsroom, NOW, dry_run=True, out=newsroom.folder / "out")
    break_the_lexicon(newsroom)
    fail(newsroom, NOW, alerts_only=True)
    assert runs(newsroom) == []


def test_a_mistake_in_the_configuration_before_the_first_run_makes_no_database(newsroom: Newsroom) -> None:
    break_the_lexicon(newsroom)
    fail(newsroom, NOW)
    assert not (newsroom.folder / "monitor.db").exists()


def test_another_run_under_way_is_no_run_that_failed(newsroom: Newsroom) -> None:
    with open_store_of(newsroom.config) as store, run_lock(store, "other"), pytest.raises(BusyError):
        newsroom.run(NOW)
    assert runs(newsroom) == []


def test_what_fails_after_a_run_has_left_its_report_does_not_undo_it(newsroom: Newsroom) -> None:
    config = newsroom.config
    plan = plan_run(config, RunRequest(NOW))
    good = replace(failed_run(plan, ValueError(), 1.0), exit_code=0, error="")

    def run() -> None:
        with kept_failure(config, plan), open_store_of(config) as store:
            store.save_run(good, to_json(good))
            raise StorageError("give the lock back: the disk is full")

    with pytest.raises(StorageError):
        run()
    assert [run["exit_code"] for run in runs(newsroom)] == [0]


def test_where_the_database_is_what_failed_the_error_is_all_there_is(desk: Desk) -> None:
    desk.document["storage"] = {"url": "sqlite:///feeds.yaml/monitor.db"}
    desk.write()
    done = desk.monitor("run")
    assert done.returncode == 1
    assert "monitor.db" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_is_kept_without_logins_and_keys_of_addresses() -> None:
    said = "get https://ana:hunter2@feeds.example/rss?apikey=s3cret&page=2:\n  refused\x1b[2J"
    line = error_line(ValueError(said))
    assert line.startswith("get https://***@feeds.example/rss?apikey=***&page=2: refused")
    assert not {"hunter2", "s3cret", "\x1b", "\n"} & {part for part in (*line, "hunter2", "s3cret") if part in line}
    assert error_line(KeyError()) == "KeyError"
    assert len(error_line(ValueError("word " * 1_000))) <= 500


# ---------------------------------------------------------------- who tells of it


def test_status_and_the_file_of_numbers_tell_of_the_run_that_failed(desk: Desk) -> None:
    desk.document["operations"] = {"metrics_file": "monitor.prom"}
    desk.write()
    desk.report("run")
    for number, feed in enumerate(desk.document["feeds"]):
        feed["url"] = f"https://outlet-{number}.invalid/feed"
    desk.document["schedule"] = {"times": ["00:00", "23:59"]}  # its digest is not made yet
    desk.write()
    assert desk.monitor("run", "--since", "24h").returncode == 1
    metrics = read((desk.folder / "monitor.prom").read_text(encoding="utf-8"))
    told = json.loads(desk.monitor("status", "--json").stdout)
    failed, good = told["runs"]
    assert "no feed can be reached" in failed["error"]
    assert told["last_run_at"] == failed["started_at"] > told["last_good_run_at"] == good["started_at"]
    line = next(line for line in desk.monitor("status").stdout.splitlines() if line.startswith("Run "))
    assert "UTC  failed, no feed can be reached: the names of 3 hosts" in line
    assert one(metrics, "last_run_exit_code") == 1
    assert one(metrics, "last_run_duration_seconds") == failed["seconds"]
    for name, run in (("last_run", failed), ("last_good_run", good)):
        at = datetime.fromisoformat(run["started_at"]).timestamp()
        assert one(metrics, f"{name}_timestamp_seconds") == at
    assert "border_monitor_last_run_items" not in metrics, "nobody counted"


def test_a_run_that_fails_does_not_put_the_deadline_off(newsroom: Newsroom) -> None:
    newsroom.run(NOW)
    lose_the_network(newsroom)
    fail(newsroom, NOW + 20 * HOUR)
    found = read_condition(newsroom.config, now=NOW + 21 * HOUR)
    assert (found.last_run_at, found.last_run_age_s) == (NOW + 20 * HOUR, 3600)
    assert (found.last_good_run_at, found.last_good_run_age_s) == (NOW, 21 * 3600)
    assert found.run_deadline == NOW + 26 * HOUR
    trouble = look_for_trouble(newsroom.config, now=NOW + 26 * HOUR)[0]
    assert (trouble.cause, trouble.since) == ("run", NOW)
    assert "no feed can be reached" in trouble.details[0]


def test_an_engine_that_is_broken_stays_so_while_runs_fail(newsroom: Newsroom) -> None:
    """What a run that failed knows nothing of is not over."""
    config = newsroom.config
    broken = EngineReport("none", "none", "nothing works", broken=("argos: repeats itself → reinstall",))
    whole = failed_run(plan_run(config, RunRequest(NOW)), ValueError(), 1.0)
    whole = replace(whole, exit_code=0, error="", engine=broken)
    with open_store_of(config) as store:
        store.save_run(whole, to_json(whole))
    break_the_template(newsroom)
    for hours in (1, 2, 3):
        fail(newsroom, NOW + hours * HOUR)
    write_metrics(config, newsroom.folder / "x.prom", now=NOW + 4 * HOUR)
    metrics = read((newsroom.folder / "x.prom").read_text(encoding="utf-8"))
    assert values(metrics["border_monitor_trouble"], "cause")["engine",] == 1
    assert one(metrics, "last_run_exit_code") == 1
    assert read_condition(config, now=NOW + 4 * HOUR).troubles == ("engine",)


def test_the_pages_are_as_of_the_last_run_that_came_to_its_end(newsroom: Newsroom) -> None:
    newsroom.run(NOW)
    lose_the_network(newsroom)
    fail(newsroom, NOW + 24 * HOUR)
    with open_site(newsroom.config, now=lambda: NOW + 25 * HOUR) as site:
        assert as_of(site) == NOW


def test_the_pages_are_as_of_now_where_every_run_failed(newsroom: Newsroom) -> None:
    lose_the_network(newsroom)
    fail(newsroom, NOW)
    with open_site(newsroom.config, now=lambda: NOW + HOUR) as site:
        assert as_of(site) == NOW + HOUR


# ---------------------------------------------------------------- where none was ever good


def test_without_a_daemon_and_a_good_run_the_first_that_failed_counts(newsroom: Newsroom) -> None:
    assert read_condition(newsroom.config, now=NOW).run_deadline is None
    break_the_template(newsroom)
    for hours in (0, 24):
        fail(newsroom, NOW + hours * HOUR)
    config = newsroom.config
    assert read_condition(config, now=NOW + 24 * HOUR).run_deadline == NOW + 26 * HOUR
    assert look_for_trouble(config, now=NOW + 25 * HOUR) == ()
    (trouble,) = look_for_trouble(config, now=NOW + 26 * HOUR)
    assert (trouble.cause, trouble.since) == ("run", NOW)
    assert "digest.html.j2" in trouble.details[0]


# ---------------------------------------------------------------- what is not sent needs no password


def test_a_run_that_sends_nothing_needs_no_password_and_no_key(newsroom: Newsroom) -> None:
    newsroom.document["mail"] |= {
        "username": "digest",
        "password_env": "NOT_SET",
        "sender": "Desk <d@newsroom.example>",
    }
    newsroom.document["mail"]["dkim"] = [{"selector": "s1", "key_env": "NOT_SET_EITHER"}]
    out = newsroom.folder / "out"
    assert newsroom.run(NOW, dry_run=True, out=out).editions[0].created
    report = newsroom.run(NOW, send=False)
    assert (report.exit_code, report.editions[0].created) == (0, True)
    assert not newsroom.alerts(DESK)
    with pytest.raises(ConfigError, match="there is a user name but no password"):
        newsroom.run(NOW + HOUR)
