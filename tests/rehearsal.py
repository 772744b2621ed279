"""The sample press of today, and the digest that a nursery makes before it has children."""

import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import yaml

from monitor.demo.catalog import SAMPLE_DAYS, Outlet, Samples, load_samples
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from tests.nursery import Nursery

OUTLETS = ("sun-bowl-herald", "voz-del-bravo", "otay-ledger")


def samples_ending(now: datetime) -> Samples:
    """The sample outlets with their days moved so that the last run of the replay would be now."""
    samples = _samples()
    moved = now - SAMPLE_DAYS[-1]

    def move(outlet: Outlet) -> Outlet:
        items = tuple(replace(item, at=item.at + moved) for item in outlet.items)
        return replace(outlet, items=items, fails_on=frozenset())

    return replace(samples, outlets=tuple(map(move, samples.outlets)))


@cache
def _samples() -> Samples:
    return load_samples()


def rehearse(nursery: Nursery) -> None:
    """`monitor run` on three feeds in the nursery itself, in a folder that goes away."""
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        SampleServer(samples_ending(now), at=now) as feeds,
        Mailbox() as mailbox,
    ):
        document = {
            "mail": {"host": "127.0.0.1", "port": mailbox.port, "security": "none"},
            "translation": {"engine": "none"},
            "stories": {"embedder": "hash"},
            "recipients": [{"address": "lectora@redaccion.example"}],
            "feeds": [json.loads(f.model_dump_json(exclude_defaults=True)) for f in feeds.feeds() if f.id in OUTLETS],
        }
        (Path(folder) / "feeds.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        nursery.rehearse(["run"], cwd=Path(folder))
