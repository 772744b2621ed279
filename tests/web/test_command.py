"""`monitor web` as a process: it tells its address, answers, and ends when told to."""

import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import yaml

from monitor.demo.server import sample_config_feeds
from monitor.errors import ConfigError
from monitor.web import open_socket


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address; killed when it does not end by itself within the test."""
    command = [sys.executable, "-m", "monitor", "web", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            assert process.stdout
            line = process.stdout.readline()
            found = re.match(r"(http://127\.0\.0\.1:\d+) ", line)
            assert found, line + (process.stderr.read() if process.stderr and not line else "")
            yield process, found[1]
        finally:
            process.kill()
            watchdog.cancel()


@pytest.fixture
def folder(archive: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "desk"
    shutil.copytree(archive, copy)
    feeds = [feed.model_dump(mode="json", exclude_defaults=True) for feed in sample_config_feeds("http://127.0.0.1:9")]
    (copy / "feeds.yaml").write_text(yaml.safe_dump({"feeds": feeds}, allow_unicode=True), encoding="utf-8")
    return copy


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_its_address_answers_and_ends_in_peace(folder: Path, number: signal.Signals) -> None:
    with started(folder) as (process, url):
        assert httpx2.get(f"{url}/healthz", timeout=20).json()["status"] == "ok"
        assert "US–Mexico Border Digest" in httpx2.get(f"{url}/archive", timeout=20).text
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert out == ""
        assert err == "ended\n"


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"127\.0\.0\.1:{port}: cannot listen: .*--port"):
            open_socket("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_said_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match="--host"):
        open_socket("192.0.2.1", 0)
