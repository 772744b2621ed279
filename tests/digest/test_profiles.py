"""A profile chooses language, topics, places, least score and length; what it asks for and cannot get is named."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.config.models import DigestConfig, ProfileConfig
from monitor.digest import Templates, compose, render, unknown_wishes
from monitor.records import EditionMaterial, Profile
from tests.digest.conftest import PLACES, ZONE

EVERYTHING = {"tunnel", "bridge", "meth", "shelter", "drone", "river"}


def shown(material: EditionMaterial, templates: Templates, **wish: Any) -> tuple[set[str], str]:
    """The ids of the stories with a card for a profile as feeds.yaml writes it, and its mail."""
    profile = ProfileConfig.model_validate({"id": "desk", **wish}).to_record(ZONE)
    digest = compose(material, profile, DigestConfig(), zone=ZoneInfo(profile.timezone))
    return {card.id for card in digest.cards}, render(digest, templates).html


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        ({}, EVERYTHING),
        ({"topics": ["cartels_trafficking"]}, {"tunnel"}),
        ({"topics": ["cartels_trafficking", "crossings_migration"]}, EVERYTHING),
        ({"regions": ["Ciudad Juárez"]}, {"bridge"}),
        ({"regions": ["CIUDAD JUAREZ", "tijuana"]}, {"bridge", "tunnel"}),
        ({"regions": ["san-diego-tijuana"]}, {"tunnel"}),
        ({"regions": ["del-rio"]}, {"river"}),
        ({"regions": ["Tijuana"], "topics": ["crossings_migration"]}, set()),
        ({"minimum_score": 5.1}, {"tunnel", "bridge", "meth", "shelter"}),
        ({"minimum_score": 5.2, "topics": ["crossings_migration"]}, {"bridge", "meth"}),
        ({"max_stories": 1}, {"tunnel"}),
        ({"max_stories": 2, "regions": ["Laredo", "Nogales", "Matamoros"]}, {"meth", "shelter"}),
    ],
)
def test_a_profile_gets_the_stories_it_asks_for(
    material: EditionMaterial, templates: Templates, wish: dict[str, Any], kept: set[str]
) -> None:
    assert shown(material, templates, **wish)[0] == kept


@pytest.mark.parametrize(
    ("language", "says", "columns"),
    [("en", ["Reported in both languages"], 0), ("es", ["Publicadas en ambos idiomas"], 0),
     ("both", ["Reported in both languages", "Publicadas en ambos idiomas"], 6)],
)  # fmt: skip
def test_a_profile_gets_its_language(
    material: EditionMaterial, templates: Templates, language: str, says: list[str], columns: int
) -> None:
    html = shown(material, templates, language=language)[1]
    assert [line for line in ("Reported in both languages", "Publicadas en ambos idiomas") if line in html] == says
    assert html.count('class="col"') == html.count('class="col2"') == columns


def test_a_profile_gets_its_own_clock(material: EditionMaterial, templates: Templates) -> None:
    assert "Pacific Time" in shown(material, templates, timezone="America/Tijuana")[1]
    assert "Mountain Time" in shown(material, templates)[1]


def test_what_a_profile_leaves_out_is_left_out_of_the_counts_and_of_what_is_still_open(
    material: EditionMaterial, templates: Templates
) -> None:
    html = shown(material, templates, minimum_score=6.0)[1]
    assert "2 in both languages, 0 only in Spanish, 0 only in English" in html
    assert "Still developing" not in html
    assert "Still developing" in shown(material, templates)[1]


@pytest.mark.parametrize(
    ("wish", "unknown"),
    [
        ({"topics": ("drugs",)}, [("topics", "drugs", "use one of: cartels_trafficking, crossings_migration")]),
        ({"regions": ("Tijuanna",)}, [("regions", "Tijuanna", "did you mean Tijuana?")]),
        ({"regions": ("Atlantis",)}, [("regions", "Atlantis", "name a place on the border")]),
        ({"topics": ("crossings_migration",), "regions": ("ciudad juarez", "paso-del-norte", "el-paso")}, []),
    ],
)
def test_a_topic_or_a_place_that_no_story_can_have_is_named(
    wish: dict[str, Any], unknown: list[tuple[str, str, str]]
) -> None:
    known = {"crossings_migration", "cartels_trafficking"}
    assert list(unknown_wishes(Profile("desk", **wish), topics=known, places=PLACES.values())) == unknown
