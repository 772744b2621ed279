"""Labels of headlines: translated by the table, in the case they had, and only where they are labels."""

import pytest

from monitor.language.labels import tag_before, take_before, take_behind
from monitor.records import Lang


@pytest.mark.parametrize(
    ("source", "text", "said", "rest"),
    [
        ("es", "Última hora: Cae", "Breaking: ", "Cae"),
        ("es", "ULTIMA HORA | Cae", "BREAKING | ", "Cae"),
        ("es", "ÚLTIMA HORA Cae líder", "BREAKING ", "Cae líder"),
        ("es", "¡ÚLTIMA HORA! Cae", "BREAKING! ", "Cae"),
        ("es", "(VIDEO) Cae", "(VIDEO) ", "Cae"),
        ("es", "Fotos y video: Cae", "Photos and video: ", "Cae"),
        ("es", "VIDEO. Cae", "VIDEO. ", "Cae"),
        ("es", "Análisis — Por qué cae", "Analysis — ", "Por qué cae"),
        ("en", "Fact check: Did it fall?", "Verificación: ", "Did it fall?"),
        ("en", "LIVE UPDATES: It falls", "MINUTO A MINUTO: ", "It falls"),
    ],
)
def test_a_label_before_a_headline_is_translated(source: Lang, text: str, said: str, rest: str) -> None:
    label = take_before(text, source)
    assert label is not None
    assert (label.said, label.rest) == (said, rest)


@pytest.mark.parametrize(
    "text", ["Video muestra el ataque", "Alerta en Tijuana por lluvia", "VIDEO", "Mira qué pasó", "Video. Así fue"]
)
def test_a_word_of_the_headline_is_no_label(text: str) -> None:
    assert take_before(text, "es") is None


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ("Cae líder (VIDEO)", " (VIDEO)", "Cae líder"),
        ("Cae líder [FOTOS Y VIDEO]", " [PHOTOS AND VIDEO]", "Cae líder"),
        ("Cae líder | Opinión", " | Opinion", "Cae líder"),
        ("Cae líder +VIDEO", " +VIDEO", "Cae líder"),
    ],
)
def test_a_label_behind_a_headline_is_translated(text: str, said: str, rest: str) -> None:
    label = take_behind(text, "es")
    assert label is not None
    assert (label.said, label.rest) == (said, rest)


@pytest.mark.parametrize(
    "text", ["Lo acusan por un video", "Habla el autor: video", "Cae líder (dos heridos)", "(VIDEO)"]
)
def test_an_ending_that_is_no_label_stays(text: str) -> None:
    assert take_behind(text, "es") is None


def test_a_tag_that_is_a_label_is_known_by_its_words() -> None:
    assert tag_before("#ÚltimaHora Cae", "es") == "#ÚltimaHora "
    assert tag_before("#BREAKING: It falls", "en") == "#BREAKING: "
    assert tag_before("#Tijuana registra cinco casos", "es") == ""
