"""A fictional morning on the border: outlets, reports and translations made up for these tests."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
import yaml

from monitor.config.models import DigestConfig
from monitor.digest import Digest, Templates, compose, load_templates
from monitor.records import (
    LANGUAGES,
    Agency,
    Article,
    Comparison,
    Contradiction,
    Counts,
    DigestLang,
    EditionMaterial,
    EngineReport,
    FeedReport,
    Figure,
    FigureDifference,
    Lang,
    Member,
    News,
    Place,
    Profile,
    Publication,
    RankedStory,
    ScorePart,
    Source,
    Stance,
    Statement,
    Story,
    StoryStatus,
    SummarySentence,
    Translation,
    other_language,
)

NOW = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)  # 6:30 in Ciudad Juárez
ZONE = "America/Ciudad_Juarez"
OUTLETS: dict[str, tuple[str, Lang]] = {
    "mesa-ledger": ("Mesa Ledger", "en"),
    "bridge-post": ("The Bridge Post", "en"),
    "gulf-courier": ("Gulf Courier", "en"),
    "diario-puente": ("Diario del Puente", "es"),
    "voz-norte": ("La Voz del Norte", "es"),
    "cronica-rio": ("Crónica del Río", "es"),
}
PLACES = {
    place.id: place
    for place in (
        Place("tijuana", "Tijuana", "Tijuana", "city", "MX", -117.03, 32.53, "san-diego", "san-diego-tijuana"),
        Place(
            "ciudad-juarez", "Ciudad Juárez", "Ciudad Juárez", "city", "MX", -106.48, 31.74, "el-paso", "paso-del-norte"
        ),
        Place("el-paso", "El Paso", "El Paso", "city", "US", -106.49, 31.76, "ciudad-juarez", "paso-del-norte"),
        Place("laredo", "Laredo", "Laredo", "city", "US", -99.51, 27.51, "nuevo-laredo", "laredo"),
        Place("nogales", "Nogales", "Nogales", "city", "US", -110.94, 31.34, "nogales-son", "ambos-nogales"),
        Place("matamoros", "Matamoros", "Matamoros", "city", "MX", -97.50, 25.88, "brownsville", "rio-grande-valley"),
        Place("reynosa", "Reynosa", "Reynosa", "city", "MX", -98.28, 26.09, "mcallen", "rio-grande-valley"),
        Place("ciudad-acuna", "Ciudad Acuña", "Ciudad Acuña", "city", "MX", -100.93, 29.32, "del-rio", "del-rio"),
        Place("texas", "Texas", "Texas", "state", "US", -99.0, 31.0),
    )
}
AGENCIES = {
    agency.id: agency
    for agency in (
        Agency("cbp", "U.S. Customs and Border Protection", "Oficina de Aduanas y Protección Fronteriza (CBP)"),
        Agency("fgr", "Mexico's Attorney General's Office", "Fiscalía General de la República"),
    )
}


@dataclass(frozen=True)
class Told:
    """One outlet's report as a test tells it."""

    outlet: str
    title: str
    text: str = ""
    hours_ago: float = 5.0
    link: str = ""


@dataclass(frozen=True)
class Number:
    """A figure in the report with that index."""

    report: int
    text: str
    value: float
    sentence: str


@dataclass(frozen=True)
class Tale:
    """What a test tells about one story; `fresh` are the indexes of new reports (None: all)."""

    id: str
    reports: Sequence[Told]
    places: Sequence[str] = ()
    agencies: Sequence[str] = ()
    score: float = 5.0
    status: StoryStatus = "new"
    day: int = 1
    topics: Sequence[str] = ("crossings_migration",)
    figures: Sequence[Number] = ()
    fresh: Sequence[int] | None = None


def _member(tale: Tale, n: int) -> Member:
    told = tale.reports[n]
    link = told.link or f"https://{told.outlet}.example/2026/03/{tale.id}-{n}"
    article = Article(
        id=f"{tale.id}-{n}",
        source_id=told.outlet,
        url=link,
        link=link,
        title=told.title,
        summary=told.text,
        published_at=NOW - timedelta(hours=told.hours_ago),
        fetched_at=NOW,
    )
    language = OUTLETS[told.outlet][1]
    return Member(article, language, voice=told.outlet, joined_at=NOW, topics=tuple(tale.topics))


