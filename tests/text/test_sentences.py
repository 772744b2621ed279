"""Where sentences end: what the labelled paragraphs of tests/eval cannot say in a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Lang
from monitor.sentences import sentences


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "El Sr. Pérez llegó a EE. UU. ayer. ¿Qué pasó? Nada.", 3),
        ("es", "Aseguran 2.5 kilos en la av. Juárez. «No hay detenidos», dijo. La FGR investiga.", 3),
        ("en", "Gov. A. B. Cole met Sen. Ruiz at 9 a.m. Monday. He said no. \"It is over.\" She left.", 4),
        ("en", "The U.S. Border Patrol closed lane No. 4. Traffic stopped!", 2),
        ("en", "He was sent to the U.S. The judge agreed. U.S. Customs did not.", 3),
        ("es", "Fue enviado a EE. UU. La FGR lo confirmó. EE. UU. Mexicana no es nadie.", 3),
        ("en", "NOGALES, Ariz. — Officers found a tunnel. It was empty.", 2),
        ("es", "TIJUANA, B.C. — Hallan un túnel. Estaba vacío.", 2),
        ("en", "No full stop", 1),
        ("en", "", 0),
    ],
)  # fmt: skip
def test_sentences_know_abbreviations(language: Lang, text: str, expected: int) -> None:
    found = sentences(text, language)
    assert len(found) == expected, found
    assert " ".join(found) == text


@pytest.mark.parametrize("language", ["en", "es"])
@given(text=st.text(alphabet='ab. !?¿¡"»AÉ1\n', max_size=60))
def test_sentences_lose_nothing(language: Lang, text: str) -> None:
    assert " ".join(sentences(text, language)).split() == text.split()


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The wait ended at 9 p.m. Troops left.", ["The wait ended at 9 p.m.", "Troops left."]),
        ("en", "It opens at 9 a.m. Monday.", ["It opens at 9 a.m. Monday."]),
        ("en", "He lives in Nogales, Ariz. Agents know him.", ["He lives in Nogales, Ariz.", "Agents know him."]),
        ("en", "The bill of Ariz. Gov. Hobart passed.", ["The bill of Ariz. Gov. Hobart passed."]),
        ("en", '"Why?" Sgt. Cole asked.', ['"Why?" Sgt. Cole asked.']),
        ("es", "Pesa 20 kg. Mide un metro.", ["Pesa 20 kg.", "Mide un metro."]),
        ("es", "Dijo que no. Nadie le creyó.", ["Dijo que no.", "Nadie le creyó."]),
        ("es", "Es la ruta No. 57 del estado.", ["Es la ruta No. 57 del estado."]),
        ("es", "2. Pague en caja.", ["2. Pague en caja."]),
        ("es", "Así son. Cada día llegan más.", ["Así son.", "Cada día llegan más."]),
        ("es", "Hay alerta. #Tijuana sigue cerrada.", ["Hay alerta.", "#Tijuana sigue cerrada."]),
        ("es", "EE. UU. México y Canadá firman.", ["EE. UU. México y Canadá firman."]),
        ("es", "Uno.\nDos.", ["Uno.", "Dos."]),
    ],
)
def test_abbreviations_end_a_sentence_only_when_the_next_word_says_so(
    language: Lang, text: str, expected: list[str]
) -> None:
    assert sentences(text, language) == expected
