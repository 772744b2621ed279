"""Mails to check: the demo's days as its mail server received them, a day without news, a day on which most feeds
fail, the alerts of the demo's last day, one edition of 300 reports per language, and alarms for operators.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.app import RunRequest, run_once
from monitor.config import AlertsConfig, Config
from monitor.config.mail import MailConfig
from monitor.config.models import DigestConfig
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.mail_server import Mailbox
from monitor.demo.replay import demo_config
from monitor.demo.server import SampleServer
from monitor.digest import build_envelope, compose, edition_links, load_templates, render
from monitor.digest.alarm_mail import Alarm, Letterhead, render_alarm
from monitor.pipeline import NoProgress
from monitor.records import DigestLang, EditionMaterial, Lang, Profile, Trouble
from tests.checks.website import write_config
from tests.digest.conftest import FULL_DAY, NOW, WORDS, ZONE, Tale, material_of

LANGUAGES: tuple[DigestLang, ...] = ("en", "es", "both")
ALERT_LANGUAGES: tuple[Lang, ...] = ("en", "es")
_REPORTS = 300
_MAIL = MailConfig(sender="Border Monitor <digest@monitor.example>", base_url="https://digests.monitor.example")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it arrives, under a short name: "demo-en"."""

    name: str
    message: bytes

    @property
    def html(self) -> str:
        """The page as a mail client gets it, pictures still as `cid:`."""
        return str(self._part("html").get_content()).replace("\r\n", "\n")

    @property
    def text(self) -> str:
        return str(self._part("plain").get_content())

    @property
    def pictures(self) -> dict[str, bytes]:
        """The pictures inside the message, by content id."""
        parts = [part for part in self._parsed().walk() if part.get_content_maintype() == "image"]
        return {str(part["Content-ID"]).strip("<>"): bytes(part.get_content()) for part in parts}

    def _parsed(self) -> EmailMessage:
        return message_from_bytes(self.message, policy=policy.default)

    def _part(self, kind: str) -> Any:
        part = self._parsed().get_body((kind,))
        assert part is not None, f"{self.name}: no {kind} part"
        return part


def mails(out: Path) -> Iterator[Mail]:
    """All editions to check. The sample days are replayed in `out`, an empty folder, with the best engine there is.

    That takes about a minute. `out` has a feeds.yaml then.
    """
    yield from _sample_mails(out)
    for language in LANGUAGES:
        yield Mail(f"300-{language}", _message(_large_day(), language))
    yield from _alarms()


def _sample_mails(out: Path) -> Iterator[Mail]:
    out.mkdir(parents=True)
    quiet, failing = (SAMPLE_DAYS[-1] + timedelta(days=n) for n in (1, 2))
    with SampleServer() as feeds, Mailbox() as mailbox:
        config = demo_config(out, feeds, smtp_port=mailbox.port)
        write_config(config, out)
        for day in SAMPLE_DAYS:
            feeds.at = day
            run_once(config, RunRequest(day, sample=True), NoProgress())
        yield from _newest("demo", mailbox)
        run_once(_with_alerts(config), RunRequest(SAMPLE_DAYS[-1], sample=True, alerts_only=True), NoProgress())
        for language in ALERT_LANGUAGES:
            yield Mail(f"alert-{language}", mailbox.messages_to(f"alert-{language}@newsroom.example")[-1].content)
        run_once(config, RunRequest(quiet, sample=True), NoProgress())
        yield from _newest("quiet", mailbox)
        run_once(_with_dead_feeds(config), RunRequest(failing, sample=True), NoProgress())
        yield from _newest("degraded", mailbox)


def _newest(name: str, mailbox: Mailbox) -> Iterator[Mail]:
    """What the last run sent: one message per language."""
    for language, profile in zip(LANGUAGES, ("english", "espanol", "both"), strict=True):
        yield Mail(f"{name}-{language}", mailbox.messages_to(f"{profile}@newsroom.example")[-1].content)


def _with_alerts(config: Config) -> Config:
    """The best story in both languages, to somebody for each language."""
    rules = [
        {"id": language, "recipients": [f"alert-{language}@newsroom.example"], "language": language, "at_most": 1}
        for language in ALERT_LANGUAGES
    ]
    stories = [{**rule, "outlets": 2, "both_languages": True, "fresh_hours": 48, "score": 1} for rule in rules]
    return config.model_copy(update={"alerts": AlertsConfig.model_validate({"stories": stories})})


def _alarms() -> Iterator[Mail]:
    """A silent press, and that it is over."""
    lines = ("voz-norte: timeout → give the feed more time in feeds.yaml", "cronica-rio: dns → check the address")
    now = NOW.astimezone(ZoneInfo(ZONE))
    for language in ALERT_LANGUAGES:
        head = Letterhead(DigestConfig().title_en, "monitor.example", language)
        for name, over in (("alarm", False), ("over", True)):
            alarm = Alarm(Trouble("feeds_es", details=lines), over=over, day=now.date(), began=NOW - timedelta(hours=3))
            rendered = render_alarm(alarm, head, load_templates(), now=now)
            envelope = build_envelope(rendered, "ops@newsroom.example", _MAIL, list_name="Border Digest")
            yield Mail(f"{name}-{language}", envelope.message)


def _with_dead_feeds(config: Config) -> Config:
    """Two feeds in three lead to a page that does not exist."""
    feeds = tuple(
        feed if n % 3 == 0 else feed.model_copy(update={"url": f"{feed.url}/gone"})
        for n, feed in enumerate(config.feeds)
    )
    return config.model_copy(update={"feeds": feeds})


def _large_day() -> EditionMaterial:
    """At least 300 reports, alternately in both languages, only in English and only in Spanish."""
    tales: list[Tale] = []
    while sum(len(tale.reports) for tale in tales) < _REPORTS:
        n = len(tales)
        tales.append(replace(FULL_DAY[n % len(FULL_DAY)], id=f"s{n}", score=400.0 - n, day=1 + n % 2))
    return material_of(tales, WORDS)


def _message(material: EditionMaterial, language: DigestLang) -> bytes:
    profile = Profile("everyone", language=language, timezone=ZONE, max_stories=200)
    digest = compose(material, profile, DigestConfig(), zone=ZoneInfo(ZONE))
    rendered = render(digest, load_templates(), links=edition_links(digest, _MAIL))
    return build_envelope(rendered, "desk@newsroom.example", _MAIL, list_name="Border Digest").message
