"""A newsroom with its feeds, its readers and a real mail server, in which runs are killed; and what must hold after.

What may be is computed, not allowed for: after each kill the ledger of the outbox is laid beside what the mail server
has taken. A message that was taken, and stands at the `dot`, is in the named window and will come once more. Whoever
was taken and stands anywhere else would be sent a copy that nobody named, and is told as a problem.
"""

import json
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as default_policy
from pathlib import Path
from threading import Condition
from typing import Any

import yaml
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.delivery import read_edition
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.records import Edition
from monitor.store import SqlStore, open_store
from tests.nursery import Nursery
from tests.rehearsal import OUTLETS, samples_ending
from tests.reliability.victims import Moment, Victim, start_victim

PATIENCE_S = 180
_A_MINUTE = timedelta(seconds=61)
_DEBRIS = re.compile(r"\.[0-9a-f]{12}\.tmp")


def _unheard(_word: str) -> None:
    """Nobody listens."""


class PostOffice(Mailbox):
    """The demo's mail server; it tells each word of a client, and knows how many are connected.

    Words: EHLO, MAIL, RCPT, DATA, `.` (the message is taken, the answer not yet given), and what `on_word` does comes
    before the answer.
    """

    def __init__(self, *, pipelining: bool = False) -> None:
        super().__init__()
        self.on_word: Callable[[str], None] = _unheard
        self._pipelining = pipelining
        self._connected = 0
        self._changed = Condition()

    def wait_until_left(self) -> None:
        """Until nobody is connected: what a killed client had sent has been read."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._connected == 0, timeout=PATIENCE_S)

    def count(self, change: int) -> None:
        with self._changed:
            self._connected += change
            self._changed.notify_all()

    def _protocol(self) -> SMTP:
        return _Counted(self, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.on_word("EHLO")
        session.host_name = hostname
        return [responses[0], *["250-PIPELINING"] * self._pipelining, *responses[1:]]  # the first is its name

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.on_word("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        self.on_word("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, rcpt_options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.on_word(".")
        return answer


class _Counted(SMTP):
    def connection_made(self, transport: Any) -> None:
        self.event_handler.count(1)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.count(-1)


@dataclass
class Newsroom:
    """One folder, one database, one mail server; `problems` fills up with what must not be."""

    folder: Path
    office: PostOffice
    nursery: Nursery
    url: str
    people: tuple[str, ...]
    kills: int = 0
    windows: Counter[str] = field(default_factory=Counter)  # copies that the named window accounts for
    problems: list[str] = field(default_factory=list)
    in_real_time: bool = False  # the minute after a death is waited for by whoever comes next

    def start(self, *arguments: str, dies: Moment | None = None) -> Victim:
        return start_victim(self.nursery, arguments, cwd=self.folder, dies=dies)

    def run(self, *, dies: Moment | None = None) -> Victim:
        """`monitor run` to its end, or to its death, after which a minute has passed."""
        victim = self.start("run", "--json", dies=dies)
        self.ended(victim)
        return victim

    def daemon(self, *, dies: Moment | None = None) -> Victim:
        """`monitor schedule` to its death, or until the slot is done and SIGTERM has ended it."""
        victim = self.start("schedule", dies=dies)
        if dies is None:
            self._wait_until_done(victim)
            victim.send(signal.SIGTERM)
        self.ended(victim)
        return victim

    def slots(self) -> list[tuple[str, str]]:
        """Profile and state of each slot of the schedule, the newest first."""
        with closing(self.store()) as store:
            return [(entry.profile_id, entry.state) for entry in store.slots()]

    def _wait_until_done(self, victim: Victim) -> None:
        give_up_at = time.monotonic() + PATIENCE_S
        with closing(self.store()) as store:
            while [entry.state for entry in store.slots()] != ["done"]:
                assert time.monotonic() < give_up_at, f"the slots are {store.slots()}: {victim.said()}"
                time.sleep(0.05)

    def run_killed(self, arm: Callable[[Victim], None], *arguments: str) -> bool:
        """`monitor run`, or what is asked for, which `arm` has somebody kill; whether it died of that."""
        victim = self.start(*(arguments or ("run", "--json")))
        arm(victim)
        try:
            return self.ended(victim) == -signal.SIGKILL
        finally:
            self.office.on_word = _unheard

    def run_killed_at_word(self, word: str, nth: int, *arguments: str) -> bool:
        """Killed when the mail server has heard `word` for the n-th time, and has not answered."""
        heard: list[str] = []

        def arm(victim: Victim) -> None:
            def listen(said: str) -> None:
                heard.append(said)
                if said == word and heard.count(word) == nth:
                    victim.kill()

            self.office.on_word = listen

        return self.run_killed(arm, *arguments)

    def ended(self, victim: Victim) -> int:
        """Wait for its end; after a death look what it left, and let the minute pass in which its lock still stands."""
        code = victim.wait()
        self.office.wait_until_left()
        if code == -signal.SIGKILL:
            self.kills += 1
            self._look_at_what_is_left(victim)
            self.let_a_minute_pass()
        elif code:
            self.problems.append(f"exit code {code}: {victim.said()[-400:]}")
        return code

    def _look_at_what_is_left(self, victim: Victim) -> None:
        with closing(self.store()) as store:
            _wait_for_the_database(store)
            ledger = {r.recipient: r.state for e in store.editions() for r in store.receipts(e.edition)}
        taken = Counter(mail.recipients[0] for mail in self.office.messages)
        died = next(reversed(victim.moments()), "at no moment")
        for person in self.people:
            state, times = ledger.get(person, "nothing"), taken[person] - self.windows[person]
            if times and state == "dot":
                self.windows[person] += 1
            elif (times > 0) != (state == "sent"):
                self.problems.append(f"died {died}: {person} has {taken[person]} messages and stands at {state}")

    def let_a_minute_pass(self) -> None:
        """What a minute does to the leases and slots of a dead process: whoever comes then may have them."""
        if self.in_real_time:
            return
        later = datetime.now(UTC) + _A_MINUTE
        with closing(self.store()) as store:
            assert store.claim("run", "a minute", now=later, lease_s=0)
            store.release("run", "a minute")
            for entry in store.slots():
                if entry.state == "running":
                    passed = replace(entry, owner="a minute", at=later, until=datetime.now(UTC))
                    assert store.claim_slot(passed)

    def store(self) -> SqlStore:
        return open_store(self.url, folder=self.folder)

    # ------------------------------------------------------------ what must hold in the end

    def finish(self, *, again: bool = True) -> "Newsroom":
        """A run that lives, one more unless that is not asked for, and a look at everything."""
        self.run()
        if again:
            self._nothing_is_sent_again()
        self.look()
        return self

    def _nothing_is_sent_again(self) -> None:
        before = len(self.office.messages)
        report = json.loads(self.run().said())
        if len(self.office.messages) != before or any(e["receipts"] for e in report["editions"]):
            self.problems.append("a run after the last one sent something")

    def look(self) -> None:
        with closing(self.store()) as store:
            editions = store.editions()
            states = Counter(receipt.state for e in editions for receipt in store.receipts(e.edition))
        if len(editions) != 1:
            self.problems.append(f"{len(editions)} editions: {[e.edition for e in editions]}")
        if states != Counter(sent=len(self.people)):
            self.problems.append(f"the outbox says {dict(states)}")
        self._look_at_copies()
        self._look_at_the_archive(editions[0])

    def _look_at_copies(self) -> None:
        copies: dict[str, list[bytes]] = {person: [] for person in self.people}
        for mail in self.office.messages:
            copies[mail.recipients[0]].append(mail.content)
        for person, messages in copies.items():
            if len(messages) != 1 + self.windows[person]:
                self.problems.append(f"{person}: {len(messages)} messages, {self.windows[person]} times in the window")
            if len(set(messages)) > 1:
                self.problems.append(f"{person}: copies that differ")
        ids = {message_from_bytes(mail.content)["Message-ID"] for mail in self.office.messages}
        if len(ids) != len(self.people):
            self.problems.append(f"{len(ids)} Message-IDs for {len(self.people)} people")

    def _look_at_the_archive(self, edition: Edition) -> None:
        """Whole, of one edition, and what was sent."""
        folder = self.folder / "digests"
        page = folder / edition.path
        archived = read_edition(page).text.split()
        sent = message_from_bytes(self.office.messages[-1].content, policy=default_policy).get_body(("plain",))
        if sent is None or sent.get_content().split() != archived:
            self.problems.append("the archive has another text than the message")
        beside = {path.suffix for path in page.parent.iterdir() if not _DEBRIS.fullmatch(path.name)}
        if not beside >= {".html", ".txt", ".eml", ".json"}:
            self.problems.append(f"the archive has only {beside}")
        listed = [entry["path"] for entry in json.loads((folder / "editions.json").read_text("utf-8"))["editions"]]
        if listed != [edition.path]:
            self.problems.append(f"the archive's index lists {listed}")

    def shown(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The stories and the reports of the edition: the same, wherever runs before it died."""
        with closing(self.store()) as store:
            edition = store.editions()[0]
        return edition.story_ids, edition.article_ids


