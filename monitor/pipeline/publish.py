"""From stories to mailboxes: rank, compose, render, archive, hand over, and the run's report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from monitor.config import Config
from monitor.delivery import deliver_due, write_edition
from monitor.digest import archive_message, compose, edition_links, render, wants
from monitor.errors import DeliveryError
from monitor.pipeline.dead_addresses import strike_refused
from monitor.pipeline.gather import feed_alarms
from monitor.pipeline.mailing import Audience, audience_of, envelope_for, list_name, queue_missing
from monitor.pipeline.texts import Comparisons
from monitor.pipeline.tools import EditionPlan, Plan, Stages, Tick, Tools, by_id
from monitor.pipeline.understand import Translated
from monitor.records import (
    Article,
    Clustered,
    Counts,
    Edition,
    EditionMaterial,
    EditionReport,
    EngineReport,
    FeedReport,
    Judged,
    Lang,
    Member,
    Profile,
    Publication,
    RankedStory,
    Receipt,
    RenderedDigest,
    ReportLine,
    RunReport,
    SlotEntry,
    Source,
    Story,
    StoryLine,
    Translations,
    slot_date,
    slot_time,
    text_key,
)
from monitor.stories.rank import Reader, rank

EXIT_FINE, EXIT_FAILED, EXIT_PARTIAL = 0, 1, 3
_TREND_DAYS = 15  # two weeks of local days, wherever the reader is
_REMEMBERED_EDITIONS = 30  # looked back at to know what a reader has already seen; so many days of several a day
_MOST_A_DAY = 24
_REMEMBERED_SLOTS = 15 * _MOST_A_DAY  # as many as can have been skipped


@dataclass(frozen=True, slots=True)
class Published:
    """Stage output: the editions of this run and what the report says of them."""

    editions: tuple[EditionReport, ...]
    stories: tuple[StoryLine, ...]
    counts: Counts
    feeds: tuple[FeedReport, ...]
    engine: EngineReport
    clustered: Clustered
    sources: Mapping[str, Source]
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(edition.created for edition in self.editions)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Stage output: receipts of every message that was due, also of earlier editions; why the server refused us all."""

    receipts: tuple[Receipt, ...] = ()
    error: str = ""
    notices: tuple[str, ...] = ()  # whose address is dead

    def __len__(self) -> int:
        return len(self.receipts)


def publish(
    tools: Tools,
    plan: Plan,
    clustered: Clustered,
    translated: Translated,
    feeds: tuple[FeedReport, ...],
    tick: Tick,
    *,
    comparisons: Comparisons,
) -> Published:
    """One edition per profile, frozen in the archive and the outbox; an edition that exists is left as it is."""
    reports: list[EditionReport] = []
    ranked: tuple[RankedStory, ...] = ()  # of the first edition
    lately = _lately(tools, plan.now) if plan.editions else ()
    for number, edition in enumerate(plan.editions, 1):
        material = _material(tools, plan, edition, clustered, translated, comparisons=comparisons)
        counts = _since_last_edition(tools, edition, material, _counts(feeds, material.ranked))
        material = replace(material, feeds=feeds, counts=counts, lately=lately)
        ranked = ranked if reports else material.ranked
        queue = plan.send and tools.delivery is not None
        reports.append(_freeze(tools, edition, material, queue=queue))
        tick(number)
    sources = by_id(tools.sources)
    return Published(
        tuple(reports),
        tuple(_line(item, translated.translations, sources) for item in ranked),
        _counts(feeds, ranked),
        feeds,
        translated.engine,
        clustered,
        sources,
        translated.notices,
    )


def _lately(tools: Tools, now: datetime) -> tuple[Publication, ...]:
    """Every relevant report of the last two weeks: the digest draws a trend of them."""
    since = now - timedelta(days=_TREND_DAYS)
    return tuple(item for item in tools.store.publications(since=since) if item.at >= since)


