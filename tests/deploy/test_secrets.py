"""No secret is in what commands print, in JSON, tracebacks and logs, in the database, the archive or a mail.

Every secret that feeds.yaml can name is set to a marked text, through variables or through files; commands run through
success and failure; then everything that was printed, written and sent is searched for the marks, also in base64.
"""

import base64
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from monitor.records import Source
from tests.app.conftest import Desk
from tests.delivery.conftest import Script, SmtpServer

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90
VARIABLES = (
    "MONITOR_SMTP_PASSWORD",
    "MONITOR_WEB_TOKEN",
    "MONITOR_UNSUBSCRIBE_SECRET",
    "MONITOR_LIBRETRANSLATE_KEY",
    "FEED_PASSWORD",
    "CHAT_ADDRESS",
    "PING_ADDRESS",
)
MARKS = {name: f"mark-{name.lower().replace('_', '-')}-7Qx" for name in VARIABLES}
DATABASE_MARK = "mark-of-the-database-7Qx"
IN_ADDRESSES = {"CHAT_ADDRESS": "json://desk:{}@127.0.0.1:9/", "PING_ADDRESS": "http://127.0.0.1:9/{}"}
VALUES = {name: IN_ADDRESSES.get(name, "{}").format(mark) for name, mark in MARKS.items()}


def forms(mark: str) -> Iterator[bytes]:
    """A secret as it is, and as it stands in base64, wherever in a longer text it begins."""
    yield mark.encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + mark.encode())
        yield coded[4 if shift else 0 : -4]


def leaks(where: str, data: bytes, marks: Sequence[str] = (*MARKS.values(), DATABASE_MARK)) -> list[str]:
    return [f"{where}: {mark}" for mark in marks if any(form in data for form in forms(mark))]


@dataclass
class Office:
    """A desk with every kind of secret, whose commands' output is kept."""

    desk: Desk
    server: SmtpServer
    environ: dict[str, str]
    said: list[tuple[str, str]] = field(default_factory=list)
    hidden: Path | None = None  # where the secrets lie as files
    marks: tuple[str, ...] = (*MARKS.values(), DATABASE_MARK)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self.desk.monitor(*arguments, **self.environ)
        self.said.append((" ".join(arguments), done.stdout + done.stderr))
        return done

    def leaks(self) -> list[str]:
        """In everything that was printed, written, and sent by mail."""
        files = [path for path in self.desk.folder.rglob("*") if path.is_file()]
        found = [leak for where, text in self.said for leak in leaks(where, text.encode(), self.marks)]
        for path in files:
            if self.hidden not in path.parents:
                found += leaks(path.name, path.read_bytes(), self.marks)
        for mail in self.server.received:
            found += leaks(f"mail to {mail.recipient}", mail.content, self.marks)
        return found


@pytest.fixture(params=["variables"])
def office(request: pytest.FixtureRequest, desk: Desk, serve: Callable[[Script], SmtpServer], ca_file: str) -> Office:
    login = ("digest", MARKS["MONITOR_SMTP_PASSWORD"])
    server = serve(Script(login=login, require_login=True, starttls=True))
    desk.document["mail"] |= {"port": server.port, "security": "starttls", "username": "digest", "ca_file": ca_file}
    desk.document["web"] = {"base_url": "https://monitor.example.org"}
    desk.document["feeds"][0] |= {"username": "reader", "password_env": "FEED_PASSWORD"}
    desk.document["notify"] = [{"url_env": "CHAT_ADDRESS"}]
    desk.document["schedule"] = {"time": "00:00", "timezone": "UTC", "ping_url_env": "PING_ADDRESS"}
    desk.document["translation"]["libretranslate"] = {"url": "http://127.0.0.1:9", "retries": 0, "timeout_s": 2}
    desk.write()
    if request.param == "variables":
        return Office(desk, server, dict(VALUES))
    hidden = desk.folder / "hidden"
    hidden.mkdir(mode=0o700)
    for name, value in VALUES.items():
        (hidden / name).write_text(f"{value}\n", encoding="utf-8")
    return Office(desk, server, {f"{name}_FILE": str(hidden / name) for name in VALUES}, hidden=hidden)


def test_the_search_would_find_a_secret_however_it_is_written() -> None:
    mark = MARKS["MONITOR_SMTP_PASSWORD"]
    assert leaks("", f"login with {mark}".encode())
    for login in (f"\0digest\0{mark}", f"\0ab\0{mark}", mark, f"user=a\1auth=Bearer {mark}\1\1"):
        assert leaks("", base64.b64encode(login.encode())), login
    assert not leaks("", b"mark-monitor-smtp-password")


@pytest.mark.parametrize("office", ["variables", "files"], indirect=True)
def test_what_goes_well_shows_no_secret(office: Office) -> None:
    assert office.run("run", "--json").returncode in (0, 3)
    assert len(office.server.received) == 1, "the login, and so the secret, was used"
    assert b"https://monitor.example.org/unsubscribe/" in office.server.received[0].content
    for arguments in (
        ("run --explain", "status --json", "check --json", "feeds check --json") if not office.hidden else ()
    ):
        assert office.run(*arguments.split()).returncode in (0, 3), office.said[-1]
    assert office.leaks() == []


