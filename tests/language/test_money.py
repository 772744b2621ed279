"""Amounts: written out for engines that guess at shortenings, and of the same value afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.money import kept, written_out
from monitor.records import Lang


@pytest.mark.parametrize(
    ("language", "text", "plain"),
    [
        ("es", "12 mdp, 1 mdp y 3.5 mdd", "12 millones de pesos, 1 millón de pesos y 3.5 millones de dólares"),
        ("es", "2 mmdp", "2 mil millones de pesos"),
        ("es", "US$5 mil, US$1,200 y US$5 millones", "5,000 dólares, 1,200 dólares y 5 millones de dólares"),
        ("es", "$5 mil pesos, 300 USD y 40 M.N.", "$5,000 pesos, 300 dólares y 40 pesos"),
        ("es", "12 mil 500 y mil 200; 1 millón 200 mil", "12,500 y 1,200; 1,200,000"),
        ("es", "5 mil millones, 3 millones, cien mil y miles", "5 mil millones, 3 millones, cien mil y miles"),
        ("es", "7.000 personas, 1.234.567 votos", "7,000 personas, 1,234,567 votos"),
        ("es", "12,5 % y 3,2 millones", "12.5 % y 3.2 millones"),
        ("es", "1.250 kilos, 17.85 pesos, ruta 2.1 y 3,400 casos", "1.250 kilos, 17.85 pesos, ruta 2.1 y 3,400 casos"),
        ("en", "$1.2B, $5M, US$300K and €2bn", "$1.2 billion, $5 million, US$300,000 and €2 billion"),
        ("en", "45K pills, 1.5M people", "45,000 pills, 1.5 million people"),
        ("en", "4K video, a 401K plan, M-13, 5 m and 20 km", "4K video, a 401K plan, M-13, 5 m and 20 km"),
    ],
)  # fmt: skip
def test_shortened_amounts_are_written_out(language: Lang, text: str, plain: str) -> None:
    assert written_out(text, language) == plain
    assert written_out(plain, language) == plain


@pytest.mark.parametrize(
    ("source", "before", "after", "mended"),
    [
        ("en", "$2 billion", "2 billones de dólares", "2 mil millones de dólares"),
        ("es", "2 billones", "2 billion", "2 trillion"),
        ("es", "5 mil millones", "5 thousand million", "5 billion"),
        ("en", "3 million", "3 mil", "3 millones"),
        ("en", "7,000 and 12.5", "7.000 y 12,5", "7,000 y 12.5"),
        ("en", "1.25 and 12.5", "1.25 y 12,5", "1.25 y 12,5"),
        ("en", "3 million", "3 millones", "3 millones"),
        ("en", "2 billion and 2 million", "2 billones y 2 millones", "2 billones y 2 millones"),
        ("en", "3 men", "3 mil hombres", "3 mil hombres"),
    ],
)  # fmt: skip
def test_figures_and_scales_keep_their_value(source: Lang, before: str, after: str, mended: str) -> None:
    assert kept(before, after, source, "es" if source == "en" else "en") == mended


@given(st.text(alphabet="0123456789.,$ %KMBmilonesdpUS", max_size=40), st.sampled_from(["es", "en"]))
def test_no_text_makes_it_fail_and_twice_is_once(text: str, language: Lang) -> None:
    once = written_out(text, language)
    written_out(once, language)
    kept(text, once, language, "es" if language == "en" else "en")