def _material(
    tools: Tools,
    plan: Plan,
    edition: EditionPlan,
    clustered: Clustered,
    translated: Translated,
    *,
    comparisons: Comparisons,
) -> EditionMaterial:
    """What the edition is made from; its feeds, counts and trend are added by the caller."""
    editions = _remembered(tools, edition) if edition.series else ()
    earlier = sorted((e for e in editions if e.slot < edition.slot), key=lambda e: e.slot, reverse=True)
    since = _window_start(tools, plan, has_earlier=bool(earlier))
    reader = reader_of(edition.profile, translated.withheld)
    ranked = rank(
        clustered.stories,
        previous_article_ids=frozenset(article for e in earlier for article in e.article_ids),
        since=since,
        now=plan.now,
        zone=edition.profile.timezone,
        options=tools.config.stories,
        lead_count=tools.config.translation.lead_sentences,
        reader=reader,
        comparing=comparisons,
    )
    return EditionMaterial(
        ranked=ranked.with_news,
        developing=ranked.developing,
        translations=translated.translations,
        sources=by_id(tools.sources),
        feeds=(),
        counts=Counts(),
        engine=translated.engine,
        since=earlier[0].cutoff_at if earlier else since,
        now=plan.now,
        notices=plan.notices,
        sample=plan.sample,
        missed=_missed(tools.store.slots(edition.series, limit=_REMEMBERED_SLOTS), editions, edition)
        if edition.series
        else (),
    )


def _remembered(tools: Tools, edition: EditionPlan) -> tuple[Edition, ...]:
    """The last editions of its series; of several a day, those of as many days."""
    if slot_time(edition.slot) is None:
        return tools.store.editions(edition.series, limit=_REMEMBERED_EDITIONS)
    first = slot_date(edition.slot) - timedelta(days=_REMEMBERED_EDITIONS)
    return tools.store.editions(edition.series, limit=_REMEMBERED_EDITIONS * _MOST_A_DAY, first=first)


def _missed(
    slots: Sequence[SlotEntry], editions: Sequence[Edition], edition: EditionPlan
) -> tuple[date | datetime, ...]:
    """Slots between the last edition before this one and this one that were due and not made.

    But for those that a clock change brought to the instant of another that is made: they are in that one.
    """
    last = max((e.slot for e in editions if e.slot < edition.slot), default=edition.slot)
    made_at = {entry.due_at for entry in slots if entry.state in ("running", "done")}
    without = {e.slot for e in slots if e.state in ("skipped", "failed") and e.due_at not in made_at}
    zone = ZoneInfo(edition.profile.timezone)
    return tuple(_shown_slot(slot, zone) for slot in sorted(without) if last < slot < edition.slot)


def _shown_slot(slot: str, zone: ZoneInfo) -> date | datetime:
    """A slot as readers are told of it: its day, of several a day its local time."""
    at = slot_time(slot)
    return slot_date(slot) if at is None else datetime.combine(slot_date(slot), at, zone)


def _window_start(tools: Tools, plan: Plan, *, has_earlier: bool) -> datetime:
    """Reports published before this are no news, unless an earlier edition could not have had them yet."""
    if plan.since:
        return plan.since
    options = tools.config.digest
    return plan.now - timedelta(hours=options.max_age_hours if has_earlier else options.window_hours)


def reader_of(profile: Profile, translations: Translations) -> Reader:
    """What a profile shows, and the texts that its readers could not read: of `translations`, those withheld."""
    withheld = (t for t in translations.values() if t.status == "original" and profile.language in (t.target, "both"))
    return Reader(wanted=partial(wants, profile), withheld=frozenset(t.original for t in withheld))


def _since_last_edition(tools: Tools, edition: EditionPlan, material: EditionMaterial, counts: Counts) -> Counts:
    """The run's counts, with what runs since the last edition had read before this one: those that look for alerts."""
    if not edition.series:
        return counts
    after = material.since + timedelta(microseconds=1)
    new = sum(past.reports for past in tools.store.feed_pasts(since=after).values())
    if new <= counts.articles_new:
        return counts
    relevant = max(counts.articles_relevant, len(tools.store.publications(since=after)))
    return replace(counts, articles_seen=max(counts.articles_seen, new), articles_new=new, articles_relevant=relevant)


