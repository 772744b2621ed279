"""From feeds to judged articles: fetch, parse, triage, keep.

What did not change is neither parsed nor judged. The rest is parsed while other feeds are still on their way, here or,
when there is enough of it to pay for starting them, in worker processes, or where feeds.yaml wants it; the results are
the same.

So many feeds at a time pass through memory as `FEEDS_AT_ONCE` says; what they brought is in the store before the next
ones are read.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import chain
from urllib.parse import urlsplit

from monitor.config import FetchConfig
from monitor.errors import NetworkError
from monitor.executors import SerialExecutor
from monitor.intake import FeedRead, Lexicon, feed_report, next_state, read_feeds, remembered_hint
from monitor.intake.work import judge_batch, parse_body
from monitor.pipeline.tools import EditionPlan, Plan, Stages, Tick, Tools
from monitor.protocols import Executor, Store
from monitor.records import (
    LANGUAGE_NAMES,
    Article,
    FeedPast,
    FeedReport,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Judged,
    ParsedFeed,
    Source,
    Verdict,
    press_health,
    slot_date,
)
from monitor.telemetry import feed_event, tell
from monitor.telemetry.spans import past_span

# Below this, workers cost more than they save (docs/decisions/0025-intake-benchmark.md): some thousand feeds at once.
PAYS_BYTES = 60_000_000
PAYS_ARTICLES = 30_000
FEEDS_AT_ONCE = 400  # some 10,000 articles with their texts: 100 MB
_HOSTS = 3  # so many do not misspell their names, or vanish, on one day while no other one answers
_SAYS_NOTHING = ("dns", "waiting", "gone", "refused_address")  # of the network: the others were not asked
_BATCH = 50  # articles that are judged in one go
_PAST = timedelta(days=30)  # how far back a feed's past reports speak for it


@dataclass(frozen=True, slots=True)
class Reading:
    """One feed in this run: what the fetch gave, and what was in it."""

    source: Source
    outcome: FetchOutcome
    parsed: ParsedFeed | None = None
    state: FeedState | None = None  # before this run


# What each feed brought in the month before: read once for a run, before any of its articles is kept, if there are any.
Pasts = Callable[[], Mapping[str, FeedPast]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What all feeds brought, without the articles: they are in the store."""

    feeds: tuple[FeedReport, ...]
    new_ids: frozenset[str] = frozenset()
    explained: tuple[Judged, ...] = ()  # every new article, for a run that is asked to explain itself

    @property
    def articles_new(self) -> int:
        return len(self.new_ids)


def gather_all(tools: Tools, plan: Plan, stages: Stages) -> Gathered:
    """Fetch, parse, triage and keep, some feeds after the others; nothing is read when the plan says so."""
    if not plan.fetch:
        return Gathered(reports_from_states(tools.sources, tools.store.feed_states()))
    if tools.all_to_workers:
        tools.executor.prepare()  # a cluster that is away is told before anything is read
    pasts = cache(partial(tools.store.feed_pasts, since=plan.now - _PAST))
    parts = [
        _gather(tools, plan, tools.sources[start : start + FEEDS_AT_ONCE], pasts, stages)
        for start in range(0, len(tools.sources), FEEDS_AT_ONCE)
    ]
    return Gathered(
        tuple(feed for part in parts for feed in part.feeds),
        frozenset().union(*(part.new_ids for part in parts)),
        tuple(judged for part in parts for judged in part.explained),
    )


def _gather(tools: Tools, plan: Plan, sources: Sequence[Source], pasts: Pasts, stages: Stages) -> Gathered:
    readings = stages.run("fetch", lambda tick: fetch(tools, plan, sources, tick), len(sources))
    readings = stages.run("parse", lambda tick: parse(tools, readings, tick), len(readings))
    judged = stages.run("triage", lambda tick: triage(tools, readings, pasts, tick), len(readings))
    keep(tools, readings, judged)
    feeds = _feeds_read(tools, readings, judged)
    for feed in feeds:
        tell(feed_event(feed))
    new_ids = frozenset(item.id for item in judged)
    return Gathered(feeds, new_ids, tuple(judged) if plan.explain else ())


