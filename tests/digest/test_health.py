"""The feeds' health by language, and the alarm when a whole language could not be read."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from monitor.digest import Templates, render
from monitor.records import (
    HEALTHY_OUTCOMES,
    LANGUAGES,
    QUIET_OUTCOMES,
    DigestLang,
    EditionMaterial,
    FeedOutcome,
    Lang,
    PressHealth,
)
from tests.digest.conftest import Compose


def with_outcomes(material: EditionMaterial, **outcomes: FeedOutcome) -> EditionMaterial:
    """The day with these feeds' outcomes, by id with _ for -."""
    changed = {key.replace("_", "-"): outcome for key, outcome in outcomes.items()}
    return replace(
        material, feeds=tuple(replace(f, outcome=changed.get(f.source_id, f.outcome)) for f in material.feeds)
    )


@pytest.fixture
def without_spanish(material: EditionMaterial) -> EditionMaterial:
    return with_outcomes(material, diario_puente="timeout", voz_norte="dns", cronica_rio="stale")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_each_languages_feeds_are_counted_the_readers_first(material: EditionMaterial, edition: Compose) -> None:
    some = with_outcomes(material, mesa_ledger="timeout", voz_norte="stale")
    assert edition(some, "es").health.languages == (PressHealth("es", 3, 0, 1), PressHealth("en", 3, 1, 0))
    assert [press.read for press in edition(some, "en").health.languages] == [2, 3]
    only = replace(material, feeds=material.feeds[:3])
    assert [press.language for press in edition(only, "es").health.languages] == ["en"]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["English-language feeds read: 2 of 3. Could not be read:", "Mesa Ledger", "timed out",
                "Spanish-language feeds read: 3 of 3.",
                "Answered, but has published nothing for a long time: La Voz del Norte"]),
        ("es", ["Fuentes en inglés leídas: 2 de 3. No se pudo leer:", "tiempo agotado",
                "Fuentes en español leídas: 3 de 3.",
                "Respondió, pero no publica nada desde hace tiempo: La Voz del Norte"]),
    ],
)  # fmt: skip
def test_both_parts_tell_the_health_of_each_languages_feeds(
    material: EditionMaterial, edition: Compose, templates: Templates, language: Lang, lines: list[str]
) -> None:
    rendered = render(edition(with_outcomes(material, mesa_ledger="timeout", voz_norte="stale"), language), templates)
    for line in lines:
        assert line in flat(rendered.text)
        assert line in flat(
            rendered.html.replace("<b>", "").replace("</b>", "").replace('<b style="color:#1a2530">', "")
        )


def test_a_feed_that_moved_is_named_with_its_new_address(
    material: EditionMaterial, edition: Compose, templates: Templates
) -> None:
    moved = replace(material.feeds[0], moved_to="https://new.example/rss")
    rendered = render(edition(replace(material, feeds=(moved, *material.feeds[1:])), "es"), templates)
    assert "Mesa Ledger (https://new.example/rss)." in flat(rendered.html)
    assert "hay que actualizarla en feeds.yaml: - Mesa Ledger: https://new.example/rss" in flat(rendered.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_has_words_and_a_remedy_in_the_readers_language(templates: Templates, language: Lang) -> None:
    failures = set(get_args(FeedOutcome)) - HEALTHY_OUTCOMES - QUIET_OUTCOMES
    say = templates.phrases[language]
    assert [kind for kind in failures if f"outcome.{kind}" not in say or f"hint.{kind}" not in say] == []
    assert {key for key in say.strings if key.startswith("hint.")} == {f"hint.{kind}" for kind in failures}


def test_no_english_detail_of_a_failure_reaches_a_spanish_reader(
    material: EditionMaterial, edition: Compose, templates: Templates
) -> None:
    broken = replace(
        material.feeds[0],
        outcome="http_error",
        detail="fetch https://mesa-ledger.example/rss: 503 after 2 tries",
        hint="open the address in a browser",
        last_ok_at=material.now - timedelta(days=1),
    )
    rendered = render(edition(replace(material, feeds=(broken, *material.feeds[1:])), "es"), templates)
    for part in (rendered.html, rendered.text):
        assert "after 2 tries" not in part
        assert "open the address" not in part
    assert (
        "Mesa Ledger: error HTTP; última lectura: 11 mar, 6:30 a.m. → revise en un navegador si la fuente sigue ahí"
        in flat(rendered.text)
    )


# ---------------------------------------------------------------- a whole language


@pytest.mark.parametrize(
    ("language", "subject", "alarm"),
    [
        ("en", "Thu Mar 12: NO SPANISH-LANGUAGE FEED READ. 6 stories", "No Spanish-language feed could be read:"),
        ("es", "jue 12 mar: SIN FUENTES EN ESPAÑOL. 6 notas", "No se pudo leer ninguna fuente en español:"),
        ("both", "Thu Mar 12: NO SPANISH-LANGUAGE FEED READ. 6 stories", "No se pudo leer ninguna fuente en español:"),
    ],
)
def test_a_language_that_could_not_be_read_is_an_alarm_on_top_and_in_the_subject(
    without_spanish: EditionMaterial,
    edition: Compose,
    templates: Templates,
    language: DigestLang,
    subject: str,
    alarm: str,
) -> None:
    rendered = render(edition(without_spanish, language), templates)
    assert rendered.subject == subject
    for part in (rendered.html, flat(rendered.text)):
        assert part.index(alarm) < len(part) / 3
    assert 'class="alarm"' in rendered.html


def test_counts_by_language_are_not_claimed_when_a_press_was_not_read(
    without_spanish: EditionMaterial, edition: Compose, templates: Templates
) -> None:
    rendered = render(edition(without_spanish, "en"), templates)
    for part in (rendered.html, flat(rendered.text)):
        assert "2 in both languages; what only one language reported cannot be told today" in part
        assert "only in English" not in part
    assert "cannot be told today." in rendered.html.split('role="main"')[0]


def test_most_feeds_failing_stands_in_the_subject_before_one_language(
    without_spanish: EditionMaterial, edition: Compose, templates: Templates
) -> None:
    worse = with_outcomes(without_spanish, mesa_ledger="dns", bridge_post="dns")
    rendered = render(edition(worse, "en"), templates)
    assert "INCOMPLETE, 4 of 6 feeds failed" in rendered.subject
    assert "No Spanish-language feed could be read" in rendered.html


@pytest.mark.parametrize("outcome", ["stale", "empty", "ok", "not_modified"])
def test_a_press_with_nothing_to_read_is_no_alarm(
    material: EditionMaterial, edition: Compose, outcome: FeedOutcome
) -> None:
    quiet = with_outcomes(material, diario_puente=outcome, voz_norte="stale", cronica_rio="stale")
    assert edition(quiet, "en").health.silent == ()


def test_an_engine_that_stopped_is_told_in_the_readers_language(
    material: EditionMaterial, edition: Compose, templates: Templates
) -> None:
    stopped = replace(material, engine=replace(material.engine, undone=3))
    rendered = render(edition(stopped, "es"), templates)
    for part in (rendered.html, flat(rendered.text)):
        assert "3 textos quedaron sin traducir porque el traductor se detuvo." in part
    assert "se detuvo" not in render(edition(material, "es"), templates).html