def _counts(feeds: Sequence[FeedReport], ranked: Sequence[RankedStory]) -> Counts:
    stories = [item.story for item in ranked]
    languages = [frozenset(story.languages) for story in stories]
    return Counts(
        feeds_read=sum(not feed.failed for feed in feeds),
        feeds_failed=sum(feed.failed for feed in feeds),
        articles_seen=sum(feed.items for feed in feeds),
        articles_new=sum(feed.new_items for feed in feeds),
        articles_relevant=sum(feed.relevant for feed in feeds),
        articles_merged=sum(len(story.members) for story in stories if len(story.members) > 1),
        stories_both=sum(len(both) == 2 for both in languages),
        stories_en=languages.count(frozenset({"en"})),
        stories_es=languages.count(frozenset({"es"})),
    )


def _freeze(tools: Tools, plan: EditionPlan, material: EditionMaterial, *, queue: bool) -> EditionReport:
    """Render an edition, write it to the archive, and queue its messages in one transaction."""
    key, day = f"{plan.profile.id}/{plan.slot}", slot_date(plan.slot)
    of_day = tools.store.editions(plan.profile.id, first=day, last=day)
    known = next((e for e in of_day if e.edition == key), None)
    if known:
        return _existing(tools, plan, known, queue=queue, now=material.now)
    mail = tools.config.mail
    zone = ZoneInfo(plan.profile.timezone)
    digest = compose(material, plan.profile, tools.config.digest, zone=zone, slot=plan.slot)
    rendered = render(digest, tools.templates, links=edition_links(digest, mail, tools.config.web.base_url))
    eml = archive_message(rendered, mail, list_name=list_name(tools.config, rendered))
    paths = write_edition(tools.digests_dir, rendered, eml)
    to = _audience(tools, plan, queue=queue)
    now = material.now
    envelopes = [
        envelope_for(tools.config, rendered, who, tools.unsubscription, now=now, signer=tools.signer)
        for who in to.recipients
    ]
    tools.store.save_edition(_edition(rendered, material, _stored_path(tools.config, paths[0])), envelopes)
    return EditionReport(
        key, created=True, subject=rendered.subject, paths=tuple(map(str, paths)), left_out=to.left_out
    )


def _audience(tools: Tools, plan: EditionPlan, *, queue: bool) -> Audience:
    """Nobody when nothing is to be sent."""
    return audience_of(tools.store, tools.config, plan.profile.id, plan.recipients) if queue else Audience(())


def _existing(tools: Tools, plan: EditionPlan, known: Edition, *, queue: bool, now: datetime) -> EditionReport:
    """An edition is made once. Recipients who are not in its ledger yet get it as it was frozen."""
    to = _audience(tools, plan, queue=queue)
    queue_missing(tools.store, tools.config, known, to.recipients, tools.unsubscription, now=now, signer=tools.signer)
    page = tools.config.digests_dir / known.path
    return EditionReport(known.edition, created=False, subject=known.subject, paths=(str(page),), left_out=to.left_out)


def _stored_path(config: Config, page: Path) -> str:
    """Relative to the archive folder, which may be moved; absolute for an edition that `--out` put elsewhere."""
    inside = page.is_relative_to(config.digests_dir)
    return str(page.relative_to(config.digests_dir) if inside else page.absolute())


def _edition(rendered: RenderedDigest, material: EditionMaterial, path: str) -> Edition:
    shown = {m.article.id for item in (*material.ranked, *material.developing) for m in item.story.members}
    return Edition(
        edition=rendered.edition,
        profile_id=rendered.profile_id,
        date=rendered.date,
        subject=rendered.subject,
        story_ids=rendered.story_ids,
        article_ids=tuple(sorted(shown)),
        cutoff_at=material.now,
        created_at=material.now,
        path=path,
    )


def deliver(tools: Tools, plan: Plan, tick: Tick) -> Delivered:
    """Hand over every message that is due, of this run's editions and of earlier ones."""
    if not plan.send or not tools.delivery:
        return Delivered()
    receipts: list[Receipt] = []

    def count(receipt: Receipt) -> None:
        receipts.append(receipt)
        tick(len(receipts))

    error = ""
    try:
        deliver_due(tools.store, tools.delivery, now=plan.now, clock=_running_from(plan.now), on_receipt=count)
    except DeliveryError as exc:
        error = str(exc)
    return Delivered(tuple(receipts), error, strike_refused(tools.store, tools.config, receipts, now=plan.now))


