"""However many reports there are, a run holds few full texts at a time."""

import weakref
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from monitor import pipeline
from monitor.app import RunRequest
from monitor.app.plan import plan_run
from monitor.app.tools import open_tools
from monitor.config import Config, load_config
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.pipeline import NoProgress, Tools, texts
from monitor.records import Article, Judged, Lang, RunReport, Story, Verdict, content_id
from monitor.store.sql import SqlStore
from monitor.stories import wires
from monitor.text import lead_sentences, opening

NOW = SAMPLE_DAYS[-1]
TOWNS = ("Laredo", "Nogales", "Tijuana", "El Paso", "Matamoros")
REPORTS = 120


class Text(str):
    """A full text that can be watched."""

    __slots__ = ("__weakref__",)


class Watching(SqlStore):
    """The store itself; it notes how many full texts are alive that it gave out."""

    most_alive = most_asked = alive = asked = 0

    def bodies(self, ids: Collection[str]) -> dict[str, str]:
        self.most_asked, self.asked = max(self.most_asked, len(ids)), self.asked + len(ids)
        found: dict[str, str] = {id_: Text(body) for id_, body in super().bodies(ids).items()}
        for body in found.values():
            weakref.finalize(body, self.let_go)
        self.alive += len(found)
        self.most_alive = max(self.most_alive, self.alive)
        return found

    def let_go(self) -> None:
        self.alive -= 1

    def articles(self, *, since: datetime, relevant_only: bool = True, brief: bool = False) -> tuple[Judged, ...]:
        assert brief, "every report with its full text"
        return super().articles(since=since, relevant_only=relevant_only, brief=brief)

    def stories(self, *, since: datetime, brief: bool = False) -> tuple[Story, ...]:
        assert brief, "every story with the full texts of its reports"
        return super().stories(since=since, brief=brief)


def report(number: int, *, summary: str | None = None) -> Judged:
    """One of two dozen events of some towns, at length: longer than all that is ever kept of a text."""
    event, town = number // 5, TOWNS[number % 5]
    lead = f"Border agents found {event + 3} migrants near {town} on tunnel route {event}, the agency said."
    body = f"{lead} " + " ".join(f"Witness {number}-{k} described the scene at gate {k}." for k in range(130))
    article = Article(
        id=content_id("report", str(number)),
        source_id="courier",
        url=f"https://courier.example/{number}",
        link=f"https://courier.example/{number}",
        title=f"Agents find {event + 3} migrants near {town} in raid {event}",
        summary=lead if summary is None else summary,
        published_at=NOW - timedelta(minutes=number + 1),
        fetched_at=NOW,
        body=body,
    )
    return Judged(article, Verdict(article.id, "en", relevant=True, score=9.0, threshold=6.0, reason="nine points"))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    document = {
        "translation": {"engine": "none"},
        "stories": {"embedder": "hash"},
        "profiles": [{"id": "both", "language": "both"}],
        "feeds": [{"id": "courier", "name": "Courier", "url": "https://courier.example/rss", "language": "en"}],
    }
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return load_config(tmp_path / "feeds.yaml")


def run(config: Config, store: Watching, tools: Tools) -> RunReport:
    plan = plan_run(config, RunRequest(now=NOW, fetch=False))
    return pipeline.run(replace(tools, store=store), plan, NoProgress())


def test_a_run_reads_every_full_text_and_holds_a_few_at_a_time(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "AT_ONCE", 10)
    with open_tools(config) as tools:
        assert isinstance(tools.store, SqlStore)
        tools.store.save_articles(report(number) for number in range(REPORTS))
        store = Watching(tools.store.engine, tools.store.where)
        made = run(config, store, tools)
    assert sum(len(line.article_ids) for line in made.stories) == REPORTS
    assert store.asked >= 3 * REPORTS  # for copies, for what reports contradict, for the search
    largest = max(len(line.article_ids) for line in made.stories)
    assert store.most_asked <= max(10, largest)
    assert store.most_alive <= 2 * max(10, largest)  # a part is let go of when the next one has come


def test_reports_without_a_summary_keep_only_an_opening(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "AT_ONCE", 10)
    with open_tools(config) as tools:
        assert isinstance(tools.store, SqlStore)
        tools.store.save_articles(report(number, summary="") for number in range(REPORTS))
        store = Watching(tools.store.engine, tools.store.where)
        made = run(config, store, tools)
    largest = max(len(line.article_ids) for line in made.stories)
    assert store.most_alive <= 2 * max(10, largest)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "summary", ["", "In short.", "A summary that is long enough to be read in place of the body itself."]
)
def test_an_opening_gives_the_same_leads_as_the_whole_text(language: Lang, summary: str) -> None:
    article = replace(report(1).article, summary=summary)
    short = replace(article, body=opening(article, language, 6))
    assert len(short.body) < len(article.body) / 4
    for count in range(7):
        assert lead_sentences(short, language, count) == lead_sentences(article, language, count)


def test_a_text_of_one_endless_sentence_is_kept_as_far_as_its_leads_reach() -> None:
    article = replace(report(1).article, summary="", body=f"First, {'and then ' * 900}it ended. That was all.")
    short = replace(article, body=opening(article, "en", 6))
    assert lead_sentences(short, "en", 6) == lead_sentences(article, "en", 6)


def test_credits_are_read_of_the_ends_of_a_text() -> None:
    article = replace(report(1).article, body=f"{report(1).article.body} With information from Reuters")
    short = replace(article, body=wires.credit_ends(article.body))
    assert len(short.body) < len(article.body) / 4
    assert wires.wire_of(short) == wires.wire_of(article) is not None
