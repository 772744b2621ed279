"""Who gets an edition, and the messages they get: those who have left a list are left out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.config import Config
from monitor.delivery import read_edition
from monitor.delivery.dkim import Signer
from monitor.digest import build_envelope
from monitor.digest.alarm_mail import OPERATOR_LIST
from monitor.digest.subscription import Subscription, Unsubscription
from monitor.protocols import Store
from monitor.records import Edition, Envelope, RenderedDigest, recipient_key

_ONE_OFF = "-since-"  # what the name of a one-off edition has after its profile's


@dataclass(frozen=True, slots=True)
class Audience:
    """Recipients of an edition, each once, and how many of those named have unsubscribed or bounced."""

    recipients: tuple[str, ...]
    left_out: int = 0


def audience_of(store: Store, config: Config, profile_id: str, recipients: Sequence[str]) -> Audience:
    """Those of `recipients` who have not left the profile's list, in their order; of two spellings of one address the
    first."""
    left = {who.key for who in store.suppressions(list_of(config, profile_id))}
    named: dict[str, str] = {}
    for recipient in recipients:
        named.setdefault(recipient_key(recipient), recipient)
    wanted = tuple(recipient for key, recipient in named.items() if key not in left)
    return Audience(wanted, len(named) - len(wanted))


def list_of(config: Config, profile_id: str) -> str:
    """The profile of feeds.yaml that an edition belongs to: a one-off edition is named after its profile."""
    known = {profile.id for profile in config.profiles}
    base = profile_id.rpartition(_ONE_OFF)[0]
    return base if profile_id not in known and base in known else profile_id


def list_of_edition(config: Config, edition: str) -> str:
    """The list that an edition or an alert went to, by its key: "everyone", "alert/breaking", "alarm/operator"."""
    first, *others = edition.split("/")
    return f"{first}/{others[0]}" if first in ("alert", "alarm") else list_of(config, first)


def lists_with(config: Config, address: str) -> frozenset[str]:
    """The lists of feeds.yaml that an address is on, alerts among them."""
    key, alerts = recipient_key(address), config.alerts
    named = [(recipient.address, recipient.profile) for recipient in config.recipients]
    named += [(who, rule.list_id) for rule in alerts.stories for who in rule.recipients]
    named += [(who, OPERATOR_LIST) for who in alerts.operator.recipients]
    return frozenset(list_id for who, list_id in named if recipient_key(who) == key)


def envelope_for(
    config: Config,
    rendered: RenderedDigest,
    recipient: str,
    unsubscription: Unsubscription | None,
    *,
    now: datetime,
    signer: Signer | None,
) -> Envelope:
    """The edition as one message, signed; with the recipient's own address for unsubscribing where there can be one."""
    subscription = Subscription(list_of(config, rendered.profile_id), recipient)
    envelope = build_envelope(
        rendered,
        recipient,
        config.mail,
        list_name=list_name(config, rendered),
        unsubscribe_url=unsubscription.url(subscription) if unsubscription else "",
    )
    message = signer.sign(envelope.message) if signer else envelope.message
    return replace(envelope, message=message, deliver_until=deliver_until(config, now))


def deliver_until(config: Config, now: datetime) -> datetime:
    """Until when a message that is queued now is tried."""
    return now + timedelta(hours=config.mail.deliver_hours)


def queue_missing(
    store: Store,
    config: Config,
    edition: Edition,
    recipients: Sequence[str],
    unsubscription: Unsubscription | None,
    *,
    now: datetime,
    signer: Signer | None,
) -> int:
    """Queue a frozen edition for recipients who are not in its ledger, however it spells them; how many were added.

    Raises StorageError when the archive has lost it.
    """
    ledger = {recipient_key(receipt.recipient) for receipt in store.receipts(edition.edition)}
    missing = [recipient for recipient in recipients if recipient_key(recipient) not in ledger]
    if not missing:
        return 0
    rendered = read_edition(config.digests_dir / edition.path)
    return store.enqueue(
        envelope_for(config, rendered, recipient, unsubscription, now=now, signer=signer) for recipient in missing
    )


def spelt_in_ledger(store: Store, edition: str, recipients: Sequence[str]) -> tuple[str, ...]:
    """Those of `recipients` who are in an edition's ledger, as it spells them."""
    keys = {recipient_key(recipient) for recipient in recipients}
    return tuple(r.recipient for r in store.receipts(edition) if recipient_key(r.recipient) in keys)


def list_name(config: Config, rendered: RenderedDigest) -> str:
    """The digest's name in the edition's language."""
    return config.digest.title_es if rendered.language == "es" else config.digest.title_en
