"""docs/reliability.md: what it promises is held by a test, and its numbers are the program's."""

import re
from datetime import timedelta
from pathlib import Path

from monitor.app.locks import _LEASE_S
from monitor.config import MailConfig
from monitor.delivery.outbox import _FIRST_PAUSE
from monitor.delivery.session import DOT_TIMEOUT_S
from monitor.pipeline.archive import _DEBRIS_AGE
from monitor.schedule.daemon import HOLD

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "reliability.md").read_text("utf-8")


def part(heading: str) -> str:
    """What stands under a heading."""
    return TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]


def test_every_promise_and_every_window_of_the_mail_names_tests_that_exist() -> None:
    promises = [line for line in part("What is promised").splitlines() if line.startswith("| ")][1:]
    windows = re.split(r"\n\d\. ", part("The named windows"))[1:]
    assert (len(promises), len(windows)) == (10, 4)
    for text in (*promises, *windows[:2]):
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
        assert named, text
        for path, function in named:
            assert f"def {function}" in (ROOT / path).read_text("utf-8"), (path, function)


def test_the_windows_are_as_long_as_the_program_leaves_them_open() -> None:
    windows = part("The named windows")
    assert f"{DOT_TIMEOUT_S / 60:.0f} minutes pass without" in " ".join(windows.split())
    assert timedelta(seconds=_LEASE_S) == HOLD
    assert f"stand for {_LEASE_S:.0f} seconds" in windows
    assert f"`mail.connections`, {MailConfig().connections} at most" in windows
    assert f"{_FIRST_PAUSE / timedelta(minutes=1):.0f} minutes and a bit" in part("What is promised")
    assert timedelta(hours=1) == _DEBRIS_AGE
    assert "swept by a run an hour later" in windows
