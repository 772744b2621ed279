"""The hostile day on the web pages: what is shown, what is asked, and addresses that no page has."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from monitor.text import clean
from monitor.web import Server, create_app, open_site, open_socket
from tests.hostile.conftest import Newsroom
from tests.hostile.day import NOW
from tests.hostile.payloads import load_payloads
from tests.hostile.reading import Rules, hidden_characters, unlawful
from tests.hostile.test_outputs import FORMULA

PAYLOADS = load_payloads()
_SVG = frozenset(
    "x y x1 x2 y1 y2 cx cy r rx ry width height viewBox viewbox d points fill stroke transform text-anchor dy dx"
    " preserveAspectRatio focusable".split()
)
_INPUT = (
    "type name value checked maxlength autocomplete placeholder min max size required autofocus spellcheck enterkeyhint"
)
_DRAWN = "svg g rect path line circle text tspan title desc"
_PLAIN = (
    "html head title body main header footer nav section article aside div p span b i em strong small br hr ul li"
    " h1 h2 h3 h4 h5 dl dt dd thead tbody tr caption table mark fieldset legend summary figure figcaption"
)
RULES = Rules(
    tags={
        **dict.fromkeys(_PLAIN.split(), frozenset[str]()),
        "meta": frozenset({"charset", "name", "content"}),
        "link": frozenset({"rel", "href", "type", "title", "hreflang"}),
        "a": frozenset({"href", "rel", "hreflang", "download", "type", "title"}),
        "img": frozenset({"src", "alt", "width", "height", "loading"}),
        "abbr": frozenset({"title"}),
        "ol": frozenset({"start"}),
        "details": frozenset({"open"}),
        "time": frozenset({"datetime"}),
        "th": frozenset({"scope", "colspan", "rowspan"}),
        "td": frozenset({"colspan", "rowspan"}),
        "col": frozenset({"span"}),
        "colgroup": frozenset({"span"}),
        "form": frozenset({"action", "method"}),
        "label": frozenset({"for"}),
        "input": frozenset(_INPUT.split()),
        "select": frozenset({"name"}),
        "option": frozenset({"value", "selected"}),
        "optgroup": frozenset({"label"}),
        "button": frozenset({"type", "name", "value"}),
        "iframe": frozenset({"src", "title", "sandbox", "loading", "width", "height"}),
        **dict.fromkeys(
            (
                f"{{http://www.w3.org/2000/svg}}{tag}"
                for tag in "svg g rect path line circle text tspan title desc".split()
            ),
            _SVG,
        ),
    },
    anywhere=frozenset({"class", "lang", "id", "role", "tabindex", "hidden"}),
    schemes=frozenset({"http", "https"}),
    relative=True,
)
_PAGES = ("/?lang=en", "/?lang=es", "/archive", "/search?q=&lang=es", "/search?q=drones&lang=en", "/outlets", "/feeds",
          "/trends", "/outlets/s3", "/outlets/s200?lang=es")  # fmt: skip


@pytest.fixture(scope="module")
def web(newsroom: Newsroom) -> Iterator[httpx2.Client]:
    """The pages, with every outlet's name a payload."""
    yield from _served(newsroom)


@pytest.fixture(scope="module")
def small(newsroom: Newsroom) -> Iterator[httpx2.Client]:
    """The same with five outlets: pages that are quick to make."""
    few = newsroom.config.model_copy(update={"feeds": newsroom.config.feeds[:5]})
    yield from _served(Newsroom(few, newsroom.day, newsroom.editions))


def _served(newsroom: Newsroom) -> Iterator[httpx2.Client]:
    with (
        open_site(newsroom.config, environ={}, now=lambda: NOW) as site,
        Server(create_app(site), open_socket("127.0.0.1", 0)) as server,
        httpx2.Client(base_url=server.url, timeout=60) as client,
    ):
        yield client


def _shape(page: str) -> list[str]:
    """Every tag as it is written, without the values of its attributes."""
    return [re.sub(r'"[^"]*"', '""', tag) for tag in re.findall(r"<[A-Za-z/!?](?:\"[^\"]*\"|[^>\"])*>", page)]


@pytest.mark.parametrize("path", _PAGES)
def test_a_page_has_only_our_own_elements(web: httpx2.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert not list(unlawful(answer.text, RULES))


def test_a_story_has_a_page_of_our_own_elements(web: httpx2.Client, newsroom: Newsroom) -> None:
    """Every third one is made and has the shape of a page that an HTML parser has read, or is read by it itself."""
    read = set[str]()
    for n, story in enumerate(newsroom.day.stories[::3]):
        answer = web.get(f"/stories/{story.id}?lang={'es' if n % 2 else 'en'}")
        assert answer.status_code == 200
        assert not hidden_characters(answer.text), story.id
        shape = "".join(_shape(answer.text))
        if shape not in read:
            assert not list(unlawful(answer.text, RULES)), story.id
            read.add(shape)
    assert len(read) < len(newsroom.day.stories) / 9


def test_what_is_looked_for_is_text_on_the_page(small: httpx2.Client) -> None:
    """Every fifth payload as the words of a search that finds nothing: the page's shape stays."""
    plain = small.get("/search", params={"q": "nada", "since": "2030-01-01", "lang": "es"})
    assert plain.status_code == 200
    assert not list(unlawful(plain.text, RULES))
    for payload in PAYLOADS[::5]:
        answer = small.get("/search", params={"q": _sendable(payload), "since": "2030-01-01", "lang": "es"})
        assert answer.status_code in (200, 400), payload
        if answer.status_code == 200 and clean(payload).strip():
            assert _shape(answer.text) == _shape(plain.text), payload
        assert not hidden_characters(answer.text), payload


@pytest.mark.parametrize("place", ["lang", "page", "since", "outlet", "place", "language"])
def test_a_parameter_is_refused_or_text(small: httpx2.Client, place: str) -> None:
    for payload in PAYLOADS[::7]:
        answer = small.get("/search", params={"q": "nada de esto", place: _sendable(payload)})
        assert answer.status_code in (200, 400), (place, payload)
        assert not [tag for tag in _shape(answer.text) if re.match(r"<(?:script|svg onload|img src=x|iframe)", tag)]


@pytest.mark.parametrize("folder", ["stories", "outlets", "editions/es", "unsubscribe", "x"])
def test_an_address_that_no_page_has_is_not_found(small: httpx2.Client, folder: str) -> None:
    shapes = set()
    for payload in PAYLOADS[::7]:
        answer = small.get(f"/{folder}/{quote(_sendable(payload), safe='')}"[:2000])
        assert 400 <= answer.status_code < 500, (folder, payload)
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        shapes.add("".join(_shape(answer.text)))
    assert len(shapes) <= 2  # in English, or no page at all


def _sendable(payload: str) -> str:
    """Lone surrogates have no form in an address."""
    return payload.encode("utf-8", "replace").decode()[:1500]


def test_the_table_for_spreadsheets_has_no_formulas(web: httpx2.Client) -> None:
    answer = web.get("/search.csv", params={"q": ""})
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) > len(PAYLOADS)
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(FORMULA), cell
        assert not hidden_characters(cell), cell


def test_the_data_for_programs_is_plain(web: httpx2.Client) -> None:
    answer = web.get("/search.json", params={"q": ""})
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not any(map(hidden_characters, _texts(json.loads(answer.text))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def test_the_numbers_for_monitoring_have_a_line_each(web: httpx2.Client) -> None:
    answer = web.get("/metrics")
    assert answer.status_code == 200
    for line in answer.text.splitlines():
        assert re.fullmatch(r'# .*|[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? \S+', line), line
