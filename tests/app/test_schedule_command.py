"""`monitor schedule` as systemd runs it: the due digest at once, a clean end on SIGTERM, nothing twice."""

import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import pytest

from monitor.cli.runs import _Desk, mail_pause_s
from monitor.errors import DeliveryError
from monitor.records import Edition, SlotEntry
from monitor.store import open_store
from tests.app.conftest import Desk
from tests.conftest import new_database
from tests.nursery import nursery

PATIENCE_S = 90


class Daemon:
    """`monitor schedule` in a process of its own; `said` has its lines, and it is killed when it takes too long."""

    def __init__(self, desk: Desk, **environ: str) -> None:
        self.process, self._lines = nursery().talking(["schedule"], cwd=desk.folder, env={**os.environ, **environ})
        self.said: list[str] = []
        self._stopped = False
        self._watchdog = threading.Timer(PATIENCE_S, self.process.kill)
        self._watchdog.start()

    def wait_for(self, *beginnings: str) -> None:
        """Until it says a line that begins so, and does not only say that something is due."""
        for line in self._lines:
            self.said.append(line)
            if line.startswith(beginnings) and not line.endswith("is due\n"):
                return

    def stop(self) -> None:
        """SIGTERM, which must be sent once: a second one ends it at once."""
        if not self._stopped:
            self._stopped = True
            self.process.send(signal.SIGTERM)

    def end(self) -> str:
        """SIGTERM; all that it said."""
        self.stop()
        self.said += self._lines.readlines()
        self._lines.close()
        code = self.process.wait()
        self._watchdog.cancel()
        assert code == 0, "".join(self.said)
        return "".join(self.said)


def run_until_done(desk: Desk, **environ: str) -> str:
    """Start the daemon, wait until it has made a digest or failed, end it; what it said."""
    daemon = Daemon(desk, **environ)
    daemon.wait_for("next digest", "digest of")
    return daemon.end()


