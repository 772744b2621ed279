"""The report of a run."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.alerts import AlertReport
from monitor.records.base import Lang
from monitor.records.deliveries import Receipt
from monitor.records.editions import Counts
from monitor.records.feeds import FeedReport
from monitor.records.judged import Verdict
from monitor.records.stories import MergeDecision, ScorePart, StoryStatus
from monitor.records.translations import EngineReport


@dataclass(frozen=True, slots=True)
class StageReport:
    """Seconds and counts of one stage."""

    name: str
    seconds: float
    items_in: int
    items_out: int

    def with_part(self, part: "StageReport") -> "StageReport":
        """Both together."""
        return StageReport(
            self.name,
            self.seconds + part.seconds,
            self.items_in + part.items_in,
            self.items_out + part.items_out,
        )


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story in the report: both titles, so that nobody has to open the digest."""

    id: str
    title_en: str
    title_es: str
    languages: tuple[Lang, ...]
    status: StoryStatus
    day: int
    score: float
    outlets: tuple[str, ...]
    urls: tuple[str, ...]
    article_ids: tuple[str, ...]
    original_language: Lang
    parts: tuple[ScorePart, ...] = ()  # why it ranks where it does: their points add up to `score`


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as explanations name it."""

    article_id: str
    title: str
    outlet: str
    language: Lang
    url: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class EditionReport:
    """One profile's edition in the report. `created` is False when an earlier run had made it."""

    edition: str
    created: bool
    subject: str
    paths: tuple[str, ...]
    receipts: tuple[Receipt, ...] = ()
    left_out: int = 0  # recipients who have unsubscribed, or whose mail came back


@dataclass(frozen=True, slots=True)
class RunReport:
    """What `monitor run --json` prints."""

    run_id: str
    started_at: datetime
    seconds: float
    exit_code: int
    feeds: tuple[FeedReport, ...]
    stages: tuple[StageReport, ...]
    counts: Counts
    engine: EngineReport
    stories: tuple[StoryLine, ...]
    editions: tuple[EditionReport, ...]
    notices: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()  # a whole language could not be read
    alerts: tuple[AlertReport, ...] = ()  # stories told of at once, or held back
    decisions: tuple[MergeDecision, ...] = ()
    verdicts: tuple[Verdict, ...] = ()  # only with --explain, as are the reports it speaks of
    reports: tuple[ReportLine, ...] = ()
    error: str = ""  # why the run ended before it could report anything else; on one line, without secrets


@dataclass(frozen=True, slots=True)
class Tally:
    """How much the store holds, and when it was last filled."""

    articles: int
    stories: int
    editions: int  # digests; no alerts
    suppressed: int
    deliveries: tuple[tuple[str, int], ...]  # messages by state, ordered by its name
    last_run_at: datetime | None = None  # also one that failed
    last_good_run_at: datetime | None = None  # that ended fine or partial: its editions were made
    first_run_at: datetime | None = None  # of those that are remembered, however it ended
