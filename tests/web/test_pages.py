"""What holds for every page: headers, languages, structure, no resource from elsewhere."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from monitor.demo.catalog import SAMPLE_DAYS
from monitor.web.guard import POLICY
from tests.web.conftest import Opened, Web, story_of

DAY = SAMPLE_DAYS[-1].date().isoformat()
PAGES = (
    "/",
    "/?profile=espanol",
    "/archive",
    f"/archive?month={DAY[:7]}&profile=espanol",
    f"/editions/english/{DAY}",
    "/search",
    "/search?q=border",
    "/outlets",
    "/outlets?days=7",
    "/outlets/voz-del-bravo",
    "/feeds",
    "/trends",
    "/trends?weeks=4",
)
VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "line", "rect"})


class Outline(HTMLParser):
    """The tags of a page, in order, and whether they are closed as they were opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def paths(web: Web) -> tuple[str, ...]:
    return (*PAGES, f"/stories/{story_of(web).id}")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_whole_in_the_readers_language_and_loads_nothing_from_elsewhere(web: Web, language: str) -> None:
    """Tags are closed, ids unique, headings in order, fields labelled; no script, no inline style, no other host."""
    for path in paths(web):
        html = web.page(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page = Outline(html)
        assert not page.crossed, (path, page.crossed)
        assert not page.open, (path, page.open)
        assert page.named("html")[0]["lang"] == language, path
        assert not {"script", "style", "iframe", "object", "base"} & {tag for tag, _ in page.tags}, path
        styled = [
            attributes for _, attributes in page.tags if "style" in attributes or any(a[:2] == "on" for a in attributes)
        ]
        assert not styled, (path, styled)
        loaded = [a.get("src") or a.get("href") for tag, a in page.tags if tag in ("img", "link")]
        assert all(address and not re.match(r"\w+:|//", address) for address in loaded), (path, loaded)
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        labelled = {attributes.get("for") for attributes in page.named("label")}
        fields = [
            f for f in (*page.named("input"), *page.named("select")) if f.get("type") not in ("hidden", "checkbox")
        ]
        assert {field["id"] for field in fields} <= labelled, path
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), (path, levels)
        assert len(page.named("main")) == 1
        assert all("alt" in image for image in page.named("img")), path


def test_every_answer_has_the_headers_that_keep_it_harmless(web: Web) -> None:
    for path in (*paths(web), "/nothing", "/search?page=0", "/style.css", "/healthz", "/metrics", "/search.csv?q=x"):
        headers = web.get(path).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "server" not in headers, path


def test_a_link_of_a_page_leads_somewhere(web: Web) -> None:
    """The first links of each kind of page that stay on these pages, and all of the archive's."""
    seen: set[str] = set()
    for path in ("/", "/archive", f"/stories/{story_of(web).id}", "/trends", "/outlets", "/search?q="):
        answer = web.get(path)
        here = [str(answer.url.join(link.get("href") or "")) for link in Outline(answer.text).named("a")]
        inside = [address.partition("#")[0] for address in here if address.startswith(web.url)]
        seen.update(inside[:25] if path != "/archive" else inside)
    assert len(seen) > 40
    missing = [address for address in sorted(seen) if web.client.get(address).status_code != 200]
    assert not missing


def test_the_language_is_kept_once_it_was_chosen(web: Web) -> None:
    assert 'lang="en"' in web.page("/search")[:60]
    chosen = web.get("/search?lang=es")
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert 'lang="es"' in web.page("/search")[:60]
    assert "Set-Cookie" not in web.get("/search").headers


def test_the_browser_decides_for_a_new_reader(web: Web) -> None:
    answer = web.get("/search", **{"Accept-Language": "es-MX,es;q=0.9"})
    assert '<html lang="es">' in answer.text
    assert answer.headers["vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize(("language", "words"), [("en", "Not found"), ("es", "No se encontró")])
def test_what_is_not_there_says_so_in_the_readers_language(web: Web, language: str, words: str) -> None:
    missing = (
        "/nothing",
        "/stories/0000000000000000",
        "/stories/..%2f..",
        "/editions/english/1999-01-01",
        f"/editions/nobody/{DAY}",
        "/editions/english/x",
        f"/editions/english/{DAY}/mail.exe",
        f"/editions/english/{DAY}/..%2f..%2f..%2fmonitor.db",
        "/outlets/nobody",
        "/unsubscribe/x.y",
    )
    for path in missing:
        answer = web.get(f"{path}?lang={language}")
        assert answer.status_code == 404, path
        assert words in answer.text, path


def test_only_reading_is_possible(web: Web) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = web.client.request(method, "/search")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
    assert "can be read, not changed" in web.client.post("/").text


def test_a_head_request_gets_the_headers_alone(web: Web) -> None:
    answer = web.client.head("/archive")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


def test_a_database_that_goes_away_is_told_without_a_trace(opened: Opened) -> None:
    with opened() as web:
        web.site.store.close()
        path = web.site.config.folder / "monitor.db"
        path.unlink()
        path.mkdir()
        answer = web.get("/archive?lang=es")
        assert answer.status_code == 503
        assert "No disponible por ahora" in answer.text
        assert "Traceback" not in answer.text
        assert "sqlite" not in answer.text.lower()
        assert web.get("/healthz").status_code == 503


def test_a_users_own_style_and_words_win(opened: Opened, archive: object) -> None:
    with opened() as web:
        folder = web.site.config.folder / "templates" / "web"
    folder.mkdir(parents=True)
    (folder / "style.css").write_text("body { color: teal }", encoding="utf-8")
    (folder / "strings.en.yaml").write_text("nav.search: Find something\n", encoding="utf-8")
    with opened() as web:
        assert web.get("/style.css").text == "body { color: teal }"
        assert "Find something" in web.page("/")
        assert web.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_an_edition_whose_feeds_could_not_be_read_never_looks_like_a_quiet_day(opened: Opened) -> None:
    with opened() as web:
        path = next(web.site.config.digests_dir.rglob(f"{SAMPLE_DAYS[-1]:%d}-espanol.json"))
        document = json.loads(path.read_text("utf-8"))
        document |= {"stories": [], "blind_spots": [], "developing": [], "degraded": True, "missed": ["2026-03-05"]}
        document["health"]["languages"] = [{"language": "en", "total": 3, "failed": 3, "quiet": 0}]
        path.write_text(json.dumps(document), encoding="utf-8")
        page = web.page("/?profile=espanol&lang=es")
    assert "Se leyeron muy pocas fuentes como para saber si se publicó algo." in page
    assert "No se pudo leer ninguna fuente en inglés" in page
    assert "El 5&nbsp;mar no hubo edición" in page.replace("\xa0", "&nbsp;")
    assert "no publicaron nada" not in page