def ranked_from(tale: Tale) -> RankedStory:
    members = tuple(_member(tale, n) for n in range(len(tale.reports)))
    story = Story(tale.id, tuple(sorted(members, key=lambda m: m.article.published_at)), created_at=NOW)
    english, spanish = story.in_language("en"), story.in_language("es")
    firsts = sorted((side[0] for side in (english, spanish) if side), key=lambda m: m.article.published_at)
    lead_s = max(
        ((b.article.published_at - a.article.published_at).total_seconds() for a, b in pairwise(firsts)), default=0
    )
    figures = tuple(
        Figure(members[f.report].article.id, members[f.report].language, "people", f.value, f.text, f.sentence)
        for f in tale.figures
    )
    comparison = Comparison(
        first=story.members[0],
        first_en=english[0] if english else None,
        first_es=spanish[0] if spanish else None,
        lead=firsts[0].language if lead_s >= 60 else None,
        lead_s=lead_s,
        differences=(FigureDifference("people", figures, across_languages=True),) if figures else (),
        places=tuple(PLACES[name] for name in tale.places),
        agencies=tuple(AGENCIES[name] for name in tale.agencies),
    )
    told = [m for m in (*english[:1], *spanish[:1]) if m.article.summary]
    fresh = range(len(members)) if tale.fresh is None else tale.fresh
    return RankedStory(
        story=story,
        comparison=comparison,
        score=tale.score,
        parts=(
            ScorePart("breadth", min(1.0, len(members) / 4), 3.0),
            ScorePart("both_languages", float(len(story.languages) == 2), 2.0),
            ScorePart("recency", 0.8, 1.0),
        ),
        status=tale.status,
        day=tale.day,
        new_member_ids=frozenset(members[n].article.id for n in fresh),
        summary=tuple(SummarySentence(m.article.id, m.article.source_id, m.language, m.article.summary) for m in told),
        lead_en=english[0] if english else None,
        lead_es=spanish[0] if spanish else None,
        topics=tuple(tale.topics),
        news=News(reports=tuple(members[n] for n in fresh)) if tale.status == "updated" else None,
    )


def translated(
    source: Lang, original: str, text: str, status: Literal["ok", "check", "original"] = "ok"
) -> Translation:
    return Translation(
        source,
        other_language(source),
        original,
        text,
        "testmt-1",
        status=status,
        flags={"ok": (), "check": ("number",), "original": ("loop",)}[status],
        confidence={"ok": 0.95, "check": 0.6, "original": 0.0}[status],
        label="Argos Translate",
    )


def material_of(
    tales: Sequence[Tale], translations: Iterable[Translation] = (), developing: Sequence[Tale] = ()
) -> EditionMaterial:
    feeds = [FeedReport(key, name, lang, "ok", items=20, new_items=5) for key, (name, lang) in OUTLETS.items()]
    return EditionMaterial(
        ranked=tuple(map(ranked_from, tales)),
        developing=tuple(map(ranked_from, developing)),
        translations={t.key: t for t in translations},
        sources={key: Source(key, name, f"https://{key}.example/rss", lang) for key, (name, lang) in OUTLETS.items()},
        feeds=tuple(feeds),
        counts=Counts(6, 0, 1240, 212, 31, 18, 0, 0, 0),
        engine=EngineReport(
            "testmt-1", "argos", "best installed", label="Argos Translate", translated=40, flagged_soft=1
        ),
        since=NOW - timedelta(hours=24),
        now=NOW,
        lately=two_weeks(),
    )


