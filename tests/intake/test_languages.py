"""English or Spanish, item by item."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.intake import detect_language
from monitor.records import Lang, other_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ICE deports 200 migrants to Ciudad Juárez", "en"),
        ("Sheinbaum and García Harfuch meet Rubio in Ciudad de México", "en"),
        ("EL PASO SHELTER CLOSES AFTER TWO YEARS", "en"),
        ("CIERRAN ALBERGUE EN CIUDAD JUAREZ TRAS DOS AÑOS", "es"),
        ("Hallan tunel en Nogales", "es"),
        ("Detienen en Los Angeles a lider de los Zetas", "es"),
        ("Border Patrol halla a 12 migrantes en McAllen", "es"),
    ],
)
def test_the_text_decides_whatever_the_feed_declares(text: str, language: Lang) -> None:
    assert detect_language(text, language) == language
    assert detect_language(text, other_language(language)) == language


@pytest.mark.parametrize("text", ["", "   ", "2026", "…"])
@pytest.mark.parametrize("declared", ["en", "es"])
def test_a_text_that_says_nothing_has_the_feeds_language(text: str, declared: Lang) -> None:
    assert detect_language(text, declared) == declared


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_language(text: str) -> None:
    assert detect_language(text, "en") in ("en", "es")


@pytest.mark.parametrize(("text", "asked"), [("Hallan un túnel en la frontera", False), ("Laredo", True)])
def test_the_model_is_loaded_only_for_a_text_that_words_leave_open(text: str, asked: bool) -> None:
    """It takes half a second and 85 MB."""
    program = (
        "import sys; from monitor.intake.languages import detect_language;"
        "detect_language(sys.argv[1], 'es'); print('py3langid' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program, text], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == str(asked)
