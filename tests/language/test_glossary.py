"""The glossary file, and headlines brought to sentence case."""

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.language.casing import sentence_case
from monitor.language.glossary import Glossary, load_glossary, parse_glossary
from monitor.records import Lang


def test_every_bad_row_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "glossary.tsv"
    path.write_text(
        "# a comment\nBorder Patrol\tPatrulla\nA\tB\tboth\tword\nA\t\tboth\tterm\nA\tB\tfr\tterm\n", "utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        load_glossary(path)
    assert [problem.where for problem in caught.value.problems] == ["line 2", "line 3", "line 4", "line 5"]
    assert str(path) in str(caught.value)


def test_a_missing_or_unreadable_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_glossary(tmp_path / "none.tsv")
    (tmp_path / "latin.tsv").write_bytes("México".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_glossary(tmp_path / "latin.tsv")


def test_a_row_counts_in_its_direction_only_and_the_first_one_wins() -> None:
    rows = "A\tuno\tboth\tterm\nB\tuno\tes\tterm\nA\tdos\ten\tterm\nC\ttres\ten\tname\n"
    glossary = parse_glossary(rows)
    assert dict(glossary.terms("es", "term")) == {"uno": "A"}
    assert dict(glossary.terms("en")) == {"a": "uno", "c": "tres"}


def test_the_bundled_glossary_has_no_contradiction(glossary: Glossary) -> None:
    assert len(glossary.entries) > 250
    assert glossary.terms("en")["border patrol"] == "Patrulla Fronteriza"
    assert glossary.terms("es")["casa blanca"] == "White House"
    keys = [(e.en.lower(), e.es.lower(), e.direction) for e in glossary.entries]
    assert len(keys) == len(set(keys))


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
