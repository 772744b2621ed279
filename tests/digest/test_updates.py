"""What is new in a story, who contradicts whom, and why a story stands lower: in both parts, in both languages."""

import re
from dataclasses import replace
from typing import Literal

import pytest

from monitor.digest import Templates, render
from monitor.records import (
    Agency,
    EditionMaterial,
    Figure,
    FigureChange,
    HeldBack,
    Lang,
    News,
)
from tests.digest.conftest import Compose, first_updated, with_first


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["Statements differ between the two languages' press", "Claim · U.S. Customs and Border Protection:",
                "Denial · Mexico's Attorney General's Office:", "No information · the mayor of Acuña:"]),
        ("es", ["Las versiones no coinciden entre la prensa de los dos idiomas",
                "Afirmación · Oficina de Aduanas (CBP):", "Desmentido · Fiscalía General de la República:",
                "Sin información · la alcaldía de Acuña:"]),
    ],
)  # fmt: skip
def test_a_contradiction_names_every_actor_with_its_stance(
    disputed: EditionMaterial, edition: Compose, templates: Templates, language: Lang, lines: list[str]
) -> None:
    rendered = render(edition(disputed, language), templates)
    plain = " ".join(rendered.text.split())
    page = rendered.html.replace("&#39;", "'")
    for line in lines:
        assert line in plain
        assert line in page


def test_days_that_differ_are_called_dates(material: EditionMaterial, edition: Compose, templates: Templates) -> None:
    ranked = next(r for r in material.ranked if r.comparison.differences)
    days = replace(ranked.comparison.differences[0], kind="date")
    changed = replace(ranked, comparison=replace(ranked.comparison, differences=(days,)))
    assert (
        "Las fechas no coinciden entre los dos idiomas"
        in render(edition(with_first(material, changed), "es"), templates).html
    )
    assert (
        "Dates differ between the two languages" in render(edition(with_first(material, changed), "en"), templates).text
    )


@pytest.fixture
def moved_on(material: EditionMaterial) -> EditionMaterial:
    """The same story, updated: the Spanish press has picked it up, with a new number and a new office."""
    ranked = first_updated(material)
    en, es = ranked.story.in_language("en")[0], ranked.story.in_language("es")[0]
    before = Figure(en.article.id, "en", "detained", 7, "7 detained", "7 detained.")
    after = Figure(es.article.id, "es", "detained", 9, "9 detenidos", "9 detenidos.")
    news = News(
        reports=(es,),
        voices_joined=(es.voice,),
        languages_joined=("es",),
        figures_changed=(FigureChange("detained", before, after),),
        offices_joined=(Agency("sspc", "Mexico's security secretary", "secretario de Seguridad", "office"),),
    )
    fresh = frozenset({es.article.id})
    return with_first(material, replace(ranked, status="updated", day=2, new_member_ids=fresh, news=news))


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["now in the Spanish-language press as well", "from 7 detained to 9 detenidos (", "one more outlet: ",
                "named for the first time: Mexico's security secretary"]),
        ("es", ["ya lo publica también la prensa en español", "de 7 detained a 9 detenidos (", "un medio más: ",
                "aparece por primera vez: secretario de Seguridad"]),
    ],
)  # fmt: skip
def test_an_updated_story_says_what_else_is_new(
    moved_on: EditionMaterial, edition: Compose, templates: Templates, language: Lang, lines: list[str]
) -> None:
    rendered = render(edition(moved_on, language), templates)
    plain = " ".join(rendered.text.split())
    page = re.sub("<span[^>]*>|</span>", "", rendered.html.replace("&#39;", "'"))
    for line in lines:
        assert line in plain
        assert line in page


def test_a_number_is_read_aloud_in_the_language_it_is_written_in(
    moved_on: EditionMaterial, edition: Compose, templates: Templates
) -> None:
    spanish, english = (render(edition(moved_on, language), templates).html for language in ("es", "en"))
    assert 'de <span lang="en">7 detained</span> a 9 detenidos (' in spanish
    assert 'from 7 detained to <span lang="es">9 detenidos</span> (' in english


@pytest.mark.parametrize(
    ("by", "line"),
    [("topic", "placed lower, after 6 stories on the same topic"), ("region", "after 6 stories from the same stretch")],
)
def test_a_card_that_a_quota_moved_down_says_so(
    material: EditionMaterial, edition: Compose, templates: Templates, by: Literal["topic", "region"], line: str
) -> None:
    ranked = replace(first_updated(material), held_back=HeldBack(by, "drugs", 6))
    rendered = render(edition(with_first(material, ranked), "en"), templates)
    assert line in " ".join(rendered.text.split())
    assert line in rendered.html


def test_the_same_in_spanish(material: EditionMaterial, edition: Compose, templates: Templates) -> None:
    ranked = replace(first_updated(material), held_back=HeldBack("topic", "drugs", 1))
    rendered = render(edition(with_first(material, ranked), "es"), templates)
    assert "más abajo por ir después de 1 nota del mismo tema" in rendered.html
