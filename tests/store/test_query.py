"""What people type, as clauses; where the words stand in a text."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import SearchDocument, SearchQuery
from monitor.store.entry import make_question, number_at, wished_number
from monitor.store.query import UNTRANSLATED, Phrase, Wanted, parse_query
from monitor.store.snippets import SNIPPET_CHARS, best_document, make_snippet, marks


def asked(text: str) -> list[str]:
    """The phrases of a query, a star behind prefixes and a minus before what must not be there."""
    wanted = parse_query(text)
    shown = [" ".join(p.words) + "*" * p.prefix for p in wanted.phrases]
    return shown + ["-" + " ".join(p.words) for p in wanted.without]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("drones en la Frontera", ["dron", "fronter"]),
        ("los de la", ["los", "de", "la"]),
        ('"ports of entry" tunnel', ["port of entry", "tunel"]),
        ('«El Paso» "never closed', ["el paso", "never clos"]),
        ("deport* a* po*", ["deport*", "po"]),
        ("fronteras*", ["fronter*"]),
        ('dron -cartel -"el paso"', ["dron", "-cartel", "-el paso"]),
        ("ex-alcalde", ["ex alcald"]),
        ("drones drone", ["dron"]),
        ('- -- "" * NEAR( {x}: ^', ["near", "x"]),
    ],
)
def test_a_query_is_read_as_people_mean_it(text: str, phrases: list[str]) -> None:
    assert asked(text) == phrases


def test_a_word_may_be_called_otherwise_where_there_is_no_translation() -> None:
    (clause,) = parse_query("walls", [("wall", "pared*"), ("wall", "muro"), ("fence", "cerca")]).clauses
    assert clause.options == (
        (Phrase(("wall",)),),
        (Phrase(("pared",), prefix=True), UNTRANSLATED),
        (Phrase(("muro",)), UNTRANSLATED),
    )


def test_a_term_of_several_words_counts_where_they_stand_side_by_side() -> None:
    also = [("ports of entry", "garita")]
    both, apart = parse_query("port of entry", also), parse_query("entry port", also)
    assert [len(clause.options) for clause in both.clauses] == [2, 2]
    assert [len(clause.options) for clause in apart.clauses] == [1, 1]


def test_long_queries_are_cut() -> None:
    assert len(parse_query(" ".join(f"w{number}" for number in range(9000))).clauses) <= 24
    assert len(parse_query("a", [("a", f"b{number}") for number in range(99)]).clauses[0].options) == 8


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    wanted = parse_query(text)
    assert all(phrase.words for phrase in (*wanted.phrases, *wanted.without))


# ---------------------------------------------------------------- numbers


@given(st.integers(0, 50_000_000), st.text(), st.text())
def test_numbers_grow_with_publication(minutes: int, one: str, other: str) -> None:
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert number_at(at) <= wished_number(one, at) < wished_number(other, at + timedelta(minutes=1)) < 2**62


def test_days_include_both_ends_and_any_day_is_legal() -> None:
    noon, day = datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC), date(2026, 3, 8)
    question = make_question(SearchQuery("", since=day, until=day))
    assert question.low <= wished_number("x", noon) <= question.high
    assert wished_number("x", noon + timedelta(seconds=1)) > question.high
    extremes = make_question(SearchQuery("", since=date.min, until=date.max))
    assert extremes.low == 0 < wished_number("x", noon) < extremes.high


# ---------------------------------------------------------------- snippets


def document(text: str, title: str = "Nota", *, original: bool = True) -> SearchDocument:
    return SearchDocument("a", "es", title, text, original)


def shown(text: str, query: str) -> tuple[str, list[str]]:
    snippet = make_snippet(document(text), parse_query(query))
    return snippet.text, [snippet.text[a:b] for a, b in snippet.marked]


def test_words_are_marked_as_they_are_written() -> None:
    assert shown("Los túneles de Nogales, dijo.", "tunel nogales") == (
        "Los túneles de Nogales, dijo.",
        ["túneles", "Nogales"],
    )
    assert shown("Un túnel del Túnel Grande", '"tunel grande"')[1] == ["Túnel", "Grande"]
    assert shown("Deportaron a la deportista", "deport*")[1] == ["Deportaron", "deportista"]


def test_a_long_text_is_cut_around_the_words_between_words() -> None:
    text = "palabra " * 60 + "el túnel de Nogales " + "otra cosa " * 60
    snippet, found = shown(text, "nogales túnel")
    assert found == ["túnel", "Nogales"]
    assert snippet.startswith("…palabra")
    assert snippet.endswith(("otra…", "cosa…"))
    assert len(snippet) <= SNIPPET_CHARS


def test_without_a_mark_in_the_text_its_beginning_is_shown_and_the_headline_without_a_text() -> None:
    assert shown("Lo informó la aduana.", "nota") == ("Lo informó la aduana.", [])
    assert shown("", "nota") == ("Nota", ["Nota"])


def test_the_version_with_most_of_the_words_is_shown_the_original_where_they_are_even() -> None:
    english = SearchDocument("a", "en", "Drones at the border", "", original=False)
    spanish = document("", "Drones en la frontera")
    assert best_document([english, spanish], parse_query("drones border")) == english
    assert best_document([english, spanish], parse_query("drones")) == spanish


@given(
    st.text(st.sampled_from("túnel dron-.\n«ñ "), max_size=600),
    st.sampled_from(["tunel", "dron*", '"dron tunel"', "", "n"]),
)
def test_marks_lie_in_the_snippet_in_order_and_apart(text: str, query: str) -> None:
    wanted: Wanted = parse_query(query)
    snippet = make_snippet(document(text), wanted)
    ends = [edge for pair in snippet.marked for edge in pair]
    assert len(snippet.text) <= SNIPPET_CHARS
    assert ends == sorted(ends)
    assert all(0 <= a < b <= len(snippet.text) for a, b in snippet.marked)
    assert marks(text, Wanted()) == ()
