"""Numbers are read with what they count, in both languages, and differ only when they cannot be the same."""

import pytest

from monitor.records import Lang
from monitor.stories.figures import consistent, quantities, same_amount


@pytest.mark.parametrize(
    ("text", "language", "kind", "value"),
    [
        ("Mexico sends 26 cartel figures to U.S.", "en", "prisoners", 26),
        ("México entrega a 29 capos a Estados Unidos", "es", "prisoners", 29),
        ("twenty-six inmates were handed over", "en", "prisoners", 26),
        ("Treinta y cinco personas fueron detenidas", "es", "detained", 35),
        ("Two hundred people were arrested", "en", "detained", 200),
        ("Mueren 53 migrantes en un tráiler", "es", "dead", 53),
        ("At least 53 migrants died in a truck", "en", "dead", 53),
        ("Más de 300 migrantes fueron rescatados", "es", "migrants", 300),
        ("Rescatan a 1,012 migrantes", "es", "migrants", 1012),
        ("Despliegan a 9.800 soldados", "es", "troops", 9800),
        ("Despliegan 10 mil soldados en la frontera", "es", "troops", 10_000),
        ("10 thousand troops were sent", "en", "troops", 10_000),
        ("Decomisan 136 kilos de metanfetamina", "es", "kilos", 136),
        ("300 pounds of meth were seized", "en", "kilos", 136.078),
        ("2,5 millones de dólares en efectivo", "es", "dollars", 2_500_000),
        ("Agents found $2.5 million in cash", "en", "dollars", 2_500_000),
        ("a 300-foot-long tunnel was found", "en", "metres", 91.44),
        ("un túnel de 91 metros de largo", "es", "metres", 91),
        ("Truckers wait up to 8 hours", "en", "hours", 8),
        ("Llegan 12 vuelos de deportación", "es", "flights", 12),
        ("en 180 paquetes envueltos", "es", "packages", 180),
        ("Pedían 2 mil 500 dólares por persona", "es", "dollars", 2500),
        ("A 911 call led agents to nine people", "en", "people", 9),
        ("insisten en que faltan cinco personas", "es", "missing", 5),
        ("la captura de dos hombres", "es", "detained", 2),
        ("A dozen migrants were rescued", "en", "migrants", 12),
        ("Half a dozen migrants were rescued", "en", "migrants", 6),
        ("Two dozen soldiers arrived", "en", "troops", 24),
        ("Rescatan a una docena de migrantes", "es", "migrants", 12),
        ("Rescatan a media docena de migrantes", "es", "migrants", 6),
        ("Llegan dos docenas de soldados", "es", "troops", 24),
        ("Medio centenar de migrantes cruzó", "es", "migrants", 50),
        ("Cancelan tres vuelos de repatriación", "es", "flights", 3),
        ("Three deportation flights landed", "en", "flights", 3),
    ],
)
def test_reads_a_number_with_what_it_counts(text: str, language: Lang, kind: str, value: float) -> None:
    assert [(q.kind, q.value) for q in quantities(text, language)] == [(kind, value)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("In 2024 agents seized drugs", "en"),
        ("En 2025 migrantes cruzaron", "es"),
        ("Arrests fell 80% on the border", "en"),
        ("Last year 300 migrants died there", "en"),
        ("El año pasado murieron 300 migrantes", "es"),
        ("En lo que va del año suman 40 detenidos", "es"),
        ("10 of those people", "en"),
        ("The 3rd group of migrants", "en"),
        ("Un hombre de 23 años", "es"),
        ("Decenas de migrantes esperan", "es"),
        ("Docenas de migrantes esperan", "es"),
        ("Dozens of migrants wait", "en"),
        ("MS-13 members of the cartel on I-35 trucks", "en"),
        ("Aseguran $500 mil en una casa", "es"),
        ("Cuesta 3 billones de dólares", "es"),
        ("There is no link to a seizure of 120 pounds", "en"),
        ("Tuesday's seizure of 120 pounds was larger", "en"),
        ("Tras el decomiso del martes de 54 kilos", "es"),
        ("Two days earlier, 104 people had been flown", "en"),
        ("Hace dos semanas rescataron a 40 migrantes", "es"),
    ],
)
def test_leaves_out_what_counts_nothing_or_another_time(text: str, language: Lang) -> None:
    assert quantities(text, language) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1,012 migrants", "1,012 migrants", True),
        ("about 1,000 migrants", "1,012 migrants", True),
        ("1,000 migrants", "1,012 migrants", True),
        ("more than 300 migrants", "312 migrants", True),
        ("more than 300 migrants", "290 migrants", False),
        ("more than 300 migrants", "900 migrants", False),
        ("up to 40 migrants", "38 migrants", True),
        ("a dozen migrants", "15 migrants", True),
        ("a dozen migrants", "31 migrants", False),
        ("460 pounds of meth", "209 kilos of meth", True),
        ("460 pounds of meth", "109 kilos of meth", False),
        ("26 prisoners", "29 prisoners", False),
        ("900 feet long", "275 meters long", True),
    ],
)
def test_two_numbers_differ_only_when_they_cannot_be_the_same(one: str, other: str, same: bool) -> None:
    (a,), (b,) = quantities(f"Officials found {one}", "en"), quantities(f"Officials found {other}", "en")
    assert consistent(a, b) is same
    assert consistent(b, a) is same


def test_a_share_is_read_with_its_whole() -> None:
    found = quantities("Three of the eight commercial lanes closed", "en")
    assert [(q.kind, q.value) for q in found] == [("lanes", 3), ("lanes", 8)]


def test_other_times_are_read_when_asked_for() -> None:
    (found,) = quantities("Last year 300 migrants died there", "en", of_any_time=True)
    assert (found.kind, found.value) == ("dead", 300)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("6 miles", "10 kilometers", True),
        ("6 miles", "12 kilometers", False),
        ("2 miles", "3 kilometers", True),
        ("86 pounds", "39 kilos", True),
        ("120 pounds", "39 kilos", False),
        ("120.4 pounds", "54.6 kilos", True),
        ("2 tons", "1.9 toneladas", True),
        ("2 tons", "3 toneladas", False),
        ("30 feet", "9 meters", True),
        ("86 pounds", "89 pounds", False),
    ],
)
def test_amounts_in_two_units_may_both_be_rounded(one: str, other: str, same: bool) -> None:
    (a,), (b,) = quantities(f"Officials reported {one}", "en"), quantities(f"Officials reported {other}", "en")
    assert same_amount(a, b) is same
    assert same_amount(b, a) is same
