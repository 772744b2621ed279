"""What an edition says: sections, languages, provenance, counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from monitor.config.models import DigestConfig
from monitor.digest import Digest, compose
from monitor.digest.model import Card, Coverage
from monitor.records import ANALYST, EditionMaterial, FeedReport, News, Place, Profile

Edition = Callable[..., Digest]


def _ids(digest: Digest) -> list[str]:
    return [card.id for card in digest.cards]


def test_each_story_stands_once_in_the_section_of_its_languages(material: EditionMaterial, edition: Edition) -> None:
    digest = edition(material, "en")
    assert [card.id for card in digest.stories] == ["tunnel", "bridge"]
    assert {spot.language: [card.id for card in spot.cards] for spot in digest.blind_spots} == {
        "es": ["shelter", "river"],
        "en": ["meth", "drone"],
    }
    assert [card.position for card in digest.cards] == [1, 2, 3, 4, 5, 6]


def test_the_other_press_comes_first_among_the_blind_spots(material: EditionMaterial, edition: Edition) -> None:
    assert [spot.language for spot in edition(material, "en").blind_spots] == ["es", "en"]
    assert [spot.language for spot in edition(material, "es").blind_spots] == ["en", "es"]


def test_a_headline_is_the_readers_press_own_words_where_it_reported(
    material: EditionMaterial, edition: Edition
) -> None:
    tunnel = edition(material, "es").stories[0]
    assert tunnel.headlines.es.fragment.text.startswith("Localizan túnel")
    assert tunnel.headlines.en.fragment.text.startswith("Rail-equipped")
    assert {h.fragment.provenance for h in (tunnel.headlines.en, tunnel.headlines.es)} == {"original"}


@pytest.mark.parametrize(
    ("story", "reader", "provenance", "language"),
    [
        ("shelter", "en", "machine", "en"),
        ("drone", "es", "check", "es"),
        ("river", "en", "withheld", "es"),
        ("river", "es", "original", "es"),
    ],
)
def test_every_headline_says_where_its_words_come_from(
    material: EditionMaterial, edition: Edition, story: str, reader: str, provenance: str, language: str
) -> None:
    card = next(card for card in edition(material, reader).cards if card.id == story)
    fragment = (card.headlines.en if reader == "en" else card.headlines.es).fragment
    assert (fragment.provenance, fragment.language) == (provenance, language)
    assert fragment.engine == ("Argos Translate" if provenance in ("machine", "check") else "")


def test_a_missing_translation_is_withheld_not_invented(material: EditionMaterial, edition: Edition) -> None:
    digest = edition(replace(material, translations={}), "en")
    shelter = next(card for card in digest.cards if card.id == "shelter")
    assert shelter.headlines.en.fragment.provenance == "withheld"
    assert shelter.headlines.en.fragment.text == shelter.headlines.es.fragment.text
    assert {quote.text.en.provenance for quote in shelter.summary} == {"withheld"}


def test_the_summary_begins_in_the_readers_own_language(material: EditionMaterial, edition: Edition) -> None:
    tunnel = edition(material, "es").stories[0]
    assert [quote.source for quote in tunnel.summary_for("es")] == ["La Voz del Norte", "Mesa Ledger"]
    assert [quote.source for quote in tunnel.summary_for("en")] == ["Mesa Ledger", "La Voz del Norte"]


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        ({"topics": ("cartels_trafficking",)}, ["tunnel"]),
        ({"regions": ("ciudad juarez",)}, ["bridge"]),
        ({"regions": ("rio-grande-valley", "Laredo")}, ["shelter", "meth"]),
        ({"minimum_score": 7.0}, ["tunnel", "bridge"]),
        ({"max_stories": 3}, ["tunnel", "bridge", "meth"]),
    ],
)
def test_a_profile_keeps_what_it_asked_for(
    material: EditionMaterial, edition: Edition, wish: dict[str, object], kept: list[str]
) -> None:
    assert _ids(edition(material, "en", **wish)) == kept


def test_stories_over_the_cap_are_counted_and_so_are_all_the_profiles_stories(
    material: EditionMaterial, edition: Edition
) -> None:
    digest = edition(material, "en", max_stories=3)
    assert digest.beyond_cap == 3
    assert (digest.counts.stories_both, digest.counts.stories_en, digest.counts.stories_es) == (2, 2, 2)


def test_silence_is_not_claimed_for_a_press_whose_feeds_failed(material: EditionMaterial, edition: Edition) -> None:
    broken = [replace(feed, outcome="timeout") if feed.language == "es" else feed for feed in material.feeds]
    digest = edition(replace(material, feeds=tuple(broken)), "en")
    assert digest.blind_spots == ()
    assert [(u.language, u.failed, u.total) for u in digest.unread] == [("es", 3, 3)]
    assert _ids(digest) == ["tunnel", "bridge", "meth", "shelter", "drone", "river"]  # by rank
    assert not digest.degraded


def test_one_failed_feed_of_three_leaves_the_blind_spots_in(material: EditionMaterial, edition: Edition) -> None:
    feeds = (replace(material.feeds[0], outcome="dns"), *material.feeds[1:])
    digest = edition(replace(material, feeds=feeds), "en")
    assert digest.comparable
    assert [feed.name for feed in digest.health.failed] == ["Mesa Ledger"]


def test_without_feeds_of_a_language_nothing_is_compared(material: EditionMaterial, edition: Edition) -> None:
    english = tuple(feed for feed in material.feeds if feed.language == "en")
    assert [(u.language, u.total) for u in edition(replace(material, feeds=english), "en").unread] == [("es", 0)]


def test_an_edition_is_degraded_when_most_feeds_failed(material: EditionMaterial, edition: Edition) -> None:
    def with_failures(count: int) -> bool:
        feeds = [replace(f, outcome="timeout") if n < count else f for n, f in enumerate(material.feeds)]
        return edition(replace(material, feeds=tuple(feeds)), "en").degraded

    assert [with_failures(n) for n in (0, 3, 4, 6)] == [False, False, True, True]


def test_the_date_and_the_times_are_the_profiles(material: EditionMaterial, edition: Edition) -> None:
    digest = edition(material, "en")
    assert digest.edition == "everyone/2026-03-12"
    assert digest.date == date(2026, 3, 12)
    assert digest.now.isoformat() == "2026-03-12T06:30:00-06:00"
    assert digest.stories[0].first.at.isoformat() == "2026-03-11T17:00:00-06:00"


def test_a_late_run_makes_the_edition_of_the_day_it_was_due(material: EditionMaterial) -> None:
    record, zone = Profile("everyone", timezone="America/Tijuana"), ZoneInfo("America/Tijuana")
    digest = compose(material, record, DigestConfig(), zone=zone, slot="2026-03-11")
    assert (digest.edition, digest.date) == ("everyone/2026-03-11", date(2026, 3, 11))


def test_new_and_updated_reports_are_told_apart(material: EditionMaterial, edition: Edition) -> None:
    tunnel = edition(material, "en").stories[0]
    assert (tunnel.status, tunnel.day) == ("updated", 2)
    assert tunnel.new_sources == ("Mesa Ledger", "The Bridge Post")


def test_the_chart_counts_reports_by_local_day(material: EditionMaterial, edition: Edition) -> None:
    days = edition(material, "en").days
    assert [(d.date.day, d.en, d.es) for d in days] == [(11, 5, 3), (12, 1, 2)]


def test_a_story_counts_once_at_its_pair_of_sister_cities(material: EditionMaterial, edition: Edition) -> None:
    counts = {c.crossing.id: c.stories for c in edition(material, "en").crossings if c.stories}
    assert counts == {
        "tijuana": 1, "nogales": 1, "ciudad-juarez": 1, "ciudad-acuna": 1, "nuevo-laredo": 1, "matamoros": 1,
    }  # fmt: skip


def test_stale_feeds_are_quiet_not_failed(material: EditionMaterial, edition: Edition) -> None:
    stale = FeedReport("old", "Old Gazette", "en", "stale")
    health = edition(replace(material, feeds=(*material.feeds, stale)), "en").health
    assert ([f.name for f in health.quiet], health.failed, health.read) == (["Old Gazette"], (), 7)


def test_a_link_that_is_no_web_link_is_dropped(hostile: Callable[[str], EditionMaterial], edition: Edition) -> None:
    alone = next(card for card in edition(hostile("x"), "es").cards if card.id == "alone")
    assert (alone.headlines.es.url, alone.reports[0].url) == ("", "")


# ---------------------------------------------------------------- what a card says


def _retold(material: EditionMaterial, **comparison: object) -> EditionMaterial:
    """The day with the comparison of its first story changed."""
    first, *rest = material.ranked
    changed = replace(first, comparison=replace(first.comparison, **comparison))  # type: ignore[arg-type]  # by test
    return replace(material, ranked=(changed, *rest))


def test_an_updated_story_says_what_is_new_beyond_its_headline(material: EditionMaterial, edition: Edition) -> None:
    tunnel = edition(material, "en").stories[0]
    assert tunnel.news is not None
    assert tunnel.news.en.fragment.text == "Tunnel under border at Otay Mesa leads to arrests"
    assert tunnel.news.en.source == "The Bridge Post"
    assert [card.id for card in edition(material, "en").cards if card.news] == ["tunnel"]


def test_what_is_new_comes_in_the_readers_own_words_where_its_press_has_news(
    material: EditionMaterial, edition: Edition
) -> None:
    tunnel, *rest = material.ranked
    fresh = frozenset(member.article.id for member in tunnel.story.members)
    changed = replace(tunnel, new_member_ids=fresh, news=News(reports=tunnel.story.members))
    digest = edition(replace(material, ranked=(changed, *rest)), "both")
    news = digest.stories[0].news
    assert news is not None
    assert (news.en.source, news.es.source) == ("The Bridge Post", "Diario del Puente")
    assert news.es.fragment.provenance == "original"


def test_a_lead_of_some_minutes_is_no_lead(material: EditionMaterial, edition: Edition) -> None:
    assert edition(_retold(material, lead_s=29 * 60.0), "en").stories[0].ahead is None
    ahead = edition(_retold(material, lead_s=31 * 60.0), "en").stories[0].ahead
    assert ahead is not None
    assert (ahead.language, ahead.seconds) == ("es", 31 * 60.0)


def _card_with(material: EditionMaterial, edition: Edition, *names: str) -> Card:
    places = {place.id: place for ranked in material.ranked for place in ranked.comparison.places}
    places["texas"] = Place("texas", "Texas", "Texas", "state", "US")
    places["tucson"] = Place("tucson", "Tucson", "Tucson", "city", "US")
    return edition(_retold(material, places=tuple(places[name] for name in names)), "en").stories[0]


@pytest.mark.parametrize(
    ("mentioned", "named"),
    [
        (("texas", "tucson", "laredo"), ["laredo", "tucson"]),
        (("laredo", "nogales", "matamoros", "tijuana", "el-paso"), ["laredo", "nogales", "matamoros", "tijuana"]),
        (("texas",), ["texas"]),
        ((), []),
    ],
)
def test_a_card_names_four_places_at_most_and_the_border_first(
    material: EditionMaterial, edition: Edition, mentioned: tuple[str, ...], named: list[str]
) -> None:
    assert [place.id for place in _card_with(material, edition, *mentioned).where] == named


def test_a_long_list_of_reports_keeps_the_first_and_the_latest(material: EditionMaterial, edition: Edition) -> None:
    report = edition(material, "en").stories[0].first
    reports = tuple(replace(report, article_id=str(n)) for n in range(8))
    assert [r.article_id for r in Coverage("en", reports).brief] == ["0", "4", "5", "6", "7"]
    assert Coverage("en", reports[:5]).brief == reports[:5]


def test_links_are_kept_without_campaign_parameters(material: EditionMaterial, edition: Edition) -> None:
    tunnel, *rest = material.ranked
    link = "https://voz-norte.example/nota?id=7&utm_source=rss&UTM_medium=feed#fotos"
    first, *members = tunnel.story.members
    marked = replace(first, article=replace(first.article, link=link))
    story = replace(tunnel.story, members=(marked, *members))
    digest = edition(replace(material, ranked=(replace(tunnel, story=story), *rest)), "es")
    assert "https://voz-norte.example/nota?id=7#fotos" in [r.url for r in digest.stories[0].reports]


def test_translations_of_a_basic_engine_are_told_from_others(material: EditionMaterial, edition: Edition) -> None:
    def manners(*, basic: bool) -> set[str]:
        translations = {key: replace(t, basic=basic) for key, t in material.translations.items()}
        digest = edition(replace(material, translations=translations), "es")
        return {card.headlines.es.fragment.manner for card in digest.cards}

    assert manners(basic=False) == {"original", "machine", "check"}
    assert manners(basic=True) == {"original", "machine.basic", "check.basic"}


def test_a_translation_says_how_sure_it_is_what_is_doubtful_and_what_the_outlet_wrote(
    material: EditionMaterial, edition: Edition
) -> None:
    digest = edition(material, "es")
    by_id = {card.id: card.headlines.es.fragment for card in digest.cards}
    drone = by_id["drone"]
    assert (drone.confidence, drone.faults, bool(drone.original)) == ("low", ("number",), True)
    english = {card.id: card.headlines.en.fragment for card in edition(material, "en").cards}
    assert (english["shelter"].confidence, english["shelter"].faults, english["shelter"].original) == ("high", (), "")
    assert (english["river"].provenance, english["river"].confidence) == ("withheld", "")
    assert english["river"].faults == ("loop",)


def test_an_analysts_wording_is_no_machines(material: EditionMaterial, edition: Edition) -> None:
    translations = {key: replace(t, engine=ANALYST, confidence=1.0) for key, t in material.translations.items()}
    fragment = edition(replace(material, translations=translations), "en").cards
    shelter = next(card.headlines.en.fragment for card in fragment if card.id == "shelter")
    assert (shelter.provenance, shelter.engine, shelter.confidence, shelter.basic) == ("corrected", "", "", False)
