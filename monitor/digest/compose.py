"""Decide what an edition says: which stories, in which section, in which words. Pure.

A story stands in an edition once: among the stories told in both languages, or in the blind spot of the language that
did not report it. Silence of the other press can only be claimed when its feeds could be read; when most could not,
the blind spots are left out, with the reason, and every card goes into the first section.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.config.models import DigestConfig
from monitor.digest.border import count_by_crossing
from monitor.digest.model import (
    Ahead,
    Bilingual,
    BlindSpot,
    Card,
    Change,
    Coverage,
    DayCount,
    Digest,
    Dispute,
    FeedHealth,
    FigureGap,
    FigureLine,
    Fragment,
    Headline,
    Headlines,
    Quote,
    Report,
    StatementLine,
    StillOpen,
    Trend,
    Unread,
)
from monitor.digest.wishes import wants
from monitor.records import (
    ANALYST,
    HEALTHY_OUTCOMES,
    LANGUAGES,
    QUIET_OUTCOMES,
    Comparison,
    Contradiction,
    Counts,
    DigestLang,
    EditionMaterial,
    FeedReport,
    Figure,
    FigureDifference,
    Lang,
    Member,
    News,
    Profile,
    Publication,
    RankedStory,
    Statement,
    SummarySentence,
    Translations,
    other_language,
    press_health,
    slot_date,
    slot_name,
    text_key,
)
from monitor.text import clean, is_web_link, without_campaign

_BYTES_PER_KB = 1000  # the smaller kilobyte: stays on the safe side of Gmail's limit
_CHART_DAYS = 7
_TREND_DAYS = 14
_TREND_LEAST_DAYS = 3  # with reports: fewer say nothing that the bars do not say
_MEANINGFUL_LEAD_S = (
    30 * 60
)  # below that, an order of publication says more about desks and clocks than about the press


def compose(
    material: EditionMaterial, profile: Profile, options: DigestConfig, *, zone: ZoneInfo, slot: str = ""
) -> Digest:
    """The edition of `profile` at `material.now`; `zone` is the profile's, and decides its date unless `slot` does."""
    pen = _Pen(material, zone, ("es", "en") if profile.language == "es" else LANGUAGES)
    wanted = [ranked for ranked in material.ranked if wants(profile, ranked)]
    kept, beyond = wanted[: profile.max_stories], wanted[profile.max_stories :]
    unread = _unread(material.feeds)
    page = kept if unread else _page_order(kept, profile.language)
    cards = tuple(pen.card(ranked, n) for n, ranked in enumerate(page, start=1))
    now = material.now.astimezone(zone)
    slot = slot or slot_name(now.date())
    return Digest(
        edition=f"{profile.id}/{slot}",
        profile_id=profile.id,
        date=slot_date(slot),
        language=profile.language,
        languages=_languages(profile.language),
        title_en=_safe(options.title_en),
        title_es=_safe(options.title_es),
        timezone=zone.key,
        since=material.since.astimezone(zone),
        now=now,
        counts=_counts(material.counts, wanted),
        stories=cards if unread else tuple(card for card in cards if len(card.languages) > 1),
        blind_spots=() if unread else _blind_spots(cards, profile.language),
        unread=unread,
        developing=tuple(pen.still_open(ranked) for ranked in material.developing if wants(profile, ranked)),
        beyond_cap=len(beyond),
        beyond=tuple(map(pen.still_open, beyond)),
        days=_days(cards, since=material.since.astimezone(zone).date(), until=now.date()),
        trend=_trend(material.lately, zone, until=now.date()),
        crossings=count_by_crossing(card.where for card in cards),
        health=_health(material.feeds, zone, pen.order),
        engine=material.engine,
        notices=tuple(map(_safe, material.notices)),
        sample=material.sample,
        degraded=_mostly_failed(material.feeds),
        missed=material.missed,
        max_html_bytes=options.max_html_kb * _BYTES_PER_KB,
    )


def card_of(ranked: RankedStory, material: EditionMaterial, *, zone: ZoneInfo, reader: Lang) -> Card:
    """One story as a card outside any edition: what a page about it shows. Times are in `zone`."""
    return _Pen(material, zone, (reader, other_language(reader))).card(ranked, 1)


def in_both(text: str, language: Lang, translations: Translations) -> Bilingual:
    """A text in `language` as each language's reader gets it."""
    en, es = (_fragment(text, language, reader, translations) for reader in LANGUAGES)
    return Bilingual(en=en, es=es)


