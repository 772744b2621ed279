"""Search as a page, as CSV and as JSON."""

import csv
import html
import json
import re
import sqlite3
from io import StringIO

import pytest

from monitor.demo.catalog import SAMPLE_DAYS
from monitor.records import SearchDocument, Translation
from monitor.web.search import Piece, pieces
from tests.web.conftest import Opened, Web


def total(page: str) -> int:
    found = re.search(r'<h2 id="found">([\d,]+) ', page)
    assert found, page
    return int(found[1].replace(",", ""))


def test_either_language_finds_both_and_marks_what_it_found(opened: Opened) -> None:
    """A report is found by its own words and by those of its translation; what was found is marked, in its language."""
    with opened() as web:
        items = web.site.store.articles(since=SAMPLE_DAYS[0])
        for language in ("en", "es"):
            item = next(item for item in items if item.language == language)
            english = SearchDocument(item.id, "en", "Zeppelin crosses", "A zeppelin.", original=language == "en")
            spanish = SearchDocument(item.id, "es", "Cruza un dirigible", "Dirigible.", original=language == "es")
            web.site.store.index([english, spanish])
        for words, found in (("zeppelin", "Zeppelin"), ("dirigible", "dirigible")):
            page = web.page(f"/search?q={words}")
            assert total(page) == 2
            assert f"<mark>{found}</mark>" in page
            assert {'class="tongue en"', 'class="tongue es"'} <= set(re.findall(r'class="tongue \w+"', page))
            assert page.count("[machine translation") == 2


def test_a_doubtful_headline_sends_to_the_original_here_as_well(opened: Opened) -> None:
    """The index tells what can be found, the memory how far it can be trusted."""
    with opened() as web:
        item = next(i for i in web.site.store.articles(since=SAMPLE_DAYS[0]) if i.language == "es")
        words = "A zeppelin in doubt"
        doubtful = Translation(
            "es", "en", item.article.title, words, "x", "check", ("number",), "zz", confidence=0.99, basic=True
        )
        web.site.store.remember([doubtful])
        own = SearchDocument(item.id, "es", item.article.title, "", original=True)
        web.site.store.index([own, SearchDocument(item.id, "en", words, "", original=False)])
        said = "[basic machine translation, check the original, high confidence (a number, date or unit may differ)]"
        assert said in web.page("/search?q=zeppelin")
        assert said in web.page(f"/outlets/{item.article.source_id}")


def test_language_date_outlet_and_place_narrow_the_answer(web: Web) -> None:
    everything = total(web.page("/search?q="))
    day = SAMPLE_DAYS[-2].date().isoformat()
    for narrowed in ("language=es", f"since={day}", f"until={day}", "outlet=voz-del-bravo"):
        assert 0 <= total(web.page(f"/search?q=&{narrowed}")) < everything, narrowed
    assert total(web.page("/search?q=&language=es&language=en")) == everything
    assert 'class="tongue en"' not in web.page("/search?q=&language=es").partition('<h2 id="found">')[2]


def test_a_form_that_was_filled_in_keeps_what_it_was_filled_with(web: Web) -> None:
    page = web.page("/search?q=%22el+paso%22+-dron&language=es&since=2026-03-01&outlet=voz-del-bravo&place=tijuana")
    assert 'value="&#34;el paso&#34; -dron"' in page
    assert 'value="2026-03-01"' in page
    assert '<option value="voz-del-bravo" selected>' in page
    assert '<option value="tijuana" selected>' in page
    assert re.search(r'value="es" checked', page)
    assert not re.search(r'value="en" checked', page)


def test_pages_of_results_follow_each_other_and_end(web: Web) -> None:
    first, second = web.page("/search?q="), web.page("/search?q=&page=2")
    assert 'href="search?q=' not in first  # an empty word is left out of the links
    assert "page=2" in first
    titles = [set(re.findall(r"<h3>(.*?)</h3>", page)) for page in (first, second)]
    assert not titles[0] & titles[1]
    last = web.page("/search?q=&page=500")
    assert "Nothing was found" in last


