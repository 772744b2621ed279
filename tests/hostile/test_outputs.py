"""The hostile day everywhere else it is shown: archive, exports, terminal."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from monitor.cli.common import say
from monitor.cli.explain import explanation_lines
from monitor.cli.show import show_feed_table, show_report, show_rows
from monitor.digest import load_templates
from monitor.explanation import find_explanation
from monitor.pipeline.export import ExportFormat, Wanted, export_edition
from monitor.records import Counts, EditionReport, EngineReport, FeedReport, RunReport, StoryLine
from tests.hostile.conftest import Newsroom
from tests.hostile.day import NOW
from tests.hostile.payloads import load_payloads
from tests.hostile.reading import Rules, bad_address, hidden_characters, unlawful
from tests.hostile.test_mail import RULES as MAIL_RULES

PAYLOADS = load_payloads()
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_BLOCKS = (
    "html head title style body main header footer nav section article div p span b i em strong small time br ul ol li"
)
INDEX_RULES = Rules(
    tags={
        **dict.fromkeys(f"{_BLOCKS} h1 h2 h3 h4 dl dt dd tbody tr".split(), frozenset[str]()),
        "meta": frozenset({"charset", "name", "content", "http-equiv"}),
        "link": frozenset({"rel", "href", "type", "title", "hreflang"}),
        "a": frozenset({"href", "hreflang", "rel", "type", "title"}),
        "time": frozenset({"datetime"}),
    },
    anywhere=frozenset({"class", "lang", "id", "role", "tabindex"}),
    schemes=frozenset({"http", "https"}),
    relative=True,
)
PRINTED = Rules(MAIL_RULES.tags, MAIL_RULES.anywhere, frozenset({"http", "https", "mailto", "data"}))


# ---------------------------------------------------------------- archive and exports


@pytest.fixture(scope="module")
def stored(newsroom: Newsroom) -> Wanted:
    page = next(newsroom.config.digests_dir.glob("*/*/*-both.html"))
    return Wanted(page, load_templates(part="archive"), load_templates())


def _exported(stored: Wanted, format_: ExportFormat) -> str:
    return export_edition(stored, format_).decode("utf-8")


def test_the_archives_index_has_only_our_own_elements(newsroom: Newsroom) -> None:
    pages = list(newsroom.config.digests_dir.rglob("index.html"))
    assert pages
    for page in pages:
        assert not list(unlawful(page.read_text("utf-8"), INDEX_RULES)), page


def test_the_archives_names_are_safe(newsroom: Newsroom) -> None:
    for path in newsroom.config.digests_dir.rglob("*"):
        assert path.name.isascii()
        assert not set(path.name) & set('<>:"|?*\\\n\x00')


def test_the_feed_of_editions_is_xml_with_web_addresses(newsroom: Newsroom) -> None:
    root = ET.fromstring((newsroom.config.digests_dir / "editions.xml").read_bytes())
    assert len(list(root)) > len(newsroom.editions)
    for element in root.iter():
        assert not hidden_characters(element.text or "")
        assert not list(bad_address(element.get("href", "x"), INDEX_RULES))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_feed_of_stories_is_plain(newsroom: Newsroom, language: str) -> None:
    feed = json.loads((newsroom.config.digests_dir / f"stories.{language}.json").read_text("utf-8"))
    assert len(feed["items"]) > 100
    for item in feed["items"]:
        assert not any(map(hidden_characters, _strings(item)))
        for key in ("url", "external_url", "image", "banner_image"):
            assert not list(bad_address(item.get(key, "x"), INDEX_RULES))
        if "content_html" in item:
            assert not list(unlawful(item["content_html"], INDEX_RULES))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def test_a_page_by_itself_has_only_our_own_elements(stored: Wanted) -> None:
    assert not list(unlawful(_exported(stored, "html"), PRINTED))


def test_no_cell_of_the_table_is_a_formula_or_moves_a_cursor(stored: Wanted) -> None:
    rows = list(csv.reader(io.StringIO(_exported(stored, "csv"))))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) > len(PAYLOADS)
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(FORMULA), cell
        assert not hidden_characters(cell), cell


def test_nothing_in_markdown_is_html_or_a_link_that_runs(stored: Wanted) -> None:
    text = _exported(stored, "md")
    assert not hidden_characters(text)
    plain = text.replace("\\\\", "").replace("\\<", "").replace("\\[", "").replace("\\]", "").replace("\\!", "")
    for piece in plain.split("<")[1:]:
        assert piece.startswith(("http://", "https://")), piece[:80]
    for piece in plain.split("](")[1:]:
        assert piece.lstrip("<").startswith(("http://", "https://")), piece[:80]


# ---------------------------------------------------------------- terminal


def _moves(capsys: pytest.CaptureFixture[str]) -> str:
    """What of the lines printed since could move the cursor or turn the text."""
    return hidden_characters(capsys.readouterr().out)


def test_the_table_of_feeds_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """`monitor feeds check`, with what a server said in every place it can reach."""
    reports = [FeedReport(f"s{n}", p, "en", "timeout", p, p, moved_to=p) for n, p in enumerate(PAYLOADS)]
    show_feed_table(reports)
    assert not _moves(capsys)


def test_the_table_of_found_feeds_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """`monitor feeds discover`: titles and addresses as a site gives them."""
    rows = [("en", "ok", "1", "", payload, payload) for payload in PAYLOADS]
    show_rows(("", "", "", "", "title", "address"), rows)
    assert not _moves(capsys)


def test_a_runs_report_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    for payload in PAYLOADS:
        show_report(_report(payload))
        assert not _moves(capsys), payload


def _report(payload: str) -> RunReport:
    story = StoryLine(payload, payload, payload, ("en",), "new", 1, 1.0, (payload,), (payload,), ("a",), "en", ())
    return RunReport(
        run_id=payload,
        started_at=NOW,
        seconds=1.0,
        exit_code=0,
        feeds=(FeedReport("s", payload, "en", "timeout", payload, payload),),
        stages=(),
        counts=Counts(),
        engine=EngineReport(payload, "argos", payload, label=payload),
        stories=(story,),
        editions=(EditionReport(payload, created=True, subject=payload, paths=(payload,)),),
        notices=(payload,),
    )


def test_an_explanation_cannot_move_the_cursor(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    """`monitor explain` of every twentieth story."""
    for story in newsroom.day.stories[::20]:
        for line in explanation_lines(find_explanation(newsroom.config, story.id)):
            say(line)
    assert not _moves(capsys)
