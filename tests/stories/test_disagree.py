"""Figures differ only when two voices stand for numbers of one thing that cannot both be true."""

from datetime import date

import pytest

from monitor.records import FigureDifference, Judged, Member
from monitor.stories.compare import compare
from tests.stories.conftest import member, report, story

EN = report("Soldiers rescue 31 migrants near Reynosa", source="en1")
ES = report("Rescatan a 32 migrantes cerca de Reynosa", source="es1", language="es", hours=1)


def differing(*reports: Judged | Member) -> tuple[FigureDifference, ...]:
    return compare(story(*reports)).differences


def texts(*reports: Judged | Member) -> list[str]:
    return [figure.text for difference in differing(*reports) for figure in difference.figures]


def spanish(title: str, summary: str = "", *, hours: float = 1, source: str = "es2") -> Judged:
    return report(title, summary, language="es", source=source, hours=hours)


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("Mexico sends 26 prisoners to the United States", "México envía a 29 reos a Estados Unidos"),
        ("Justice Department takes custody of 26 men from Mexico", "México entrega a 29 reos"),
        ("Officers seize 460 pounds of meth", "Decomisan 150 kilos de cristal"),
        ("Navy seizes 1.5 tons of cocaine", "Marina asegura 2.1 toneladas de cocaína"),
        ("Trucks line up for 6 miles", "Forman tráileres filas de 15 kilómetros"),
        ("Reward of $5 million for cartel leader", "Ofrecen 10 millones de dólares por líder de cártel"),
        ("Attack leaves at least 12 dead", "Ataque deja 19 muertos"),
    ],
)
def test_numbers_that_cannot_both_be_true_differ(english: str, other: str) -> None:
    (difference,) = differing(report(english, source="a"), spanish(other))
    assert difference.across_languages
    assert {figure.sentence for figure in difference.figures} == {english, other}


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("86 pounds of fentanyl found at Otay Mesa", "Hallan 39 kilos de fentanilo en Otay"),
        ("Trucks line up for 6 miles", "Forman tráileres filas de 10 kilómetros"),
        ("Navy seizes 1.5 tons of cocaine", "Marina asegura 1.5 toneladas de cocaína"),
        ("Fentanyl worth $5 million seized", "Aseguran fentanilo con valor de 90 millones de pesos"),
        ("Smugglers demanded $2,500 for migrants", "Pedían 2 mil 500 dólares por migrantes"),
        ("Three of eight lanes close at bridge", "Cierran tres carriles del puente"),
        ("Two men charged with smuggling migrants", "Rescatan a 5 migrantes"),
        ("800 troops sent to Reynosa", "Llegan los primeros 80 elementos a Reynosa"),
        ("Tunnel found 2 miles from bridge", "Hallan túnel a 5 kilómetros de la línea"),
    ],
)
def test_units_rounding_parts_and_other_things_are_no_difference(english: str, other: str) -> None:
    assert differing(report(english, source="a"), spanish(other)) == ()


@pytest.mark.parametrize(
    "back",
    [
        "Investigators see no link to Tuesday's seizure of 120 pounds.",
        "It was the second find after 120 pounds were seized last week.",
        "Officers have seized 1,200 pounds of fentanyl there since October.",
        "A day earlier, 120 pounds of fentanyl were found at the port.",
        "The total weight of another load was 120 pounds.",
    ],
)
def test_a_number_further_down_speaks_for_another_event(back: str) -> None:
    title = "86 pounds of fentanyl found behind dashboard at Otay Mesa"
    assert differing(report(title, f"Officers stopped a sedan. {back}", source="a"), spanish("Hallan 39 kilos")) == ()


@pytest.mark.parametrize(
    "title",
    [
        "La semana pasada rescataron a 45 migrantes",
        "Suman 450 migrantes rescatados desde octubre",
        "En lo que va del año rescatan a 45 migrantes",
        "Rescatan a 45 migrantes en tres días",
        "Tras el rescate del martes de 45 migrantes, refuerzan vigilancia",
    ],
)
def test_the_number_of_another_time_or_of_a_period_is_no_difference(title: str) -> None:
    assert differing(EN, spanish(title)) == ()


def test_a_dozen_contradicts_nobody() -> None:
    assert differing(EN, spanish("Rescatan a una docena de migrantes cerca de Reynosa")) == ()


def test_the_headline_stands_for_a_report() -> None:
    both = spanish("Rescatan a 31 migrantes", "Otros 45 migrantes ya habían salido de la casa.")
    assert differing(EN, both) == ()


def test_the_first_sentence_stands_for_a_report_whose_headline_has_no_number() -> None:
    told = spanish("Rescate en Reynosa", "Soldados liberaron a 32 migrantes en un rancho. Iban al norte.")
    assert texts(EN, told) == ["31 migrants", "32 migrantes"]


def test_a_report_that_gives_several_numbers_of_a_thing_stands_for_none() -> None:
    assert differing(EN, spanish("Hallan a 20 migrantes en una casa y a 40 migrantes en otra")) == ()


def test_sister_titles_do_not_contradict_each_other() -> None:
    sister = member(report("Soldiers rescue 35 migrants", source="en2"), voice="en1")
    assert differing(EN, sister) == ()


