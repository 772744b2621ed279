"""What a run makes findable: originals, translations that may be shown, again when they change, and older reports."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from monitor.app import open_tools
from monitor.config import load_config
from monitor.language.glossary import parse_glossary
from monitor.pipeline import Tools, in_both_languages
from monitor.pipeline.search_index import CATCH_UP, Indexed, documents_of, index_reports
from monitor.pipeline.understand import Translated
from monitor.records import Article, EngineReport, Judged, SearchQuery, Translation, Verdict, content_id

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
TITLE, LEAD = "Hallan un túnel en Nogales, Sonora", "La Fiscalía dijo que medía cuarenta metros de largo."
FEEDS = "translation: {engine: none}\nstories: {embedder: hash}\n"
FEEDS += "feeds: [{id: uno, name: Uno, language: es, url: 'https://uno.example/rss'}]\n"


def report(number: int = 1, title: str = TITLE, body: str = "") -> Judged:
    key, url = content_id(str(number)), f"https://uno.example/{number}"
    at = NOW - timedelta(minutes=number)
    article = Article(key, "uno", url, url, title, LEAD, at, at, body=body)
    return Judged(article, Verdict(key, "es", True, 9.0, 6.0, "topic"))


def translation(text: str, words: str, status: Literal["ok", "check", "original"] = "ok") -> Translation:
    return Translation("es", "en", text, "" if status == "original" else words, "engine", status, recipe="earlier")


def translated(*translations: Translation) -> Translated:
    return Translated({t.key: t for t in translations}, EngineReport("engine", "engine", "asked"))


def found(tools: Tools, text: str) -> int:
    return tools.store.search(SearchQuery(text)).total


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    with open_tools(load_config(tmp_path / "feeds.yaml")) as opened:
        yield opened


def index(tools: Tools, *reports: Judged, done: Translated | None = None) -> Indexed:
    return index_reports(tools, reports, done or translated(), lambda _: None)


def test_a_report_is_indexed_once_and_again_when_it_has_a_translation(tools: Tools) -> None:
    item = report()
    tools.store.save_articles([item])
    assert index(tools, item) == Indexed(1, 0)
    assert index(tools, item) == Indexed(0, 0)
    assert (found(tools, "tunel"), found(tools, "tunnel discovered")) == (1, 0)
    done = translated(translation(TITLE, "Tunnel discovered in Nogales"), translation(LEAD, "It was long.", "check"))
    assert index(tools, item, done=done) == Indexed(1, 0)
    assert (found(tools, "tunnel discovered"), found(tools, "it was long")) == (1, 1)
    assert found(tools, "metros") == 1


def test_places_are_those_of_the_headline_and_the_lead(tools: Tools) -> None:
    item = report()
    tools.store.save_articles([item])
    index(tools, item)
    assert tools.store.search(SearchQuery("", places=("sonora",))).total == 1
    assert tools.store.search(SearchQuery("", places=("tijuana",))).total == 0


def test_a_translation_that_was_withheld_is_never_found() -> None:
    title, lead = translation(TITLE, "", "original"), translation(LEAD, "The office said.")
    original, other = documents_of(report(), translated(title, lead).translations, 3)
    assert (original.title, original.original) == (TITLE, True)
    assert (other.title, other.text, other.original) == ("", "The office said.", False)
    assert len(documents_of(report(), translated(title).translations, 3)) == 1


def test_the_beginning_of_the_body_is_found_and_what_the_summary_says_is_not_kept_twice() -> None:
    (whole,) = documents_of(report(body=f"{LEAD} Después llegaron buzos."), {}, 3)
    (apart,) = documents_of(report(body="Los buzos llegaron. " * 200), {}, 3)
    assert whole.text == f"{LEAD} Después llegaron buzos."
    assert apart.text.startswith(f"{LEAD}\nLos buzos")
    assert len(apart.text) <= 1500


def test_older_reports_catch_up_step_by_step_with_translations_of_any_recipe(tools: Tools) -> None:
    older = [report(number, f"{TITLE} ({number})") for number in range(CATCH_UP + 5)]
    tools.store.save_articles(older)
    tools.store.remember([translation(older[0].article.title, "Tunnel discovered")])
    assert index(tools) == Indexed(CATCH_UP, CATCH_UP)
    assert index(tools) == Indexed(5, 5)
    assert index(tools) == Indexed(0, 0)
    assert (found(tools, "tunel"), found(tools, "discovered")) == (CATCH_UP + 5, 1)


@pytest.mark.parametrize(
    ("query", "pair"),
    [
        ("drones en la frontera", ("frontera", "border*")),
        ("BORDER", ("border", "fronter*")),
        ("Patrulla Fronteriza", ("patrulla fronteriza", "border patrol")),
        ("ports of entry", ("ports of entry", "garita")),
        ("wall", ("wall", "muro")),
    ],
)
def test_a_query_gets_its_words_in_the_other_language(query: str, pair: tuple[str, str]) -> None:
    glossary = parse_glossary(
        "version: 1\nterms:\n"
        "  - {en: Border Patrol, es: Patrulla Fronteriza, kind: agency}\n"
        "  - {en: port of entry, es: garita, kind: term}\n"
    )
    synonyms = in_both_languages(SearchQuery(query), glossary).synonyms
    assert pair in synonyms
    assert not any(said in ("la", "of") for said, _ in synonyms)


def test_a_query_of_many_words_gets_a_bounded_number_of_them() -> None:
    query = SearchQuery("frontera muro armas migrantes agua aire acuerdo agente abogado alcalde acto adulto ahora " * 9)
    assert len(in_both_languages(query, parse_glossary("version: 1\nterms: []\n")).synonyms) <= 24


def test_a_report_in_one_language_is_found_in_the_other_by_the_glossary(tools: Tools) -> None:
    item = replace(report(), article=replace(report().article, title="La Patrulla Fronteriza halló drones"))
    tools.store.save_articles([item])
    index(tools, item)
    query = in_both_languages(SearchQuery("border patrol drone"), tools.interpreter.glossary)
    assert found(tools, "border patrol drone") == 0
    assert tools.store.search(query).total == 1
