"""All that is known of one story, for a page of its own: its card, its reports by day, the editions that told it.

Nothing is translated here: what the memory holds is shown, whichever engine made it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor.config import Config
from monitor.digest import card_of, in_both
from monitor.digest.model import Bilingual, Card, Report
from monitor.protocols import Store
from monitor.records import (
    ANALYST,
    Article,
    Correction,
    Counts,
    Edition,
    EditionMaterial,
    EngineReport,
    Lang,
    Member,
    RankedStory,
    Source,
    Story,
    Translation,
    Translations,
    other_language,
    text_key,
)
from monitor.stories.rank import Reader, rank
from monitor.text import lead_sentences

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_EDITIONS_LOOKED_AT = 400  # about a year of one profile


@dataclass(frozen=True, slots=True)
class Telling:
    """One report of the story, its headline as each language's reader gets it."""

    report: Report
    headline: Bilingual
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryDay:
    """The reports of one local day; `outlets_en` and `outlets_es` count every outlet up to its end."""

    date: date
    tellings: tuple[Telling, ...]  # the earliest first
    outlets_en: int
    outlets_es: int

    def count(self, language: Lang) -> int:
        return sum(telling.report.language == language for telling in self.tellings)


@dataclass(frozen=True, slots=True)
class Dossier:
    """One story as its page tells it. Times are in the zone that was asked for."""

    card: Card
    days: tuple[StoryDay, ...]  # those with reports, the first one first
    editions: tuple[Edition, ...]  # that had a card of it, the oldest first
    absorbed: tuple[str, ...]  # ids of stories that turned out to be this one


def read_dossier(
    store: Store, config: Config, id_: str, *, zone: ZoneInfo, reader: Lang, now: datetime
) -> Dossier | None:
    """The story of this id, of one it absorbed or of a report in it; None when there is none. StorageError."""
    story = store.find_story(id_)
    if story is None:
        return None
    texts = _texts(story.members, config.translation.lead_sentences)
    material = _material(story, _known(store, texts), config.sources(), now)
    ranked = _as_new(story, material, config, now)
    card = card_of(ranked, material, zone=zone, reader=reader)
    ids = {story.id, *story.absorbed}
    editions = (e for e in store.editions(limit=_EDITIONS_LOOKED_AT) if ids & set(e.story_ids))
    return Dossier(
        card=card,
        days=_days(story, card, material),
        editions=tuple(sorted(editions, key=lambda e: (e.date, e.profile_id, e.slot))),
        absorbed=story.absorbed,
    )


def _as_new(story: Story, material: EditionMaterial, config: Config, now: datetime) -> RankedStory:
    """The story as a reader sees it who knows nothing of it yet: with all its reports."""
    texts = _texts(story.members, config.translation.lead_sentences)
    withheld = frozenset(text for text, target in texts if text_key(text, target) not in material.translations)
    ranked = rank(
        (story,),
        previous_article_ids=frozenset(),
        since=_EVER,
        now=now,
        zone=config.schedule.timezone,
        options=config.stories,
        lead_count=config.translation.lead_sentences,
        reader=Reader(withheld=withheld),
    )
    return ranked.with_news[0]


def _material(story: Story, translations: Translations, sources: Sequence[Source], now: datetime) -> EditionMaterial:
    """What a card is written from, of one story alone."""
    return EditionMaterial(
        ranked=(),
        developing=(),
        translations=translations,
        sources={source.id: source for source in sources},
        feeds=(),
        counts=Counts(),
        engine=EngineReport("none", "none", ""),
        since=story.created_at,
        now=now,
    )


# ---------------------------------------------------------------- translations


def headlines_in_both(store: Store, found: Iterable[tuple[Article, Lang]]) -> dict[str, Bilingual]:
    """Headlines of reports as each language's reader gets them, by the id of the report. StorageError."""
    reports = tuple(found)
    translations = _known(store, ((article.title, other_language(language)) for article, language in reports))
    return {article.id: in_both(article.title, language, translations) for article, language in reports}


def _known(store: Store, texts: Iterable[tuple[str, Lang]]) -> Translations:
    """What is known of texts in the language each is wanted in; an analyst's wording wins."""
    keys = frozenset(text_key(text, target) for text, target in texts)
    worded = {c.key: _worded(c) for c in store.corrections() if c.kind == "sentence" and c.key in keys}
    return {**store.recall_any(keys), **worded}


def _texts(members: Iterable[Member], lead_count: int) -> Iterator[tuple[str, Lang]]:
    """Every headline and lead with the language it is wanted in."""
    for member in members:
        target = other_language(member.language)
        for text in (member.article.title, *lead_sentences(member.article, member.language, lead_count)):
            yield text, target


def _worded(correction: Correction) -> Translation:
    return Translation(
        correction.source, correction.target, correction.original, correction.wording, ANALYST, confidence=1.0
    )


# ---------------------------------------------------------------- the timeline


def _days(story: Story, card: Card, material: EditionMaterial) -> tuple[StoryDay, ...]:
    """The reports by local day of publication, with how far the story had spread by then."""
    members = {member.article.id: member for member in story.members}
    told = (_telling(report, members[report.article_id], material) for report in card.reports)
    ordered = sorted(told, key=lambda telling: (telling.report.at, telling.report.article_id))
    days: list[StoryDay] = []
    heard: set[tuple[Lang, str]] = set()
    for day, tellings in groupby(ordered, key=lambda telling: telling.report.at.date()):
        of_day = tuple(tellings)
        heard |= {(telling.report.language, telling.report.source) for telling in of_day}
        en = sum(language == "en" for language, _ in heard)
        days.append(StoryDay(day, of_day, en, len(heard) - en))
    return tuple(days)


def _telling(report: Report, member: Member, material: EditionMaterial) -> Telling:
    return Telling(report, in_both(member.article.title, member.language, material.translations), member.topics)