def test_what_fails_shows_no_secret(office: Office) -> None:
    """A wrong password, an engine that is away, a server that is down, a channel that cannot be reached."""
    office.server.script.login = ("digest", "another one")
    office.desk.document["translation"]["engine"] = "libretranslate"
    office.desk.write()
    assert office.run("run", "--json").returncode == 2
    office.desk.document["translation"]["engine"] = "none"
    office.desk.write()
    assert office.run("run", "--json").returncode == 1
    assert office.run("check", "--send-test", "desk@newsroom.example", "--json").returncode == 2
    assert MARKS["MONITOR_SMTP_PASSWORD"] in office.server.passwords, "it was shown to the server alone"
    office.desk.document["mail"]["port"] = 9
    office.desk.write()
    assert office.run("run").returncode == 1
    assert office.run("status").returncode == 0
    assert office.leaks() == []


def test_a_signing_key_and_the_bounce_mailboxs_password_sign_and_open_and_are_shown_nowhere(office: Office) -> None:
    """A key that signs, one that is damaged, a mailbox that cannot be reached."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    pem = key.private_bytes(*encoding).decode()
    private_line = pem.splitlines()[-4]  # the public modulus stands in the first ones
    password = "mark-of-the-bounces-7Qx"
    office.marks += (private_line, password)
    office.environ |= {"MONITOR_DKIM_KEY": pem, "MONITOR_BOUNCES_PASSWORD": password}
    office.desk.document["mail"] |= {
        "sender": "Border <digest@monitor.example.org>",
        "dkim": [{"selector": "m1"}],
        "bounces": {"host": "127.0.0.1", "port": 9, "username": "returned", "timeout_s": 2},
    }
    office.desk.write()
    assert office.run("run", "--json").returncode in (0, 3)
    assert b"DKIM-Signature:" in office.server.received[0].content
    assert office.run("bounces", "--json").returncode == 1
    office.environ["MONITOR_DKIM_KEY"] = pem.replace("BEGIN RSA", "BEGIN")
    assert office.run("run").returncode == 2
    office.environ["MONITOR_DKIM_KEY"] = pem.replace("A", "!", 1)
    assert office.run("run").returncode == 2
    assert office.leaks() == []


def test_a_secret_that_was_put_into_feeds_yaml_by_mistake_is_not_repeated(office: Office) -> None:
    mark = MARKS["MONITOR_SMTP_PASSWORD"]
    for section, key, value in (
        ("mail", "password", mark),
        ("schedule", "ping_url_env", f"https://ping.example/{mark}"),
        ("storage", "url", f"postgresql://monitor:{DATABASE_MARK}@127.0.0.1:9/monitor?connect_timeout=2"),
    ):
        before = office.desk.document.get(section, {})
        office.desk.document[section] = {**before, key: value}
        office.desk.write()
        for command in ("run", "check", "status"):
            assert office.run(command).returncode != 0
        office.desk.document[section] = before
    office.desk.write()
    assert office.leaks() == []


def test_a_feeds_login_and_headers_never_travel_to_a_worker() -> None:
    """Workers may be on other machines, and parse and judge what was fetched here."""
    mark = MARKS["FEED_PASSWORD"]
    plain = Source("a", "A", "https://a.example/feed", "en", family="x", max_items=7)
    secret = replace(plain, username="reader", password=mark, headers={"X-Key": mark})
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert not leaks("", pickle.dumps(secret, protocol)), protocol
    assert pickle.loads(pickle.dumps(secret)) == plain
    assert secret.password == mark


BUG = """
import smtplib

def broken(self, user, password, **_):
    secret = password  # a local variable of a frame in the traceback
    raise RuntimeError("a bug that nobody foresaw")

smtplib.SMTP.login = broken
"""


def test_the_traceback_of_a_bug_shows_no_secret(office: Office) -> None:
    """Python's own traceback shows code and no values; nothing of ours may replace it by one that does."""
    site = office.desk.folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(BUG, encoding="utf-8")
    environ = {**os.environ, **office.environ, "PYTHONPATH": f"{site}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "run"], cwd=office.desk.folder, env=environ, capture_output=True, text=True,
        check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert "RuntimeError: a bug that nobody foresaw" in done.stderr
    office.said.append(("a bug", done.stdout + done.stderr))
    assert office.leaks() == []


def start(office: Office, *arguments: str) -> subprocess.Popen[str]:
    environ = {**os.environ, **office.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "monitor", *arguments]
    return subprocess.Popen(
        command, cwd=office.desk.folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def lines_until(process: subprocess.Popen[str], pattern: str) -> list[str]:
    """What it says up to a line that matches; it is killed when it takes too long."""
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    said = []
    for line in process.stdout:
        said.append(line)
        if re.search(pattern, line):
            break
    watchdog.cancel()
    assert re.search(pattern, said[-1] if said else ""), said
    return said


def end(process: subprocess.Popen[str]) -> list[str]:
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE_S)
    return [out]


def test_the_daemon_and_the_web_pages_log_no_secret(office: Office) -> None:
    """The daemon with a wrong password and a health check that is away; the pages with tokens, right and wrong."""
    office.server.script.login = ("digest", "another one")
    daemon = start(office, "schedule")
    said = lines_until(daemon, r"^the health check cannot be reached")
    office.said.append(("schedule", "".join(said + end(daemon))))
    pages = start(office, "web", "--port", "0")
    said = lines_until(pages, r"^http://")
    address = said[-1].split()[0].rstrip("/")
    for query in (f"?token={MARKS['MONITOR_WEB_TOKEN']}", "?token=wrong", "search?q=frontera"):
        try:
            with urllib.request.urlopen(f"{address}/{query}", timeout=30) as answer:
                office.said.append((query, str(answer.headers)))
        except urllib.error.HTTPError as exc:
            with exc:
                office.said.append((query, exc.read().decode()))
    office.said.append(("web", "".join(said + end(pages))))
    assert office.leaks() == []