def fetch(tools: Tools, plan: Plan, sources: Sequence[Source], tick: Tick) -> list[Reading]:
    """Read every feed that is due; one reading per source, in the sources' order.

    Most bodies are parsed by the end of it, and gone; what is left is for `parse`.
    """
    stored = tools.store.feed_states()
    states = {s.id: stored[s.id] for s in sources if s.id in stored and stored[s.id].url == s.url}
    done: set[str] = set()

    def count(outcome: FetchOutcome) -> None:
        done.add(outcome.source_id)
        tick(len(done))
        _trace(outcome)

    def parse_on_the_way(bodies: Iterable[tuple[Fetched, Source]]) -> Iterator[ParsedFeed | FetchFailed]:
        if len(states) < len(sources):  # something is new for certain
            _ = tools.lexicon.finder  # is made while the first answers are waited for
        return parse_bodies(tools.executor, bodies, pays_bytes=_pays_bytes(tools))

    read = read_feeds(
        sources,
        states,
        tools.config.fetch,
        now=plan.now,
        parse=parse_on_the_way,
        on_outcome=count,
    )
    return [Reading(s, r.outcome, r.parsed, states.get(s.id)) for s, r in zip(sources, read, strict=True)]


def _pays_bytes(tools: Tools) -> int:
    return 0 if tools.all_to_workers else PAYS_BYTES


def _trace(outcome: FetchOutcome) -> None:
    """A span per feed that was asked."""
    if not isinstance(outcome, FetchFailed):
        past_span("feed", seconds=outcome.elapsed_s, feed=outcome.source_id, changed=isinstance(outcome, Fetched))
    elif outcome.asked:
        past_span("feed", seconds=outcome.elapsed_s, error=outcome.outcome, feed=outcome.source_id)


def parse_bodies(
    executor: Executor, bodies: Iterable[tuple[Fetched, Source]], *, pays_bytes: int = PAYS_BYTES
) -> Iterator[ParsedFeed | FetchFailed]:
    """What is in each body, in order: of the first `pays_bytes` here, of the rest where the executor has it done."""
    coming = iter(bodies)
    if pays_bytes:
        yield from map(parse_body, _first(coming, executor, pays_bytes))
    yield from executor.map(parse_body, coming)


def _first(
    bodies: Iterator[tuple[Fetched, Source]], executor: Executor, pays_bytes: int
) -> Iterator[tuple[Fetched, Source]]:
    size = 0
    for fetched, source in bodies:
        yield fetched, source
        size += len(fetched.body)
        if size >= pays_bytes:
            return
        if size >= pays_bytes / 2:
            executor.prepare()


def parse(tools: Tools, readings: Sequence[Reading], tick: Tick) -> list[Reading]:
    """Parse what is new and was not parsed yet; a body that is no feed turns its reading into a failure."""
    return _parsed(readings, tools.executor, tick, pays_bytes=_pays_bytes(tools))


def _parsed(
    readings: Sequence[Reading], executor: Executor, tick: Tick, *, pays_bytes: int = PAYS_BYTES
) -> list[Reading]:
    bodies = [(r.outcome, r.source) for r in readings if isinstance(r.outcome, Fetched) and not r.parsed]
    answers = parse_bodies(executor, bodies, pays_bytes=pays_bytes)
    done = []
    for number, reading in enumerate(readings, 1):
        unread = isinstance(reading.outcome, Fetched) and not reading.parsed
        done.append(_answered(reading, next(answers)) if unread else reading)
        tick(number)
    return done


def _answered(reading: Reading, parsed: ParsedFeed | FetchFailed) -> Reading:
    read = FeedRead(reading.outcome).with_parsed(parsed)
    return replace(reading, outcome=read.outcome, parsed=read.parsed)


