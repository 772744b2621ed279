"""What a reader does on the web pages, in a real browser."""

import csv
import io
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.config import load_config
from monitor.store import open_store
from tests.e2e.conftest import Days, Visit

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the driver's own pipes


def _languages(visit: Visit) -> set[str]:
    """Languages of the reports that were found."""
    return set(visit.page.locator(".hits .tongue").all_inner_texts())


def _search(visit: Visit, words: str) -> Sequence[str]:
    """The marked words of what is found."""
    visit.page.get_by_role("searchbox").fill(words)
    visit.page.get_by_role("searchbox").press("Enter")
    visit.page.locator(".hits").wait_for()
    return [text.lower() for text in visit.page.locator("mark").all_inner_texts()]


def test_one_word_finds_reports_in_both_languages(visit: Visit) -> None:
    visit.open()
    marked = _search(visit, "drones")
    assert {word.rstrip("s") for word in marked} & {"drone", "dron", "drone-dropping"}
    assert {"english", "spanish"} <= {language.lower() for language in _languages(visit)}


def test_spanish_words_find_english_reports(visit: Visit) -> None:
    visit.open("/search?lang=es")
    _search(visit, "drones en la frontera")
    assert {"inglés", "español"} <= {language.lower() for language in _languages(visit)}


def test_a_story_is_opened_from_what_was_found(visit: Visit) -> None:
    visit.open("/search")
    _search(visit, "drones")
    link = visit.page.locator(".hits h3 a[href*='stories/']").first
    link.click()
    visit.page.wait_for_url("**/stories/*")
    assert visit.heading()
    assert visit.page.locator(".timeline li").count() >= 1
    visit.page.go_back()
    assert visit.page.get_by_role("searchbox").input_value() == "drones"


def test_the_language_is_switched_and_stays(visit: Visit) -> None:
    visit.open()
    assert visit.page.locator("html").get_attribute("lang") == "en"
    visit.page.get_by_role("link", name="Español").click()
    visit.page.wait_for_load_state()
    assert visit.page.locator("html").get_attribute("lang") == "es"
    visit.page.get_by_role("link", name="Medios").first.click()
    visit.page.wait_for_url("**/outlets*")
    assert visit.page.locator("html").get_attribute("lang") == "es"


def test_the_browsers_language_is_the_first_one(browser: Any, address: str) -> None:
    context = browser.new_context(locale="es-MX")
    page = context.new_page()
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == "es"
    context.close()


def test_filters_narrow_what_is_found(visit: Visit) -> None:
    visit.open("/search")
    _search(visit, "drones")
    visit.page.locator("summary").click()
    visit.page.get_by_label("English", exact=True).uncheck()
    visit.page.get_by_role("searchbox").press("Enter")
    visit.page.wait_for_url("**language=es*")
    assert {language.lower() for language in _languages(visit)} == {"spanish"}
    outlet = visit.page.locator("#outlet option").nth(3)
    visit.page.locator("#outlet").select_option(value=outlet.get_attribute("value"))
    visit.page.locator("#since").fill("2026-03-01")
    visit.page.get_by_role("searchbox").press("Enter")
    visit.page.wait_for_url("**outlet=*")
    assert visit.page.locator("#outlet").input_value() == outlet.get_attribute("value")
    assert visit.page.locator("#since").input_value() == "2026-03-01"


@pytest.mark.parametrize("kind", ["CSV", "JSON"])
def test_what_was_found_is_downloaded(visit: Visit, kind: str) -> None:
    visit.open("/search")
    _search(visit, "drones")
    told = visit.page.locator("#found").inner_text()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name=kind, exact=True).click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    if kind == "CSV":
        assert str(len(list(csv.DictReader(io.StringIO(text))))) in told
    assert download.value.suggested_filename == f"search.{kind.lower()}"


def test_the_calendar_leads_to_an_edition_as_it_was_sent(visit: Visit) -> None:
    visit.open("/archive")
    visit.page.locator("main a[href*='editions/']").first.click()
    visit.page.wait_for_url("**/editions/**")
    assert visit.heading()


def test_looking_at_the_page_unsubscribes_nobody_and_its_button_does(visit: Visit, days: Days) -> None:
    visit.open(days.unsubscribe)
    assert not _left(days)
    visit.page.locator("main button").click()
    visit.page.wait_for_load_state()
    assert [leaver.recipient for leaver in _left(days)] == ["espanol@newsroom.example"]
    visit.page.locator("main button").click()
    visit.page.wait_for_load_state()
    assert not _left(days)


def _left(days: Days) -> Sequence[Any]:
    config = load_config(days.config)
    with closing(open_store(config.storage.url, folder=config.folder)) as store:
        return tuple(store.suppressions())


def test_all_of_it_goes_with_the_keyboard_alone(visit: Visit) -> None:
    """Skip link, search, a result, back: and what has the focus is always to be seen."""
    visit.open()
    press = visit.page.keyboard.press
    press("Tab")
    assert _focus(visit)["href"].endswith("#main")
    press("Enter")
    for _ in range(10):
        press("Tab")
        assert _focus(visit)["outline"], _focus(visit)
        if _focus(visit)["name"] == "q":
            break
    visit.page.keyboard.type("drones")
    press("Enter")
    visit.page.locator(".hits").wait_for()
    for _ in range(60):
        press("Tab")
        assert _focus(visit)["outline"], _focus(visit)
        if "/stories/" in _focus(visit)["href"]:
            break
    press("Enter")
    visit.page.wait_for_url("**/stories/*")
    assert visit.heading()


def _focus(visit: Visit) -> dict[str, str]:
    """What has the focus: where it leads, its name, and how wide its outline is."""
    found: dict[str, str] = visit.page.evaluate(
        """() => { const at = document.activeElement, style = getComputedStyle(at);
        return {href: at.href || "", name: at.name || "", tag: at.tagName,
                outline: style.outlineStyle !== "none" && style.outlineWidth !== "0px" ? style.outlineWidth : ""} }"""
    )
    return found


@pytest.mark.parametrize("path", ["/", "/archive", "/search?q=drones", "/outlets", "/feeds", "/trends"])
@pytest.mark.parametrize("width", [375, 1280])
def test_a_page_loads_everything_from_here_and_fits(visit: Visit, path: str, width: int) -> None:
    """Nothing wrong in the console (the fixture looks), and nothing to be scrolled sideways."""
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.open(path)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.heading()
