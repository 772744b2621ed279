"""Months, weekdays and times of day must be the same in both texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.dates import changed_dates
from monitor.records import Lang, other_language

SAME: list[tuple[str, str]] = [  # Spanish, English: sound either way round
    ("El 5 de marzo cierran el puente.", "The bridge closes on March 5."),
    ("El martes 3 hubo un cateo.", "There was a raid on Tuesday the 3rd."),
    ("Llegaron el 12 de sept. de 2026.", "They arrived on Sept. 12, 2026."),
    ("Los lunes no hay servicio.", "There is no service on Mondays."),
    ("Ayer por la mañana llovió.", "It rained yesterday morning."),
    ("Mañana abre la garita.", "The gate opens tomorrow."),
    ("Julio Rentería habló en Santo Domingo.", "Julio Rentería spoke in Santo Domingo."),
    ("El puente puede cerrar.", "The bridge may close."),
    ("La marcha cruzó la ciudad.", "The march crossed the city."),
    ("Lo publicó el Sunday Herald.", "The Sunday Herald published it."),
    ("Anoche hubo balazos.", "Shots were fired last night."),
    ("Se quedan hasta octubre.", "They stay until October."),
    ("Se irán antes de octubre.", "They will leave by October."),
    ("En verano hay más cruces.", "There are more crossings in summer."),
]
CHANGED: list[tuple[Lang, str, str]] = [
    ("es", "El 5 de marzo cierran el puente.", "The bridge closes on May 5."),
    ("es", "El martes hubo un cateo.", "There was a raid on Thursday."),
    ("es", "El martes hubo un cateo.", "There was a raid."),
    ("es", "Hubo un cateo.", "There was a raid on Friday."),
    ("es", "Ayer abrió la garita.", "The gate opens tomorrow."),
    ("es", "Llegaron por la tarde.", "They arrived in the morning."),
    ("en", "The office closes in May.", "La oficina cierra en junio."),
    ("en", "It opens tomorrow.", "Abre hoy."),
    ("en", "They will leave by the end of March.", "Se irán hasta el final de marzo."),
    ("en", "The trial began Oct. 6.", "El juicio comenzó el 6 de agosto."),
    ("en", "Crossings fell in winter.", "Los cruces bajaron en primavera."),
]


@pytest.mark.parametrize(("spanish", "english"), SAME)
def test_the_same_day_may_be_written_either_way(spanish: str, english: str) -> None:
    assert changed_dates(spanish, english, "es", "en") == []
    assert changed_dates(english, spanish, "en", "es") == []


@pytest.mark.parametrize(("source", "original", "translated"), CHANGED)
def test_another_or_a_missing_day_is_found(source: Lang, original: str, translated: str) -> None:
    assert changed_dates(original, translated, source, other_language(source))


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "es"]))
def test_any_two_texts_can_be_compared(original: str, translated: str, source: Lang) -> None:
    assert changed_dates(original, original, source, source) == []
    assert all(changed_dates(original, translated, source, other_language(source)))
