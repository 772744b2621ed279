"""What the search index makes of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store.words import function_words, stem, stems, tokens
from monitor.text import fold

ALIKE = (
    "drone drones dron Drones",
    "túnel túneles tunnel tunnels TÚNEL",
    "migrante migrantes migrant migrants",
    "detenido detenida detenidos detenidas",
    "stop stops stopped stopping",
    "traffic trafficking trafficked",
    "seize seizes seized seizing",
    "city cities",
    "ley leyes",
    "luz luces",
    "red redes",
    "mujer mujeres",
    "presidente presidenta presidentes",
    "official officials oficial oficiales",
    "cross crosses crossing crossed",
    "inglés ingleses",
)


@pytest.mark.parametrize("words", ALIKE)
def test_forms_of_a_word_are_one_in_the_index(words: str) -> None:
    assert len(set(stems(words))) == 1


@pytest.mark.parametrize(
    "words", ["puerto puerta", "policy policía", "casa caso", "par para", "bus busca", "crisis cris", "mes mesa"]
)
def test_words_that_are_only_alike_stay_apart(words: str) -> None:
    assert len(set(stems(words))) == len(words.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("EE.UU. EE. UU. EEUU ee uu", ("eeuu",) * 4),
        ("the U.S. and F.G.R.", ("the", "us", "and", "fgr")),
        ("1,200 kilos, 1.200 kilos", ("1200", "kilo", "1200", "kilo")),
        ("El Paso’s mayor", ("el", "paso", "mayor")),
        ("«¡Alto!», ex-alcalde_x", ("alto", "ex", "alcald", "x")),
        ("a\u0301rbol ½ ﬁn", ("arbol", "1⁄2".replace("⁄", ""), "fin")),
        ("... ¿? --", ()),
    ],
)
def test_words_are_cut_where_readers_cut_them(text: str, found: tuple[str, ...]) -> None:
    assert stems(text) == found


def test_offsets_are_those_of_the_text_as_it_is() -> None:
    text = "Él dijo: «Túneles en EE. UU.», y José’s"
    assert [text[t.start : t.end] for t in tokens(text)] == ["Él", "dijo", "Túneles", "en", "EE. UU.", "y", "José"]


@given(st.text(st.sampled_from("aeEuU.,’' \n\u20033sñ́-_½"), max_size=40) | st.text(max_size=60))
def test_the_index_gets_exactly_the_stems_of_the_tokens(text: str) -> None:
    assert stems(text) == tuple(token.stem for token in tokens(text))


@given(st.text(max_size=30))
def test_a_stem_is_never_empty_nor_longer_than_its_word(text: str) -> None:
    for token in tokens(text):
        assert 0 < len(token.stem) <= len(token.word) <= 64


def test_a_sample_of_the_index_is_what_stored_indexes_have() -> None:
    """Who changes this adds a migration that empties the index: entries are forgotten by the words they had."""
    text = "Agentes de la Patrulla Fronteriza detuvieron a 1,200 migrantes; officers' trucks crossed a bridge."
    assert " ".join(stems(text)) == (
        "agent de la patrulla fronteriz detuvieron a 1200 migrant oficer truck cros a bridg"
    )


def test_function_words_are_folded_words_of_the_index() -> None:
    assert {fold(word) for word in function_words()} == function_words()
    assert {"de", "la", "the", "of"} < function_words()
    assert stem("the") in function_words()
