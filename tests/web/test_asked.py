"""What a request asks, read within bounds."""

from datetime import date
from typing import Any

import pytest
from starlette.requests import Request

from monitor.web.asked import Asked, ParameterError, preferred, read_request


def asked(query: str = "", *, path: str = "/search", **headers: str) -> Asked:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": raw,
        "path_params": {},
    }
    return read_request(Request(scope))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en;q=0.4, es;q=0.6", "es"),
        ("fr, de;q=0.9", "en"),
        ("es;q=0, en;q=0.1", "en"),
        ("es;q=0", "en"),
        ("*", "en"),
        ("es;q=nonsense,en", "en"),
        ("es" * 10_000, "en"),
        ("ES", "es"),
    ],
)
def test_the_browsers_language_is_taken_by_its_weights(header: str, language: str) -> None:
    assert preferred(header) == language


def test_a_choice_wins_over_the_cookie_and_the_cookie_over_the_browser() -> None:
    assert asked("lang=en", cookie="monitor_lang=es", accept_language="es").language == "en"
    assert asked("lang=xx", cookie="monitor_lang=es").language == "es"
    assert asked("", accept_language="es").language == "es"
    assert asked("lang=es").chosen
    assert not asked("lang=xx").chosen


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/", "./"),
        ("/search", "./"),
        ("/stories/x", "../"),
        ("/editions/p/2026-03-05", "../../"),
        ("//evil.example", "../"),
        ("/" * 5000, "/"),
    ],
)
def test_links_are_relative_so_that_a_proxy_may_put_the_pages_anywhere(path: str, root: str) -> None:
    assert asked(path=path).root == root


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=1e3", "page=501", "page=٣", f"page={'9' * 300}"])
def test_a_number_is_within_bounds_or_refused(query: str) -> None:
    with pytest.raises(ParameterError, match="page"):
        asked(query).number("page", 1, most=500)


@pytest.mark.parametrize("query", ["since=tomorrow", "since=2026-02-30", "since=20260305", "since=2026-03-05T00:00"])
def test_a_date_is_a_date_or_refused(query: str) -> None:
    with pytest.raises(ParameterError, match="since"):
        asked(query).day("since")


def test_a_date_is_read_and_an_empty_one_is_none() -> None:
    assert asked("since=2026-03-05").day("since") == date(2026, 3, 5)
    assert asked("since=").day("since") is None


def test_words_come_as_one_clean_line_and_not_without_end() -> None:
    assert asked("q=+dos%0D%0Apalabras%00%E2%80%AE+").words("q") == "dos palabras"
    with pytest.raises(ParameterError, match="q"):
        asked(f"q={'a' * 201}").words("q")
    with pytest.raises(ParameterError, match="outlet"):
        asked("&".join(f"outlet={n}" for n in range(21))).several("outlet")


def test_another_page_keeps_what_narrows_the_search_but_not_the_language() -> None:
    here = asked("q=a%26b&outlet=x&outlet=y&page=2&lang=es")
    assert here.query(page=3) == "q=a%26b&outlet=x&outlet=y&page=3"
    assert here.query(page="") == "q=a%26b&outlet=x&outlet=y"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "./"),
        ("/stories/x", "./x"),
        ("/javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("//evil.example", "./evil.example"),
        ("/a?b#c", "./a%3Fb%23c"),
        ('/"><script>', "./%22%3E%3Cscript%3E"),
    ],
)
def test_a_page_leads_to_itself_and_nowhere_else(path: str, page: str) -> None:
    assert asked(path=path).page == page
