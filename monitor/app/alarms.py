"""Operator alarms, where they are looked for: after a run, between two runs of the daemon, and by `monitor status`."""

from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime

from monitor.app.locks import run_lock
from monitor.app.tools import open_delivery, open_signer, open_store_of, open_unsubscription, topic_file, utc_now
from monitor.config import Config
from monitor.delivery import deliver_due
from monitor.digest import load_templates
from monitor.digest.phrases import PhraseError
from monitor.errors import BusyError, MonitorError
from monitor.language.engines.watch import examine_engines, failed_canaries, failures_of
from monitor.pipeline import Tools, envelope_for, find_troubles, judged_causes, queue_alarms, strike_refused
from monitor.protocols import Delivery, Store
from monitor.records import Envelope, RenderedDigest, Trouble


def look_for_trouble(config: Config, *, now: datetime) -> tuple[Trouble, ...]:
    """What is wrong, with the engines' last verdict on their test sentences; nothing is sent."""
    with open_store_of(config) as store:
        return find_troubles(store, config, engines=engine_failures(config, fresh=False), now=now)


def engine_failures(config: Config, *, fresh: bool = True) -> tuple[str, ...]:
    """What the engines' test sentences say; () when all is well, or when none is wanted."""
    glossary = topic_file(config, config.topic.glossary)
    return failed_canaries(examine_engines(config.translation, glossary, fresh=fresh))


def tell_operators(config: Config, *, engines: Sequence[str] | None, now: datetime | None = None) -> tuple[str, ...]:
    """Queue and send the alarms that are due, unless a run is under way; what went wrong, by line.

    `engines` are the failures of their test sentences; None when they were not asked. `now` is the clock's unless it is
    given. Raises StorageError.
    """
    delivery = open_delivery(config) if config.alerts.operator.recipients else None
    if delivery is None:
        return ()
    now = now or utc_now()
    with closing(delivery), open_store_of(config) as store:
        keys = queue_due(store, config, engines=engines, now=now)
        if not keys:
            return ()
        try:
            with run_lock(store, f"alarm-{now:%H%M%S}"):
                return _send(store, config, delivery, keys, now)
        except BusyError:  # that run sends them
            return ()


def tell_after_failure(config: Config, *, now: datetime) -> None:
    """The same after a run that failed, which may be one of many; where that fails as well, nobody is told."""
    with suppress(MonitorError, PhraseError):
        tell_operators(config, engines=None, now=now)


def tell_after_run(tools: Tools, *, now: datetime) -> tuple[str, ...]:
    """The same at the end of a run, which holds the lock. Whatever goes wrong is a line of the run's report."""
    if not (tools.delivery and tools.config.alerts.operator.recipients):
        return ()
    try:
        keys = queue_due(tools.store, tools.config, engines=failures_of(tools.interpreter.chosen), now=now)
        return _send(tools.store, tools.config, tools.delivery, keys, now)
    except (MonitorError, PhraseError) as exc:
        return (f"operators were not told: {exc}",)


def queue_due(store: Store, config: Config, *, engines: Sequence[str] | None, now: datetime) -> tuple[str, ...]:
    """The keys of the alarms that were queued. The words are the program's own: the user's may be what is wrong."""
    unsubscription, signer = open_unsubscription(config), open_signer(config)

    def freeze(rendered: RenderedDigest, recipient: str) -> Envelope:
        return envelope_for(config, rendered, recipient, unsubscription, now=now, signer=signer)

    return queue_alarms(
        store,
        config,
        find_troubles(store, config, engines=engines, now=now),
        judged=judged_causes(engines),
        templates=load_templates(),
        freeze=freeze,
        now=now,
    )


def _send(store: Store, config: Config, delivery: Delivery, keys: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Hand over; what is not taken waits in the outbox as every message does."""
    receipts = [receipt for key in keys for receipt in deliver_due(store, delivery, now=now, edition=key)]
    struck = strike_refused(store, config, receipts, now=now)
    return (*(f"{r.edition} {r.recipient}: {r.state} {r.detail}" for r in receipts if r.state != "sent"), *struck)
