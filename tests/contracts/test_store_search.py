"""The laws of the `Store` seam's search, on every database: equal answers, but for the order of near equals."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.protocols import Store
from monitor.records import (
    Found,
    Judged,
    Lang,
    SearchDocument,
    SearchQuery,
    Story,
    documents_mark,
)
from monitor.store import entry
from tests.contracts.test_store import HOUR, NOW, make_judged, make_member, translation


def make_document(item: Judged, title: str, text: str = "", *places: str, language: Lang = "es") -> SearchDocument:
    """A document of a report: its original in Spanish, or a translation into English."""
    return SearchDocument(item.id, language, title, text, original=language == "es", places=places)


def found(store: Store, text: str, **narrowed: Any) -> list[str]:
    """Original titles of what a query finds, in order."""
    return [hit.article.title for hit in store.search(SearchQuery(text, **narrowed)).hits]


@pytest.fixture
def shelf(store: Store) -> Store:
    """Four reports that can be found; the first two have translations, the last is the newest."""
    items = [replace_title(number, f"Nota {number}", at=NOW + number * 24 * HOUR) for number in range(1, 5)]
    store.save_articles(items)
    one, two, three, four = items
    store.index(
        [
            make_document(one, "Vuelan drones sobre la frontera", "El gobierno lo niega.", "nogales"),
            make_document(one, "Drones fly over the border", "The government denies it.", language="en"),
            make_document(two, "Hallan un túnel en Nogales", "Medía 40 metros, dijo la Fiscalía.", "nogales", "sonora"),
            make_document(two, "Tunnel found in Nogales", "It was 40 meters long.", language="en"),
            make_document(three, "Reabre la garita de El Chaparral", "Cruzan 1,200 migrantes.", "tijuana"),
            make_document(four, "Detenidas dos personas", "Llevaban un dron cerca del puente fronterizo."),
        ]
    )
    return store


def replace_title(number: int, title: str, *, at: datetime) -> Judged:
    item = make_judged(number, at=at)
    return replace(item, article=replace(item.article, title=title))


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("dron", {1, 4}),
        ("DRONES", {1, 4}),
        ("tunel", {2}),
        ("tunnels", {2}),
        ("túneles", {2}),
        ("border drone", {1}),
        ("drones en la frontera", {1}),
        ("the government", {1}),
        ('"found in Nogales"', {2}),
        ('"Nogales found"', set()),
        ("“hallan un túnel”", {2}),
        ("dron -frontera", {4}),
        ("-drones", {2, 3}),
        ('-"hallan un" -drones', {3}),
        ("front*", {1, 4}),
        ("fronteras*", {1, 4}),
        ("migrante", {3}),
        ("1200", {3}),
        ("1.200 migrants", {3}),
        ("detenido", {4}),
        ("helicóptero", set()),
        ("   ", {1, 2, 3, 4}),
        ("¿?", {1, 2, 3, 4}),
    ],
)
def test_a_search_finds_words_of_either_language_in_any_form(shelf: Store, query: str, numbers: set[int]) -> None:
    assert set(found(shelf, query)) == {f"Nota {number}" for number in numbers}
    assert shelf.search(SearchQuery(query)).total == len(numbers)


def test_a_phrase_does_not_go_from_the_headline_into_the_text(shelf: Store) -> None:
    assert found(shelf, '"frontera el gobierno"') == []


def test_a_report_without_a_translation_is_found_by_what_else_words_are_called(shelf: Store) -> None:
    also = (("port of entry", "garita"), ("port", "puerto"), ("bridge", "puente fronterizo"), ("open", "reabr*"))
    assert found(shelf, "ports of entry") == []
    assert found(shelf, "ports of entry", synonyms=also) == ["Nota 3"]
    assert found(shelf, '"port of entry" migrants', synonyms=also) == ["Nota 3"]
    assert found(shelf, "port of entry opened", synonyms=also) == ["Nota 3"]
    assert found(shelf, "entry port", synonyms=also) == []
    assert found(shelf, "bridge", synonyms=also) == ["Nota 4"]
    assert found(shelf, "bridge -persona", synonyms=also) == []


def test_in_a_translated_report_only_its_own_words_count(shelf: Store) -> None:
    assert found(shelf, "excavation", synonyms=(("excavation", "túnel"), ("excavation", "dron"))) == ["Nota 4"]


def test_a_search_is_narrowed_by_days_language_outlet_and_place(shelf: Store) -> None:
    day = NOW.date()
    assert found(shelf, "", since=day + timedelta(days=3)) == ["Nota 4", "Nota 3"]
    assert found(shelf, "", until=day + timedelta(days=1)) == ["Nota 1"]
    assert found(shelf, "dron", since=day, until=day + timedelta(days=3)) == ["Nota 1"]
    assert found(shelf, "", places=("sonora", "tijuana")) == ["Nota 3", "Nota 2"]
    assert found(shelf, "tunel", places=("tijuana",)) == []
    assert found(shelf, "", outlets=("el-norte",), languages=("es",), limit=1) == ["Nota 4"]
    assert found(shelf, "dron", outlets=("other",)) == []
    assert found(shelf, "dron", languages=("en",)) == []
    assert found(shelf, "-dron", places=("nogales",), until=date.max) == ["Nota 2"]


def test_a_hit_shows_both_headlines_and_where_the_words_stand(shelf: Store) -> None:
    (hit,) = shelf.search(SearchQuery("border government")).hits
    assert (hit.language, hit.title_en, hit.title_es) == (
        "es",
        "Drones fly over the border",
        "Vuelan drones sobre la frontera",
    )
    assert hit.title_en[slice(*hit.marked_en[0])] == "border"
    assert hit.marked_es == ()
    assert hit.snippet.language == "en"
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.marked] == ["government"]
    assert hit.article.source_id == "el-norte"
    assert hit.story_id == ""


def test_a_hit_names_the_story_of_its_report(shelf: Store) -> None:
    member = make_member(2, at=NOW + 48 * HOUR)
    shelf.save_stories([Story("s1", (member,), NOW)])
    assert [hit.story_id for hit in shelf.search(SearchQuery("tunnel")).hits] == ["s1"]


def test_headlines_count_more_than_texts_and_the_newest_come_first_among_equals(store: Store) -> None:
    items = [replace_title(number, f"Nota {number}", at=NOW + number * HOUR) for number in range(1, 5)]
    store.save_articles(items)
    texts = [
        ("Cierre de puentes", "Hay filas."),
        ("Hay filas", "Por un cierre de puentes."),
        ("Cierre de puentes", "Hay gente."),
    ]
    store.index(make_document(item, *text) for item, text in zip(items, [*texts, texts[0]], strict=True))
    assert found(store, "cierre") == ["Nota 4", "Nota 3", "Nota 1", "Nota 2"]


def test_pages_hold_every_answer_once_and_in_order(store: Store) -> None:
    items = [replace_title(number, f"Nota {number}", at=NOW + number * HOUR) for number in range(25)]
    store.save_articles(items)
    store.index(make_document(item, "Cierre" if number % 2 else "Otra", "cierre") for number, item in enumerate(items))
    whole = found(store, "cierre", limit=100)
    paged = [title for offset in range(0, 30, 7) for title in found(store, "cierre", limit=7, offset=offset)]
    assert paged == whole
    assert len(set(whole)) == 25
    assert store.search(SearchQuery("cierre", offset=99)) == Found(25, ())


def test_documents_replace_what_the_index_had_of_their_report(shelf: Store) -> None:
    item = replace_title(4, "Nota 4", at=NOW + 96 * HOUR)
    before = shelf.indexed([item.id])
    again = [make_document(item, "Detenidas dos mujeres"), make_document(item, "Two women held", language="en")]
    assert shelf.index(again) == shelf.index(again) == 1
    assert found(shelf, "dron") == ["Nota 1"]
    assert found(shelf, "women") == found(shelf, "mujer") == ["Nota 4"]
    assert shelf.indexed([item.id, "other"]) == {item.id: documents_mark(again)} != before
    assert shelf.search(SearchQuery("")).total == 4


def test_only_stored_reports_with_an_original_are_indexed(store: Store) -> None:
    item = make_judged(1)
    store.save_articles([item])
    assert store.index([make_document(make_judged(2), "Nota")]) == 0
    assert store.index([make_document(item, "Report", language="en")]) == 0
    assert store.search(SearchQuery("")) == Found(0, ())


def test_relevant_reports_wait_to_be_indexed_the_newest_first(store: Store) -> None:
    old, new, dropped = make_judged(1, at=NOW - HOUR), make_judged(2), make_judged(3, relevant=False)
    store.save_articles([old, new, dropped])
    assert store.unindexed(limit=5) == (new, old)
    assert store.unindexed(limit=1) == (new,)
    store.index([make_document(new, "Nota")])
    assert store.unindexed(limit=5) == (old,)


def test_a_translation_of_any_recipe_is_recalled_the_most_trusted_one_that_may_be_shown(store: Store) -> None:
    sure = replace(translation("hola", recipe="argos-2", words="hi"), confidence=0.9)
    withheld = replace(translation("adiós"), status="original", text="")
    store.remember([translation("hola"), sure, translation("hola", recipe="argos-3"), withheld])
    assert store.recall_any([sure.key, withheld.key, "missing"]) == {sure.key: sure}


def test_more_reports_of_one_minute_than_it_has_numbers_are_all_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "PER_MINUTE", 16)
    items = [make_judged(number) for number in range(50)]
    store.save_articles(items)
    assert store.index(make_document(item, "Cierre") for item in items) == 50
    answer = store.search(SearchQuery("cierres", limit=20, offset=30))
    assert (answer.total, len({hit.article.id for hit in answer.hits})) == (50, 20)


def test_odd_texts_are_indexed_found_and_replaced(store: Store) -> None:
    item = make_judged(1)
    store.save_articles([item])
    odd = "a\0b \ud800 'x' \\ \"y\" :* & | ! <-> ½ ﬁn ٣ 中文 " + "z" * 300 + " e\u0301xodo"
    store.index([make_document(item, odd, odd)])
    for query in ("exodo", "éxodo", "fin", "中文", "z" * 300, "'x'", "y"):
        assert store.search(SearchQuery(query)).total == 1, query
    store.index([make_document(item, "Nota")])
    assert store.search(SearchQuery("exodo")).total == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from([*'"*-()&|!:<>\\^+{}', "'", " ", "NEAR", "AND", "OR", "NOT", "dron", "title_en:", "\0"]),
            max_size=20,
        ).map("".join),
    ),
    outlet=st.text(max_size=8),
)
def test_any_text_is_a_legal_query(shelf: Store, text: str, outlet: str) -> None:
    answer = shelf.search(SearchQuery(text))
    assert len(answer.hits) == answer.total <= 4
    assert shelf.search(SearchQuery(text, outlets=(outlet,), places=(text,), synonyms=((text, outlet),))).total == 0
