"""How an edition looks: words, plurals, size, escaping, and that templates and their documentation agree."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.digest import Digest, Templates, render
from monitor.digest.border import CROSSINGS
from monitor.digest.charts import names_on_map
from monitor.digest.model import CrossingCount
from monitor.records import LANGUAGES, EditionMaterial, Lang

Edition = Callable[..., Digest]
ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]><svg/onload=alert(1)>",
    "</title></style><script>alert(1)</script>",
    "{{ 7*7 }} {% raw %}",
    "=?utf-8?q?=0ABcc:_evil=40example.net?=",
    "titular\u202e\u2066 volteado\r\nBcc: evil@example.net",
    "\x1b[2J\x07 limpia\x00",
)


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


# ---------------------------------------------------------------- contents


@pytest.mark.parametrize("language", ["en", "es", "both"])
def test_the_text_part_has_every_headline_and_every_address(
    material: EditionMaterial, edition: Edition, templates: Templates, language: str
) -> None:
    digest = edition(material, language)
    text = render(digest, templates).text
    flat = " ".join(text.split())
    for card in digest.cards:
        for reader in digest.languages:
            assert card.headlines.for_reader(reader).fragment.text in flat
        for report in card.reports:
            assert report.title in flat
            assert report.url in text.split()


@pytest.mark.parametrize("language", ["en", "es", "both"])
def test_the_html_has_every_headline_both_marks_and_all_links(
    material: EditionMaterial, edition: Edition, templates: Templates, language: str
) -> None:
    digest = edition(material, language)
    page = Page(render(digest, templates).html)
    text = " ".join(page.text.split())
    for card in digest.cards:
        for reader in digest.languages:
            assert card.headlines.for_reader(reader).fragment.text in text
        assert {report.url for report in card.reports} <= set(page.values("href"))
    assert (
        "machine translation, Argos Translate" if language != "es" else "traducción automática, Argos Translate"
    ) in text


def test_a_withheld_translation_is_shown_as_the_original_and_says_so(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    rendered = render(edition(material, "en"), templates)
    assert "translation withheld: original shown" in rendered.html
    assert re.search(r'<h3 lang="es"[^>]*>(?:<a[^>]*>)?Rescatan a 14 migrantes', rendered.html)
    text = " ".join(rendered.text.split())
    assert "Acuña [translation withheld, original shown (it repeated itself)]" in text


def test_the_lead_and_the_differing_figures_are_told_in_the_readers_language(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    spanish = Page(render(edition(material, "es"), templates).html).text
    assert "3\u00a0h 18\u00a0min antes que la prensa en inglés" in spanish
    assert "Las cifras no coinciden entre los dos idiomas" in spanish
    assert "Siete personas fueron detenidas." in spanish
    english = Page(render(edition(material, "en"), templates).html).text
    assert "3\u00a0h 18\u00a0min before the English-language press" in english
    assert "Seven people were arrested." in english


def test_every_piece_of_feed_text_carries_its_language(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    page = Page(render(edition(material, "both"), templates).html)
    for tag, attrs in page.tags:
        if tag in ("h3", "html"):
            assert attrs.get("lang") in LANGUAGES
    assert all(attrs.get("role") == "presentation" for tag, attrs in page.tags if tag == "table")


class Spoken(HTMLParser):
    """Every text of a page with the language that its nearest element with `lang` gives it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.languages: dict[str, set[str]] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "img", "meta"):
            self.open.append(dict(attrs).get("lang") or (self.open[-1] if self.open else ""))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.languages.setdefault(" ".join(data.split()), set()).add(self.open[-1])


@pytest.mark.parametrize("language", ["en", "es", "both"])
def test_every_text_of_a_report_is_read_aloud_in_its_own_language(
    material: EditionMaterial, edition: Edition, templates: Templates, language: str
) -> None:
    digest = edition(material, language)
    spoken = Spoken(render(digest, templates).html).languages
    for reader in digest.languages:
        for headlines in [card.headlines for card in digest.cards] + [item.headlines for item in digest.developing]:
            fragment = headlines.for_reader(reader).fragment
            assert spoken[fragment.text] == {fragment.language}
    marks = {"traducción automática": "es", "[traducción automática]": "es", "[machine translation]": "en"}
    assert all(spoken[mark] == {marks[mark]} for mark in spoken.keys() & marks.keys())


