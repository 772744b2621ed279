"""Addresses that take no mail are taken off the lists, whether the mail came back or the server refused it at once."""

from collections.abc import Iterable
from datetime import datetime

from monitor.config import Config
from monitor.delivery import says_dead
from monitor.pipeline.mailing import list_of_edition, lists_with
from monitor.protocols import Store
from monitor.records import BOUNCED, Receipt, Suppression, recipient_key
from monitor.text import counted

_BRAKE_COUNT, _BRAKE_SHARE = 10, 0.2


def too_many(config: Config, recipients: Iterable[str]) -> bool:
    """Whether so many are dead at once that it is rather our server that is wrong: more than 10 and a fifth of all."""
    dead = {recipient_key(recipient) for recipient in recipients}
    everybody = {recipient_key(recipient.address) for recipient in config.recipients}
    return len(dead) > max(_BRAKE_COUNT, _BRAKE_SHARE * len(everybody))


def strike_off(store: Store, config: Config, recipient: str, *, edition: str, words: str, now: datetime) -> bool:
    """Off the edition's list and all others that the address is on; `words` are the server's. False: it was off."""
    lists = {list_of_edition(config, edition), *lists_with(config, recipient)}
    new = [store.suppress(Suppression(name, recipient, f"{BOUNCED}{words}", now)) for name in sorted(lists)]
    return any(new)


def strike_refused(store: Store, config: Config, receipts: Iterable[Receipt], *, now: datetime) -> tuple[str, ...]:
    """Strike off whom the mail server refused as unknown just now; a line on each, for people.

    Nobody where they are too many. A run that is killed before this strikes them off after their next digest.
    """
    dead = {receipt.recipient: receipt for receipt in receipts if says_dead(receipt)}
    if too_many(config, dead):
        return (
            f"{counted(len(dead), 'address', 'addresses')} refused as unknown, so many that rather the mail server is"
            " wrong: nobody was taken off a list → look at its log, and remove from feeds.yaml those who are gone",
        )
    return tuple(
        f"{who} is off the lists, its server says: {receipt.detail} → `monitor bounces --take-back {who}` undoes it"
        for who, receipt in dead.items()
        if strike_off(store, config, who, edition=receipt.edition, words=receipt.detail, now=now)
    )
