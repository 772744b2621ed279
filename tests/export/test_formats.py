"""An edition as a table, as Markdown and as one page: whole, and safe wherever it is opened."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from monitor.digest import Templates
from monitor.digest.model import Card, Report
from monitor.export.markdown import escaped, markdown, target
from monitor.export.standalone import printable, standalone
from monitor.export.stored import StoredEdition
from monitor.export.table import COLUMNS, cell, csv_text, table
from monitor.records import InlineImage
from tests.export.conftest import rendered


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# ---------------------------------------------------------------- table


def test_the_table_has_a_row_for_every_report(edition: StoredEdition) -> None:
    rows = rows_of(table(edition))
    assert [(row["position"], row["report_id"]) for row in rows] == [
        (str(card.position), report.article_id) for card in edition.cards for report in card.reports
    ]
    first = rows[0]
    assert tuple(first) == COLUMNS
    assert first["edition"] == "both/2026-03-06"
    assert first["headline_es"].startswith("¿Quién paga los vuelos perdidos?")
    assert (first["outlet"], first["language"], first["status"]) == ("Sun Bowl Herald", "en", "updated")
    assert first["published_at"] == "2026-03-02T11:55:00-07:00"
    assert first["time_known"] == "hour"
    assert float(first["score"]) > 0
    assert "Ciudad Juárez" in first["places"]
    assert {row["headline_en_origin"] for row in rows} == {"original", "machine"}


def test_what_is_not_known_of_a_date_is_said(edition: StoredEdition) -> None:
    card = edition.stories[0]
    said = {
        known: rows_of(table(with_first_report(edition, card, report)))[0]["time_known"]
        for known, report in {
            "date": replace(card.reports[0], hour_known=False),
            "no": replace(card.reports[0], date_known=False),
        }.items()
    }
    assert said == {"date": "date", "no": "no"}


def with_first_report(edition: StoredEdition, card: Card, report: Report) -> StoredEdition:
    coverage = replace(card.coverage[0], reports=(report,))
    return replace(edition, stories=(replace(card, coverage=(coverage,)),), blind_spots=())


FORMULAS = ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")', " =1", "\u00a0=1", "'=1"]


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_is_a_formula(edition: StoredEdition, words: str) -> None:
    card = edition.stories[0]
    report = replace(card.reports[0], title=words, source=words)
    (row,) = rows_of(table(with_first_report(edition, card, report)))
    for value in (row["title"], row["outlet"]):
        assert value.startswith("'")
        assert value.removeprefix("'") == words or value == words


def test_numbers_stay_numbers() -> None:
    assert cell(-1.5) == "-1.5"
    assert cell("a-b") == "a-b"


@settings(deadline=None)
@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), max_size=4))
def test_any_words_come_out_of_a_table_as_they_went_in(rows: list[list[str]]) -> None:
    """But for the apostrophe that keeps a formula from being one, and for lone surrogates and line ends."""
    written = [[word.replace("\r", "").encode("utf-8", "ignore").decode() for word in row] for row in rows]
    read = list(csv.reader(io.StringIO(csv_text(written), newline="")))
    assert [[word if word == was else word[1:] for word, was in zip(new, old, strict=True)]
            for new, old in zip(read, written, strict=True)] == written  # fmt: skip


# ---------------------------------------------------------------- Markdown


def test_the_markdown_reads_in_both_languages(edition: StoredEdition, templates: Templates, mail: Templates) -> None:
    text = markdown(edition, templates, mail).replace("\u00a0", " ")
    assert text.startswith("# US–Mexico Border Digest\n\nFriday, March 6, 2026 · 4 stories\n")
    assert "## Boletín Frontera México–EE. UU.\n\nviernes, 6 de marzo de 2026 · 4 notas\n" in text
    assert "### 1. [Texas lawmakers seek hearing on who ordered El Paso airspace closed](<https://" in text
    assert (
        "**[¿Quién paga los vuelos perdidos? Piden audiencia en el Congreso por el cierre en El Paso](<https://" in text
    )
    assert "*(traducción automática básica, consulte el original" in text
    assert "- EN · Sun Bowl Herald, Mar 2, 11:55 AM: [FAA halts flights" in text
    assert "\n\n\n" not in text


def test_every_story_and_every_report_is_linked(edition: StoredEdition, templates: Templates, mail: Templates) -> None:
    html = MarkdownIt().render(markdown(edition, templates, mail))
    for card in edition.cards:
        for report in card.reports:
            assert f'href="{report.url}"' in html
    assert html.count("<h3>") == 4


def test_a_spanish_edition_has_no_english_words_of_ours(
    edition: StoredEdition, templates: Templates, mail: Templates
) -> None:
    text = markdown(replace(edition, language="es", languages=("es",)), templates, mail)
    assert text.startswith("# Boletín Frontera México–EE. UU.\n")
    for word in ("Reported", "Updated", "Places", "Still developing", "stories"):
        assert word not in text
    assert "## Publicadas en ambos idiomas" in text


def test_a_quiet_day_is_short_and_honest(edition: StoredEdition, templates: Templates, mail: Templates) -> None:
    quiet = replace(edition, stories=(), blind_spots=(), developing=())
    assert "Quiet day" in markdown(quiet, templates, mail)
    assert "Día sin novedades" in markdown(quiet, templates, mail)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_words_are_never_markup(words: str) -> None:
    """CommonMark with HTML, links and emphasis allowed shows exactly the words."""
    tokens = MarkdownIt().parse(f"{escaped(words)}")
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    inline = [child for token in tokens if token.type == "inline" for child in token.children or []]
    assert {child.type for child in inline} <= {"text", "text_special"}
    assert "".join(child.content for child in inline) == " ".join(words.replace("\0", "\ufffd").split())


@settings(deadline=None)
@given(st.text(alphabet="ab<>() \\[]\"'", max_size=20))
def test_an_address_cannot_end_its_link(rest: str) -> None:
    html = MarkdownIt().render(f"[x]({target('https://example.org/' + rest)})")
    assert html.count("<a ") == 1
    assert html.endswith(">x</a></p>\n")


# ---------------------------------------------------------------- one page


def test_one_file_has_its_pictures_in_it() -> None:
    edition = rendered(date(2026, 3, 8), "english", "en")
    html = standalone(edition)
    assert "cid:" not in html
    assert 'src="data:image/png;base64,iVBORw=="' in html


def test_words_that_look_like_a_picture_stay() -> None:
    image = InlineImage("m", b"x", "", 1, 1)
    edition = replace(rendered(date(2026, 3, 8), "english", "en"), html='<p>cid:m and "cid:mm"</p>', images=(image,))
    assert standalone(edition) == edition.html


def test_what_is_printed_can_neither_run_nor_load_anything() -> None:
    html = printable(rendered(date(2026, 3, 8), "english", "en"), "a4")
    assert html.index("Content-Security-Policy") < html.index("<title>")
    assert "@page { size: A4;" in html
