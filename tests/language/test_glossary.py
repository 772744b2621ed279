"""The glossary file, and headlines brought to sentence case."""

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.language.casing import sentence_case
from monitor.language.glossary import Glossary, load_glossary, parse_glossary
from monitor.records import Lang


def test_a_missing_or_unreadable_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_glossary(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("México".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_glossary(tmp_path / "latin.yaml")


def test_an_entry_counts_in_its_direction_only() -> None:
    glossary = parse_glossary(
        "version: 1\nterms:\n- {en: A, es: uno, kind: agency}\n- {en: C, es: tres, kind: agency, direction: en}\n"
    )
    assert dict(glossary.terms("es", "name")) == {"uno": "A"}
    assert dict(glossary.terms("en")) == {"a": "uno", "c": "tres"}


def test_the_bundled_glossary_is_right_where_it_matters(glossary: Glossary) -> None:
    assert len(glossary.entries) > 250
    assert glossary.terms("en")["border patrol"] == "Patrulla Fronteriza"
    assert glossary.terms("es")["casa blanca"] == "White House"


@pytest.mark.parametrize(
    ("language", "headline", "expected"),
    [
        ("es", "DETIENEN A TRES EN CIUDAD JUÁREZ", "Detienen a tres en Ciudad Juárez"),
        ("es", 'CAE "EL CHUY", LÍDER DEL CJNG EN TIJUANA', 'Cae "El Chuy", líder del CJNG en Tijuana'),
        ("es", "LA PATRULLA FRONTERIZA REFUERZA EL PASO", "La Patrulla Fronteriza refuerza El Paso"),
        (
            "en",
            "Border Patrol Agents Seize Fentanyl at Nogales Port",
            "Border Patrol agents seize fentanyl at Nogales port",
        ),
        (
            "en",
            "Mexico Sends 26 Inmates to U.S. in Latest Transfer",
            "Mexico sends 26 inmates to U.S. in latest transfer",
        ),
        ("en", "MIGRANTS RESCUED NEAR EAGLE PASS", "Migrants rescued near Eagle Pass"),
        ("en", "FAA Reopens El Paso Airspace: What We Know", "FAA reopens El Paso airspace: What we know"),
        ("es", "Hallan un túnel en Tijuana", "Hallan un túnel en Tijuana"),
        ("es", "FBI: CJNG", "FBI: CJNG"),
        ("en", "", ""),
    ],
)
def test_headlines_are_read_in_sentence_case(language: Lang, headline: str, expected: str, glossary: Glossary) -> None:
    assert sentence_case(headline, language, glossary) == expected
