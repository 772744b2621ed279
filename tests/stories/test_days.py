"""Days on which something is to happen are read as both languages write them, and only with what happens then."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Lang
from monitor.stories.days import border_day, days, is_moved, same_happening

TUESDAY = date(2026, 2, 10)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("The hearing is set for March 3.", "en", date(2026, 3, 3)),
        ("The hearing is set for Tuesday, March 3, 2026.", "en", date(2026, 3, 3)),
        ("The troops arrive on February 21st.", "en", date(2026, 2, 21)),
        ("First flight to land Feb. 12", "en", date(2026, 2, 12)),
        ("The bridge will reopen on the 12th of February.", "en", date(2026, 2, 12)),
        ("The flight will land on Thursday.", "en", date(2026, 2, 12)),
        ("The strike will begin tomorrow.", "en", date(2026, 2, 11)),
        ("Sentencing will be on 2026-06-04.", "en", date(2026, 6, 4)),
        ("El puente reabrirá el 12 de febrero.", "es", date(2026, 2, 12)),
        ("El puente reabrirá el jueves 12 de febrero de 2026.", "es", date(2026, 2, 12)),
        ("El plazo vence el lunes 16.", "es", date(2026, 2, 16)),
        ("La ley entrará en vigor el primero de marzo.", "es", date(2026, 3, 1)),
        ("La ley entrará en vigor el 1º de enero.", "es", date(2026, 1, 1)),
        ("El vuelo saldrá este viernes.", "es", date(2026, 2, 13)),
        ("El vuelo saldrá mañana.", "es", date(2026, 2, 11)),
        ("Reabrirá el martes la garita.", "es", TUESDAY),
    ],
)
def test_reads_a_day_with_what_is_to_happen(text: str, language: Lang, day: date) -> None:
    published = date(2025, 12, 20) if day < TUESDAY else TUESDAY
    assert [found.on for found in days(text, language, published)] == [day]


def test_a_day_of_january_written_in_december_is_in_the_next_year() -> None:
    (found,) = days("The law takes effect Jan. 1.", "en", date(2025, 12, 20))
    assert found.on == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The House voted Tuesday to fund the wall.", "en"),
        ("The hearing was on Feb. 3.", "en"),
        ("The exercise begins Feb. 12-16.", "en"),
        ("The bridge will close from Feb. 12 to 16.", "en"),
        ("The bridge will reopen by Friday.", "en"),
        ("The deadline is no later than the 31st of February.", "en"),
        ("Officials said Friday is a good day.", "en"),
        ("El puente cerrará del 12 al 16 de febrero.", "es"),
        ("El puente cerrará hasta el viernes.", "es"),
        ("El vuelo saldrá por la mañana.", "es"),
        ("El vuelo salió el lunes pasado.", "es"),
        ("Un muro de 12 metros reabre el debate.", "es"),
    ],
)
def test_ranges_limits_and_what_is_over_are_left_out(text: str, language: Lang) -> None:
    published = TUESDAY if "Tuesday" not in text else date(2026, 2, 11)
    assert days(text, language, published) == ()


@pytest.mark.parametrize(
    ("english", "spanish", "same"),
    [
        ("The flight will land in Juárez on Feb. 12.", "El vuelo aterrizará en Juárez el 13 de febrero.", True),
        ("Sentencing is set for May 14.", "La sentencia se dictará el 15 de mayo.", True),
        ("The strike begins Feb. 12.", "El paro iniciará el 13 de febrero.", True),
        ("The flight will land in Juárez on Feb. 12.", "Otro vuelo aterrizará en Juárez el 13 de febrero.", False),
        ("The flight will land in Juárez on Feb. 12.", "El vuelo saldrá de Juárez el 13 de febrero.", False),
        ("The mayors will meet in Laredo on Feb. 12.", "Los alcaldes se reunirán en Nogales el 13 de febrero.", False),
        ("The House will vote Feb. 12.", "El Senado votará el 13 de febrero.", False),
        ("The bridge will close Feb. 12.", "El puente reabrirá el 13 de febrero.", False),
    ],
)
def test_two_days_are_of_one_happening_only_when_the_words_say_so(english: str, spanish: str, same: bool) -> None:
    (a,), (b,) = days(english, "en", TUESDAY), days(spanish, "es", TUESDAY)
    assert same_happening(a, b) is same
    assert same_happening(b, a) is same


def test_the_day_of_publication_is_that_of_the_border() -> None:
    assert border_day(datetime(2026, 2, 11, 3, tzinfo=UTC)) == TUESDAY


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("The hearing was moved to March 10.", True),
        ("La audiencia se aplazó al 10 de marzo.", True),
        ("Posponen arancel", True),
        ("The hearing is on March 10.", False),
    ],
)
def test_knows_when_a_day_was_moved(text: str, moved: bool) -> None:
    assert is_moved(text) is moved


@given(st.text(alphabet="12 3Febrmarzolunesdktjv.,-:", max_size=60), st.sampled_from(["en", "es"]))
def test_any_text_is_read_without_failing(text: str, language: Lang) -> None:
    assert all(found.on >= TUESDAY for found in days(f"The hearing is set for {text}", language, TUESDAY))
