"""The composition root: the only place where concretes are chosen.

Commands ask for a run by a `RunRequest`; `run_once` opens what it needs, takes the run lock, runs the pipeline and
gives everything back.
"""

import os
import re
import secrets
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import pipeline
from monitor.config import Config, check_address, resolve_secret, with_logins
from monitor.delivery import SmtpDelivery, deliver_due, find_edition
from monitor.digest import load_templates, unknown_wishes
from monitor.digest.subscription import Unsubscription
from monitor.errors import BusyError, ConfigError, MonitorError, Problem, StorageError
from monitor.executors import open_executor, settled_heap
from monitor.intake import TOPICS, load_lexicon
from monitor.language.interpreter import Interpreter
from monitor.pipeline import EditionPlan, Herald, Plan, Progress, Tools, channels_of
from monitor.protocols import Delivery, Store
from monitor.records import DueSlot, Edition, FeedReport, Profile, Receipt, RunReport, SlotEntry
from monitor.resources import bundled
from monitor.serialise import to_json, to_plain
from monitor.store import copy_store, open_store
from monitor.stories.embed import open_embedder
from monitor.stories.gazetteer import gazetteer
from monitor.stories.quotas import unknown_names

_LOCK = "run"
_LEASE_S = 60.0
_RENEW_S = 15.0


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a command, the daemon or the demo asks for."""

    now: datetime
    profile: str = ""  # empty: all
    since: str = ""  # "24h", "3d", a local date: a one-off edition of this window
    slots: tuple[DueSlot, ...] = ()  # the editions that the schedule wants; empty: today's of every profile
    to: tuple[str, ...] = ()  # in place of the profile's recipients
    out: Path | None = None  # in place of digests/
    send: bool = True
    fetch: bool = True
    dry_run: bool = False  # nothing is written to the store or sent
    explain: bool = False
    sample: bool = False


def run_once(config: Config, request: RunRequest, progress: Progress) -> RunReport:
    """One whole run. Raises MonitorError, after the channels of feeds.yaml were told.

    Whatever happens, the lock and all processes are given back.
    """
    try:
        return _run(config, request, progress)
    except BusyError:  # the other run tells
        raise
    except Exception as exc:
        if request.send and request.fetch and not request.dry_run:
            _tell_failure(config, request.now, str(exc) or type(exc).__name__)
        raise


def _run(config: Config, request: RunRequest, progress: Progress) -> RunReport:
    with tempfile.TemporaryDirectory(prefix="monitor-") as scratch:
        config, request = _for_dry_run(config, request, Path(scratch))
        with open_tools(config, out=request.out) as tools:
            plan = plan_run(config, request)
            # A dry run has a copy of the store, in which the lease of a run under way may stand as well.
            with run_lock(tools.store, plan.run_id, key="dry run" if request.dry_run else _LOCK) as held:
                report = pipeline.run(tools, plan, _WhileHeld(progress, held))
                tools.store.save_run(report, to_json(report))
    return report


def _for_dry_run(config: Config, request: RunRequest, scratch: Path) -> tuple[Config, RunRequest]:
    """A dry run works on a copy of the store and leaves the digest in `--out`, or in a folder that stays in /tmp."""
    if not request.dry_run:
        return config, request
    url = copy_store(config.storage.url, folder=config.folder, target_folder=scratch)
    out = request.out or Path(tempfile.mkdtemp(prefix="monitor-dry-run-"))
    storage = config.storage.model_copy(update={"url": url})
    return config.model_copy(update={"storage": storage}), replace(request, out=out, send=False)


def utc_now() -> datetime:
    return datetime.now(UTC)


# ---------------------------------------------------------------- tools


@contextmanager
def open_tools(config: Config, *, out: Path | None = None, environ: Mapping[str, str] = os.environ) -> Iterator[Tools]:
    """Everything a run works with. Raises ConfigError, StorageError or EngineError before anything is read or sent."""
    lexicon = load_lexicon(topic_file(config, config.topic.lexicon))
    check_quotas(config)
    check_profiles(config)
    templates = load_templates(user_templates(config))
    archive_templates = load_templates(user_templates(config), part="archive")
    delivery = open_delivery(config, environ)
    store = open_store(config.storage.url, folder=config.folder)
    executor = open_executor(preload=("monitor.intake.preload",))
    with closing(store), closing(executor), closing(delivery) if delivery else nullcontext(), settled_heap():
        interpreter = open_interpreter(config, store)
        yield Tools(
            config=config,
            sources=with_logins(config, (feed for feed in config.feeds if feed.enabled), environ),
            store=store,
            lexicon=lexicon,
            templates=templates,
            archive_templates=archive_templates,
            interpreter=interpreter,
            embedder=open_embedder(config.stories.embedder, config.folder),
            executor=executor,
            delivery=delivery,
            digests_dir=out.absolute() if out else config.digests_dir,
            channels=channels_of(config, environ),
            unsubscription=open_unsubscription(config, environ),
        )


def open_interpreter(config: Config, store: Store | None) -> Interpreter:
    """The translation that feeds.yaml asks for, with the wordings kept in the store. ConfigError, EngineError."""
    glossary = topic_file(config, config.topic.glossary)
    return Interpreter(config.translation, glossary, store.corrections() if store else ())


def topic_file(config: Config, name: str) -> Path:
    """A file that feeds.yaml refers to: beside it, else the one that ships with the program under its default name."""
    path = config.folder / name
    if path.exists():
        return path
    if name in ("lexicon.yaml", "glossary.yaml"):
        return bundled(name)
    raise ConfigError(
        Problem(str(config.path), "topic", f"'{name}' does not exist in {config.folder}", "run `monitor init`")
    )


def check_quotas(config: Config) -> None:
    """Raises ConfigError for quotas of a topic or a stretch of the border that does not exist."""
    unknown = unknown_names(config.stories.quotas, topics=TOPICS)
    if unknown:
        raise ConfigError(*(Problem(str(config.path), where, "does not exist", remedy) for where, remedy in unknown))


def check_profiles(config: Config) -> None:
    """Raises ConfigError for topics and places of a profile that no story can ever have."""
    places = tuple(gazetteer().places.values())
    wrong = [
        Problem(str(config.path), f"profiles.{profile.id}.{key}", f"there is no '{name}'", remedy)
        for profile in config.profile_records()
        for key, name, remedy in unknown_wishes(profile, topics=TOPICS, places=places)
    ]
    if wrong:
        raise ConfigError(*wrong)


def user_templates(config: Config) -> Path | None:
    """The user's own templates/ beside feeds.yaml, if there is one."""
    folder = config.folder / "templates"
    return folder if folder.is_dir() else None


