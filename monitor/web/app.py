"""The routes, and what becomes of requests that fail."""

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from monitor.errors import MonitorError
from monitor.web import archive, feeds, health, leaving, outlets, search, stories, trends
from monitor.web.asked import Asked, ParameterError, read_request
from monitor.web.guard import ACCESS_COOKIE, SafeHeaders
from monitor.web.pages import message
from monitor.web.site import Site

_log = logging.getLogger(__name__)
_LONG = {"Cache-Control": f"public, max-age={30 * 24 * 3600}"}
_LARGEST_BODY = 10_000  # bytes: the only bodies are a token and RFC 8058's one line
_CRASHED = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>500</title></head><body><main>'
    "<h1>Something went wrong</h1><p>The page could not be made. What happened stands in the log of the server.</p>"
    '<div lang="es"><h2>Algo salió mal</h2><p>No se pudo preparar la página. El registro del servidor dice qué'
    " ocurrió.</p></div></main></body></html>"
)
_KNOWN = frozenset({400, 401, 404, 405, 413, 421, 503})

Page = Callable[[Site, Asked], Response]


def create_app(site: Site) -> ASGIApp:
    """The pages as an ASGI application. The site stays open for as long as it is served."""
    app = Starlette(
        routes=_routes(site),
        exception_handlers={
            HTTPException: _on_http_error,
            ParameterError: _on_bad_parameter,
            MonitorError: _on_monitor_error,
            Exception: _on_crash,
        },
        max_body_size=_LARGEST_BODY,
    )
    app.state.site = site
    app.router.redirect_slashes = False
    return SafeHeaders(app)


def _routes(site: Site) -> list[Route]:
    pages: dict[str, Page] = {
        "/": archive.latest,
        "/archive": archive.calendar,
        "/editions/{profile}/{slot}": archive.edition,
        "/editions/{profile}/{slot}/{file}": archive.file,
        "/search": search.page_of_hits,
        "/search.csv": search.as_csv,
        "/search.json": search.as_json,
        "/stories/{id}": stories.story,
        "/outlets": outlets.overview,
        "/outlets/{id}": outlets.outlet,
        "/feeds": feeds.health_of_feeds,
        "/trends": trends.trends,
        "/trends/map.png": trends.strip_map_png,
        "/metrics": health.metrics,
    }
    return [
        *(Route(path, _reading(site, show), methods=["GET"]) for path, show in pages.items()),
        Route("/healthz", _reading(site, health.healthz, public=True), methods=["GET"]),
        Route("/style.css", _reading(site, _style, public=True), methods=["GET"]),
        Route("/favicon.ico", _reading(site, _icon, public=True), methods=["GET"]),
        Route("/login", _login(site), methods=["POST"]),
        Route("/unsubscribe/{token}", _reading(site, leaving.ask, public=True), methods=["GET"]),
        Route("/unsubscribe/{token}", _leaving(site), methods=["POST"]),
    ]


def _reading(site: Site, show: Page, *, public: bool = False) -> Callable[[Request], object]:
    """A route that shows a page, made in a thread: it waits for the database."""

    async def endpoint(request: Request) -> Response:
        _check_host(site, request)
        if not public and not site.door.opens(request.headers, request.cookies):
            return _at_the_door(site, request)
        return await asyncio.to_thread(show, site, read_request(request))

    return endpoint


def _check_host(site: Site, request: Request) -> None:
    if not site.door.knows(request.headers.get("host", "")):
        raise HTTPException(421)


def _style(site: Site, asked: Asked) -> Response:
    del asked
    return Response(site.style, media_type="text/css; charset=utf-8", headers=_LONG)


def _icon(site: Site, asked: Asked) -> Response:
    """Browsers ask for it by this name where no page names another; they go by the type, not by the name."""
    del asked
    return Response(site.icon, media_type="image/svg+xml", headers=_LONG)


# ---------------------------------------------------------------- the token


def _at_the_door(site: Site, request: Request) -> Response:
    """Let in who shows the token in the address, which is taken out of it at once; ask the others for it."""
    asked = read_request(request)
    shown = request.query_params.get("token", "")
    if shown and site.door.fits(shown):
        query = asked.query(token="")
        return _let_in(site, f"{asked.page}?{query}" if query else asked.page)
    return message(site, asked, "door", status=401, again=bool(shown))


def _let_in(site: Site, target: str) -> Response:
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(ACCESS_COOKIE, site.door.pass_, httponly=True, samesite="strict", secure=site.door.is_secure)
    return answer


def _login(site: Site) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        _check_host(site, request)
        shown = parse_qs((await request.body()).decode("utf-8", "replace")).get("token", [""])[0]
        if site.door.fits(shown):
            return _let_in(site, "./")
        return message(site, read_request(request), "door", status=401, again=True)

    return endpoint


# ---------------------------------------------------------------- leaving


def _leaving(site: Site) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        _check_host(site, request)
        body = (await request.body()).decode("utf-8", "replace")
        return await asyncio.to_thread(leaving.leave, site, read_request(request), body)

    return endpoint


# ---------------------------------------------------------------- errors


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    key = f"error.{error.status_code}" if error.status_code in _KNOWN else "error.400"
    return await _failed(request, key, error.status_code, dict(error.headers or {}))


async def _on_bad_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, ParameterError)
    return await _failed(request, "error.400", 400, {}, name=error.name)


async def _on_monitor_error(request: Request, error: Exception) -> Response:
    """What was expected to go wrong sometimes (the database is away, a template is wrong) is told to the log."""
    _log.error("%s: %s", request.url.path, error)
    return await _failed(request, "error.503", 503, {"Retry-After": "60"})


async def _failed(request: Request, key: str, status: int, headers: dict[str, str], **values: object) -> Response:
    if request.url.path.endswith((".json", ".csv", ".png", "/metrics", "/healthz")):
        return PlainTextResponse(f"{status}\n", status, headers=headers)
    try:
        site: Site = request.app.state.site
        answer = await asyncio.to_thread(lambda: message(site, read_request(request), key, status=status, **values))
    except MonitorError:
        return HTMLResponse(_CRASHED, status, headers=headers)
    answer.headers.update(headers)
    return answer


async def _on_crash(request: Request, error: Exception) -> Response:
    """A bug: the log gets its trace, the reader a page that needs nothing."""
    del request, error
    return HTMLResponse(_CRASHED, 500)