def test_a_number_the_other_voice_gives_as_well_is_no_difference() -> None:
    follow_up = report(
        "Rescued migrants in shelter", "All were tired. In all, 32 migrants came.", source="en1", hours=9
    )
    assert differing(EN, ES, follow_up) == ()


@pytest.mark.parametrize(
    ("title", "hours"),
    [
        ("Suman 36 migrantes rescatados", 3),
        ("Rescatan a 36 migrantes en Reynosa", 20),
    ],
)
def test_a_count_that_grows_is_an_update(title: str, hours: float) -> None:
    assert differing(EN, spanish(title, hours=hours)) == ()


def test_the_second_of_its_kind_a_day_later_is_no_difference() -> None:
    first = spanish("Parte vuelo con 104 deportados", "Un avión llevó a 104 mexicanos a Villahermosa.", hours=0)
    second = report("Second flight leaves", "A second jet took 98 Mexicans to Tapachula.", source="a", hours=24)
    assert differing(first, second) == ()


def test_the_toll_that_a_report_calls_risen_is_an_update() -> None:
    early = report("Attack leaves 12 dead in Matamoros", source="a")
    assert differing(early, spanish("Suben a 14 muertos por ataque en Matamoros", hours=3)) == ()
    assert len(differing(early, spanish("Ataque en Matamoros deja 14 muertos", hours=3))) == 1


def test_the_second_load_a_day_later_is_no_difference() -> None:
    pounds = report("Officers seize 460 pounds of meth", source="a")
    assert differing(pounds, spanish("Decomisan segundo cargamento con 150 kilos de cristal", hours=30)) == ()


def test_a_seizure_does_not_grow_overnight() -> None:
    pounds = report("Officers seize 460 pounds of meth", source="a")
    assert len(differing(pounds, spanish("Decomisan 150 kilos de cristal", hours=30))) == 1


def test_each_amount_appears_once_for_each_language_from_its_earliest_report() -> None:
    late = report("Army frees 31 migrants", source="en2", hours=5)
    (difference,) = differing(ES, late, EN, spanish("Liberan a 32 migrantes", source="es3", hours=6))
    assert [(f.article_id, f.value) for f in difference.figures] == [(EN.id, 31), (ES.id, 32)]


def test_a_voice_that_corrects_itself_is_heard_with_its_last_number() -> None:
    corrected = report("Soldiers rescue 34 migrants near Reynosa", source="en1", hours=2)
    assert texts(EN, corrected, ES) == ["32 migrantes", "34 migrants"]


def test_languages_agree_when_one_report_of_each_does() -> None:
    agreeing = report("Army frees 32 migrants", source="en2", hours=2)
    (difference,) = differing(EN, ES, agreeing)
    assert not difference.across_languages
    assert sorted((f.language, f.value) for f in difference.figures) == [("en", 31), ("en", 32), ("es", 32)]


# ---------------------------------------------------------------- days

ON_12 = report("Deportation flight to land", "The flight will land in Tapachula on March 12.", source="en1")


def on_13(lead: str = "El vuelo aterrizará en Tapachula el 13 de marzo.", *, hours: float = 2) -> Judged:
    return spanish("Esperan vuelo", lead, hours=hours)


def test_two_days_for_one_flight_differ_with_the_sentences_they_stand_in() -> None:
    (difference,) = differing(ON_12, on_13())
    assert (difference.kind, difference.across_languages) == ("date", True)
    assert [(f.text, date.fromordinal(int(f.value))) for f in difference.figures] == [
        ("March 12", date(2026, 3, 12)),
        ("13 de marzo", date(2026, 3, 13)),
    ]
    assert difference.figures[0].sentence == "The flight will land in Tapachula on March 12."


def test_a_weekday_is_that_of_the_publication() -> None:
    assert differing(ON_12, on_13("El vuelo aterrizará en Tapachula el jueves.")) == ()
    assert len(differing(ON_12, on_13("El vuelo aterrizará en Tapachula el viernes."))) == 1


@pytest.mark.parametrize(
    "lead",
    [
        "Otro vuelo aterrizará en Tapachula el 13 de marzo.",
        "El vuelo aterrizará en Monterrey el 13 de marzo.",
        "El vuelo aterrizará en Tapachula el 13 de marzo, y no el 12 de marzo.",
        "El vuelo se aplazó y aterrizará en Tapachula el 13 de marzo.",
    ],
)
def test_another_flight_a_day_both_give_and_a_moved_day_are_no_difference(lead: str) -> None:
    assert differing(ON_12, on_13(lead)) == ()


def test_a_day_that_has_passed_is_no_other_opinion() -> None:
    assert differing(ON_12, on_13(hours=72)) == ()


def test_numbers_and_days_come_in_the_order_of_their_kinds() -> None:
    english = report("Flight with 104 migrants", "The flight will land in Tapachula on March 12.", source="en1")
    other = spanish("Vuelo con 120 migrantes", "El vuelo aterrizará en Tapachula el 13 de marzo.")
    assert [difference.kind for difference in differing(english, other)] == ["date", "migrants"]