def triage(tools: Tools, readings: Sequence[Reading], pasts: Pasts, tick: Tick) -> list[Judged]:
    """Judge every article that was never seen before; what two feeds both carry is judged once."""
    articles: dict[str, tuple[Article, Source]] = {}
    for reading in readings:
        for article in reading.parsed.articles if reading.parsed else ():
            articles.setdefault(article.id, (article, reading.source))
    known = tools.store.known_articles(articles.keys())
    new = _with_past(pasts, [item for article_id, item in articles.items() if article_id not in known])
    pays_articles = 0 if tools.all_to_workers else PAYS_ARTICLES
    verdicts = judge_all(tools.executor, tools.lexicon, new, pays_articles=pays_articles)
    judged = []
    for (article, _), verdict in zip(new, verdicts, strict=True):
        judged.append(Judged(article, verdict))
        if len(judged) % _BATCH == 0:
            tick(len(readings) * len(judged) // len(new))
    return judged


def judge_all(
    executor: Executor,
    lexicon: Lexicon,
    articles: Sequence[tuple[Article, Source]],
    *,
    pays_articles: int = PAYS_ARTICLES,
) -> Iterator[Verdict]:
    """One verdict per article, in order: judged here, or from so many articles on where the executor has it done."""
    batches = (articles[start : start + _BATCH] for start in range(0, len(articles), _BATCH))
    if len(articles) < pays_articles:
        return chain.from_iterable(judge_batch(lexicon, batch) for batch in batches)
    light = ([_without_body(item) for item in batch] for batch in batches)
    return chain.from_iterable(executor.map(partial(judge_batch, lexicon), light))


def _with_past(pasts: Pasts, new: Sequence[tuple[Article, Source]]) -> list[tuple[Article, Source]]:
    """Each source with its past."""
    if not new:
        return []
    plain = {source.id: source for _, source in new}
    with_past = {id_: replace(source, past=pasts().get(id_)) for id_, source in plain.items()}
    return [(article, with_past[source.id]) for article, source in new]


def _without_body(item: tuple[Article, Source]) -> tuple[Article, Source]:
    """Verdicts never look at the full text: it need not travel."""
    article, source = item
    return replace(article, body=""), source


def keep(tools: Tools, readings: Sequence[Reading], judged: Sequence[Judged]) -> None:
    """Store the articles first and the feeds' validators second: a crash in between loses no article."""
    tools.store.save_articles(judged)
    stale_days = tools.config.fetch.stale_days
    tools.store.save_feed_states(
        next_state(r.state, r.outcome, r.parsed, source=r.source, stale_days=stale_days) for r in readings
    )


def report_feeds(gathered: Gathered, current: Iterable[Judged]) -> tuple[FeedReport, ...]:
    """One line per feed for the report, the status and the digest's footer; `current` are the reports of these days."""
    lately = Counter(item.article.source_id for item in current if item.id not in gathered.new_ids)
    return tuple(replace(feed, lately=lately[feed.source_id]) for feed in gathered.feeds)


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


def feed_alarms(feeds: Iterable[FeedReport]) -> tuple[str, ...]:
    """One line for each language of which nothing could be read: its press is missing, whatever else was found."""
    return tuple(
        f"no {LANGUAGE_NAMES[health.language]} feed could be read: {health.failed} failed"
        + (f", {health.quiet} had nothing to read" if health.quiet else "")
        + "; `monitor feeds check` tells why"
        for health in press_health(feeds)
        if health.silent
    )


def insist_on_network(tools: Tools, plan: Plan, feeds: Sequence[FeedReport]) -> None:
    """Raises NetworkError when nothing but this machine's network can be why no feed was read.

    A digest of nothing would be the one of its date for good; who tries again, once the network is back, makes it from
    the news. Digests that exist already are another matter, as are looks for alerts.
    """
    hosts = _hosts_not_found(tools.sources, feeds) if plan.fetch else ()
    if len(hosts) >= _HOSTS and not all(_is_made(tools.store, edition) for edition in plan.editions):
        raise NetworkError(
            f"no feed can be reached: the names of {len(hosts)} hosts cannot be looked up ({hosts[0]}, {hosts[1]}, …),"
            " so no digest was made → check this machine's network and its name servers; the next run makes it"
        )


def _hosts_not_found(sources: Sequence[Source], feeds: Sequence[FeedReport]) -> tuple[str, ...]:
    """Hosts that have no address, if none answered in whatever way."""
    if any(feed.outcome not in _SAYS_NOTHING for feed in feeds):
        return ()
    lost = {feed.source_id for feed in feeds if feed.outcome == "dns"}
    return tuple(sorted({urlsplit(source.url).hostname or "" for source in sources if source.id in lost}))


def _is_made(store: Store, plan: EditionPlan) -> bool:
    day = slot_date(plan.slot)
    key = f"{plan.profile.id}/{plan.slot}"
    return any(edition.edition == key for edition in store.editions(plan.profile.id, first=day, last=day))


def check_sources(sources: Sequence[Source], options: FetchConfig, *, now: datetime) -> tuple[FeedReport, ...]:
    """Read feeds as if for the first time; nothing is remembered."""
    here = SerialExecutor()
    read = read_feeds(sources, {}, options, now=now, parse=partial(parse_bodies, here))
    readings = [Reading(s, r.outcome, r.parsed) for s, r in zip(sources, read, strict=True)]
    return tuple(
        feed_report(r.source, r.outcome, r.parsed, state=None, stale_days=options.stale_days)
        for r in _parsed(readings, here, lambda _done: None)
    )
