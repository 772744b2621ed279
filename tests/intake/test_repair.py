"""Damaged text is put right where only one reading is possible, and told where not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.intake.repair import is_damaged, mend_charset, mend_underscores


@pytest.mark.parametrize(
    "text", ["Migración y niñez", "Él dijo: “¡No crucen!”", "JUÁREZ – México", "¿Quién? — así…", "21 °C"]
)
@pytest.mark.parametrize("times", [1, 2])
def test_utf_8_read_in_the_wrong_charset_is_read_again(text: str, times: int) -> None:
    damaged = text
    for _ in range(times):
        damaged = "".join(_as_windows(byte) for byte in damaged.encode())
    assert damaged != text
    assert mend_charset(damaged) == text


def _as_windows(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


def test_an_i_whose_second_half_was_thrown_away_is_found() -> None:
    assert mend_charset("La policÃa llegó aquÃ.") == "La policía llegó aquí."


@pytest.mark.parametrize(
    "text", ["«CAFÉ»", "JOSÉ” – fin", "São Paulo", "Ângela", "plain", "Migración", "“Árbol”", "Â Ã"]
)
def test_sound_text_is_not_touched(text: str) -> None:
    assert mend_charset(text) == text


@given(st.text(alphabet="abcdeáéíóúñüÁÉÍÓÚÑ¿¡«»“”‘’—–… .,", max_size=60))
def test_spanish_and_its_punctuation_is_sound(text: str) -> None:
    assert mend_charset(text) == text


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("La migraci_n en M_xico", "La migración en México"),
        ("CIUDAD JU_REZ", "CIUDAD JUÁREZ"),
        ("Ni_os y ni_as de Nuevo Le_n", "Niños y niñas de Nuevo León"),
        ("La Polic_a detuvo al se_or", "La Policía detuvo al señor"),
        ("The mayor_s office didn_t answer", "The mayor’s office didn’t answer"),
        ("_No cruzar_n_, dijo", "“No cruzarán”, dijo"),
        ("Dijo: _Cierren la garita ya._", "Dijo: “Cierren la garita ya.”"),
    ],
)
def test_what_an_export_replaced_is_put_back(damaged: str, text: str) -> None:
    assert mend_underscores(damaged) == text
    assert not is_damaged(text)


@pytest.mark.parametrize(
    "text", ["Sigan a @juan_s y #paso_del_norte", "user_id", "https://g.example/una_nota", "a_b.txt", "____", "1_000"]
)
def test_an_underscore_that_was_meant_stays(text: str) -> None:
    assert mend_underscores(text) == text


@pytest.mark.parametrize(
    ("text", "damaged"),
    [("El ni\ufffdo", True), ("Lleg_ el m_sero", True), ("@juan_perez dijo", False), ("Todo bien", False)],
)
def test_what_cannot_be_put_right_is_told(text: str, damaged: bool) -> None:
    assert is_damaged(mend_underscores(text)) is damaged


@given(st.text(alphabet="ab _ñÃ©â€œ", max_size=80))
def test_mending_twice_changes_nothing_more_for_underscores(text: str) -> None:
    once = mend_underscores(text)
    assert mend_underscores(once) == once


@pytest.mark.parametrize("piece", ["_", "a_", "_a ", "Ã", "â€", "a", "_a_b"])
def test_hostile_text_is_mended_to_its_end(piece: str) -> None:
    """Time that grows with the square of the length would take minutes here."""
    text = piece * (200_000 // len(piece))
    assert mend_underscores(mend_charset(text))
    assert is_damaged(text) in (True, False)
