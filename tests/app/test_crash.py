"""A run that is killed: the next one goes on where it stopped, and everybody has exactly one digest."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

from monitor.demo.mail_server import ReceivedMail
from tests.app.conftest import Desk, expire_lease

RECIPIENTS = 12


def start_and_kill(desk: Desk, when: Callable[[], bool]) -> None:
    """Start `monitor run`, and kill -9 it as soon as `when` is true (or let it end)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "run"], cwd=desk.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and not when() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    expire_lease(desk)


def test_everybody_has_one_digest_whenever_the_run_was_killed(desk: Desk) -> None:
    """Killed while reading, after the archive was written, and twice while sending; then one run to the end.

    A second copy is only allowed for a message the server had accepted when we died, and it is the same message.
    """
    people = [f"reader{number}@newsroom.example" for number in range(RECIPIENTS)]
    desk.document["recipients"] = [{"address": address} for address in people]
    desk.write()

    start_and_kill(desk, lambda: bool(desk.feeds.hits))
    start_and_kill(desk, lambda: any((desk.folder / "digests").rglob("*.html")))
    for goal in (3, 7):
        start_and_kill(desk, lambda goal=goal: len(desk.mailbox.messages) >= goal)  # type: ignore[misc]
    report = desk.report("run")

    assert report["exit_code"] == 0
    copies = Counter(mail.recipients[0] for mail in desk.mailbox.messages)
    assert set(copies) == set(people), "nobody is left out"
    assert max(copies.values()) <= 2
    assert sum(copies.values()) - RECIPIENTS <= 3, "one message in flight for each kill while sending"
    by_person: dict[str, set[ReceivedMail]] = {}
    for mail in desk.mailbox.messages:
        by_person.setdefault(mail.recipients[0], set()).add(mail)
    assert all(len(distinct) == 1 for distinct in by_person.values()), "copies are equal byte for byte"
    assert desk.report("run")["editions"][0]["receipts"] == []
    assert len(desk.mailbox.messages) == sum(copies.values())
