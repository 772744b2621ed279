"""What a feed brought in the month before weighs in when its new reports are judged, and is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import open_tools
from monitor.cli.explain import verdict_lines
from monitor.config import load_config
from monitor.pipeline import Tools, gather
from monitor.pipeline.gather import Reading
from monitor.records import Fetched, Judged
from tests.app.test_workers import NOW, pasts_of, reading, silent


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "version: 1\ntranslation: {engine: none}\nstories: {embedder: hash}\n"
        "profiles: [{id: en, language: en}]\n"
        "feeds: [{id: sun, name: Sun, url: 'https://sun.example/feed', language: en}]\n"
    )
    with open_tools(load_config(path)) as opened:
        yield opened


def day(tools: Tools, number: int, items: int) -> list[Judged]:
    """One run of `reading(number, …)`, kept; every other item is about the border."""
    readings = gather.parse(tools, [as_of_outlet_1(reading(number, items))], silent)
    judged = gather.triage(tools, readings, pasts_of(tools), silent)
    gather.keep(tools, readings, judged)
    return judged


def as_of_outlet_1(new: Reading) -> Reading:
    assert isinstance(new.outcome, Fetched)
    source = replace(new.source, id="outlet-1")
    return replace(new, source=source, outcome=replace(new.outcome, source_id=source.id))


def test_the_month_before_weighs_in_and_the_run_itself_does_not(tools: Tools) -> None:
    first, second = day(tools, 1, 40), day(tools, 2, 2)
    assert not [item for item in first if "past" in {term.id for term in item.verdict.terms}]
    told = [term for item in second for term in item.verdict.terms if term.id == "past"]
    assert [(term.where, term.text) for term in told] == [
        ("feed", "20 of 40 reports of late were about the border")
    ] * len(second)
    assert f"{told[0].weight:+5.1f}  past (feed): {told[0].text}" in "\n".join(verdict_lines(second[0].verdict))
    assert tools.store.feed_pasts(since=NOW - timedelta(days=30))["outlet-1"].reports == 42


def test_the_same_items_are_judged_alike_until_they_are_kept(tools: Tools) -> None:
    day(tools, 1, 40)
    readings = gather.parse(tools, [as_of_outlet_1(reading(2, 10))], silent)
    assert gather.triage(tools, readings, pasts_of(tools), silent) == gather.triage(
        tools, readings, pasts_of(tools), silent
    )
