"""Quotes, question marks and stops: plain for the engine, in the target's way for the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.punctuation import Quotes, balanced, like_source, plain_quotes, quotes_of, requoted, with_marks
from monitor.records import Lang


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("« Nadie » dijo “no”", '"Nadie" dijo "no"'),
        ("He said ‘no’", 'He said "no"'),
        ("“He said ‘no’”", "\"He said 'no'\""),
        ("the agents’ union won’t say", "the agents' union won't say"),
        ("in the ’90s and ’80s", "in the '90s and '80s"),
    ],
)
def test_engines_read_straight_quotes(text: str, plain: str) -> None:
    assert plain_quotes(text) == plain


@pytest.mark.parametrize(
    ("original", "target", "output", "requoted_as"),
    [
        ("«a»", "en", 'He says "no", and "never".', "He says “no,” and “never.”"),
        ('"a"', "en", '"no", he said', '"no," he said'),
        ("“a”", "es", '"no," dijo', "“no”, dijo"),
        ("“a ‘b’”", "es", "\"dijo 'no' ayer\"", "“dijo ‘no’ ayer”"),
        ("'a bc' x", "en", 'says "no way"', "says 'no way'"),
        ("'a bc' x", "es", 'dice "no"', 'dice "no"'),
        ("‘a bc’ x", "es", 'dice "no"', "dice “no”"),
        ("a", "en", 'says "no"', 'says "no"'),
        ("a", "es", "«no»", '"no"'),
    ],
)  # fmt: skip
def test_quotes_come_back_as_the_original_had_them(original: str, target: Lang, output: str, requoted_as: str) -> None:
    assert requoted(output, quotes_of(original), target) == requoted_as


@given(st.text(alphabet='ab "¿?.,', min_size=1, max_size=30))
def test_what_is_done_to_a_lonely_quote_is_undone(text: str) -> None:
    text = " ".join(text.split())
    if text:
        once = balanced(text)
        assert once.text.count('"') % 2 == 0
        assert once.undo(once.text).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("output", "source", "marked"),
    [
        ("Qué pasó? Nadie sabe!", "What happened? Nobody knows!", "¿Qué pasó? ¡Nadie sabe!"),
        ("Dijo: quién fue?", "He said: who was it?", "Dijo: ¿quién fue?"),
        ("El muro, para qué sirve?", "The wall, what is it for?", "El muro, ¿para qué sirve?"),
        ("¿Ya está marcado?", "Is it marked?", "¿Ya está marcado?"),
        ('Preguntó "por qué?"', 'He asked "why?"', 'Preguntó "¿por qué?"'),
        ("Basta", "Enough!", "¡Basta!"),
        ("Salen (?) mañana.", "They leave (?) tomorrow.", "Salen (?) mañana."),
        ("Espera...", "Wait?", "Espera..."),
    ],
)
def test_spanish_opens_what_it_closes(output: str, source: str, marked: str) -> None:
    assert with_marks(output, source, "es") == marked


@given(st.text(alphabet='aé ?!¿¡.,"—', max_size=40))
def test_marks_are_set_once(output: str) -> None:
    once = with_marks(output, "Why?", "es")
    assert with_marks(once, "Why?", "es") == once
    assert not {"¿", "¡"} & set(with_marks(output, "¿Por qué?", "en"))


def test_dashes_dots_and_loose_blanks_follow_the_source() -> None:
    assert like_source("One -- two , three... ( four )", "Uno — dos, tres… (cuatro)") == "One — two, three… (four)"
    assert like_source("Uno…", "One...") == "Uno..."
    assert requoted("plain", Quotes(), "en") == "plain"
