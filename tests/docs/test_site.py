"""The documentation builds as a site, in which every link leads somewhere and nothing is loaded from elsewhere."""

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_NOT_LOADED = {"canonical", "alternate", "next", "prev"}  # kinds of <link> that are addresses only


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A strict build: a broken link or anchor, or a page that the navigation does not have, fails it.

    Not with --quiet, which hides the warnings from --strict as well.
    """
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert built.returncode == 0, built.stderr + built.stdout
    return folder


class _Page(HTMLParser):
    """What a page loads, and the language it says it is in."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.language = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag in _LOADS and given.get("rel") not in _NOT_LOADED:
            self.loads.append(given.get(_LOADS[tag]) or "")


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    for path in site.rglob("*.html"):
        for address in _Page(path).loads:
            assert "//" not in address, f"{path.name} loads {address}"
    for sheet in site.rglob("*.css"):
        assert "url(http" not in sheet.read_text(encoding="utf-8"), sheet.name


def test_pages_below_es_are_spanish_with_spanish_labels_and_all_others_english(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert _Page(path).language == ("es" if path.parent.name == "es" else "en"), path
    assert 'placeholder="Búsqueda"' in (site / "es" / "guia.html").read_text(encoding="utf-8")


def test_the_search_knows_both_languages_and_all_pages(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert index["config"]["lang"] == ["en", "es"]
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert {"es/guia.html", "cli.html", "feeds-yaml.html", "how-it-decides.html"} <= found


def test_every_page_and_every_decision_is_on_the_site_and_no_source_file(site: Path) -> None:
    pages = {p.relative_to(ROOT / "docs").with_suffix(".html") for p in (ROOT / "docs").rglob("*.md")}
    assert {p.relative_to(site) for p in site.rglob("*.html")} == pages | {Path("404.html")}
    assert not [*site.rglob("*.py"), *site.rglob("*.yaml")]