def open_delivery(config: Config, environ: Mapping[str, str] = os.environ) -> Delivery | None:
    """The mail server of feeds.yaml; None when none is configured."""
    mail = config.mail
    if not mail.host:
        return None
    password = resolve_secret(env=mail.password_env, file=mail.password_file, folder=config.folder, environ=environ)
    if mail.username and not password:
        raise ConfigError(
            Problem(
                str(config.path),
                "mail.username",
                "there is a user name but no password",
                f"set ${mail.password_env}, or name a file in mail.password_file",
            )
        )
    return SmtpDelivery(mail, password)


_SHORTEST_SECRET = 16


def open_unsubscription(config: Config, environ: Mapping[str, str] = os.environ) -> Unsubscription | None:
    """How recipients leave by one click; None without a secret to sign their addresses with.

    Raises ConfigError for a secret that can be guessed, or whose file others can read.
    """
    web = config.web
    secret = resolve_secret(env=web.secret_env, file=web.secret_file, folder=config.folder, environ=environ)
    if not secret:
        return None
    where = web.secret_file or f"${web.secret_env}"
    if len(secret) < _SHORTEST_SECRET:
        remedy = "make one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
        raise ConfigError(Problem(str(config.path), f"web, {where}", f"is shorter than {_SHORTEST_SECRET}", remedy))
    if web.secret_file and (config.folder / web.secret_file).stat().st_mode & 0o077:
        raise ConfigError(Problem(where, "secret", "can be read by others", f"chmod 600 {where}"))
    return Unsubscription(web.base_url.rstrip("/"), secret)


def _tell_failure(config: Config, now: datetime, error: str) -> None:
    """Tell the channels that a run failed; where that fails as well, the run's own error is all there is to say."""
    with suppress(MonitorError):
        phrases = load_templates(part="archive").phrases  # not the user's: they may be what failed
        channels = channels_of(config, os.environ)
        try:
            with open_store_of(config) if channels else nullcontext() as store:
                Herald(channels, store, now, secrets.token_hex(8)).tell_failure(phrases, error)
        except StorageError:
            Herald(channels, None, now, "").tell_failure(phrases, error)


# ---------------------------------------------------------------- plan


def plan_run(config: Config, request: RunRequest) -> Plan:
    """Which editions this run makes, of which day and for whom.

    Raises ConfigError for an unknown profile, an unreadable `since` or a recipient that is no address.
    """
    _check_recipients(request.to)
    profiles = config.profile_records()
    if request.profile:
        profiles = tuple(p for p in profiles if p.id == request.profile)
        if not profiles:
            known = ", ".join(p.id for p in config.profiles)
            problem = f"there is no profile '{request.profile}'"
            raise ConfigError(Problem(str(config.path), "profiles", problem, f"use one of: {known}"))
    if request.slots:
        profiles = tuple(p for p in profiles if p.id in {slot.profile_id for slot in request.slots})
    return Plan(
        run_id=f"{request.now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        now=request.now,
        editions=tuple(_edition_plan(config, request, profile) for profile in profiles),
        since=parse_since(request.since, request.now, config.schedule.timezone) if request.since else None,
        fetch=request.fetch,
        send=request.send,
        explain=request.explain,
        sample=request.sample,
    )


