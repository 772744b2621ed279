"""Datelines: read part by part, said in the other language, and never seen where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.datelines import take_dateline
from monitor.language.glossary import load_glossary
from monitor.records import Lang, other_language
from monitor.resources import bundled

GLOSSARY = load_glossary(bundled("glossary.yaml"))


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("es", "CIUDAD JUÁREZ, Chih.- ", "CIUDAD JUÁREZ, Chihuahua —"),
        ("es", "Tijuana, BC.- ", "Tijuana, Baja California —"),
        ("es", "TECATE.- ", "TECATE —"),
        ("es", "CDMX.- ", "MEXICO CITY —"),
        ("es", "Nuevo Laredo, Tamaulipas a 5 de marzo de 2026.- ", "Nuevo Laredo, Tamaulipas, March 5, 2026 —"),
        ("es", "REYNOSA, Tam., marzo 4 (El Faro).- ", "REYNOSA, Tamaulipas, March 4 (El Faro) —"),
        ("es", "Ciudad de México, 3 mar (EFE).- ", "Mexico City, March 3 (EFE) —"),
        ("es", "SAN DIEGO, EE. UU., 12 de mayo (AFP).- ", "SAN DIEGO, United States, May 12 (AFP) —"),
        ("es", "SALTILLO, sábado 7 de junio (Agencias).— ", "SALTILLO, Saturday, June 7 (News agencies) —"),
        ("es", "Redacción.- ", "Staff —"),
        ("en", "WASHINGTON (AP) — ", "WASHINGTON (AP).-"),
        ("en", "McALLEN, Texas (Border Tribune) — ", "McALLEN, Texas (Border Tribune).-"),
        ("en", "ALBUQUERQUE, N.M. -- ", "ALBUQUERQUE, Nuevo México.-"),
        ("en", "NOGALES, Sonora, Mexico — ", "NOGALES, Sonora, México.-"),
        ("en", "EL PASO, Texas, Sept. 9 (Reuters) - ", "EL PASO, Texas, 9 de septiembre (Reuters).-"),
    ],
)  # fmt: skip
def test_datelines_are_said_in_the_other_language(source: Lang, line: str, said: str) -> None:
    dateline = take_dateline(line + "Two died.", source, other_language(source), GLOSSARY)
    assert dateline is not None
    assert (dateline.said, dateline.rest) == (said, "Two died.")


@pytest.mark.parametrize(
    "text",
    [
        "ICE — which denied it — said no.",
        "Tijuana - Ensenada road closed",
        "TRUMP - NO DEAL",
        "El puente — dijo — sigue cerrado",
        "EL PASO, Texas",
        "TIJUANA.-",
        "Agents, officers — and dogs — searched",
        "Juan, 34, de Sonora.- dijo",
        "CBP.- El puente",
    ],
)
def test_what_is_no_dateline_stays_in_the_sentence(text: str) -> None:
    assert take_dateline(text, "es", "en", GLOSSARY) is None
    assert take_dateline(text, "en", "es", GLOSSARY) is None


@given(st.text(alphabet="AÉab.,-—() 12", max_size=60))
def test_no_text_makes_it_fail_and_the_rest_is_its_end(text: str) -> None:
    dateline = take_dateline(text, "es", "en", GLOSSARY)
    assert dateline is None or text.endswith(dateline.rest)
