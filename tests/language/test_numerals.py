# ruff: noqa: E501 - one case a line
"""Numbers are read however they are written, and must be the same in both texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.amounts import changed_amounts
from monitor.language.numerals import numbers
from monitor.records import Lang, other_language

READ: list[tuple[Lang, str, float]] = [
    ("es", "7,000", 7000), ("es", "7.000", 7000), ("es", "7 mil", 7000), ("es", "siete mil", 7000), ("es", "mil 200", 1200),
    ("es", "2 mil 500", 2500), ("es", "un millón 200 mil", 1_200_000), ("es", "1,200 millones", 1.2e9), ("es", "12 mil millones", 12e9),
    ("es", "dos billones", 2e12), ("es", "2.8 miles de millones", 2.8e9), ("es", "treinta y dos", 32), ("es", "veintiún", 21),
    ("es", "quinientos veinte", 520), ("es", "medio centenar", 50), ("es", "tres millones y medio", 3.5e6), ("es", "dos docenas", 24),
    ("es", "410 mdp", 410e6), ("es", "12,5", 12.5), ("es", "siglo XXI", 21), ("es", "12\u00a0500", 12500),
    ("en", "seven thousand", 7000), ("en", "1.2 billion", 1.2e9), ("en", "$2.8bn", 2.8e9), ("en", "5K", 5000), ("en", "two dozen", 24),
    ("en", "half a million", 5e5), ("en", "two hundred and five", 205), ("en", "twenty-three", 23), ("en", "one and a half million", 1.5e6),
    ("en", "the 1990s", 90), ("en", ".50", 0.5), ("en", "5th", 5), ("en", "fifth", 5), ("en", "trillion", 1e12),
]  # fmt: skip
SAME: list[tuple[str, str]] = [  # Spanish, English: sound either way round
    ("Incautan 4 mil cartuchos", "Authorities seize 4,000 cartridges"),
    ("Treinta y dos migrantes y un guía", "32 migrants and a guide"),
    ("A las 14:30 horas", "At 2:30 p.m."),
    ("A las 2 de la tarde", "At 2 p.m."),
    ("A las 7 a. m.", "At 7 am"),
    ("Sube 5 por ciento", "It rises 5%"),
    ("Pagó $1,200 dólares", "He paid $1,200"),
    ("Son 500 pesos", "It is 500 pesos"),
    ("A 10 millas (16 kilómetros)", "10 miles (16 kilometers) away"),
    ("Llevaba 136 kilos", "He carried 300 pounds"),
    ("Decenas de miles marcharon", "Tens of thousands marched"),
    ("Ambos puentes cerraron", "The two bridges closed"),
    ("Entre 10 y 12 personas", "10-12 people"),
    ("Un joven de 22 años", "A 22-year-old"),
    ("La década de 1990", "The '90s"),
    ("Unas cien familias", "About a hundred families"),
    ("El primero de mayo", "May 1"),
    ("Subió de 1.7 millones hace 4 años", "Up from 1.7 million four years ago"),
    ("En la década de los ochentas", "In the 1980s"),
    ("La feria que se hace cada dos años", "The biennial fair"),
    ("Cambios de última hora", "Last-day changes"),
]
NUMBER_CHANGED: list[tuple[Lang, str, str]] = [
    ("es", "Hallan 45 cuerpos", "Bodies found"),
    ("es", "Hallan 45 cuerpos", "46 bodies found"),
    ("es", "Hallan cuerpos", "45 bodies found"),
    ("es", "Incautan 60,000 pastillas", "60 pills seized"),
    ("es", "Incautan 9 mil pastillas", "9 pills seized"),
    ("es", "Costará mil millones", "It will cost a million"),
    ("es", "Costará 2 billones de pesos", "It will cost 2 billion pesos"),
    ("es", "Murieron tres soldados", "Two soldiers died"),
    ("es", "Miles marcharon", "Hundreds marched"),
    ("es", "A las 8 de la mañana", "At 8 p.m."),
    ("es", "12 hombres y 3 mujeres", "3 men and 12 women"),
    ("es", "El tercer túnel", "The fourth tunnel"),
    ("en", "10 agents and 10 trucks", "10 agentes y camiones"),
    ("en", "$3.4 million", "34 millones de dólares"),
    ("en", "Two dozen migrants", "Dos migrantes"),
]
UNIT_CHANGED: list[tuple[Lang, str, str]] = [
    ("es", "300 kilos de mota", "300 pounds of pot"),
    ("es", "A 10 kilómetros", "10 miles away"),
    ("es", "Pagó 500 pesos", "He paid 500 dollars"),
    ("es", "Pagó 500 pesos", "He paid $500"),
    ("es", "Sube 5 por ciento", "It rises 5 people"),
    ("es", "Faltan tres meses", "Three weeks are left"),
    ("es", "En los próximos días", "In the coming weeks"),
    ("es", "Cuesta 45 pesos", "It costs 45"),
    ("en", "5 acres burned", "Se quemaron 5 hectáreas"),
    ("en", "900 feet long", "900 metros de largo"),
]


@pytest.mark.parametrize(("language", "text", "value"), READ)
def test_a_number_is_read_however_it_is_written(language: Lang, text: str, value: float) -> None:
    assert value in {reading for number in numbers(text, language) for reading in number.values}


@pytest.mark.parametrize(("spanish", "english"), SAME)
def test_the_same_amount_may_be_written_either_way(spanish: str, english: str) -> None:
    for found in (changed_amounts(spanish, english, "es", "en"), changed_amounts(english, spanish, "en", "es")):
        assert (found.numbers, found.units) == ((), ())


@pytest.mark.parametrize(("source", "original", "translated"), NUMBER_CHANGED)
def test_a_lost_invented_changed_or_swapped_number_is_found(source: Lang, original: str, translated: str) -> None:
    assert changed_amounts(original, translated, source, other_language(source)).numbers


@pytest.mark.parametrize(("source", "original", "translated"), UNIT_CHANGED)
def test_the_same_number_of_something_else_is_found(source: Lang, original: str, translated: str) -> None:
    assert changed_amounts(original, translated, source, other_language(source)).units


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["en", "es"]))
def test_any_two_texts_can_be_compared(original: str, translated: str, source: Lang) -> None:
    same = changed_amounts(original, original, source, source)
    assert (same.numbers, same.units) == ((), ())
    changed_amounts(original, translated, source, other_language(source))


@given(st.integers(min_value=2, max_value=999_999_999))
def test_digits_grouped_by_either_sign_are_the_same_number(value: int) -> None:
    english, spanish = f"{value:,}", f"{value:,}".replace(",", ".")
    assert not changed_amounts(f"hay {spanish} casos", f"there are {english} cases", "es", "en").numbers
