"""Reasons for and against one event that vectors do not see."""

from datetime import date

import pytest

from monitor.records import Judged
from monitor.stories.countries import HOME, find_countries, find_peoples
from monitor.stories.evidence import MAX_PENALTY, VETO, adjustment, features, reasons
from tests.stories.conftest import report


def weight(one: Judged, two: Judged, start: str) -> float:
    """What the reasons of this name weigh."""
    found = reasons(features(one.article, one.language), features(two.article, two.language))
    return sum(reason.weight for reason in found if reason.name.startswith(start))


def test_another_country_is_a_veto() -> None:
    spain = report("Train drivers strike in Madrid", "Spain's unions want more rest days.")
    britain = report("Huelga de maquinistas en Londres", "El sindicato británico pide descansos.", language="es")
    assert weight(spain, britain, "country") <= -0.5


def test_home_against_home_is_no_contradiction() -> None:
    one, two = report("Texas sends troops to the river"), report("Mexico protests troops at the river")
    assert weight(one, two, "country") == 0


def test_where_migrants_come_from_does_not_contradict_where_they_are() -> None:
    people, place = report("Honduran family found in trailer"), report("Hallan familia en Texas", language="es")
    assert weight(people, place, "country") == 0


@pytest.mark.parametrize("text", ["Faltan agentes en el Puente Colombia", "Long lines at the Colombia bridge"])
def test_a_bridge_called_like_a_country_is_none(text: str) -> None:
    assert not find_countries(text) - HOME


def test_a_people_is_told_from_a_place() -> None:
    assert find_peoples("Detienen a dos argentinos") == {"argentina"}
    assert not find_countries("Detienen a dos argentinos")


def test_another_drug_is_a_veto_and_one_in_common_is_none() -> None:
    meth, cocaine = report("Meth found in broccoli load"), report("Hallan cocaína entre brócoli", language="es")
    assert weight(meth, cocaine, "drug") <= VETO
    assert weight(meth, report("Meth and cocaine found in broccoli"), "drug") == 0


def test_two_headlines_of_one_template_with_another_number_on_another_day_are_two_events() -> None:
    one = report("Officers seize 40 pounds of heroin at Roma bridge", "They found it on Monday.")
    two = report("Officers seize 95 pounds of heroin at Roma bridge", "They found it on Tuesday.", hours=48)
    free = report("Roma inspectors turn up 95 pounds in a spare tire", "They found it on Tuesday.", hours=48)
    assert weight(one, two, "number") <= -0.9 < weight(one, free, "number") < 0


def test_sums_of_money_hardly_contradict_each_other() -> None:
    one, two = report("Officer took $6,000 in bribes"), report("Officer's $300,000 house seized", hours=30)
    assert VETO < weight(one, two, "number") <= 0


def test_reasons_add_up_to_a_limit() -> None:
    one = report("Officers seize 40 pounds of heroin in Spain", "They found it in Madrid.")
    two = report("Officers seize 95 pounds of cocaine in Peru", "They found it in Lima.", hours=48)
    found = reasons(features(one.article, "en"), features(two.article, "en"))
    assert adjustment(found) == MAX_PENALTY


def test_two_crossings_of_one_town_are_two_places_when_both_headlines_name_one() -> None:
    one = report("Half a million pills in spare tires at Mariposa crossing", "A van was stopped in Nogales.")
    two = report("Medio millón de pastillas en la garita DeConcini", "Fue en Nogales, Arizona.", language="es")
    assert weight(one, two, "crossing") <= VETO
    assert weight(one, report("Van's tires hid pills", "Officers at the Nogales port found them."), "crossing") == 0


def test_a_later_toll_that_is_lower_is_another_killing_and_a_higher_one_is_hardly_a_contradiction() -> None:
    first = report("Five people killed in bar attack in Reynosa")
    wake = report("Two people killed at wake in Reynosa", hours=60)
    grown = report("Seven people killed in Reynosa bar, prosecutors say", hours=60)
    assert weight(first, wake, "number") <= VETO < weight(first, grown, "number")
    assert weight(first, wake, "number") == weight(wake, first, "number")


def test_another_governor_or_mayor_is_a_veto_and_another_president_is_none() -> None:
    texas = report("Texas governor sends boats", "Gov. Greg Abbott said so.")
    arizona = report("Gobernadora de Arizona envía lanchas", language="es")
    assert weight(texas, arizona, "office") <= VETO
    assert weight(texas, report("The mayor of El Paso wants no boats"), "office") == 0
    assert weight(report("Sheinbaum answers"), report("Trump insists"), "office") == 0


def test_who_governs_is_read_by_the_day_of_the_report() -> None:
    """In March 2026 a governor of the past is a person like others."""
    found = features(report("Doug Ducey opens a museum in Nogales").article, "en")
    assert not found.officials


def test_another_formal_act_in_the_headline_speaks_against() -> None:
    signed = report("Governor signs border bill into law")
    sued = report("Ranchers sue over border law")
    ruled = report("Juez suspende la ley fronteriza", language="es")
    assert weight(signed, sued, "act") <= VETO
    assert weight(sued, ruled, "act") <= VETO
    assert weight(sued, report("Ranchers lose border law suit, judge rules"), "act") <= VETO
    assert weight(ruled, report("Judge halts border law"), "act") == 0
    assert weight(ruled, report("Ranchers cheer at the courthouse steps"), "act") == 0


@pytest.mark.parametrize(
    ("lead", "days"),
    [
        ("It happened on Feb. 12.", set()),
        ("It happened on March 8, the Army said.", {date(2026, 3, 8)}),
        ("Ocurrió el 8 de marzo, según el Ejército.", {date(2026, 3, 8)}),
        ("Ocurrió el lunes, según el Ejército.", {date(2026, 3, 9)}),
        ("A law of March 8, 1944.", set()),
        ("Abrirá el 15 de marzo.", set()),
        ("Ocurrió el 31 de febrero, bromeó.", set()),
    ],
)
def test_a_day_counts_by_its_date_and_as_a_weekday_if_it_was_lately(lead: str, days: set[date]) -> None:
    assert features(report("Shots at the river", lead).article, "en").dates == days


def test_towns_in_two_headlines_keep_look_alikes_of_two_languages_apart() -> None:
    one = report("Four killed in attack on bar in Reynosa", "Gunmen burst into a bar late Sunday.")
    other = report("Ataque a bar en Tijuana deja cuatro muertos", "Un comando irrumpió en un bar.", language="es")
    below = report("Ataque a bar deja cuatro muertos", "Un comando irrumpió en un bar de Tijuana.", language="es")
    assert weight(one, other, "place") <= -0.6 < weight(one, below, "place") <= VETO


def test_places_are_told_as_the_reports_name_them() -> None:
    one, other = report("Attack in Reynosa"), report("Ataque en Tijuana", language="es")
    sister = report("Reynosa y McAllen, sin paso", language="es")
    said = {
        evidence.text
        for pair in ((one, other), (one, sister), (report("Bridge shut in McAllen"), one))
        for evidence in reasons(*(features(r.article, r.language) for r in pair))
    }
    assert {"Reynosa ≠ Tijuana", "Reynosa", "McAllen, Reynosa"} <= said
