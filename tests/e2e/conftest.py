"""`monitor web` as a process of its own on two sample days, and a headless Chromium that tells what goes wrong."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from monitor.app import RunRequest, run_once
from monitor.config import Config
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.pipeline import NoProgress
from tests.checks.website import served, write_config

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SECRET = {"MONITOR_UNSUBSCRIBE_SECRET": "a secret of these tests, long enough"}
PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Days:
    """The folder of the two days, and the address by which the reader of the Spanish digest leaves."""

    config: Path
    unsubscribe: str


@pytest.fixture(scope="session")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Without a translation engine: the glossary alone has to bring both languages together."""
    folder = tmp_path_factory.mktemp("days")
    with pytest.MonkeyPatch.context() as patch, SampleServer() as feeds, Mailbox() as mailbox:
        for name, value in SECRET.items():
            patch.setenv(name, value)
        config = _config(folder, feeds, mailbox.port)
        for day in SAMPLE_DAYS[-2:]:
            feeds.at = day
            run_once(config, RunRequest(day, sample=True), NoProgress())
        message = mailbox.messages_to("espanol@newsroom.example")[-1].content
    target = next(line for line in message.decode("ascii").splitlines() if line.startswith("List-Unsubscribe:"))
    address = urlsplit(target.partition("<")[2].partition(">")[0])
    return Days(write_config(config, folder), address.path)


def _config(folder: Path, feeds: SampleServer, smtp_port: int) -> Config:
    document = {
        "storage": {"url": f"sqlite:///{folder / 'monitor.db'}", "digests": str(folder / "digests")},
        "translation": {"engine": "none"},
        "stories": {"embedder": "hash"},
        "web": {"base_url": "https://digest.newsroom.example"},
        "mail": {"host": "127.0.0.1", "port": smtp_port, "security": "none"},
        "profiles": [{"id": "english", "language": "en"}, {"id": "espanol", "language": "es"}],
        "recipients": [{"address": "espanol@newsroom.example", "profile": "espanol"}],
        "feeds": feeds.feeds(),
    }
    return Config.model_validate(document).at(folder / "feeds.yaml")


@pytest.fixture(scope="module")
def address(days: Days) -> Iterator[str]:
    with served(days.config, **SECRET) as where:
        yield where


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    driver_of = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: pip install playwright")
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with driver_of.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class Visit:
    """A window with a page of the monitor in it, and everything that went wrong in it."""

    page: "Page"
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.address + path)

    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def watch(self) -> None:
        """Errors in the console (a violation of the content security policy is one), other hosts, broken answers."""
        self.page.on("console", lambda said: self._note(said.type == "error", f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        self.page.on("request", lambda asked: self._note(not self._is_ours(asked.url), f"asked for {asked.url}"))
        self.page.on("response", lambda got: self._note(got.status >= 400, f"{got.status} for {got.url}"))

    def _note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.faults.append(what)

    def _is_ours(self, url: str) -> bool:
        return url.startswith((self.address + "/", "data:"))


@pytest.fixture
def visit(browser: "Browser", address: str) -> Iterator[Visit]:
    """A new reader with an English browser; nothing may have gone wrong when the test is over."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    found = Visit(context.new_page(), address)
    found.watch()
    yield found
    context.close()
    assert not found.faults


@pytest.fixture(scope="module", autouse=True)
def _proxies_stay_out() -> Iterator[None]:
    """A proxy of the environment is none of these tests' business."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        yield