def _fragment(text: str, language: Lang, reader: Lang, translations: Translations) -> Fragment:
    """`text` for a reader of `reader`; a missing translation is withheld like a bad one."""
    if language == reader:
        return Fragment(language, _safe(text), "original")
    translation = translations.get(text_key(text, reader))
    if translation is None or translation.status == "original" or not translation.text.strip():
        return Fragment(language, _safe(text), "withheld", faults=translation.flags if translation else ())
    if translation.engine == ANALYST:
        return Fragment(reader, _safe(translation.text), "corrected")
    doubtful = translation.status == "check"
    return Fragment(
        reader,
        _safe(translation.text),
        "check" if doubtful else "machine",
        _safe(translation.label or translation.engine),
        translation.basic,
        translation.confidence_word,
        translation.flags,
        _safe(text) if doubtful else "",
    )


# ---------------------------------------------------------------- which stories


def _languages(choice: DigestLang) -> tuple[Lang, ...]:
    return LANGUAGES if choice == "both" else (choice,)


def _blind_spots(cards: Sequence[Card], choice: DigestLang) -> tuple[BlindSpot, ...]:
    """What only the other press has comes first: it is what this reader could not have read."""
    order = _blind_order(choice)
    return tuple(BlindSpot(lang, tuple(card for card in cards if card.languages == (lang,))) for lang in order)


def _blind_order(choice: DigestLang) -> tuple[Lang, ...]:
    return ("es", "en") if choice == "en" else LANGUAGES


def _page_order(ranked: Sequence[RankedStory], choice: DigestLang) -> list[RankedStory]:
    """Both languages first, then each blind spot; by rank within."""
    sections: list[tuple[Lang, ...]] = [LANGUAGES, *((language,) for language in _blind_order(choice))]
    return sorted(ranked, key=lambda r: sections.index(r.story.languages))


def _mostly_failed(feeds: Sequence[FeedReport]) -> bool:
    return sum(feed.failed for feed in feeds) * 2 > len(feeds)


def _unread(feeds: Sequence[FeedReport]) -> tuple[Unread, ...]:
    """The languages whose press we cannot speak for: most of it could not be read, or there are no feeds of it.

    Each feed counts for the relevant reports it gave in the last days, and for one more, so that on a first day all
    count alike. A feed that answers but has nothing to read speaks for nobody, and is not missed either. Known gap:
    a press is taken as a whole; that the only feed of one town failed is not seen.
    """
    found: list[Unread] = []
    for language in LANGUAGES:
        of_language = [feed for feed in feeds if feed.language == language]
        heard = sum(1 + feed.lately for feed in of_language if feed.outcome in HEALTHY_OUTCOMES)
        lost = sum(1 + feed.lately for feed in of_language if feed.failed)
        if not heard or lost > heard:
            missing = sum(feed.failed or not heard for feed in of_language)
            found.append(Unread(language, missing, len(of_language)))
    return tuple(found)


# ---------------------------------------------------------------- numbers


def _counts(counts: Counts, wanted: Iterable[RankedStory]) -> Counts:
    """The run's counts, with this profile's stories."""
    by_language = Counter(ranked.story.languages for ranked in wanted)
    return replace(
        counts,
        stories_both=by_language[LANGUAGES],
        stories_en=by_language[("en",)],
        stories_es=by_language[("es",)],
    )


def _days(cards: Iterable[Card], *, since: date, until: date) -> tuple[DayCount, ...]:
    """Reports by local date and language: from the first day of the window or of a report, a week at most."""
    counts = Counter((report.at.date(), report.language) for card in cards for report in card.reports)
    first = max(min([since, *(day for day, _ in counts)]), until - timedelta(days=_CHART_DAYS - 1))
    span = (first + timedelta(days=n) for n in range((until - first).days + 1))
    return tuple(DayCount(day, counts[day, "en"], counts[day, "es"]) for day in span)


def _trend(lately: Sequence[Publication], zone: ZoneInfo, *, until: date) -> Trend:
    """Reports by local day of publication; from the first day that has any, two weeks at most, one at least."""
    counts = Counter((report.at.astimezone(zone).date(), report.language) for report in lately)
    first = until - timedelta(days=_TREND_DAYS - 1)
    known = sorted({day for day, _ in counts if first <= day <= until})
    if len(known) < _TREND_LEAST_DAYS:
        return Trend((), None)
    start = min(known[0], until - timedelta(days=6))
    span = (start + timedelta(days=n) for n in range((until - start).days + 1))
    watched_from = min(report.seen_at.astimezone(zone).date() for report in lately)
    return Trend(tuple(DayCount(day, counts[day, "en"], counts[day, "es"]) for day in span), watched_from)


