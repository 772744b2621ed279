"""The reader of pages itself: whatever may not be there is found."""

import pytest

from tests.hostile.reading import Rules, bad_address, hidden_characters, unlawful

RULES = Rules(
    tags={
        **dict.fromkeys("html head body p b".split(), frozenset()),
        "a": frozenset({"href"}),
        "img": frozenset({"src"}),
    },
    anywhere=frozenset({"class", "style", "lang"}),
    schemes=frozenset({"https"}),
)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<p onclick=x>",
        "<b style='background:url(x)'>",
        "<svg></svg>",
        "<a href=javascript:x>",
        "<a href='java&Tab;script:x'>",
        "<a href=//x.example>",
        "<a href=https:\\\\x.example>",
        "<a href=https://a@x.example>",
        "<a href=x.html>",
        "<img src=data:x>",
        "<p>a\u202eb",
        "<p class='\u200b'>",
        "<!-- x -->",
        "<form>",
    ],
)
def test_what_may_not_be_in_a_page_is_found(inside: str) -> None:
    assert list(unlawful(f"<!doctype html><html><body>{inside}", RULES))


def test_what_may_be_in_a_page_passes() -> None:
    page = '<!doctype html><html lang="es"><body><p class="x">Él <b>dijo</b> <a href="https://x.example/a?b#c">sí</a>'
    assert not list(unlawful(page, RULES))


def test_addresses_within_the_site_pass_where_they_may() -> None:
    within = Rules(RULES.tags, RULES.anywhere, RULES.schemes, relative=True)
    for url in ("/stories/1?lang=es#a", "style.css", "?page=2", "#top"):
        assert not list(bad_address(url, within))
    for url in ("//x.example/", "javascript:x", "/a\\b", "/a b"):
        assert list(bad_address(url, within))


def test_hidden_characters_are_named() -> None:
    assert hidden_characters("a\x1b\u202e") == "U+001B U+202E"
    assert not hidden_characters("¿Qué?\n\tSí 😀")