def run_until_it_has_looked(desk: Desk) -> str:
    """Start the daemon as systemd does, wait until it has told of its first look, end it; what it said."""
    address = str(desk.folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(PATIENCE_S)
        systemd.bind(address)
        daemon = Daemon(desk, NOTIFY_SOCKET=address)
        while not systemd.recv(4096).startswith(b"STATUS=next digest"):
            pass
        said = daemon.end()
    (desk.folder / "notify").unlink()
    return said


@contextmanager
def health_check() -> Iterator[tuple[str, "SimpleQueue[str]"]]:
    """A health check's address, and the paths that are asked of it."""
    paths: SimpleQueue[str] = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.put(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"OK")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/3f0c?create=1", paths
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def due_now(desk: Desk) -> None:
    desk.document["schedule"] = {"time": "00:00", "timezone": "UTC", "ping_url_env": "PING_ADDRESS"}
    desk.write()


def test_the_daemon_makes_the_due_digest_once_and_ends_well(desk: Desk) -> None:
    due_now(desk)
    with health_check() as (url, paths):
        first = run_until_done(desk, PING_ADDRESS=url)
        assert paths.get(timeout=1) == "/3f0c?create=1"
    assert "is due" in first
    assert "1 sent" in first
    assert len(desk.mailbox.messages) == 1
    assert "is due" not in run_until_it_has_looked(desk)
    assert len(desk.mailbox.messages) == 1


def test_a_run_by_hand_before_the_daemon_starts_is_the_days_digest(desk: Desk) -> None:
    due_now(desk)
    assert desk.monitor("run").returncode == 0
    assert "left as it is" in run_until_done(desk)
    assert len(desk.mailbox.messages) == 1


def test_with_several_a_day_the_daemon_and_a_run_by_hand_make_the_same_edition_with_its_time_in_its_name(
    desk: Desk,
) -> None:
    desk.document["schedule"] = {"times": ["23:59", "00:00"], "timezone": "UTC"}
    desk.write()
    said = run_until_done(desk)
    assert "a digest at 00:00, 23:59 (UTC) on mon, " in said
    (made,) = re.findall(r"digest of (\d{4}-\d\d-\d\dT\d{4}) is due", said)
    (edition,) = desk.report("run")["editions"]
    assert edition["edition"].startswith(f"everyone/{made[:10]}T")
    assert edition["created"] == (
        edition["edition"] != f"everyone/{made}"
    )  # a minute before midnight it may be another
    assert len(desk.mailbox.messages) == 1 + edition["created"]
    page = Path(desk.monitor("preview", made, "--no-open").stdout.strip())
    assert page == desk.folder / f"digests/{made[:4]}/{made[5:7]}/{made[8:]}-everyone.html"
    assert desk.monitor("export", made, "--format", "txt").stdout.encode() == page.with_suffix(".txt").read_bytes()
    assert desk.monitor("send", made, "--to", "late@newsroom.example").returncode == 0
    wrong = desk.monitor("send", "2026-03-08T25")
    assert wrong.returncode == 2
    assert "is no date, as 2026-03-08, and no date with a time, as 2026-03-08T1800" in " ".join(wrong.stderr.split())


def test_a_run_by_cron_tells_the_health_check_only_when_asked_to(desk: Desk) -> None:
    desk.document["schedule"] = {"ping_url_env": "PING_ADDRESS"}
    desk.write()
    with health_check() as (url, paths):
        assert desk.monitor("run", PING_ADDRESS=url).returncode == 0
        assert paths.empty()
        assert desk.monitor("run", "--ping", PING_ADDRESS=url).returncode == 0
        assert paths.get(timeout=1) == "/3f0c?create=1"
        desk.document["mail"] |= {"username": "digest", "password_env": "NOT_SET"}
        desk.write()
        assert desk.monitor("run", "--ping", PING_ADDRESS=url).returncode == 2
        assert paths.get(timeout=1) == "/3f0c/fail?create=1"
        assert desk.monitor("run", "--ping", "--dry-run", PING_ADDRESS=url).returncode == 2
        assert paths.empty()


def test_a_run_that_has_nobody_to_tell_says_so_and_is_no_worse_for_it(desk: Desk) -> None:
    for schedule, said in (({}, "names no health check"), ({"ping_url_env": "NOT_SET"}, "$NOT_SET is not set")):
        desk.document["schedule"] = schedule
        desk.write()
        done = desk.monitor("run", "--ping")
        assert (done.returncode, said in done.stderr) == (0, True)


def test_a_failure_is_told_to_the_health_check_and_stands_in_the_status(desk: Desk) -> None:
    desk.document["mail"]["password_env"] = "NOT_SET"
    desk.document["mail"]["username"] = "digest"
    due_now(desk)
    with health_check() as (url, paths):
        said = run_until_done(desk, PING_ADDRESS=url)
        assert paths.get(timeout=1) == "/3f0c/fail?create=1"
    assert "next try" in said
    assert url not in said
    entry = desk.report("status")["slots"][0]
    assert entry["state"] == "failed"
    assert "set $NOT_SET" in entry["detail"]
    assert "failed" in desk.monitor("status").stdout


def test_sighup_reads_feeds_yaml_again_and_a_broken_file_is_named_and_not_taken(desk: Desk) -> None:
    due_now(desk)
    daemon = Daemon(desk)
    daemon.wait_for("next digest")
    for time in ("25:00", "23:59"):
        desk.document["schedule"]["time"] = time
        desk.write()
        daemon.process.send(signal.SIGHUP)
        daemon.wait_for("next digest")
    said = daemon.end()
    assert "the old one stays" in said
    assert "schedule.time: '25:00' is no time of day" in said
    assert said.splitlines()[-2].endswith("23:59 UTC")
    assert len(desk.mailbox.messages) == 1


def test_a_sighup_while_it_starts_is_kept_until_it_listens(desk: Desk) -> None:
    """It tries the engines first, which takes seconds."""
    due_now(desk)
    daemon = Daemon(desk)
    daemon.wait_for("a digest at")
    daemon.process.send(signal.SIGHUP)
    daemon.wait_for("the configuration was read again")
    daemon.end()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_daemons_on_one_database_make_one_run(desk: Desk, database: str, request: pytest.FixtureRequest) -> None:
    if database == "postgresql":
        url = new_database(request.getfixturevalue("postgres"), request.node.name)
        desk.document["storage"] = {"url": url}
    due_now(desk)
    both = [Daemon(desk), Daemon(desk)]
    ready: SimpleQueue[None] = SimpleQueue()

    def watch(daemon: Daemon) -> None:
        daemon.wait_for("next digest", "digest of")
        ready.put(None)

    threads = [threading.Thread(target=watch, args=(daemon,)) for daemon in both]
    for thread in threads:
        thread.start()
    ready.get(timeout=PATIENCE_S)  # one has made it; the other has nothing to do, and says nothing
    for daemon in both:
        daemon.stop()
    for thread in threads:
        thread.join()
    told = [daemon.end() for daemon in both]
    assert sum("is due" in each for each in told) == 1
    assert len(desk.mailbox.messages) == 1
    assert len(desk.report("status")["runs"]) == 1


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """Today's digest is made, and could not be sent: nothing listens where the mail server should be."""
    desk.document["schedule"] = {"time": "00:00", "timezone": "UTC"}
    desk.document["mail"] |= {"port": 9, "bounces": {"folder": "nowhere"}}
    desk.write()
    now = datetime.now(UTC)
    assert desk.monitor("run").returncode == 1
    with closing(open_store("sqlite:///monitor.db", folder=desk.folder)) as store:
        store.skip_slots([SlotEntry("everyone", now.date().isoformat(), now, "skipped", now)])
    return desk


def test_a_mail_server_that_is_away_keeps_the_daemon_from_nothing_else(waiting: Desk) -> None:
    said = run_until_it_has_looked(waiting)
    assert "between two digests: smtp://127.0.0.1:9: no connection" in said
    assert "bounces" in said.partition("127.0.0.1:9")[2]


def test_a_mail_server_that_refuses_is_not_tried_at_every_look_but_at_once_after_a_reload(waiting: Desk) -> None:
    office = _Desk(str(waiting.folder / "feeds.yaml"))
    with pytest.raises(DeliveryError):
        office.send_waiting()
    office.send_waiting()
    waiting.document["mail"]["port"] = waiting.mailbox.port
    waiting.write()
    office.reload()
    office.send_waiting()
    assert len(waiting.mailbox.messages) == 1


def test_the_pauses_before_a_mail_server_is_tried_again_grow_to_a_quarter_of_an_hour() -> None:
    assert [mail_pause_s(failures) / 60 for failures in (1, 2, 3, 4, 5, 6, 1000)] == [1, 2, 4, 8, 15, 15, 15]


def test_days_without_an_edition_are_told_in_the_next_one_in_the_readers_languages(desk: Desk) -> None:
    desk.document["profiles"] = [{"id": "everyone", "language": "both", "timezone": "UTC"}]
    desk.write()
    now = datetime.now(UTC)
    days = [now.date() - timedelta(days=ago) for ago in (4, 3, 2, 1)]
    entries = [SlotEntry("everyone", day.isoformat(), now, "skipped", now) for day in days]
    last = Edition(f"everyone/{days[1]}", "everyone", days[1], "", (), (), now - timedelta(days=3), now, "")
    with closing(open_store("sqlite:///monitor.db", folder=desk.folder)) as store:
        store.save_edition(last, [])
        store.skip_slots(entries)
    page = Path(desk.report("run", "--no-send")["editions"][0]["paths"][0])
    text = " ".join(page.with_suffix(".txt").read_text("utf-8").split())
    assert re.search(r"No edition was made on 2 days \(\w+ \d+, \w+ \d+\): this program was not working\.", text)
    assert re.search(r"No hubo edición en 2 días \(\d+ \w+, \d+ \w+\) porque este programa", text)
    html = page.read_text("utf-8")
    assert re.search(r'<td class="banner" lang="es"[^>]*>No hubo edición en 2 días', html)
    assert json.loads(page.with_suffix(".json").read_text("utf-8"))["missed"] == [str(days[2]), str(days[3])]


def test_the_daemon_says_at_its_start_which_engine_does_not_work_and_the_digest_goes_out_without_it(desk: Desk) -> None:
    desk.document["schedule"] = {"time": "00:00", "timezone": "UTC"}
    desk.document["translation"] = {"engine": "auto", "libretranslate": {"url": "http://127.0.0.1:9", "retries": 0}}
    desk.write()
    said = run_until_done(desk)
    start, _, run = said.partition("is due")
    assert "translation: libretranslate DOES NOT WORK: http://127.0.0.1:9/frontend/settings cannot be reached" in start
    assert "the translation engine 'libretranslate' is passed over" in run
    assert len(desk.mailbox.messages) == 1
