"""Mail between two runs: what waits, and editions sent by hand."""

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from monitor import pipeline
from monitor.app.locks import run_lock
from monitor.app.plan import check_recipients, unknown_profile
from monitor.app.tools import open_delivery, open_signer, open_store_of, open_unsubscription, utc_now
from monitor.config import Config
from monitor.delivery import deliver_due
from monitor.errors import BusyError, ConfigError, Problem, StorageError
from monitor.pipeline import Herald, channels_of
from monitor.protocols import Store
from monitor.records import Edition, Receipt, slot_date, slot_time


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of messages, how many recipients were left out because they have unsubscribed, and in `notices` whose
    address is dead."""

    receipts: tuple[Receipt, ...]
    left_out: int = 0
    notices: tuple[str, ...] = ()


def send_edition(config: Config, slot: str, profile_id: str, to: Sequence[str], *, again: bool, now: datetime) -> Sent:
    """Send the stored editions of a slot, of a date alone the last ones of that date.

    They go to the profile's recipients unless `to` names others.

    Who has unsubscribed is left out, also when `to` names them.

    Raises StorageError when there is no such edition, ConfigError without a mail server, DeliveryError, BusyError.
    """
    check_recipients(to)
    delivery = open_delivery(config)
    if delivery is None:
        raise ConfigError(Problem(str(config.path), "mail.host", "no mail server is configured", "set mail.host"))
    unsubscription, signer = open_unsubscription(config), open_signer(config)
    receipts: list[Receipt] = []
    left_out = 0
    with closing(delivery), open_store_of(config) as store, run_lock(store, f"send-{now:%H%M%S}"):
        for edition in _editions_of(store, config, slot, profile_id):
            named = tuple(to) or config.recipients_of(edition.profile_id)
            audience = pipeline.audience_of(store, config, edition.profile_id, named)
            left_out += audience.left_out
            pipeline.queue_missing(store, config, edition, audience.recipients, unsubscription, now=now, signer=signer)
            if again:
                until = pipeline.deliver_until(config, now)
                known = pipeline.spelt_in_ledger(store, edition.edition, audience.recipients)
                store.requeue(edition.edition, known, deliver_until=until)
            receipts += deliver_due(store, delivery, now=now, edition=edition.edition)
        notices = pipeline.strike_refused(store, config, receipts, now=now)
    return Sent(tuple(receipts), left_out, notices)


def _editions_of(store: Store, config: Config, slot: str, profile_id: str) -> list[Edition]:
    """The stored editions of a slot: one profile's, or every configured profile's. Raises StorageError for none,
    ConfigError where the profile is none either."""
    known = [profile.id for profile in config.profiles]
    wanted = [profile_id] if profile_id else known
    found = [e for name in wanted if (e := _edition_of(store, slot, name))]
    if not found and profile_id and pipeline.list_of(config, profile_id) not in known:
        raise unknown_profile(config, profile_id)
    if not found:
        raise StorageError(
            f"no digest of {slot} is stored for {', '.join(wanted)}; `monitor status` lists what there is"
        )
    return found


def _edition_of(store: Store, slot: str, profile_id: str) -> Edition | None:
    day = slot_date(slot)
    of_day = store.editions(profile_id, limit=1000, first=day, last=day)
    wanted = (e for e in of_day if slot_time(slot) is None or e.slot == slot)
    return max(wanted, key=lambda e: e.slot, default=None)


def deliver_waiting(config: Config, on_event: Callable[[str], None]) -> tuple[Receipt, ...]:
    """Hand over what is due by now: what the daemon does between two runs. Nothing when a run holds the lock.

    `on_event` is told whose address is dead, and what a chat channel did not take.
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
                for struck in pipeline.strike_refused(store, config, receipts, now=now):
                    on_event(struck)
                herald = Herald(channels_of(config, os.environ), store, now, secrets.token_hex(8))
                for problem in herald.tell_editions(config, {receipt.edition for receipt in receipts}):
                    on_event(problem)
                return receipts
        except BusyError:
            return ()
