"""`monitor schedule` as systemd runs it: the due digest at once, a clean end on SIGTERM, nothing twice."""

import signal
import subprocess
import sys
import threading

from tests.app.conftest import Desk

PATIENCE_S = 90


def run_until_done(desk: Desk) -> str:
    """Start the daemon, wait until it has made a digest, end it as systemd does; what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "schedule"],
        cwd=desk.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    for line in process.stdout:
        said.append(line)
        if line.startswith(("next digest", "digest of")) and "is due" not in line:
            break
    process.send_signal(signal.SIGTERM)
    said += process.stdout.readlines()
    process.stdout.close()
    code = process.wait()
    watchdog.cancel()
    assert code == 0, "".join(said)
    return "".join(said)


def test_the_daemon_makes_the_due_digest_once_and_ends_well(desk: Desk) -> None:
    desk.document["schedule"] = {"time": "00:00", "timezone": "UTC"}
    desk.write()
    first = run_until_done(desk)
    assert "is due" in first
    assert "1 sent" in first
    assert len(desk.mailbox.messages) == 1
    second = run_until_done(desk)
    assert "left as it is" in second
    assert len(desk.mailbox.messages) == 1


def test_the_daemon_says_at_its_start_which_engine_does_not_work_and_the_digest_goes_out_without_it(desk: Desk) -> None:
    desk.document["schedule"] = {"time": "00:00", "timezone": "UTC"}
    desk.document["translation"] = {"engine": "auto", "libretranslate": {"url": "http://127.0.0.1:9", "retries": 0}}
    desk.write()
    said = run_until_done(desk)
    start, _, run = said.partition("is due")
    assert "translation: libretranslate DOES NOT WORK: http://127.0.0.1:9/frontend/settings cannot be reached" in start
    assert "the translation engine 'libretranslate' is passed over" in run
    assert len(desk.mailbox.messages) == 1
