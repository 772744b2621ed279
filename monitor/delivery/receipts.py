"""Receipts as every way to hand messages over writes them."""

from monitor.records import DeliveryState, Envelope, Receipt


def receipt_of(envelope: Envelope, state: DeliveryState, detail: str = "", *, attempts: int = 1) -> Receipt:
    return Receipt(envelope.edition, envelope.recipient, state, detail, attempts)


def ignore(_receipt: Receipt) -> None:
    """Nobody keeps a ledger."""
