"""A server on loopback for one pair of eyes: the frame with its profiles, the digests, their pictures and their text.

Other pages in the same browser must not read it: it answers to its own names only, and a digest is shown in a frame
that may run nothing and load nothing but its own pictures.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

from monitor.text import clean

_HERE = Path(__file__).parent
_FRAME = {"/": _HERE / "frame.html", "/frame.css": _HERE / "frame.css", "/frame.js": _HERE / "frame.js"}
_TYPES = {
    ".html": "text/html", ".png": "image/png", ".txt": "text/plain", ".css": "text/css", ".js": "text/javascript",
}  # fmt: skip
_FRAME_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'"
_DIGEST_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox allow-popups allow-same-origin"


@dataclass(frozen=True, slots=True)
class Shown:
    """One profile's digest: where its .html lies; pictures and text lie beside it."""

    profile_id: str
    subject: str
    path: Path

    @property
    def bytes_html(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Preview:
    """What there is to see: the last good digests, and why there are no newer ones. `version` counts renderings."""

    shown: tuple[Shown, ...] = ()
    error: str = ""
    version: int = 0

    def state(self) -> bytes:
        """What the frame's script asks for, as JSON."""
        digests = [
            {
                "profile": one.profile_id,
                "subject": one.subject,
                "bytes": one.bytes_html,
                "page": f"/digest/{one.path.name}",
                "text": f"/digest/{one.path.with_suffix('.txt').name}",
            }
            for one in self.shown
        ]
        return json.dumps({"version": self.version, "error": clean(self.error), "digests": digests}).encode()

    def file(self, name: str) -> Path | None:
        """A file of one of the digests; nothing else can be asked for."""
        for one in self.shown:
            for path in one.path.parent.glob(f"{one.path.stem}*"):
                if path.name == name and path.suffix in _TYPES:
                    return path
        return None


class Site:
    """Serves from a thread of its own until it is closed. Raises OSError when the port is taken."""

    def __init__(self, port: int) -> None:
        self._preview = Preview()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_for(lambda: self._preview))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def show(self, preview: Preview) -> None:
        """Show a rendering; one that failed leaves the last good digests under its message."""
        before = self._preview
        self._preview = replace(preview, shown=preview.shown or before.shown, version=before.version + 1)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler_for(current: Callable[[], Preview]) -> type[BaseHTTPRequestHandler]:
    """A request handler that looks at what there is to see now."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host, _, port = self.headers.get("Host", "").partition(":")
            if host not in ("127.0.0.1", "localhost") or port != str(self.connection.getsockname()[1]):
                self._answer(HTTPStatus.MISDIRECTED_REQUEST, b"", "text/plain", _DIGEST_POLICY)
                return
            path = unquote(urlsplit(self.path).path)
            if path == "/state":
                self._answer(HTTPStatus.OK, current().state(), "application/json", _DIGEST_POLICY)
            elif file := _FRAME.get(path):
                self._answer(HTTPStatus.OK, file.read_bytes(), _TYPES[file.suffix], _FRAME_POLICY)
            elif file := current().file(path.removeprefix("/digest/")):
                self._answer(HTTPStatus.OK, file.read_bytes(), _TYPES[file.suffix], _DIGEST_POLICY)
            else:
                self._answer(HTTPStatus.NOT_FOUND, b"not found", "text/plain", _DIGEST_POLICY)

        def _answer(self, status: HTTPStatus, body: bytes, kind: str, policy: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind != "image/png" else kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Nothing: the terminal tells of renderings, not of requests."""

    return Handler
