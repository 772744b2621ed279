"""Chat channels are told once when an edition is out, and once a day at most when runs fail.

What was told stands in the store's leases, taken before the message is handed over and kept for longer than anybody
looks back: a run that dies in between tells nothing twice. The price is that a message that was not taken is not tried
again; the run's report says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.config import ChannelConfig, Config, resolve_secret
from monitor.delivery.notify import Channel, tell
from monitor.digest.phrases import PhraseError, Phrases
from monitor.errors import ConfigError
from monitor.pipeline.archive import archive_names
from monitor.pipeline.publish import EXIT_FAILED, Delivered, Published
from monitor.pipeline.tools import Plan, Tools
from monitor.protocols import Store
from monitor.records import Edition, Lang, RunReport
from monitor.text import one_line

_REMEMBERED = timedelta(days=400)
_LOOKED_BACK = 30  # editions of a profile
_ERROR_CHARS = 300


@dataclass(frozen=True, slots=True)
class Herald:
    """Who is told, when it is, and the memory of what was told; `run_id` differs from run to run."""

    channels: tuple[Channel, ...]
    store: Store | None  # None: it cannot be opened, and nothing is remembered
    now: datetime
    run_id: str

    def tell_editions(self, config: Config, keys: Iterable[str]) -> tuple[str, ...]:
        """Tell each channel of those editions that are out and of which it was not told; what went wrong, by line."""
        if self.store is None:
            return ()
        editions = [edition for key in keys if (edition := _edition(self.store, config, key))]
        problems = (
            _told(channel, *_message(config, edition))
            for edition in editions
            if _is_out(self.store, edition)
            for channel in self.channels
            if channel.wants(edition.profile_id) and self._first_time(f"{channel.name}:{edition.edition}")
        )
        return tuple(filter(None, problems))

    def tell_failure(self, phrases: Mapping[Lang, Phrases], error: str) -> tuple[str, ...]:
        """Tell each channel that asks for it, once a day (UTC); always, when there is no memory of it."""
        problems = (
            _told(channel, phrases[channel.language]("failed"), one_line(error, limit=_ERROR_CHARS))
            for channel in self.channels
            if "failure" in channel.events and self._first_time(f"{channel.name}:failure:{self.now.date()}")
        )
        return tuple(filter(None, problems))

    def _first_time(self, key: str) -> bool:
        """Take the right to tell this, which is given once."""
        if self.store is None:
            return True
        return self.store.claim(f"told:{key}", self.run_id, now=self.now, lease_s=_REMEMBERED.total_seconds())


def channels_of(config: Config, environ: Mapping[str, str]) -> tuple[Channel, ...]:
    """The chat channels of feeds.yaml with their addresses; one whose file cannot be read has none."""
    return tuple(
        Channel(
            name=channel.name,
            addresses=_addresses(channel, config.folder, environ),
            profiles=channel.profiles,
            events=channel.events,
            language=channel.language,
        )
        for channel in config.notify
    )


def _addresses(channel: ChannelConfig, folder: Path, environ: Mapping[str, str]) -> str:
    """A channel that is not set up well is a notice, never a run that fails."""
    try:
        return resolve_secret(env=channel.url_env, file=channel.url_file, folder=folder, environ=environ)
    except ConfigError:
        return ""


def announced(tools: Tools, plan: Plan, made: Published, delivered: Delivered, report: RunReport) -> RunReport:
    """Tell the channels of what this run sent, or that it failed; what a channel did not take is a notice."""
    if not plan.send or not tools.channels:
        return report
    herald = Herald(tools.channels, tools.store, plan.now, plan.run_id)
    keys = dict.fromkeys([*(e.edition for e in made.editions), *(r.edition for r in delivered.receipts)])
    problems = herald.tell_editions(tools.config, keys)
    if report.exit_code == EXIT_FAILED:
        problems += _failure_told(herald, tools, delivered.error)
    return replace(report, notices=(*report.notices, *problems))


def _failure_told(herald: Herald, tools: Tools, error: str) -> tuple[str, ...]:
    """A user's string that is wrong is a notice, too."""
    try:
        return herald.tell_failure(tools.archive_templates.phrases, error)
    except PhraseError as exc:
        return (str(exc),)


def _told(channel: Channel, title: str, body: str) -> str:
    problem = tell(channel, title, body)
    return f"the channel {channel.name} was not told: {problem}" if problem else ""


def _message(config: Config, edition: Edition) -> tuple[str, str]:
    """The digest's name; its subject, which has date and count, and where it can be read."""
    language = _language(config, edition.profile_id)
    names = archive_names(config)
    link = names.address(edition.path) if names.base_url and not edition.path.startswith("/") else ""
    return names.title(language), "\n".join(part for part in (edition.subject, link) if part)


def _language(config: Config, profile_id: str) -> Lang:
    profile = next(profile for profile in config.profiles if profile.id == profile_id)
    return "es" if profile.language == "es" else "en"


def _edition(store: Store, config: Config, key: str) -> Edition | None:
    """A stored edition of a configured profile; a one-off of `--since` is nobody's daily digest."""
    profile_id = key.rpartition("/")[0]
    if profile_id not in {profile.id for profile in config.profiles}:
        return None
    return next((e for e in store.editions(profile_id, limit=_LOOKED_BACK) if e.edition == key), None)


def _is_out(store: Store, edition: Edition) -> bool:
    """Somebody has it; or nobody is to get it by mail, and it is in the archive."""
    receipts = store.receipts(edition.edition)
    return not receipts or any(receipt.state == "sent" for receipt in receipts)
