"""The sample feeds over HTTP on loopback, at any instant of the sample days."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from monitor.config.models import FeedConfig
from monitor.demo.catalog import SAMPLE_DAYS, Outlet, Samples, load_samples
from monitor.demo.feeds import CONTENT_TYPES, render_feed, render_home_page, visible_items

RETRY_AFTER_S = 3600
_HANDLER_TIMEOUT_S = 10.0


def sample_config_feeds(base_url: str, samples: Samples | None = None) -> tuple[FeedConfig, ...]:
    """The sample outlets as entries of feeds.yaml, read from `base_url` ("http://127.0.0.1:8123")."""
    return tuple(_feed_config(base_url, outlet) for outlet in (samples or load_samples()).outlets)


def _feed_config(base_url: str, outlet: Outlet) -> FeedConfig:
    return FeedConfig(
        id=outlet.id,
        name=outlet.name,
        url=f"{base_url.rstrip('/')}/{outlet.id}/feed",
        language=outlet.language,
        country=outlet.country,
        kind=outlet.kind,
        region=outlet.region,
        scope=outlet.scope,
        border_local=outlet.border_local,
        family=outlet.family,
        allow_private=True,
        note=outlet.description,
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A kind of request the server has answered."""

    path: str
    status: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server says to a request."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Validators:
    """The conditional headers of a request, as received."""

    if_none_match: str = ""
    if_modified_since: str = ""


def answer(samples: Samples, path: str, at: datetime, validators: Validators) -> Reply:
    """The reply to a GET of `path` at the instant `at`."""
    outlet = next((o for o in samples.outlets if path == f"/{o.id}/feed"), None)
    if outlet is None:
        return Reply(HTTPStatus.NOT_FOUND, (("Content-Type", "text/plain"),), b"no such feed\n")
    if at.date() in outlet.fails_on:
        return Reply(HTTPStatus.SERVICE_UNAVAILABLE, (("Retry-After", str(RETRY_AFTER_S)),))
    if outlet.serves == "home_page":
        return Reply(HTTPStatus.OK, (("Content-Type", "text/html; charset=utf-8"),), render_home_page(outlet, at))
    return _feed_reply(outlet, at, validators)


def _feed_reply(outlet: Outlet, at: datetime, validators: Validators) -> Reply:
    body = render_feed(outlet, at)
    etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    newest = next((item.at for item in visible_items(outlet, at)), datetime(2026, 1, 1, tzinfo=UTC))
    headers = (("ETag", etag), ("Last-Modified", format_datetime(newest, usegmt=True)))
    if _unchanged(validators, etag, newest):
        return Reply(HTTPStatus.NOT_MODIFIED, headers)
    return Reply(HTTPStatus.OK, (("Content-Type", CONTENT_TYPES[outlet.format]), *headers), body)


def _unchanged(validators: Validators, etag: str, newest: datetime) -> bool:
    """RFC 9110, 13.2.2: an entity tag, when sent, decides alone."""
    if validators.if_none_match:
        return etag in [tag.strip().removeprefix("W/") for tag in validators.if_none_match.split(",")]
    try:
        since = parsedate_to_datetime(validators.if_modified_since)
    except ValueError:
        return False
    return newest <= (since if since.tzinfo else since.replace(tzinfo=UTC))


class SampleServer:
    """Serves `/<outlet id>/feed` on 127.0.0.1 while the `with` block runs; set `at` to move through the days.

    `port` 0 takes a free one. Reading `at` and `hits` from other threads is safe.
    """

    def __init__(self, samples: Samples | None = None, *, at: datetime = SAMPLE_DAYS[-1], port: int = 0) -> None:
        self.samples = samples or load_samples()
        self.at = at
        self._hits: Counter[Hit] = Counter()
        self._lock = Lock()
        self._port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def hits(self) -> Counter[Hit]:
        """How often each path was answered with each status."""
        with self._lock:
            return self._hits.copy()

    def feed_url(self, outlet_id: str) -> str:
        return f"{self.url}/{outlet_id}/feed"

    def feeds(self) -> tuple[FeedConfig, ...]:
        """The outlets as entries of feeds.yaml, at this server."""
        return sample_config_feeds(self.url, self.samples)

    def reply(self, path: str, validators: Validators) -> Reply:
        """Answer and count a request."""
        reply = answer(self.samples, path, self.at, validators)
        with self._lock:
            self._hits[Hit(path, reply.status.value)] += 1
        return reply

    def __enter__(self) -> Self:
        self._http = _Http(self, self._port)
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, name="sample-feeds")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _Http(ThreadingMixIn, HTTPServer):
    """Waits for its request threads when closed, unlike ThreadingHTTPServer, whose daemons may outlive it."""

    def __init__(self, owner: SampleServer, port: int) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    timeout = _HANDLER_TIMEOUT_S
    server: _Http

    def do_GET(self) -> None:
        validators = Validators(self.headers.get("If-None-Match", ""), self.headers.get("If-Modified-Since", ""))
        reply = self.server.owner.reply(self.path.partition("?")[0], validators)
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Requests are counted, not printed: the terminal belongs to the demo."""
