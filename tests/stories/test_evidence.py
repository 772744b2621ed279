"""Reasons for and against one event that vectors do not see."""

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
