"""Headless Chromium: axe-core's findings and pictures, in every width and colour scheme."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.checks.tools import FOLDER, Finding

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
WIDTHS = (375, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
_SERIOUS = ("serious", "critical")
_TALLEST = 6000  # pixels of a picture; what is below looks the same
_RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


@dataclass(frozen=True, slots=True)
class View:
    """How a reader looks at a page."""

    width: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


VIEWS = tuple(View(width, scheme) for width in WIDTHS for scheme in SCHEMES)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window and without a word to anybody."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def page_at(browser: Browser, address: str, view: View, *, cookies: tuple[Any, ...] = ()) -> Iterator[Page]:
    """A page, loaded; scripts of ours run in it whatever its content security policy."""
    context = browser.new_context(
        viewport={"width": view.width, "height": 900}, color_scheme=view.scheme, bypass_csp=True, locale="en-US"
    )
    context.add_cookies(list(cookies))
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def inspect(page: Page, where: str) -> list[Finding]:
    """Serious and critical violations by axe-core, and a page that is wider than its window."""
    page.add_script_tag(path=_AXE)
    serious = [violation for violation in page.evaluate(_RUN) if violation["impact"] in _SERIOUS]
    found = [Finding("axe", where, _told(violation)) for violation in serious]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([Finding("width", where, f"{wide} px wider than the window")] if wide > 0 else [])]


def _told(violation: dict[str, Any]) -> str:
    first = violation["nodes"][0]
    why = " ".join(first.get("failureSummary", "").split())[:300]
    return f"{violation['id']} ({len(violation['nodes'])}): {first['html'][:120]}: {why}"


def picture(page: Page, path: Path) -> None:
    """The page from its top, as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    height = min(page.evaluate("document.documentElement.scrollHeight"), _TALLEST)
    page.screenshot(
        path=path, full_page=True, clip={"x": 0, "y": 0, "width": size["width"] if size else 0, "height": height}
    )
