"""Labelled reports as the clusterer takes them, run by run."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import yaml

from monitor.config.models import StoriesConfig
from monitor.protocols import Embedder, Vectors
from monitor.records import Article, Judged, Lang, Source, Story, Verdict, content_id
from monitor.stories.cluster import cluster
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import Means, embedding_text, language_means
from tests.eval.metrics import bcubed, link_share, pair_fit

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled report."""

    judged: Judged
    event: str
    part: str  # "dev" or "test"


@dataclass(frozen=True, slots=True)
class Scores:
    bcubed_f1: float
    pair_f1: float
    cross_f1: float
    link: float


def load(name: str, part: str = "") -> list[Item]:
    """The reports of a file, or of one part of it. README-stories.md says what the YAML files hold."""
    text = (DATA / name).read_text(encoding="utf-8")
    rows = list(_rows(yaml.load(text, _YAML))) if name.endswith(".yaml") else json.loads(text)
    items = [item_of(row) for row in rows]
    return [item for item in items if part in ("", item.part)]


_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _rows(events: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, str]]:
    """One row a report. Ids are hashed: as they are written they begin with the event's name, or tell its part."""
    for event in events:
        for report in event["items"]:
            days, clock = report["at"].split()
            hours, minutes = map(int, clock.split(":"))
            offset = timedelta(days=int(days[1:-1]), hours=hours, minutes=minutes)
            yield {
                **{key: report[key] for key in ("lang", "outlet", "title", "lead", "body") if key in report},
                "id": content_id(report["id"]),
                "published": (datetime.fromisoformat(event["start"]) + offset).isoformat(),
                "event": event["id"],
                "part": event["part"],
            }


def item_of(row: Mapping[str, str]) -> Item:
    """A report from a row of text: `id, lang, published` (ISO, UTC), `title, lead, event`; `outlet, body, part` or not.

    Any ISO code is kept as it is: the clusterer takes languages that the product does not read.
    """
    published = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
    language = cast(Lang, row["lang"])
    url = f"https://{row.get('outlet', 'news')}.example/{row['id']}"
    article = Article(
        id=content_id(url),
        source_id=row.get("outlet", row["id"]),
        url=url,
        link=url,
        title=row["title"],
        summary=row["lead"],
        body=row.get("body", ""),
        published_at=published,
        fetched_at=published,
    )
    verdict = Verdict(article.id, language, relevant=True, score=10, threshold=7, reason="labelled")
    return Item(Judged(article, verdict), row["event"], row.get("part", "test"))


def vectors_of(items: Sequence[Item], embedder: Embedder) -> dict[str, Vectors]:
    texts = [embedding_text(item.judged.article, item.judged.language) for item in items]
    return {item.judged.id: row for item, row in zip(items, embedder.embed(texts), strict=True)}


@dataclass(frozen=True, slots=True)
class Run:
    """What a run read, and all stories after it; those of the past first."""

    reports: Sequence[Judged]
    stories: tuple[Story, ...]


def runs_by_day(
    reports: Iterable[Judged],
    vectors: Mapping[str, Vectors],
    means: Means,
    options: StoriesConfig,
) -> Iterator[Run]:
    """One run a day, at the day's end, as a user would have them.

    Like the pipeline, a run reads the reports of the last `live_days`, and only stories with one of them are live.
    """
    past: tuple[Story, ...] = ()
    stories: tuple[Story, ...] = ()
    seen: list[Judged] = []
    sources: dict[str, Source] = {}
    ordered = sorted(reports, key=lambda j: j.article.published_at)
    for day, of_day in groupby(ordered, key=lambda j: j.article.published_at.date()):
        new = list(of_day)
        now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        since = now - timedelta(days=options.live_days)
        seen = [judged for judged in seen if judged.article.published_at >= since] + new
        past += tuple(story for story in stories if not _reported_since(story, since))
        live = tuple(story for story in stories if _reported_since(story, since))
        copies = find_copies(seen, sources)
        found = cluster(new, live, vectors, copies=copies, sources=sources, options=options, now=now, means=means)
        stories = found.stories
        yield Run(seen, past + stories)


def run_by_day(
    items: Sequence[Item], vectors: Mapping[str, Vectors], means: Means, options: StoriesConfig
) -> tuple[Story, ...]:
    """The stories after the last of `runs_by_day`."""
    stories: tuple[Story, ...] = ()
    for run in runs_by_day((item.judged for item in items), vectors, means, options):
        stories = run.stories
    return stories


def _reported_since(story: Story, since: datetime) -> bool:
    return any(member.article.published_at >= since for member in story.members)


def score(items: Sequence[Item], stories: Sequence[Story]) -> Scores:
    home = {member.article.id: story.id for story in stories for member in story.members}
    gold, predicted = [i.event for i in items], [home[i.judged.id] for i in items]
    languages = [i.judged.language for i in items]
    return Scores(
        bcubed(gold, predicted).f1,
        pair_fit(gold, predicted).f1,
        pair_fit(gold, predicted, languages).f1,
        link_share(gold, predicted, languages),
    )


def evaluate(name: str, embedder: Embedder, *, part: str = "", options: StoriesConfig | None = None) -> Scores:
    """Read, embed, cluster day by day, score."""
    items = load(name, part)
    stories = run_by_day(items, vectors_of(items, embedder), language_means(embedder), options or StoriesConfig())
    return score(items, stories)
