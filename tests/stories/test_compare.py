"""Who was first, by how much, and which figures contradict each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records import Lang
from monitor.stories.compare import compare, tells_the_hour
from tests.stories.conftest import member, report, story

EN26 = report("Mexico sends 26 cartel figures to the United States", "They left on Tuesday.", source="en1", hours=2)
ES29 = report("México envía a 29 capos a Estados Unidos", "Salieron el martes.", source="es1", language="es")


def test_the_first_report_and_the_lead_of_one_language() -> None:
    compared = compare(story(EN26, ES29))
    assert compared.first.article.id == ES29.id
    assert (compared.lead, compared.lead_s) == ("es", 7200)


def test_a_report_without_a_date_is_never_first() -> None:
    undated = report("Mexico sends prisoners", source="en2", hours=-5, date_known=False)
    compared = compare(story(EN26, ES29, undated))
    assert compared.first.article.id == ES29.id
    assert compared.first_en is not None
    assert compared.first_en.article.id == EN26.id


def test_a_report_whose_hour_has_no_zone_is_not_first() -> None:
    local = member(report("Mexico sends prisoners", source="en2", hours=-5))
    local = replace(local, article=replace(local.article, hour_known=False))
    compared = compare(story(EN26, ES29, local))
    assert compared.first.article.id == ES29.id
    assert (compared.lead, compared.lead_s) == ("es", 7200)


def test_without_any_date_the_first_that_was_read_stands_first_and_nobody_leads() -> None:
    early = report("Mexico sends prisoners", source="en2", hours=-5, date_known=False)
    late = report("México envía presos", source="es2", language="es", date_known=False)
    compared = compare(story(early, late))
    assert compared.first.article.id == early.id
    assert (compared.first_en, compared.first_es, compared.lead) == (None, None, None)


@pytest.mark.parametrize("hours", [-12, -7, -6, -5, -4])
def test_a_feed_that_gives_only_days_is_not_believed_to_be_first(hours: float) -> None:
    """Midnight in UTC or on the border is the hour of a date without one; noon of 10 March is 12:00 UTC."""
    only_day = report("Mexico sends prisoners", source="en2", hours=hours)
    compared = compare(story(EN26, ES29, only_day))
    assert compared.first.article.id == ES29.id
    assert compared.first_en is not None
    assert compared.first_en.article.id == EN26.id


def test_where_one_language_has_only_days_no_lead_is_claimed() -> None:
    only_day = report("Mexico sends prisoners", source="en2", hours=-12)
    compared = compare(story(only_day, ES29))
    assert compared.first.article.id == ES29.id
    assert (compared.first_en and compared.first_en.article.id) == only_day.id
    assert compared.lead is None


def test_of_equal_times_the_report_that_is_no_copy_is_first_then_the_id() -> None:
    twin = report("Mexico sends 26 cartel figures to the United States", "They left.", source="en3", hours=2)
    copy = member(report("Mexico sends 26 cartel figures", source="en4", hours=2), copy_of=EN26.id)
    assert compare(story(EN26, copy)).first.article.id == EN26.id
    assert compare(story(twin, EN26)).first.article.id == min(EN26.id, twin.id)


def test_a_wires_first_copy_counts_for_all() -> None:
    """What was called the original has no date, or turns out to be later: the clock of a copy is the wire's."""
    undated = report("Mexico sends 26 cartel figures", source="wire", hours=-3, date_known=False)
    first = member(report("Mexico sends 26 cartel figures", source="a", hours=-1), copy_of=undated.id)
    second = member(report("Mexico sends 26 cartel figures", source="b", hours=1), copy_of=undated.id)
    compared = compare(story(undated, first, second, ES29))
    assert compared.first.article.id == first.article.id
    assert (compared.lead, compared.lead_s) == ("en", 3600)


def test_less_than_a_minute_is_no_lead() -> None:
    close = report("México envía a 26 capos", source="es2", language="es", hours=2.01)
    assert compare(story(EN26, close)).lead is None


