"""From feeds to judged articles: fetch, parse, triage, keep."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.config import FetchConfig
from monitor.intake import feed_report, fetch_feeds, judge, next_state, parse_feed, remembered_hint
from monitor.pipeline.tools import Plan, Tick, Tools
from monitor.records import (
    Article,
    FeedReport,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Judged,
    ParsedFeed,
    Source,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One feed in this run: what the fetch gave, and what was in it."""

    source: Source
    outcome: FetchOutcome
    parsed: ParsedFeed | None = None
    state: FeedState | None = None  # before this run
    new_ids: frozenset[str] = frozenset()


def fetch(tools: Tools, plan: Plan, tick: Tick) -> list[Reading]:
    """Read every feed that is due; one reading per source, in the sources' order. None when nothing is to be read."""
    if not plan.fetch:
        return []
    stored = tools.store.feed_states()
    states = {s.id: stored[s.id] for s in tools.sources if s.id in stored and stored[s.id].url == s.url}
    done = Counter[str]()

    def count(outcome: FetchOutcome) -> None:
        done[outcome.source_id] += 1
        tick(len(done))

    outcomes = fetch_feeds(tools.sources, states, tools.config.fetch, now=plan.now, on_outcome=count)
    return [Reading(s, o, state=states.get(s.id)) for s, o in zip(tools.sources, outcomes, strict=True)]


def parse(tools: Tools, readings: Sequence[Reading], tick: Tick) -> list[Reading]:
    """Parse what is new; a body that is no feed turns its reading into a failure."""
    done = []
    for number, reading in enumerate(tools.executor.map(parse_reading, readings), 1):
        done.append(reading)
        tick(number)
    return done


def parse_reading(reading: Reading) -> Reading:
    """The reading with its entries, when it has a body."""
    if not isinstance(reading.outcome, Fetched):
        return reading
    parsed = parse_feed(reading.outcome, reading.source)
    if isinstance(parsed, FetchFailed):
        return replace(reading, outcome=parsed)
    return replace(reading, parsed=parsed)


def triage(tools: Tools, readings: Sequence[Reading], tick: Tick) -> list[Judged]:
    """Judge every article that was never seen before; what two feeds both carry is judged once."""
    articles: dict[str, tuple[Article, Source]] = {}
    for reading in readings:
        for article in reading.parsed.articles if reading.parsed else ():
            articles.setdefault(article.id, (article, reading.source))
    known = tools.store.known_articles(articles.keys())
    judged = []
    for number, (article_id, (article, source)) in enumerate(articles.items(), 1):
        if article_id not in known:
            judged.append(Judged(article, judge(article, source, tools.lexicon)))
        tick(min(number, len(readings)))
    return judged


def keep(tools: Tools, readings: Sequence[Reading], judged: Sequence[Judged]) -> None:
    """Store the articles first and the feeds' validators second: a crash in between loses no article."""
    tools.store.save_articles(judged)
    stale_days = tools.config.fetch.stale_days
    tools.store.save_feed_states(
        next_state(r.state, r.outcome, r.parsed, source=r.source, stale_days=stale_days) for r in readings
    )


def report_feeds(
    tools: Tools, readings: Sequence[Reading], judged: Sequence[Judged], current: Iterable[Judged]
) -> tuple[FeedReport, ...]:
    """One line per feed for the report, the status and the digest's footer; `current` are the reports of these days."""
    new_ids = {item.id for item in judged}
    lately = Counter(item.article.source_id for item in current if item.id not in new_ids)
    feeds = _feeds_read(tools, readings, judged) if readings else _feeds_remembered(tools)
    return tuple(replace(feed, lately=lately[feed.source_id]) for feed in feeds)


def _feeds_remembered(tools: Tools) -> tuple[FeedReport, ...]:
    return reports_from_states(tools.sources, tools.store.feed_states())


def _feeds_read(tools: Tools, readings: Sequence[Reading], judged: Sequence[Judged]) -> tuple[FeedReport, ...]:
    new = Counter(item.article.source_id for item in judged)
    relevant = Counter(item.article.source_id for item in judged if item.verdict.relevant)
    return tuple(
        feed_report(
            r.source,
            r.outcome,
            r.parsed,
            state=r.state,
            stale_days=tools.config.fetch.stale_days,
            new_items=new[r.source.id],
            relevant=relevant[r.source.id],
        )
        for r in readings
    )


def reports_from_states(sources: Sequence[Source], states: Mapping[str, FeedState]) -> tuple[FeedReport, ...]:
    """What the store remembers of each feed's last reading; feeds that were never read are left out."""
    return tuple(
        FeedReport(
            s.id,
            s.name,
            s.language,
            state.outcome,
            hint=remembered_hint(s, state.outcome, state.moved_to),
            newest_item_at=state.newest_item_at,
            last_ok_at=state.last_ok_at,
            moved_to=state.moved_to,
        )
        for s in sources
        if (state := states.get(s.id)) and state.outcome
    )


def check_sources(sources: Sequence[Source], options: FetchConfig, *, now: datetime) -> tuple[FeedReport, ...]:
    """Read feeds as if for the first time; nothing is remembered."""
    outcomes = fetch_feeds(sources, {}, options, now=now)
    readings = [parse_reading(Reading(s, o)) for s, o in zip(sources, outcomes, strict=True)]
    return tuple(
        feed_report(r.source, r.outcome, r.parsed, state=None, stale_days=options.stale_days) for r in readings
    )