def two_weeks() -> tuple[Publication, ...]:
    """Relevant reports of fourteen local days at noon: day n has n in English and half as many in Spanish; the feeds
    have been read since the fourth."""
    noon = datetime(2026, 2, 27, 18, tzinfo=UTC)
    days = [(noon + timedelta(days=n), n) for n in range(14)]
    return tuple(
        Publication(at, max(at, noon + timedelta(days=3)), language)
        for at, n in days
        for language, count in zip(LANGUAGES, (n, n // 2), strict=True)
        for _ in range(count)
    )


def _tale(plain: dict[str, Any]) -> Tale:
    lists = {
        "reports": [Told(**r) for r in plain["reports"]],
        "figures": [Number(**f) for f in plain.get("figures", [])],
    }
    return Tale(**{**plain, **lists})


_DAY = yaml.safe_load(Path(__file__).with_name("day.yaml").read_text("utf-8"))
FULL_DAY = [_tale(plain) for plain in _DAY["stories"]]
STILL_OPEN = [_tale(plain) for plain in _DAY["developing"]]
WORDS = [translated(**plain) for plain in _DAY["translations"]]

Compose = Callable[..., Digest]


@pytest.fixture
def material() -> EditionMaterial:
    """A full day: two stories in both languages, two only in English, two only in Spanish, one still open."""
    return material_of(FULL_DAY, WORDS, STILL_OPEN)


@pytest.fixture
def many() -> Callable[[int], EditionMaterial]:
    """A day with n stories, alternately in both languages, only in English and only in Spanish."""

    def build(n: int) -> EditionMaterial:
        tales = [replace(FULL_DAY[i % 6], id=f"s{i}", score=1000.0 - i, day=1 + i % 2) for i in range(n)]
        return material_of(tales, WORDS)

    return build


@pytest.fixture
def hostile() -> Callable[[str], EditionMaterial]:
    """A day whose every feed-made text is `attack`, translations, outlet name and notices too."""

    def build(attack: str) -> EditionMaterial:
        reports = (
            Told("voz-norte", attack, attack + " dos"),
            Told("mesa-ledger", attack + " en", attack + " two", 4.0),
        )
        numbers = (Number(0, attack, 1, attack), Number(1, "2", 2, attack))
        tale = Tale("bad", reports, ("tijuana",), ("cbp",), figures=numbers)
        alone = Tale("alone", (Told("voz-norte", attack + " solo", attack, link="javascript:alert(1)"),))
        words = [translated("es", attack + " solo", attack), translated("es", attack, attack)]
        base = material_of((tale, alone), words, (replace(alone, id="open"),))
        sources = {key: replace(source, name=attack) for key, source in base.sources.items()}
        feeds = (*base.feeds, FeedReport("x", attack, "en", "timeout", detail=attack))
        return replace(base, sources=sources, feeds=feeds, notices=(attack,))

    return build


@pytest.fixture
def edition() -> Compose:
    """`edition(material, "es", max_stories=3)`: the digest for a profile of that language."""

    def build(
        material: EditionMaterial, language: DigestLang = "en", *, max_html_kb: int = 90, **profile: object
    ) -> Digest:
        record = Profile("everyone", language=language, timezone=ZONE, **profile)  # type: ignore[arg-type]  # by test
        return compose(material, record, DigestConfig(max_html_kb=max_html_kb), zone=ZoneInfo(ZONE))

    return build


@pytest.fixture(scope="session")
def templates() -> Templates:
    return load_templates()


def first_updated(material: EditionMaterial) -> RankedStory:
    return next(ranked for ranked in material.ranked if len(ranked.story.languages) == 2)


def with_first(material: EditionMaterial, ranked: RankedStory) -> EditionMaterial:
    others = tuple(other for other in material.ranked if other.story.id != ranked.story.id)
    return replace(material, ranked=(ranked, *others))


def said(member: Member, stance: Stance, actor: str, names: tuple[str, str]) -> Statement:
    sentence = f"{names[0]} spoke of drones." if member.language == "en" else f"{names[1]} habló de drones."
    return Statement(member.article.id, member.language, actor, *names, stance, sentence)


@pytest.fixture
def disputed(material: EditionMaterial) -> EditionMaterial:
    """The first story told in both languages: one says so, one denies it, one knows nothing."""
    ranked = first_updated(material)
    en, es = ranked.story.in_language("en")[0], ranked.story.in_language("es")[0]
    statements = (
        said(en, "said", "cbp", ("U.S. Customs and Border Protection", "Oficina de Aduanas (CBP)")),
        said(es, "denied", "fgr", ("Mexico's Attorney General's Office", "Fiscalía General de la República")),
        said(es, "no information", "mayor acuna", ("the mayor of Acuña", "la alcaldía de Acuña")),
    )
    comparison = replace(ranked.comparison, contradictions=(Contradiction(statements, across_languages=True),))
    return with_first(material, replace(ranked, comparison=comparison))