def test_the_languages_figures_differ_with_their_sentences() -> None:
    (difference,) = compare(story(EN26, ES29)).differences
    assert (difference.kind, difference.across_languages) == ("prisoners", True)
    assert [(f.value, f.language, f.text) for f in difference.figures] == [
        (26, "en", "26 cartel figures"),
        (29, "es", "29 capos"),
    ]
    assert difference.figures[0].sentence == EN26.article.title


def test_units_rounding_and_formats_are_no_difference() -> None:
    pounds = report("Officers seize 460 pounds of meth", "About 1,000 migrants were near.", source="a")
    kilos = report("Decomisan 209 kilos de cristal", "Había 1,012 migrantes en el lugar.", source="b", language="es")
    point = report("Decomisan 209 kilos de cristal", "Había 1.012 migrantes en el lugar.", source="c", language="es")
    assert compare(story(pounds, kilos, point)).differences == ()


def test_different_things_are_no_difference() -> None:
    one = report("Officers seize 40 pounds of fentanyl", "Twelve people were arrested there.", source="a")
    two = report("Decomisan 90 kilos de cocaína", "Hubo 3 muertos en el lugar.", source="b", language="es")
    assert compare(story(one, two)).differences == ()


def test_a_number_a_voice_has_corrected_is_no_difference() -> None:
    early = report("Attack leaves 12 dead in Matamoros", source="a", hours=0)
    late = report("Attack leaves 14 dead in Matamoros", source="a", hours=5)
    other = report("Ataque deja 14 muertos en Matamoros", source="b", language="es", hours=5)
    assert compare(story(early, late, other)).differences == ()


def test_a_difference_within_one_language_says_so() -> None:
    one = report("Attack leaves 12 dead in Matamoros", source="a")
    two = report("Attack leaves 15 dead in Matamoros", source="b", hours=1)
    (difference,) = compare(story(one, two)).differences
    assert not difference.across_languages


def test_places_and_agencies_are_records_with_both_names() -> None:
    one = report("CBP closes bridge in El Paso", "Traffic from Juárez was stopped.", source="a")
    two = report("CBP cierra puente en El Paso", "El tránsito se detuvo.", source="b", language="es")
    compared = compare(story(one, two))
    assert [(p.name_en, p.name_es) for p in compared.places] == [
        ("El Paso", "El Paso"),
        ("Ciudad Juárez", "Ciudad Juárez"),
    ]
    assert [a.id for a in compared.agencies] == ["cbp"]


def test_who_held_an_office_is_asked_for_the_reports_day() -> None:
    """Of a person who has left it, the office is not named."""
    now = member(report("Andrés Manuel López Obrador visita Tijuana", source="a", language="es"))
    then = replace(now, article=replace(now.article, published_at=datetime(2023, 3, 10, 13, 5, tzinfo=UTC)))
    assert [a.kind for a in compare(story(then)).agencies] == ["office"]
    assert compare(story(now)).agencies == ()


REPORTS = st.lists(
    st.tuples(st.integers(-40, 40), st.sampled_from(("en", "es")), st.booleans(), st.booleans()), min_size=1, max_size=8
)


@settings(deadline=None)
@given(REPORTS)
def test_who_was_first_and_who_led_agree_with_every_clock(drawn: list[tuple[int, Lang, bool, bool]]) -> None:
    """Quarters of an hour around noon, so that some are midnights; some have no date, some are copies."""
    told = [
        member(
            report(f"Report {n}", source=f"s{n}", language=language, hours=quarters / 4 - 6, date_known=dated),
            copy_of="original" if is_copy else "",
        )
        for n, (quarters, language, dated, is_copy) in enumerate(drawn)
    ]
    compared = compare(story(*told))
    clocks = [m.article.published_at for m in told if tells_the_hour(m.article)]
    assert not clocks or compared.first.article.published_at == min(clocks)
    assert compared.first in told
    if compared.lead:
        assert compared.first_en
        assert compared.first_es
        ahead, behind = (compared.first_en, compared.first_es)[:: 1 if compared.lead == "en" else -1]
        assert behind.article.published_at - ahead.article.published_at == timedelta(seconds=compared.lead_s)
        assert compared.lead_s >= 60