def _check_recipients(addresses: Sequence[str]) -> None:
    for address in addresses:
        try:
            check_address(address)
        except ValueError as exc:
            problem, _, remedy = str(exc).partition("; ")
            raise ConfigError(Problem("--to", address, problem, remedy)) from None


def _edition_plan(config: Config, request: RunRequest, profile: Profile) -> EditionPlan:
    wanted = {slot.profile_id: slot.date for slot in request.slots}
    day = wanted.get(profile.id) or request.now.astimezone(ZoneInfo(profile.timezone)).date()
    recipients = request.to or config.recipients_of(profile.id)
    if request.since:
        slug = re.sub(r"[^a-z0-9]+", "-", request.since.lower()).strip("-")
        once = replace(profile, id=f"{profile.id}-since-{slug}")
        return EditionPlan(once, day, recipients)
    if not request.fetch:
        return EditionPlan(replace(profile, id=f"{profile.id}-preview"), day, (), series=profile.id)
    return EditionPlan(profile, day, recipients, series=profile.id)


_SPAN = re.compile(r"(\d{1,4})\s*([hdw])")
_UNIT_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


def parse_since(text: str, now: datetime, zone: str) -> datetime:
    """ "24h", "3d", "2w" before now, or a local date or date and time. Raises ConfigError for anything else."""
    if match := _SPAN.fullmatch(text.strip().lower()):
        return now - timedelta(hours=int(match[1]) * _UNIT_HOURS[match[2]])
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _since_error(text, "is neither a span nor a date") from None
    instant = (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    if instant >= now:
        raise _since_error(text, "lies in the future")
    return instant


def _since_error(text: str, problem: str) -> ConfigError:
    return ConfigError(Problem("--since", repr(text), problem, "write 24h, 3d, 2w, 2026-03-01 or 2026-03-01T06:00"))


# ---------------------------------------------------------------- one run at a time


@contextmanager
def run_lock(store: Store, run_id: str, *, key: str = _LOCK) -> Iterator["Held"]:
    """Hold the run lock, renewed while the run lives, so that a killed run blocks the next one for a minute at most.

    Raises BusyError when another run holds it.
    """
    held = Held(store, key, f"{socket.gethostname()}:{os.getpid()}:{run_id}")
    if not held.renew():
        raise BusyError(
            "another run is under way, so nothing was done; wait for it to end"
            f" (if it was killed, its lock is free again within {_LEASE_S:.0f} seconds)"
        )
    ended = threading.Event()
    heart = threading.Thread(target=held.keep, args=(ended,), name="run-lock", daemon=True)
    heart.start()
    try:
        yield held
    finally:
        ended.set()
        heart.join()
        store.release(key, held.owner)


class Held:
    """The run lock of one run. `check` raises once another run has it: this machine slept, or stood still."""

    def __init__(self, store: Store, key: str, owner: str) -> None:
        self.owner = owner
        self._store = store
        self._key = key
        self._lost = threading.Event()

    def renew(self) -> bool:
        return self._store.claim(self._key, self.owner, now=utc_now(), lease_s=_LEASE_S)

    def keep(self, ended: threading.Event) -> None:
        """Renew until the run has ended or another one has the lock."""
        while not ended.wait(_RENEW_S):
            if not self.renew():
                self._lost.set()
                return

    def check(self) -> None:
        if self._lost.is_set():
            raise BusyError(
                "the run stood still for so long that another one took over; that one goes on, this one ends"
            )


@dataclass(frozen=True, slots=True)
class _WhileHeld:
    """Progress that ends the run at its next step once the lock is lost."""

    progress: Progress
    held: Held

    def stage(self, name: str, done: int, total: int) -> None:
        self.held.check()
        self.progress.stage(name, done, total)


def free_disk_bytes(folder: Path) -> int:
    """Free space where a folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


# ---------------------------------------------------------------- feeds, editions, status


def check_feeds(config: Config, ids: Sequence[str], *, now: datetime) -> tuple[FeedReport, ...]:
    """Read feeds, also switched-off ones that are named; nothing is remembered. ConfigError for an unknown id."""
    chosen = [feed for feed in config.feeds if (feed.id in ids if ids else feed.enabled)]
    unknown = sorted(set(ids) - {feed.id for feed in config.feeds})
    if unknown:
        raise ConfigError(
            Problem(str(config.path), "feeds", f"there is no feed '{unknown[0]}'", "see `monitor feeds list`")
        )
    return pipeline.check_sources(with_logins(config, chosen), config.fetch, now=now)


def stored_digest(config: Config, day: date, profile_id: str) -> Path:
    """The .html of a stored edition. Raises StorageError when there is none."""
    profile_id = profile_id or config.profiles[0].id
    path = find_edition(config.digests_dir, day, profile_id)
    if path is None:
        raise StorageError(
            f"{config.digests_dir}: no digest of {day} for the profile '{profile_id}';"
            " `monitor status` lists what there is"
        )
    return path


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of messages, and how many recipients were left out because they have unsubscribed."""

    receipts: tuple[Receipt, ...]
    left_out: int = 0


def send_edition(config: Config, day: date, profile_id: str, to: Sequence[str], *, again: bool, now: datetime) -> Sent:
    """Send the stored editions of a day; the profile's recipients unless `to` names others.

    Who has unsubscribed is left out, also when `to` names them.

    Raises StorageError when there is no such edition, ConfigError without a mail server, DeliveryError, BusyError.
    """
    _check_recipients(to)
    delivery = open_delivery(config)
    if delivery is None:
        raise ConfigError(Problem(str(config.path), "mail.host", "no mail server is configured", "set mail.host"))
    unsubscription = open_unsubscription(config)
    receipts: list[Receipt] = []
    left_out = 0
    with closing(delivery), open_store_of(config) as store, run_lock(store, f"send-{now:%H%M%S}"):
        for edition in _editions_of(store, config, day, profile_id):
            named = tuple(to) or config.recipients_of(edition.profile_id)
            audience = pipeline.audience_of(store, config, edition.profile_id, named)
            left_out += audience.left_out
            pipeline.queue_missing(store, config, edition, audience.recipients, unsubscription, now=now)
            if again:
                until = pipeline.deliver_until(config, now)
                store.requeue(edition.edition, audience.recipients, deliver_until=until)
            receipts += deliver_due(store, delivery, now=now, edition=edition.edition)
    return Sent(tuple(receipts), left_out)


def _editions_of(store: Store, config: Config, day: date, profile_id: str) -> list[Edition]:
    """The stored editions of a day: one profile's, or every configured profile's. Raises StorageError for none."""
    wanted = [profile_id] if profile_id else [profile.id for profile in config.profiles]
    found = [e for name in wanted for e in store.editions(name, limit=1000) if e.date == day]
    if not found:
        raise StorageError(
            f"no digest of {day} is stored for {', '.join(wanted)}; `monitor status` lists what there is"
        )
    return found


def deliver_waiting(config: Config, on_event: Callable[[str], None]) -> tuple[Receipt, ...]:
    """Hand over what is due by now: what the daemon does between two runs. Nothing when a run holds the lock.

    `on_event` is told what a chat channel did not take.
    """
    delivery = open_delivery(config)
    if delivery is None:
        return ()
    now = utc_now()
    with closing(delivery), open_store_of(config) as store:
        if not store.due_envelopes(now=now):
            return ()
        try:
            with run_lock(store, f"idle-{now:%H%M%S}"):
                receipts = deliver_due(store, delivery, now=now)
                herald = Herald(channels_of(config, os.environ), store, now, secrets.token_hex(8))
                for problem in herald.tell_editions(config, {receipt.edition for receipt in receipts}):
                    on_event(problem)
                return receipts
        except BusyError:
            return ()


@contextmanager
def open_store_of(config: Config) -> Iterator[Store]:
    with closing(open_store(config.storage.url, folder=config.folder)) as store:
        yield store


@dataclass(frozen=True, slots=True)
class Status:
    """What `monitor status` tells."""

    runs: tuple[str, ...]  # JSON documents, newest first
    editions: tuple[Edition, ...]
    unsent: tuple[Receipt, ...]
    feeds: tuple[FeedReport, ...]
    slots: tuple[SlotEntry, ...]  # of the schedule, newest first

    def plain(self) -> dict[str, object]:
        return {name: to_plain(getattr(self, name)) for name in ("editions", "unsent", "feeds", "slots")}


def read_status(config: Config) -> Status:
    """The state of things, from the store alone."""
    with open_store_of(config) as store:
        editions = store.editions(limit=30)
        return Status(
            runs=store.runs(limit=10),
            editions=editions,
            unsent=tuple(r for e in editions for r in store.receipts(e.edition) if r.state != "sent"),
            feeds=pipeline.reports_from_states(config.sources(), store.feed_states()),
            slots=store.slots(),
        )
