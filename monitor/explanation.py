"""What `monitor explain` finds out: why a report was kept or dropped, why a story was merged and ranked as it was."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.app import open_store_of
from monitor.config import Config
from monitor.errors import ConfigError, Problem
from monitor.pipeline import report_line
from monitor.protocols import Store
from monitor.records import Judged, Lang, Member, MergeDecision, ReportLine, ScorePart, Source, Story, Verdict

_RUNS_LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class Ranking:
    """Where the last run that showed a story put it, and why."""

    run_id: str
    place: int  # from 1, by score
    score: float
    status: str
    day: int
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class StoryExplained:
    """A story, and every decision about its reports or about reports that came near it."""

    id: str
    absorbed: tuple[str, ...]
    languages: tuple[Lang, ...]
    voices: int
    created_at: datetime
    members: tuple[ReportLine, ...]  # by publication
    copies: Mapping[str, str]  # article id -> the report it repeats
    decisions: tuple[MergeDecision, ...]
    ranking: Ranking | None  # None: no run of late showed it


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to one question; `reports` are all that it names."""

    asked: str
    verdict: Verdict | None  # of the report that was asked for
    report: ReportLine | None
    story: StoryExplained | None  # None: the report was dropped, or no run has clustered it yet
    reports: tuple[ReportLine, ...]


def find_explanation(config: Config, asked: str) -> Explanation:
    """Everything known about a report (its URL or id) or a story (its id). ConfigError when nothing has this name."""
    sources = {source.id: source for source in config.sources()}
    with open_store_of(config) as store:
        judged = store.find_article(asked)
        story = store.find_story(judged.id if judged else asked)
        if judged is None and story is None:
            raise ConfigError(_unknown(asked))
        told = _Told(store, sources)
        explained = _explained(store, story, told) if story else None
        report = told.line(judged) if judged else None
        return Explanation(asked, judged.verdict if judged else None, report, explained, told.lines())


def _unknown(asked: str) -> Problem:
    remedy = "give the URL of an article that a feed carried, or a story's id (`monitor run --json` prints both)"
    return Problem("monitor explain", repr(asked), "no stored report or story has this URL or id", remedy)


def _explained(store: Store, story: Story, told: "_Told") -> StoryExplained:
    told.members(story.members)
    ids = {member.article.id for member in story.members}
    decisions = store.decisions(ids | {story.id, *story.absorbed})
    told.ids(id_ for decision in decisions for id_ in (decision.article_id, decision.other_id))
    return StoryExplained(
        id=story.id,
        absorbed=story.absorbed,
        languages=story.languages,
        voices=len(story.voices),
        created_at=story.created_at,
        members=tuple(told.found[m.article.id] for m in story.members),
        copies={m.article.id: m.copy_of for m in story.members if m.copy_of},
        decisions=decisions,
        ranking=_ranking(store.runs(limit=_RUNS_LOOKED_AT), story),
    )


class _Told:
    """The reports an explanation names, looked up once each."""

    def __init__(self, store: Store, sources: Mapping[str, Source]) -> None:
        self.found: dict[str, ReportLine] = {}
        self._store = store
        self._sources = sources

    def line(self, item: Judged | Member) -> ReportLine:
        line = report_line(item.article, item.language, self._sources)
        return self.found.setdefault(line.article_id, line)

    def members(self, members: Iterable[Member]) -> None:
        for member in members:
            self.line(member)

    def ids(self, ids: Iterable[str]) -> None:
        for id_ in sorted(set(ids) - self.found.keys()):
            judged = self._store.find_article(id_)
            if judged:
                self.line(judged)

    def lines(self) -> tuple[ReportLine, ...]:
        return tuple(sorted(self.found.values(), key=lambda r: (r.published_at, r.article_id)))


def _ranking(documents: Sequence[str], story: Story) -> Ranking | None:
    """From the newest run's report that names the story, by its present id or one it had before."""
    ids = {story.id, *story.absorbed}
    for document in documents:
        run: dict[str, Any] = json.loads(document)
        for place, line in enumerate(run["stories"], start=1):
            if line["id"] in ids:
                parts = tuple(ScorePart(**part) for part in line.get("parts", ()))
                return Ranking(run["run_id"], place, line["score"], line["status"], line["day"], parts)
    return None
