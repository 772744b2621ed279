"""Page furniture goes, the report stays."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.intake import furniture
from monitor.intake.furniture import take_dateline, take_second_headline, without_furniture

REPORT = "Agentes hallaron 40 kilos de fentanilo. El conductor fue detenido."


@pytest.mark.parametrize(
    "furniture",
    [
        "Leer más", "Leer más…", "Read more", "Read More »", "Continue reading Tunnel found under the fence",
        "The post Tunnel found under the fence appeared first on Valley Ledger.",
        "La entrada Hallan túnel se publicó primero en Gaceta del Puente.",
        "La entrada Hallan túnel aparece primero en Gaceta del Puente.",
        "Leave a Comment", "Deja un comentario", "3 comentarios", "No comments yet",
        "Click here to follow the original article.", "Sigue leyendo: la historia completa",
        "Síguenos en Facebook, X e Instagram", "Follow us on Facebook", "Share this: Facebook X WhatsApp",
        "Comparte en WhatsApp", "Facebook Twitter WhatsApp",
        "Suscríbete a nuestro boletín y recibe las noticias cada mañana.",
        "Sign up for our free newsletter to get the news every morning.",
        "Únete a nuestro canal de WhatsApp.",
        "This site uses cookies. By continuing you accept them.",
        "Este sitio utiliza cookies para mejorar su experiencia.",
        "© 2026 Gaceta del Puente. Todos los derechos reservados.",
        "Lee también: Cierran la garita por un simulacro", "Te puede interesar: Cierran la garita",
        "Also: Bridge closed for a drill", "[…]", "[...]", "Publicidad", "→",
    ],
)  # fmt: skip
def test_furniture_is_taken_off_on_its_own_line_and_behind_the_text(furniture: str) -> None:
    assert without_furniture(f"{REPORT}\n{furniture}") == REPORT


@pytest.mark.parametrize(
    "furniture",
    [
        "Leer más", "Read more", "The post Tunnel found appeared first on Valley Ledger.",
        "La entrada Hallan túnel se publicó primero en Gaceta del Puente.", "[…]",
        "Síguenos en Facebook, X e Instagram", "Suscríbete a nuestro boletín semanal.",
    ],
)  # fmt: skip
def test_furniture_is_taken_off_behind_the_last_sentence(furniture: str) -> None:
    assert without_furniture(f"{REPORT} {furniture}") == REPORT


def test_several_pieces_go_one_after_the_other() -> None:
    text = f"{REPORT} Leer más\nLa entrada Hallan túnel se publicó primero en Gaceta.\nSíguenos en Facebook"
    assert without_furniture(text) == REPORT


@pytest.mark.parametrize(
    "text",
    [
        "Ver para creer: la fila de la garita llega a ocho horas.",
        "Sheinbaum invitó a leer más sobre el acuerdo antes de opinar; los diputados lo harán el lunes.",
        "Agents read the man his rights and moved on.",
        "Residents share the road with 3,000 trucks a day.",
        "The post at Sasabe was closed first on Monday and again on Friday, officials said.",
        "Recibe el alcalde a 200 repatriados en el puente.",
    ],
)
def test_a_report_that_sounds_like_furniture_stays(text: str) -> None:
    assert without_furniture(text) == text


@pytest.mark.parametrize(
    ("dateline", "dash"),
    [
        ("EL PASO, Texas (Border Ledger)", " – "), ("CIUDAD JUÁREZ, Chihuahua (Canal 7)", " — "),
        ("McALLEN, Texas (Border Ledger)", " — "), ("WASHINGTON (AP)", " — "), ("TIJUANA", ".- "),
        ("REYNOSA, Tamps.", " — "), ("Tijuana", ".- "), ("Nuevo Laredo, Tamps", ".- "), ("Ciudad de México", ".— "),
        ("SAN DIEGO", " — "), ("CIUDAD JUÁREZ, Chih.", "- "),
    ],
)  # fmt: skip
def test_a_dateline_is_taken_off_and_kept(dateline: str, dash: str) -> None:
    found = take_dateline(f"{dateline}{dash}Agentes hallaron un túnel.")
    assert (found.dateline.rstrip("."), found.text) == (dateline.rstrip("."), "Agentes hallaron un túnel.")


@pytest.mark.parametrize(
    "text",
    [
        "Trump — the president — said so.", "ICE - the agency - said so.", "EN VIVO - Sigue la marcha.",
        "Agents found a tunnel - the third this year.", "El Paso officials met on Monday.",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_dateline_stays(text: str) -> None:
    assert take_dateline(text).text == text


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Tunnel found in Nogales. Also: Bridge closed for a drill", "Tunnel found in Nogales"),
        ("Hallan túnel en Nogales; además: cierran un puente", "Hallan túnel en Nogales"),
        ("Also: Bridge closed for a drill", "Also: Bridge closed for a drill"),
        ("Agents also found a tunnel: the third", "Agents also found a tunnel: the third"),
    ],
)
def test_the_headline_of_another_report_is_taken_off_a_title(title: str, first: str) -> None:
    assert take_second_headline(title) == first


@pytest.mark.parametrize("piece", [".", "share ", "- ", "read more ", "facebook ", "la entrada a ", "copyright 2026 "])
def test_a_line_made_to_keep_the_patterns_busy_is_read_to_its_end(piece: str) -> None:
    """Time that grows with the square of the length would take minutes here."""
    assert without_furniture(piece * (100_000 // len(piece)) + "a").endswith("a")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.from_regex(furniture._TAIL).map(str.rstrip))
def test_every_tail_has_a_sign_that_is_looked_for_first(text: str) -> None:
    window = text[-700:]
    assert furniture._has_sign(window) or not furniture._TAIL.search(window)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.from_regex(furniture._LINE, fullmatch=True))
def test_every_line_of_furniture_starts_with_a_word_that_is_looked_for_first(line: str) -> None:
    assert (
        "\n" in line or len(line) > 500 or furniture._is_furniture(line) or not furniture._LINE.fullmatch(line.strip())
    )
