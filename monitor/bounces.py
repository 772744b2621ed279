"""Returned mail, for the command line and the daemon: whose address is dead is taken off the lists."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from monitor.app import open_store_of
from monitor.config import BouncesConfig, Config, resolve_secret
from monitor.delivery import Bounce, bounces_place, failure_of, is_ours, open_bounces, parse_bounce
from monitor.errors import ConfigError, Problem
from monitor.pipeline import strike_off, too_many
from monitor.protocols import Store
from monitor.records import Envelope, recipient_key

Outcome = Literal["suppressed", "known", "held", "refused", "soft", "elsewhere", "foreign"]

_MOST_MAILS = 5000  # the newest: what is no bounce of ours stays unread and is read again by every call
_PAGE = 200  # messages in memory at a time: each has a digest in it


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of one bounce.

    suppressed  a dead address, off the lists now        known     … it was off them before
    held        a dead address, left for you to look at, for there are too many at once
    refused     refused for good for another reason      soft      it may pass; nothing is done
    elsewhere   the address is fine, one that its mail is passed on to is not
    foreign     not of a message of ours, or of an old one; left unread
    """

    key: str  # in the mailbox
    outcome: Outcome
    message_id: str
    edition: str = ""
    recipient: str = ""
    status: str = ""
    detail: str = ""

    @property
    def words(self) -> str:
        """The other server's words, with its code in them."""
        return self.detail if self.status in self.detail else f"{self.status} {self.detail}".strip()


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What was found in the mailbox; `others` counts mails that are no bounces and were left unread."""

    place: str
    dry_run: bool
    read: int
    others: int
    returned: tuple[Returned, ...]

    def of(self, outcome: Outcome) -> tuple[Returned, ...]:
        return tuple(one for one in self.returned if one.outcome == outcome)


def read_bounces(
    config: Config,
    *,
    now: datetime,
    dry_run: bool = False,
    force: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> BounceReport:
    """Read the unread mails of `mail.bounces` and take dead addresses off the lists of all profiles they are on.

    What has been dealt with is marked after that, so that a crash in between only repeats it. More dead addresses at
    once than 10 and a fifth of the recipients are `held`, unless `force`: then it is rather our server that is wrong.
    With `dry_run` nothing is changed. Raises ConfigError, DeliveryError, StorageError.
    """
    options = _options(config)
    password = _password(config, options, environ)
    since = now - timedelta(days=options.max_age_days)
    opened = open_bounces(options, password, config.folder, read_only=dry_run)
    with open_store_of(config) as store, opened as box:
        mails = [(mail.key, parse_bounce(mail.raw)) for mail in islice(box.unread(since), _MOST_MAILS)]
        bounces = [(key, bounce) for key, bounce in mails if bounce]
        returned = [one for page in _pages(bounces) for one in _recognised(store, page, since)]
        dead = (one.recipient for one in returned if one.outcome == "suppressed")
        if not force and too_many(config, dead):
            returned = [replace(one, outcome="held") if one.outcome == "suppressed" else one for one in returned]
        if not dry_run:
            returned = [_suppress(store, config, one, now) for one in returned]
            box.mark_done(one.key for one in returned if one.outcome not in ("held", "foreign"))
    return BounceReport(bounces_place(options), dry_run, len(mails), len(mails) - len(bounces), tuple(returned))


def take_back(config: Config, address: str) -> tuple[str, ...]:
    """Put an address that was taken off for a bounce on its lists again; the profiles. Who has left stays away."""
    with open_store_of(config) as store:
        mine = [who for who in store.suppressions() if who.bounced and who.key == recipient_key(address)]
        return tuple(who.profile_id for who in mine if store.unsuppress(who.profile_id, who.recipient))


def _options(config: Config) -> BouncesConfig:
    if config.mail.bounces is None:
        remedy = "name a folder, or an IMAP host, in mail.bounces"
        raise ConfigError(
            Problem(str(config.path), "mail.bounces", "no mailbox of returned mail is configured", remedy)
        )
    return config.mail.bounces


def _password(config: Config, options: BouncesConfig, environ: Mapping[str, str]) -> str:
    if not options.host:
        return ""
    secret = resolve_secret(env=options.password_env, file=options.password_file, folder=config.folder, environ=environ)
    if not secret:
        remedy = f"set ${options.password_env}, or name a file in mail.bounces.password_file"
        raise ConfigError(Problem(str(config.path), "mail.bounces", "there is no password", remedy))
    return secret


# ---------------------------------------------------------------- whose it is

_Mail = tuple[str, Bounce]  # its key in the mailbox, and what it says


def _pages(mails: Sequence[_Mail]) -> Iterator[Sequence[_Mail]]:
    return (mails[start : start + _PAGE] for start in range(0, len(mails), _PAGE))


def _recognised(store: Store, mails: Iterable[_Mail], since: datetime) -> Iterator[Returned]:
    """Each with what is to be done: "suppressed" for a dead address."""
    days = {bounce.edition_day for _, bounce in mails} - {None}
    ids = {bounce.message_id for _, bounce in mails if bounce.edition_day}
    known = [day for day in days if day]
    envelopes = {found.message_id: found for found in store.handed_over(ids, days=known, since=since)}
    for key, bounce in mails:
        envelope = envelopes.get(bounce.message_id)
        if envelope and is_ours(bounce, envelope):
            yield _read(key, bounce, envelope)
        else:
            yield Returned(key, "foreign", bounce.message_id)


def _read(key: str, bounce: Bounce, envelope: Envelope) -> Returned:
    failure = failure_of(bounce, envelope.recipient)
    about = Returned(key, "elsewhere", bounce.message_id, envelope.edition, envelope.recipient)
    if failure is None:
        return about
    outcome: Outcome = "suppressed" if failure.verdict == "hard" else failure.verdict
    return replace(about, outcome=outcome, status=failure.telling_status, detail=failure.detail)


def _suppress(store: Store, config: Config, one: Returned, now: datetime) -> Returned:
    """A dead address is dead for every list; "known" when it was off all of them."""
    if one.outcome != "suppressed":
        return one
    new = strike_off(store, config, one.recipient, edition=one.edition, words=one.words, now=now)
    return one if new else replace(one, outcome="known")
