"""`monitor web` as a process of its own, and one page of every kind in both languages."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import yaml

from monitor.config import Config
from monitor.digest.subscription import Subscription, Unsubscription
from monitor.records import LANGUAGES

SECRET = "a secret of the checks, long enough"
_READY_S = 60
_ADDRESS = re.compile(r"http://\S+")
_KINDS = {
    "latest": "/",
    "archive": "/archive",
    "search": "/search",
    "found": "/search?q=drones",
    "found-nothing": "/search?q=xilófono",
    "outlets": "/outlets",
    "feeds": "/feeds",
    "trends": "/trends",
    "missing": "/no-such-page",
    "unsubscribe": "/unsubscribe/"
    + Unsubscription("", SECRET).token(Subscription("espanol", "espanol@newsroom.example")),
}
_LINKED = {
    "story": ("/search?q=drones", "stories"),
    "outlet": ("/outlets", "outlets"),
    "edition": ("/archive", "editions"),
}


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page under a short name, with its source as the server gave it."""

    name: str
    address: str
    html: str


def write_config(config: Config, folder: Path) -> Path:
    """The configuration as a feeds.yaml in `folder`."""
    path = folder / "feeds.yaml"
    document = config.model_dump(mode="json", exclude_defaults=True)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


@contextmanager
def served(config: Path, **environ: str) -> Iterator[str]:
    """The address of `monitor web` with this feeds.yaml, on a free port; the process ends with the block."""
    command = [sys.executable, "-m", "monitor", "web", "--port", "0", "--config", str(config)]
    process = subprocess.Popen(
        command, cwd=config.parent, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(_READY_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        told = _ADDRESS.search(process.stdout.readline())
        watchdog.cancel()
        assert told, f"monitor web ended with {process.wait()} and told no address"
        yield told[0].rstrip("/")
    finally:
        watchdog.cancel()
        process.terminate()
        process.communicate(timeout=_READY_S)


def web_pages(address: str) -> list[WebPage]:
    """One page of every kind in English and in Spanish."""
    with httpx2.Client(base_url=address, timeout=60) as client:
        kinds = _KINDS | {kind: _first_link(client, *where) for kind, where in _LINKED.items()}
        return [
            WebPage(f"{kind}-{language}", f"{address}{path}", _source(client, path))
            for kind, plain in kinds.items()
            for language in LANGUAGES
            if (path := f"{plain}{'&' if '?' in plain else '?'}lang={language}")
        ]


def archive_pages(folder: Path) -> list[WebPage]:
    """The index pages of an archive's folder, as a browser opens them without any server."""
    return [
        WebPage("-".join(("index", *path.relative_to(folder).parent.parts)), path.as_uri(), path.read_text("utf-8"))
        for path in sorted(folder.rglob("index.html"))
    ]


def _source(client: httpx2.Client, path: str) -> str:
    answer = client.get(path)
    expected = 404 if path.startswith(_KINDS["missing"]) else 200
    assert answer.status_code == expected, f"{path}: {answer.status_code}"
    return answer.text


def _first_link(client: httpx2.Client, path: str, folder: str) -> str:
    """The first address inside `folder` that the page at `path` links to."""
    page = client.get(path, follow_redirects=True)
    link = re.search(rf'(?:href|src)="([^"]*\b{folder}/[^"?#]+)', page.text)
    assert link, f"{path} links to nothing in {folder}/"
    return str(page.url.join(link[1]).path)
