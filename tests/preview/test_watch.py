"""`monitor preview --watch`: a real process, a real browser's requests, files saved while it runs."""

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from click.testing import CliRunner

from monitor.cli import cli
from monitor.preview.site import Site
from monitor.preview.watching import files_in, fingerprint

FEEDS = {
    "translation": {"engine": "none"},
    "stories": {"embedder": "hash"},
    "profiles": [{"id": "everyone"}, {"id": "todos", "language": "es"}],
    "feeds": [{"id": "mesa-ledger", "name": "Mesa Ledger", "url": "https://mesa-ledger.example/rss", "language": "en"}],
}
PATIENCE_S = 60.0


class Watching:
    """`monitor preview --watch` in a folder, and what it prints."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "preview", "--watch", "--no-open", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "XDG_CACHE_HOME": str(folder / "cache")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def line(self) -> str:
        return self.lines.get(timeout=PATIENCE_S)

    def end(self, how: int = signal.SIGINT) -> int:
        self.process.send_signal(how)
        code = self.process.wait(timeout=PATIENCE_S)
        self.reader.join(PATIENCE_S)
        assert self.process.stdout
        self.process.stdout.close()
        return code


class Browser:
    """Asks the preview's server."""

    def __init__(self, address: str) -> None:
        self.host, self.port = urlsplit(address).hostname or "", urlsplit(address).port or 0

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(self.host, self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/state")[2])
        return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(FEEDS), "utf-8")
    (tmp_path / "templates").mkdir()
    return tmp_path


@pytest.fixture
def watching(folder: Path) -> Iterator[Watching]:
    found = Watching(folder)
    yield found
    if found.process.poll() is None:
        found.end(signal.SIGKILL)


@pytest.mark.slow
def test_a_save_is_rendered_a_mistake_is_shown_with_its_line_and_ctrl_c_ends(watching: Watching) -> None:
    browser = Browser(watching.line())
    assert re.fullmatch(r"everyone: \d+ KB, todos: \d+ KB", watching.line())
    first = browser.state()
    assert [one["profile"] for one in first["digests"]] == ["everyone", "todos"]
    assert "no publicaron nada" in browser.get(first["digests"][1]["page"])[2].decode()

    strings = watching.folder / "templates" / "strings.es.yaml"
    strings.write_text("brief: Panorama de hoy\n", "utf-8")
    watching.line()
    second = browser.state()
    assert second["version"] == first["version"] + 1
    assert "Panorama de hoy" in browser.get(second["digests"][1]["page"])[2].decode()
    assert "PANORAMA DE HOY" in browser.get(second["digests"][1]["text"])[2].decode()

    template = watching.folder / "templates" / "digest.txt.j2"
    template.write_text("uno\n{{ digest.clima }}\n", "utf-8")
    assert "digest.txt.j2: line 2" in watching.line()
    third = browser.state()
    assert "digest.txt.j2: line 2" in third["error"]
    assert "Panorama de hoy" in browser.get(third["digests"][1]["page"])[2].decode(), "the last good one stays"

    template.unlink()
    watching.line()
    assert browser.state()["error"] == ""
    assert watching.end() == 0


@pytest.mark.slow
def test_feeds_yaml_is_watched_and_only_the_digests_can_be_read(watching: Watching) -> None:
    browser = Browser(watching.line())
    watching.line()
    changed = {**FEEDS, "digest": {"title_en": "The Bridge Letter"}, "profiles": [{"id": "everyone"}]}
    (watching.folder / "feeds.yaml").write_text(yaml.safe_dump(changed), "utf-8")
    watching.line()
    (digest,) = browser.state()["digests"]
    status, headers, page = browser.get(digest["page"])
    assert (status, b"The Bridge Letter" in page) == (200, True)
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    for path in ("/digest/../../feeds.yaml", "/feeds.yaml", "/digest/%2e%2e/feeds.yaml", "/site.py"):
        assert browser.get(path)[0] == 404
    assert browser.get("/state", Host="mesa-ledger.example")[0] == 421
    (watching.folder / "feeds.yaml").write_text("fetch: {timeout: 3}\n", "utf-8")
    assert "feeds.yaml: line 1" in watching.line()
    assert watching.end(signal.SIGTERM) == 0


def test_the_frame_and_what_it_needs_are_served() -> None:
    with closing(Site(0)) as site:
        browser = Browser(site.address)
        status, headers, page = browser.get("/")
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        needed = re.findall(r'(?:src|href)="(/[^"]+)"', page.decode())
        assert {browser.get(name)[1]["Content-Type"].split(";")[0] for name in needed} == {
            "text/css",
            "text/javascript",
        }
        assert b"<script>" not in page


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            Site(port)


def test_a_stored_digest_is_not_watched() -> None:
    said = CliRunner().invoke(cli, ["preview", "2026-03-05", "--watch"])
    assert said.exit_code == 2
    assert "leave out DATE" in said.output


def test_a_file_that_is_written_added_or_taken_away_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    seen = set()

    def look() -> None:
        seen.add(fingerprint(files_in(tmp_path)))

    look()
    (tmp_path / "web" / "page.html.j2").write_text("a", "utf-8")
    look()
    (tmp_path / "web" / "page.html.j2").write_text("ab", "utf-8")
    look()
    (tmp_path / "notes.txt").write_text("not watched", "utf-8")
    look()
    (tmp_path / "web" / "page.html.j2").rename(tmp_path / "page.html.j2")
    look()
    assert len(seen) == 4
    assert fingerprint([tmp_path / "gone.yaml"]) == ()
