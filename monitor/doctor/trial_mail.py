"""A test mail: built like a digest, sent by the configured way, with the server's answer for each recipient.

It tells where it comes from (machine, configuration file, mail server) and nothing secret.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from textwrap import fill
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from monitor.app import open_delivery, open_signer, open_unsubscription, utc_now
from monitor.config import Config, find_config, load_config
from monitor.digest.phrases import LOCALES
from monitor.doctor.checks import Finding
from monitor.errors import MonitorError
from monitor.pipeline import envelope_for
from monitor.records import LANGUAGES, DeliveryState, Envelope, Lang, Profile, Receipt, RenderedDigest
from monitor.resources import read_yaml

_WORDS = Path(__file__).with_suffix(".yaml")
_LINE_CHARS = 78  # RFC 5322 recommends it
_REMEDIES: Mapping[DeliveryState, str] = {
    "deferred": "the server may take it later: try again in ten minutes",
    "unknown": "it may have arrived: look there before you try again",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a test mail comes from, as it says itself."""

    host: str
    config: str  # path of feeds.yaml
    through: str  # "smtp://mail.example.org:587"
    now: datetime


def try_mail(
    config_path: str | None,
    recipients: Sequence[str],
    findings: Sequence[Finding],
    environ: Mapping[str, str] = os.environ,
) -> tuple[Finding, ...]:
    """Send test mails; one finding per recipient, with the server's answer. Nothing is kept.

    Nothing is sent while `findings` doubt the configuration or the mail server: a wrong password is tried once.
    """
    recipients = tuple(dict.fromkeys(recipients))
    if any(finding.level == "error" and finding.what in ("configuration", "mail") for finding in findings):
        return tuple(_not_tried(to, "not sent → first put right what is wrong above") for to in recipients)
    return _sent(load_config(find_config(config_path, environ)), recipients) if recipients else ()


def _sent(config: Config, recipients: Sequence[str]) -> tuple[Finding, ...]:
    try:
        delivery = open_delivery(config)
        if delivery is None:
            return (Finding("test mail", "error", "no mail server is configured", "set mail.host"),)
        with closing(delivery):
            return tuple(map(_finding, delivery.deliver(_envelopes(config, recipients, delivery.name))))
    except MonitorError as exc:
        return tuple(_not_tried(to, str(exc)) for to in recipients)


def _envelopes(config: Config, recipients: Sequence[str], through: str) -> list[Envelope]:
    """As a digest's are made: with its list's headers, each recipient's own address for leaving, and the signature."""
    origin = Origin(socket.gethostname(), str(config.path), through, utc_now())
    leaving, signer = open_unsubscription(config), open_signer(config)
    return [
        envelope_for(config, trial_mail(config, to, origin), to, leaving, now=origin.now, signer=signer)
        for to in recipients
    ]


def trial_mail(config: Config, recipient: str, origin: Origin) -> RenderedDigest:
    """The mail as an edition of the recipient's profile (the first one for a stranger), in its language. Pure."""
    profile = _profile_of(config, recipient)
    languages = LANGUAGES if profile.language == "both" else (profile.language,)
    sections = {language: _section(config, profile, origin, language) for language in languages}
    return RenderedDigest(
        edition=f"test-mail/{origin.now:%Y-%m-%dT%H%M%S.%f}",
        profile_id=profile.id,
        date=origin.now.astimezone(ZoneInfo(profile.timezone)).date(),
        language=profile.language,
        subject=sections[languages[0]][0],
        html=_as_html(sections),
        text="\n\n\n".join(_as_text(paragraphs) for paragraphs in sections.values()),
        data="{}",
        images=(),
        story_ids=(),
        cutoff_at=origin.now,
    )


def _profile_of(config: Config, recipient: str) -> Profile:
    wanted = next((r.profile for r in config.recipients if r.address == recipient), config.profiles[0].id)
    return next(profile for profile in config.profile_records() if profile.id == wanted)


def _section(config: Config, profile: Profile, origin: Origin, language: Lang) -> tuple[str, ...]:
    """The subject, then the paragraphs, in one language."""
    words = _words()[language]
    title = config.digest.title_en if language == "en" else config.digest.title_es
    local = origin.now.astimezone(ZoneInfo(profile.timezone))
    facts = {
        "sent": format_datetime(local, "full", locale=LOCALES[language]),
        "by": words["origin"].format(host=origin.host, config=origin.config),
        "through": origin.through,
        "list": words["profile"].format(profile=profile.id, count=len(config.recipients_of(profile.id))),
    }
    lines = [f"{words[key]}: {value}" for key, value in facts.items()]
    subject, opening = words["subject"].format(title=title), words["opening"].format(title=title)
    return (subject, opening, words["what"], *lines, words["closing"])


@cache
def _words() -> Mapping[Lang, Mapping[str, str]]:
    words: Mapping[Lang, Mapping[str, str]] = read_yaml(_WORDS)
    return words


def _as_text(section: Sequence[str]) -> str:
    lines = (fill(line, _LINE_CHARS, break_long_words=False, break_on_hyphens=False) for line in section[1:])
    return "\n\n".join(lines) + "\n"


def _as_html(sections: Mapping[Lang, Sequence[str]]) -> str:
    """Plain enough to need no style sheet; light and dark are the mail client's."""
    subject = next(iter(sections.values()))[0]
    body = "".join(
        f'<div lang="{language}">{"".join(f"<p>{escape(line)}</p>" for line in section[1:])}</div>'
        for language, section in sections.items()
    )
    head = f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
    return f'<!DOCTYPE html><html lang="{next(iter(sections))}">{head}<body>{body}</body></html>'


# ---------------------------------------------------------------- what became of it


def _finding(receipt: Receipt) -> Finding:
    if receipt.state == "sent":
        detail, remedy = f"taken: {receipt.detail}", "look whether it arrived, in the spam folder, too"
        return Finding(_what(receipt.recipient), "ok", detail, remedy, receipt.recipient)
    remedy = _REMEDIES.get(receipt.state, "correct the address, or ask whoever runs that mail server")
    return Finding(_what(receipt.recipient), "error", receipt.detail, remedy, receipt.recipient)


def _not_tried(recipient: str, why: str) -> Finding:
    detail, _, remedy = why.partition(" → ")
    return Finding(_what(recipient), "error", detail, remedy, recipient)


def _what(recipient: str) -> str:
    return f"test mail to {recipient}"
