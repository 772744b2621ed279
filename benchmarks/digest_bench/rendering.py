"""Editions of planted stories: what composing and rendering them costs."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from benchmarks.digest_bench.planted import BEGIN, OUTLETS, Planted, reports
from monitor.config import StoriesConfig
from monitor.config.models import DigestConfig
from monitor.digest import compose, load_templates, render
from monitor.records import (
    Counts,
    DigestLang,
    EditionMaterial,
    EngineReport,
    Lang,
    Member,
    Profile,
    Source,
    Story,
    Translation,
    other_language,
)
from monitor.stories.rank import rank
from monitor.text import lead_sentences

_ZONE = "America/Chicago"
_PROFILES: tuple[DigestLang, ...] = ("en", "es", "both")
_REPORTS = 3  # of a story


def render_seconds(stories: int, repeats: int = 3) -> float:
    """Processor seconds of composing and rendering an edition of so many stories for each of three profiles."""
    material, templates, options = _material(stories), load_templates(), DigestConfig()
    profiles = [Profile(f"all-{language}", language, max_stories=stories, timezone=_ZONE) for language in _PROFILES]
    times = []
    for _ in range(repeats):
        started = time.process_time()
        for profile in profiles:
            render(compose(material, profile, options, zone=ZoneInfo(_ZONE)), templates)
        times.append(time.process_time() - started)
    return min(times)


def _material(stories: int) -> EditionMaterial:
    """Stories of three reports each, of the last day, with every translation."""
    planted = list(reports(stories * _REPORTS, seed=5))
    now = BEGIN + timedelta(days=1)
    told = [_story(planted[n::stories], n) for n in range(stories)]
    ranked = rank(
        told,
        previous_article_ids=frozenset(),
        since=BEGIN - timedelta(days=1),
        now=now,
        zone=_ZONE,
        options=StoriesConfig(),
        lead_count=2,
    )
    return EditionMaterial(
        ranked=ranked.with_news,
        developing=(),
        translations={t.key: t for one in planted for t in _translations(one)},
        sources={outlet: Source(outlet, outlet.title(), f"https://{outlet}.example/", "en") for outlet in OUTLETS},
        feeds=(),
        counts=Counts(),
        engine=EngineReport("none", "none", "not needed"),
        since=BEGIN,
        now=now,
    )


def _story(told: list[Planted], number: int) -> Story:
    """All of its reports within the day."""
    at = BEGIN + timedelta(minutes=number)
    members = []
    for n, one in enumerate(told):
        article = replace(one.judged.article, published_at=at + timedelta(hours=n), fetched_at=at + timedelta(hours=n))
        members.append(Member(article, one.judged.language, article.source_id, joined_at=at))
    return Story(members[0].article.id, tuple(members), at)


def _translations(one: Planted) -> Iterator[Translation]:
    """Its headline and lead, turned around in place of being translated."""
    article, source = one.judged.article, one.judged.language
    target: Lang = other_language(source)
    for text in (article.title, *lead_sentences(article, source, 2)):
        yield Translation(source, target, text, " ".join(reversed(text.split())), "planted", label="Planted")