def _health(feeds: Sequence[FeedReport], zone: ZoneInfo, order: Iterable[Lang]) -> FeedHealth:
    tidy = [
        replace(
            feed,
            name=_safe(feed.name),
            detail=_safe(feed.detail),
            hint=_safe(feed.hint),
            moved_to=_safe(feed.moved_to),
            quirks=tuple(map(_safe, feed.quirks)),
            last_ok_at=feed.last_ok_at and feed.last_ok_at.astimezone(zone),
        )
        for feed in feeds
    ]
    presses = {press.language: press for press in press_health(tidy)}
    return FeedHealth(
        total=len(tidy),
        languages=tuple(presses[language] for language in order if language in presses),
        failed=tuple(feed for feed in tidy if feed.failed),
        quiet=tuple(feed for feed in tidy if feed.outcome in QUIET_OUTCOMES),
        moved=tuple(feed for feed in tidy if feed.moved_to),
    )


# ---------------------------------------------------------------- which words


def _safe(text: str) -> str:
    """One line without control characters or bidi overrides, whatever a feed or a user wrote."""
    return " ".join(clean(text).split())


def _link(url: str) -> str:
    return without_campaign(url) if is_web_link(url) else ""


def _ahead(comparison: Comparison) -> Ahead | None:
    """The lead of one press over the other, when it is long enough to mean something."""
    if comparison.lead is None or comparison.lead_s < _MEANINGFUL_LEAD_S:
        return None
    return Ahead(comparison.lead, comparison.lead_s)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes the parts of an edition from its material."""

    material: EditionMaterial
    zone: ZoneInfo
    order: tuple[Lang, ...]  # of languages, the reader's first

    def card(self, ranked: RankedStory, position: int) -> Card:
        comparison = ranked.comparison
        return Card(
            id=ranked.story.id,
            position=position,
            score=ranked.score,
            reasons=tuple(sorted((p for p in ranked.parts if p.points > 0), key=lambda p: (-p.points, p.name))),
            headlines=self.headlines(ranked),
            status=ranked.status,
            day=ranked.day,
            languages=ranked.story.languages,
            coverage=self.coverage(ranked),
            first=self.report(comparison.first, ranked.new_member_ids),
            ahead=_ahead(comparison),
            summary=tuple(self.sentence(ranked, sentence) for sentence in ranked.summary),
            places=comparison.places,
            agencies=comparison.agencies,
            gaps=tuple(self.gap(ranked, difference) for difference in comparison.differences),
            topics=ranked.topics,
            news=self.news(ranked),
            changes=tuple(self.changes(ranked, ranked.news)) if ranked.news else (),
            disputes=tuple(self.dispute(ranked, contradiction) for contradiction in comparison.contradictions),
            held_back=ranked.held_back,
        )

    def news(self, ranked: RankedStory) -> Headlines | None:
        """What an updated story has that is new: the latest report, in the reader's own language if there is one."""
        fresh = ranked.news.reports if ranked.news else ()
        if ranked.status != "updated" or not fresh:
            return None
        en, es = (self.latest(fresh, ranked, reader) for reader in LANGUAGES)
        return Headlines(en=en, es=es)

    def changes(self, ranked: RankedStory, news: News) -> Iterable[Change]:
        """What is new besides the reports themselves, what tells most first."""
        yield from (Change("language", language=language) for language in news.languages_joined)
        for moved in news.figures_changed:
            by = (self.source_of(ranked, moved.after.article_id),)
            old, new = moved.before, moved.after
            texts = Change("figure", by, by, before=_safe(old.text), after=_safe(new.text))
            yield replace(texts, before_in=old.language, after_in=new.language)
        if news.differences:
            yield Change("gap")
        if news.contradictions:
            yield Change("dispute")
        if news.offices_joined:
            offices = news.offices_joined
            yield Change("offices", tuple(o.name_en for o in offices), tuple(o.name_es for o in offices))
        known = {m.voice for m in ranked.story.members if m.article.id not in ranked.new_member_ids}
        names = tuple(
            dict.fromkeys(self.source_name(m.article.source_id) for m in news.reports if m.voice not in known)
        )
        if known and names:
            yield Change("outlets", names, names)

    def latest(self, fresh: Sequence[Member], ranked: RankedStory, reader: Lang) -> Headline:
        """Prefers what the card does not say yet, a report of its own to a copy, the reader's language, the newest."""
        shown = {lead.article.title for lead in (ranked.lead_en, ranked.lead_es) if lead}

        def worth(member: Member) -> tuple[bool, bool, bool, bool, datetime, str]:
            article = member.article
            unsaid, own = article.title not in shown, member.language == reader
            return unsaid, not member.copy_of, own, article.date_known, article.published_at, article.id

        return self.headline(max(fresh, key=worth), reader)

    def still_open(self, ranked: RankedStory) -> StillOpen:
        members = ranked.story.members
        return StillOpen(
            id=ranked.story.id,
            headlines=self.headlines(ranked),
            day=ranked.day,
            outlets=len({member.article.source_id for member in members}),
            last_at=self.local(max(member.article.published_at for member in members)),
        )

    def headlines(self, ranked: RankedStory) -> Headlines:
        """Each language's own headline; where it has none, the translation of the other's."""
        first = ranked.comparison.first
        return Headlines(
            en=self.headline(ranked.lead_en or ranked.lead_es or first, "en"),
            es=self.headline(ranked.lead_es or ranked.lead_en or first, "es"),
        )

    def headline(self, member: Member, reader: Lang) -> Headline:
        article = member.article
        fragment = self.fragment(article.title, member.language, reader)
        return Headline(fragment, self.source_name(article.source_id), _link(article.link))

    def bilingual(self, text: str, language: Lang) -> Bilingual:
        return in_both(text, language, self.material.translations)

    def fragment(self, text: str, language: Lang, reader: Lang) -> Fragment:
        return _fragment(text, language, reader, self.material.translations)

    def coverage(self, ranked: RankedStory) -> tuple[Coverage, ...]:
        return tuple(
            Coverage(
                language,
                tuple(self.report(m, ranked.new_member_ids) for m in sorted(members, key=_publication)),
            )
            for language in self.order
            if (members := ranked.story.in_language(language))
        )

    def report(self, member: Member, new_ids: frozenset[str]) -> Report:
        article = member.article
        return Report(
            article_id=article.id,
            source=self.source_name(article.source_id),
            language=member.language,
            title=_safe(article.title),
            url=_link(article.link),
            at=self.local(article.published_at),
            date_known=article.date_known,
            hour_known=article.hour_known,
            is_new=article.id in new_ids,
            is_copy=bool(member.copy_of),
            image=_link(article.image),
        )

    def sentence(self, ranked: RankedStory, sentence: SummarySentence) -> Quote:
        return self.quote(ranked, sentence.article_id, sentence.text, sentence.language)

    def gap(self, ranked: RankedStory, difference: FigureDifference) -> FigureGap:
        lines = tuple(self.figure(ranked, figure) for figure in difference.figures)
        return FigureGap(difference.kind, difference.across_languages, lines)

    def figure(self, ranked: RankedStory, figure: Figure) -> FigureLine:
        quote = self.quote(ranked, figure.article_id, figure.sentence, figure.language)
        return FigureLine(figure.language, _safe(figure.text), quote)

    def dispute(self, ranked: RankedStory, contradiction: Contradiction) -> Dispute:
        lines = tuple(self.statement(ranked, statement) for statement in contradiction.statements)
        return Dispute(contradiction.across_languages, lines)

    def statement(self, ranked: RankedStory, said: Statement) -> StatementLine:
        quote = self.quote(ranked, said.article_id, said.sentence, said.language)
        return StatementLine(_safe(said.actor_en), _safe(said.actor_es), said.stance, said.language, quote)

    def quote(self, ranked: RankedStory, article_id: str, sentence: str, language: Lang) -> Quote:
        """A sentence of a report, with the outlet that has it."""
        return Quote(
            source=self.source_of(ranked, article_id),
            url=_link(_link_of(ranked, article_id)),
            text=self.bilingual(sentence, language),
        )

    def source_of(self, ranked: RankedStory, article_id: str) -> str:
        found = (m.article.source_id for m in ranked.story.members if m.article.id == article_id)
        return self.source_name(next(found, ""))

    def source_name(self, source_id: str) -> str:
        """A source that has left feeds.yaml is named by its id."""
        source = self.material.sources.get(source_id)
        return _safe(source.name if source else source_id)

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)


def _publication(member: Member) -> tuple[datetime, str]:
    return member.article.published_at, member.article.id


def _link_of(ranked: RankedStory, article_id: str) -> str:
    return next((m.article.link for m in ranked.story.members if m.article.id == article_id), "")
