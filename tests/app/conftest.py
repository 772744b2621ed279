"""A folder with a feeds.yaml on the sample feeds, a real mail server, and the command line as a user runs it."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from tests.nursery import nursery
from tests.rehearsal import OUTLETS, samples_ending


@dataclass
class Desk:
    """A user's folder, and what stands around it."""

    folder: Path
    feeds: SampleServer
    mailbox: Mailbox
    document: dict[str, Any] = field(default_factory=dict)

    def write(self) -> Path:
        path = self.folder / "feeds.yaml"
        path.write_text(yaml.safe_dump(self.document, allow_unicode=True), encoding="utf-8")
        return path

    def monitor(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """`monitor …` in the folder, in a process of its own."""
        env = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache"), **environ}
        return nursery().run(arguments, cwd=self.folder, env=env, timeout_s=120)

    def report(self, *arguments: str) -> dict[str, Any]:
        """The JSON that a command prints; nothing else may be on standard output."""
        done = self.monitor(*arguments, "--json")
        document: dict[str, Any] = json.loads(done.stdout)
        return document


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    now = datetime.now(UTC)
    refused = ["gone@newsroom.example"]
    with SampleServer(samples_ending(now), at=now) as feeds, Mailbox(refused=refused) as mailbox:
        chosen = [f for f in feeds.feeds() if f.id in OUTLETS]
        document = {
            "mail": {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "timeout_s": 10},
            "translation": {"engine": "none"},
            "stories": {"embedder": "hash"},
            "recipients": [{"address": "desk@newsroom.example"}],
            "feeds": [json.loads(feed.model_dump_json(exclude_defaults=True)) for feed in chosen],
        }
        yield Desk(tmp_path, feeds, mailbox, document)


def expire_lease(desk: Desk) -> None:
    """What a minute of waiting does."""
    path = desk.folder / "monitor.db"
    if not path.exists():
        return
    database = sqlite3.connect(path, timeout=30)
    with database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        if "leases" in tables:
            database.execute("UPDATE leases SET expires_at = '2020-01-01 00:00:00.000000'")
    database.close()