def _running_from(now: datetime) -> Callable[[], datetime]:
    """The run's own clock, which may stand at another day than the machine's."""
    started_s = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - started_s)


# ---------------------------------------------------------------- the report


def summarise(plan: Plan, stages: Stages, made: Published, delivered: Delivered, judged: Sequence[Judged]) -> RunReport:
    """All that `--json` prints; why items were kept and reports merged only when that was asked for."""
    editions = tuple(
        replace(e, receipts=tuple(r for r in delivered.receipts if r.edition == e.edition)) for e in made.editions
    )
    return RunReport(
        run_id=plan.run_id,
        started_at=plan.now,
        seconds=stages.seconds,
        exit_code=_exit_code(made, delivered),
        feeds=made.feeds,
        stages=tuple(stages.reports),
        counts=made.counts,
        engine=made.engine,
        stories=made.stories,
        editions=editions,
        notices=(*plan.notices, *made.notices, *filter(None, (delivered.error, *delivered.notices))),
        alarms=feed_alarms(made.feeds),
        decisions=made.clustered.decisions if plan.explain else (),
        verdicts=tuple(item.verdict for item in judged) if plan.explain else (),
        reports=_reports_spoken_of(made, judged) if plan.explain else (),
    )


def _exit_code(made: Published, delivered: Delivered) -> int:
    if delivered.error:
        return EXIT_FAILED
    undelivered = any(receipt.state != "sent" for receipt in delivered.receipts)
    untranslated = made.engine.undone > 0 and made.engine.why != "off"
    failed = undelivered or untranslated or any(feed.failed for feed in made.feeds)
    return EXIT_PARTIAL if failed else EXIT_FINE


def _line(item: RankedStory, translations: Translations, sources: Mapping[str, Source]) -> StoryLine:
    story = item.story
    return StoryLine(
        id=story.id,
        title_en=title_of(item, "en", translations),
        title_es=title_of(item, "es", translations),
        languages=story.languages,
        status=item.status,
        day=item.day,
        score=item.score,
        outlets=tuple(dict.fromkeys(_outlet(m.article, sources) for m in story.members)),
        urls=tuple(m.article.link for m in story.members),
        article_ids=tuple(m.article.id for m in story.members),
        original_language=_first(story).language,
        parts=item.parts,
    )


def report_line(article: Article, language: Lang, sources: Mapping[str, Source]) -> ReportLine:
    """A report by headline and outlet; an aggregator's article names its own."""
    return ReportLine(
        article.id, article.title, _outlet(article, sources), language, article.link, article.published_at
    )


def _reports_spoken_of(made: Published, judged: Sequence[Judged]) -> tuple[ReportLine, ...]:
    """The reports that the run's decisions and verdicts name, by publication."""
    told = {item.id: report_line(item.article, item.language, made.sources) for item in judged}
    told |= {
        m.article.id: report_line(m.article, m.language, made.sources)
        for story in made.clustered.stories
        for m in story.members
    }
    named = {id_ for d in made.clustered.decisions for id_ in (d.article_id, d.other_id)} | {item.id for item in judged}
    return tuple(sorted((told[id_] for id_ in named & told.keys()), key=lambda r: (r.published_at, r.article_id)))


def _outlet(article: Article, sources: Mapping[str, Source]) -> str:
    source = sources.get(article.source_id)
    return article.publisher or (source.name if source else article.source_id)


def _first(story: Story) -> Member:
    return min(story.members, key=lambda m: (m.article.published_at, m.article.id))


def title_of(item: RankedStory, language: Lang, translations: Translations) -> str:
    """The story's headline in a language: a report's own, else the translation of the other language's."""
    own, other = (item.lead_en, item.lead_es) if language == "en" else (item.lead_es, item.lead_en)
    if own:
        return own.article.title
    original = other.article.title if other else _first(item.story).article.title
    translation = translations.get(text_key(original, language))
    return translation.shown if translation else original
