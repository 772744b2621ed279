"""A mail host for the tests of this folder, and feeds.yaml that sends through it."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from monitor.config import Config, load_config
from monitor.demo.server import SampleServer
from tests.mailhost.host import DOMAIN, PASSWORD, MailHost, RunningMailHost, why_not
from tests.nursery import nursery
from tests.rehearsal import samples_ending


@pytest.fixture(scope="session")
def mailhost() -> Iterator[MailHost]:
    """Postfix and Dovecot, with mailboxes for readers and for what comes back."""
    if reason := why_not():
        pytest.skip(reason)
    running = RunningMailHost(
        Path(tempfile.mkdtemp(prefix="mh-", dir="/tmp")), ["ana", "beto", "rebotes", "otra", "ecos"]
    )
    try:
        yield running.start()
    finally:
        running.stop()


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A user's folder: feeds.yaml on the sample feeds, three recipients, one of whom has no mailbox."""

    folder: Path
    host: MailHost
    feeds: SampleServer
    now: datetime

    @property
    def config(self) -> Config:
        return load_config(self.folder / "feeds.yaml")

    def monitor(self, *arguments: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "MONITOR_BOUNCES_PASSWORD": password}
        return nursery().run(arguments, cwd=self.folder, env=env, timeout_s=120)

    def bounces(self, *arguments: str) -> dict[str, Any]:
        """The JSON of `monitor bounces`."""
        done = self.monitor("bounces", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document


READERS = {"english": f"ana@{DOMAIN}", "both": f"beto@{DOMAIN}", "espanol": f"nadie@{DOMAIN}"}


def document(host: MailHost, feeds: SampleServer) -> dict[str, Any]:
    return {
        "mail": {
            "sender": f"Border Monitor <digest@{DOMAIN}>",
            "host": "127.0.0.1",
            "port": host.smtp_port,
            "ca_file": host.ca_file,
            "dkim": [{"selector": "prueba", "key_file": "dkim.pem"}],
            "bounces": {
                "address": f"rebotes@{DOMAIN}",
                "host": "127.0.0.1",
                "port": host.imap_port,
                "username": f"rebotes@{DOMAIN}",
                "ca_file": host.ca_file,
            },
        },
        "translation": {"engine": "none"},
        "stories": {"embedder": "hash"},
        "profiles": [{"id": name, "language": "en" if name == "english" else "es"} for name in READERS],
        "recipients": [{"address": address, "profile": name} for name, address in READERS.items()],
        "feeds": [json.loads(feed.model_dump_json(exclude_defaults=True)) for feed in feeds.feeds()],
    }


@pytest.fixture(scope="module")
def newsroom(mailhost: MailHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("newsroom")
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "dkim.pem").touch(mode=0o600)
    (folder / "dkim.pem").write_bytes(pem)
    now = datetime.now(UTC)
    with SampleServer(samples_ending(now), at=now) as feeds:
        text = yaml.safe_dump(document(mailhost, feeds), allow_unicode=True)
        (folder / "feeds.yaml").write_text(text, encoding="utf-8")
        yield Newsroom(folder, mailhost, feeds, now)