def test_headings_leave_no_level_out(material: EditionMaterial, edition: Edition, templates: Templates) -> None:
    page = Page(render(edition(material, "both"), templates).html)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_the_encoding_is_told_before_anything_else(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    html = render(edition(material, "es"), templates).html
    assert 0 < html.index('<meta charset="utf-8">') < 100
    assert html.count("charset") == 1


def test_a_basic_translation_is_called_basic_at_every_text(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    basic = replace(material, translations={k: replace(t, basic=True) for k, t in material.translations.items()})
    rendered = render(edition(basic, "es"), templates)
    for part in (Page(rendered.html).text, " ".join(rendered.text.split())):
        cards = part.split("Cómo se elaboró")[0].split("Publicadas en ambos idiomas")[-1].split("Traducción")[0]
        assert cards.count("traducción automática básica") == cards.count("traducción automática") > 3
    assert "[basic machine translation, high confidence]" in render(edition(basic, "en"), templates).html


def test_a_doubtful_translation_says_what_is_doubtful_and_stands_beside_the_original(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    doubtful = {
        key: t if t.status == "original" else replace(t, status="check", flags=("names", "words", "words"))
        for key, t in material.translations.items()
    }
    rendered = render(edition(replace(material, translations=doubtful), "es"), templates)
    flat = " ".join(rendered.text.split())
    assert "puede faltar un nombre o estar mal, algunas palabras pueden estar mal" in flat
    quoted = [t.original for t in material.translations.values() if f"«{t.original}»" in flat]
    assert quoted, "no original stands beside its doubtful translation"
    page = " ".join(Page(rendered.html).text.split())
    assert all(f"«{text}»" in page for text in quoted)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_original_of_every_translated_sentence_is_one_click_away(
    disputed: EditionMaterial, edition: Edition, templates: Templates, language: Lang
) -> None:
    digest = edition(disputed, language)
    html = render(digest, templates).html
    quotes = [
        quote
        for card in digest.cards
        for quote in (
            *card.summary,
            *(line.quote for gap in card.gaps for line in gap.figures),
            *(line.quote for dispute in card.disputes for line in dispute.statements),
        )
    ]
    translated = [quote for quote in quotes if quote.text.for_reader(language).provenance != "original"]
    assert len(translated) > 4
    for quote in translated:
        assert re.search(f'<a class="a" href="{re.escape(quote.url)}"[^>]*>{quote.source}</a>[:)]', html)


def test_an_updated_story_names_its_latest_report_in_both_parts(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    rendered = render(edition(material, "en"), templates)
    line = "2 new reports since the last edition, among them: Tunnel under border at Otay Mesa leads to arrests"
    assert line in " ".join(Page(rendered.html).text.split())
    assert line in " ".join(rendered.text.split())


def test_a_blind_spot_explains_itself(material: EditionMaterial, edition: Edition, templates: Templates) -> None:
    rendered = render(edition(material, "en"), templates)
    for part in (rendered.html, rendered.text):
        assert part.count("No English-language feed that was read carried these stories.") == 1
        assert part.count("No Spanish-language feed that was read carried these stories.") == 1


def test_the_last_day_of_the_chart_says_until_when(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    rendered = render(edition(material, "en"), templates)
    assert "to 6:30\u00a0AM" in rendered.html
    assert "Thu Mar 12   English 1, Spanish 2 (to 6:30 AM)" in rendered.text


def test_a_failed_feed_says_when_it_was_last_read(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    last = material.now - timedelta(days=2)
    feeds = (replace(material.feeds[0], outcome="timeout", last_ok_at=last), *material.feeds[1:])
    rendered = render(edition(replace(material, feeds=feeds), "en"), templates)
    assert "Mesa Ledger (timed out; last read Mar\u00a010,\u00a06:30\u00a0AM)" in rendered.html
    assert "Mesa Ledger: timed out; last read Mar 10, 6:30 AM" in rendered.text


def test_nothing_is_loaded_from_anywhere(material: EditionMaterial, edition: Edition, templates: Templates) -> None:
    rendered = render(edition(material, "both"), templates)
    page = Page(rendered.html)
    assert page.values("src") == [f"cid:{image.cid}" for image in rendered.images]
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert "url(" not in rendered.html
    assert "@import" not in rendered.html


# ---------------------------------------------------------------- subject, preheader, quiet and bad days


def test_the_subject_has_date_count_and_first_headline(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    assert render(edition(material, "es"), templates).subject == (
        "jue 12 mar: 6 notas. Localizan túnel con rieles bajo una bodega de Tijuana; hay 7 detenidos"
    )
    assert render(edition(material, "en"), templates).subject.startswith("Thu Mar 12: 6 stories. Rail-equipped")


def test_a_quiet_day_is_short_and_honest(material: EditionMaterial, edition: Edition, templates: Templates) -> None:
    digest = edition(replace(material, ranked=(), developing=()), "es")
    rendered = render(digest, templates)
    assert rendered.subject == "jue 12 mar: día tranquilo, sin notas"
    assert "no publicaron nada sobre seguridad fronteriza" in " ".join(rendered.text.split())
    assert "Solo en la prensa" not in rendered.html
    assert [image.cid.split(".")[0] for image in rendered.images] == ["trend"]


def test_a_day_with_most_feeds_failed_says_so_in_subject_and_body(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    feeds = tuple(replace(f, outcome="timeout") if n else f for n, f in enumerate(material.feeds))
    rendered = render(edition(replace(material, feeds=feeds), "en"), templates)
    assert rendered.degraded
    assert rendered.subject == "Thu Mar 12: INCOMPLETE, 5 of 6 feeds failed. 6 stories"
    assert "Incomplete edition: 5 of 6 feeds could not be read" in rendered.html
    assert "is left out of this edition: 3 of 3 Spanish-language feeds could not be read." in " ".join(
        rendered.text.split()
    )


def test_silence_is_not_reported_as_quiet_when_no_feed_could_be_read(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    feeds = tuple(replace(feed, outcome="dns") for feed in material.feeds)
    rendered = render(edition(replace(material, ranked=(), developing=(), feeds=feeds), "es"), templates)
    for part in (rendered.html, rendered.text):
        assert "Se leyeron muy pocas fuentes" in part
        assert "no publicaron nada" not in part


def test_the_preheader_stays_out_of_the_text_part(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    rendered = render(edition(material, "en"), templates)
    preheader = "6 stories: 2 in both languages, 2 only in Spanish, 2 only in English."
    assert preheader in rendered.html
    assert preheader not in rendered.text


def test_a_sample_is_called_a_sample_everywhere(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    rendered = render(edition(replace(material, sample=True), "es"), templates)
    assert rendered.subject.startswith("[Muestra] ")
    assert "son ficticios" in rendered.html
    assert "son ficticios" in " ".join(rendered.text.split())


def test_the_limits_of_a_basic_engine_are_told_in_the_readers_language(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    basic = replace(material, engine=replace(material.engine, limits="basic"))
    rendered = render(edition(basic, "es"), templates)
    assert "La calidad es básica" in rendered.html
    assert "La calidad es básica" in " ".join(rendered.text.split())
    own = replace(material, engine=replace(material.engine, limits="Only short texts."))
    assert "Only short texts." in render(edition(own, "es"), templates).html


def test_without_an_engine_the_footer_says_that_originals_are_shown(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    bare = replace(material, translations={}, engine=replace(material.engine, name="none", label=""))
    assert "No había traductor automático disponible" in render(edition(bare, "es"), templates).html


# ---------------------------------------------------------------- stability


def test_equal_input_gives_equal_output(material: EditionMaterial, edition: Edition, templates: Templates) -> None:
    assert render(edition(material, "both"), templates) == render(edition(material, "both"), templates)


def test_text_lines_stay_within_78_characters_but_for_addresses(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    for language in ("en", "es", "both"):
        lines = render(edition(material, language), templates).text.splitlines()
        assert [line for line in lines if len(line) > 78 and "://" not in line] == []


# ---------------------------------------------------------------- the map


def test_the_map_is_small_and_its_alt_text_tells_the_same(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    image = render(edition(material, "es"), templates).images[1]
    assert image.png.startswith(b"\x89PNG")
    assert len(image.png) <= 30_000
    assert image.alt.startswith("Mapa de la frontera")
    assert "Ciudad Juárez–El Paso 1" in image.alt


def test_the_map_names_both_cities_even_of_near_neighbours() -> None:
    busy = {
        "tijuana": 5,
        "mexicali": 2,
        "nogales": 1,
        "ciudad-juarez": 6,
        "nuevo-laredo": 5,
        "reynosa": 3,
        "matamoros": 4,
    }
    names = names_on_map([CrossingCount(crossing, busy.get(crossing.id, 0)) for crossing in CROSSINGS])
    wanted = {"San Diego", "Tijuana", "Calexico", "Mexicali", "El Paso", "Cd. Juárez", "Reynosa", "Matamoros"}
    assert wanted <= set(names)
    assert names.count("Nogales") == 1, "both are called so"
    assert not {"Ojinaga", "Douglas"} & set(names)


# ---------------------------------------------------------------- hostile feeds


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("language", ["en", "both"])
def test_nothing_a_feed_says_becomes_markup_or_control(
    hostile: Callable[[str], EditionMaterial], edition: Edition, templates: Templates, attack: str, language: str
) -> None:
    rendered = render(edition(hostile(attack), language), templates)
    page = Page(rendered.html)
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "h1", "h2", "h3", "h4",
        "p", "span", "b", "br", "a", "img",
    }  # fmt: skip
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert all(re.match(r"https?://|mailto:", url) for url in page.values("href"))
    for part in (rendered.subject, rendered.html, rendered.text, rendered.data, *(i.alt for i in rendered.images)):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", part)
    assert "\n" not in rendered.subject
    assert "=?" not in rendered.subject
    assert "<" not in rendered.data
    assert json.loads(rendered.data)["stories"][0]["id"] == "bad"


# ---------------------------------------------------------------- JSON


def test_the_json_keeps_its_keys(material: EditionMaterial, edition: Edition, templates: Templates) -> None:
    document = json.loads(render(edition(material, "es"), templates).data)
    assert set(document) == {
        "version", "edition", "profile_id", "date", "language", "languages", "title_en", "title_es", "timezone",
        "since", "now", "counts", "stories", "blind_spots", "unread", "developing", "beyond_cap", "beyond",
        "days", "trend", "crossings", "health", "engine", "notices", "missed", "sample", "degraded",
    }  # fmt: skip
    card = document["stories"][0]
    assert set(card) == {
        "id", "position", "score", "reasons", "headlines", "status", "day", "languages", "coverage", "first", "ahead",
        "summary", "places", "agencies", "gaps", "topics", "news", "changes", "disputes", "held_back",
    }  # fmt: skip
    assert card["headlines"]["es"]["fragment"] == {
        "language": "es",
        "text": "Localizan túnel con rieles bajo una bodega de Tijuana; hay 7 detenidos",
        "provenance": "original",
        "engine": "",
        "basic": False,
        "confidence": "",
        "faults": [],
        "original": "",
    }


def test_the_sentences_about_the_engine_are_divided_by_blanks(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    engine = replace(material.engine, why="best", passed_over=("Firefox Translations",), limits="basic")
    for reader in LANGUAGES:
        rendered = render(edition(replace(material, engine=engine), reader), templates)
        say = templates.phrases[reader]
        about = (
            say("engine.why.best"),
            say("engine.passed_over", names="Firefox Translations"),
            say("engine.limits.basic"),
        )
        for part in (Page(rendered.html).text, rendered.text):
            assert " ".join(about) in " ".join(part.split())