def test_what_is_not_found_says_what_to_try(web: Web) -> None:
    assert "No se encontró nada" in web.page("/search?q=xyzzy&lang=es")


@pytest.mark.parametrize(
    "query", ["q=%22", "q=*", "q=-", "q=a+OR+b+NEAR(", "q=%27%3B--", "q=%00", "q=(((", "q=%F0%9F%98%80"]
)
def test_any_text_is_a_legal_query(web: Web, query: str) -> None:
    web.page(f"/search?{query}")


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "since=x", "until=2026-13-01", "since=2026-03-05&until=2026-03-04", f"q={'x' * 201}"]
)
def test_what_cannot_be_read_is_refused_with_the_name_of_the_field(web: Web, query: str) -> None:
    answer = web.get(f"/search?{query}&lang=es")
    assert answer.status_code == 400
    assert "Lo que no se entiende" in answer.text


def test_json_has_what_the_page_has(web: Web) -> None:
    answer = web.get("/search.json?q=border")
    found = json.loads(answer.text)
    assert found["total"] == total(web.page("/search?q=border")) == len(found["hits"])
    assert {"article", "language", "title_en", "title_es", "snippet", "story_id"} <= found["hits"][0].keys()
    assert answer.headers["content-disposition"] == 'attachment; filename="search.json"'


def test_csv_has_a_row_for_each_report(web: Web) -> None:
    rows = list(csv.DictReader(StringIO(web.get("/search.csv?q=border").text.removeprefix("\ufeff"))))
    assert len(rows) == total(web.page("/search?q=border"))
    assert all(row["url"].startswith("https://") and row["title_en"] and row["title_es"] for row in rows)


def test_a_spreadsheet_takes_no_cell_for_a_formula(opened: Opened) -> None:
    with opened() as web:
        item = web.site.store.articles(since=SAMPLE_DAYS[0])[0]
        formula = '=HYPERLINK("https://evil.example","x")'
        web.site.store.index(
            [
                SearchDocument(item.id, item.language, formula, "@here", original=True),
            ]
        )
        text = web.get("/search.csv?q=hyperlink").text.removeprefix("\ufeff")
        cells = [cell for row in list(csv.reader(StringIO(text)))[1:] for cell in row]
        assert f"'{formula}" in cells
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_marks_that_overlap_or_lie_outside_are_put_right() -> None:
    assert pieces("abcdef", ((1, 3), (2, 4), (5, 99))) == (
        Piece("a", found=False),
        Piece("bc", found=True),
        Piece("d", found=True),
        Piece("e", found=False),
        Piece("f", found=True),
    )
    assert pieces("abc", ()) == (Piece("abc", found=False),)
    assert pieces("", ((0, 2),)) == ()


def test_hostile_titles_are_text_everywhere(opened: Opened) -> None:
    """What a feed gave is escaped on every page, also when it reached the database some other way."""
    attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}</title>'
    with opened() as web:
        story = next(s for s in web.site.store.stories(since=SAMPLE_DAYS[0]) if len(s.members) > 1)
        database = sqlite3.connect(web.site.config.folder / "monitor.db")
        with database:
            database.execute("UPDATE articles SET title = ?, summary = ?, publisher = ?", (attack, attack, attack))
            database.execute("UPDATE articles SET link = 'javascript:alert(3)'")
            database.execute("UPDATE search_documents SET title = ?, text = ?", (attack, attack))
        database.close()
        for path in (f"/stories/{story.id}", "/search?q=", f"/outlets/{story.members[0].article.source_id}"):
            page = web.page(path)
            assert "<script" not in page, path
            assert "<img" not in page, path
            assert "javascript:" not in page, path
            assert "49</title" not in page, path
            assert html.escape("<script>alert(1)") in page, path
        web.page(f"/search?q={attack[:60]}")


def test_the_query_of_a_reader_is_text_on_the_page(web: Web) -> None:
    page = web.page("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in page