def _wait_for_the_database(store: SqlStore) -> None:
    """A PostgreSQL server may still work on what a killed client had sent last."""
    if store._engine.dialect.name != "postgresql":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    give_up_at = time.monotonic() + PATIENCE_S
    with store._engine.connect() as connection:
        while connection.exec_driver_sql(others).scalar():
            assert time.monotonic() < give_up_at, "the database server keeps the connection of a dead client"
            connection.rollback()
            time.sleep(0.005)


# ---------------------------------------------------------------- setting it up


@contextmanager
def feeds_of_today() -> Iterator[SampleServer]:
    """Three of the sample outlets; the last of their days is now."""
    now = datetime.now(UTC)
    samples = samples_ending(now)
    with SampleServer(replace(samples, outlets=tuple(o for o in samples.outlets if o.id in OUTLETS)), at=now) as feeds:
        yield feeds


def kinds(moments: Sequence[Moment], *, middle: bool = False) -> list[Moment]:
    """One of each name, in the order of a run: the first, or the one in the middle of those that come again."""
    by_name: dict[str, list[Moment]] = {}
    for moment in moments:
        by_name.setdefault(moment.name, []).append(moment)
    return sorted((same[len(same) // 2 if middle else 0] for same in by_name.values()), key=moments.index)


def zone_of_noon(now: datetime) -> str:
    """A zone in which it is about noon, so that no test runs over midnight."""
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"  # the signs of these zones are POSIX's: west is positive


@contextmanager
def open_newsroom(
    folder: Path,
    nursery: Nursery,
    feeds: SampleServer,
    *,
    recipients: int = 20,
    connections: int = 1,
    pipelining: bool = False,
    url: str = "sqlite:///monitor.db",
) -> Iterator[Newsroom]:
    """A newsroom in an empty folder whose digest has been due since midnight of its zone."""
    people = tuple(f"lectora{number:02}@redaccion.example" for number in range(recipients))
    with PostOffice(pipelining=pipelining) as office:
        mail = {"host": "127.0.0.1", "port": office.port, "security": "none", "timeout_s": 20}
        document = {
            "mail": {**mail, "connections": connections},
            "storage": {"url": url},
            "schedule": {"time": "00:00", "timezone": zone_of_noon(datetime.now(UTC))},
            "translation": {"engine": "none"},
            "stories": {"embedder": "hash"},
            "recipients": [{"address": person} for person in people],
            "feeds": [json.loads(feed.model_dump_json(exclude_defaults=True)) for feed in feeds.feeds()],
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "feeds.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        yield Newsroom(folder, office, nursery, url, people)
