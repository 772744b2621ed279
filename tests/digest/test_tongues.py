"""Nobody is read English in a Spanish voice: every text of a page is in the language that its `lang` says.

A text is taken for English or Spanish by its function words. Names are let pass: a newsroom's, a place's, a program's.
"""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from monitor.digest import Links, Templates, render
from monitor.records import DigestLang, EditionMaterial, Lang, other_language
from tests.digest.conftest import AGENCIES, OUTLETS, PLACES, Compose

FUNCTION_WORDS: dict[Lang, frozenset[str]] = {
    "en": frozenset(
        "the of and with from for by was were to on is are at its it this that than what could be been not read after"
        " before only more new day stories story reports report feeds feed translation machine shown here".split()
    ),
    "es": frozenset(
        "el la los las del de y en que por con para una un se su más lo al es son fue fueron antes solo según nota"
        " notas día fuentes medios traducción automática sin hoy ya también desde hasta".split()
    ),
}
NAMES = (
    *(name for name, _ in OUTLETS.values()),
    *(name for place in PLACES.values() for name in (place.name_en, place.name_es)),
    *(name for agency in AGENCIES.values() for name in (agency.name_en, agency.name_es)),
    *("San Diego", "Paso del Norte", "Del Rio", "Eagle Pass", "Argos Translate", "Firefox Translations", "feeds.yaml"),
    *("monitor run --explain", "digests/12-everyone.txt", "US–Mexico Border Digest"),
)
LINKS = Links(archive_path="digests/12-everyone.txt", unsubscribe="mailto:a@example.org")


class Voices(HTMLParser):
    """Every text and every alternative text of a page, with the language of its nearest `lang`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        language = own.get("lang") or (self.open[-1][1] if self.open else "")
        if alt := own.get("alt"):
            self.said.append((language, alt))
        if tag not in ("br", "img", "meta"):
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1][0] != "style":
            self.said.append((self.open[-1][1], " ".join(data.split())))


def foreign_words(text: str, language: Lang) -> set[str]:
    """Function words of the other language in a text that should be in this one."""
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(name, " ")
    return set(re.findall(r"[a-záéíóúñü]+", text)) & FUNCTION_WORDS[other_language(language)] - FUNCTION_WORDS[language]


@pytest.fixture
def talkative(disputed: EditionMaterial) -> EditionMaterial:
    """A day on which everything that can be said is said: doubts, failures, an engine with limits."""
    doubtful = {
        key: t if t.status == "original" else replace(t, status="check", flags=("names", "words"))
        for key, t in disputed.translations.items()
    }
    first, second, third, *rest = disputed.feeds
    feeds = (replace(first, outcome="timeout"), replace(second, outcome="stale"), replace(third, outcome="gone"), *rest)
    engine = replace(disputed.engine, why="best", passed_over=("Firefox Translations",), limits="basic", undone=2)
    return replace(disputed, translations=doubtful, feeds=feeds, engine=engine, sample=True)


@pytest.mark.parametrize("language", ["en", "es", "both"])
@pytest.mark.parametrize("max_html_kb", [90, 22])
def test_every_text_is_in_the_language_that_it_says(
    talkative: EditionMaterial, edition: Compose, templates: Templates, language: DigestLang, max_html_kb: int
) -> None:
    digest = edition(talkative, language, max_stories=5, max_html_kb=max_html_kb)
    voices = Voices(render(digest, templates, links=LINKS).html)
    assert {spoken for spoken, _ in voices.said} == {"en", "es"}
    wrong = [(spoken, text) for spoken, text in voices.said if foreign_words(text, "es" if spoken == "es" else "en")]
    assert wrong == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_degraded_and_a_quiet_day_are_told_in_one_language(
    material: EditionMaterial, edition: Compose, templates: Templates, language: Lang
) -> None:
    lost = tuple(replace(feed, outcome="dns") for feed in material.feeds)
    for day in (replace(material, ranked=(), developing=()), replace(material, ranked=(), developing=(), feeds=lost)):
        voices = Voices(render(edition(day, language), templates, links=LINKS).html)
        assert {spoken for spoken, _ in voices.said} == {language}
        assert [text for _, text in voices.said if foreign_words(text, language)] == []


@pytest.mark.parametrize(
    ("text", "language", "foreign"),
    [("Reports since Monday from the border", "es", True), ("Publicaciones desde el lunes", "en", True),
     ("La Voz del Norte", "en", False), ("The Bridge Post: dos notas", "es", False)],
)  # fmt: skip
def test_the_check_itself_sees_a_foreign_word_and_lets_names_pass(text: str, language: Lang, foreign: bool) -> None:
    assert bool(foreign_words(text, language)) is foreign
