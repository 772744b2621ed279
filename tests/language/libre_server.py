"""A server that speaks LibreTranslate's API (1.9) on a free port of this machine, word for word from a dictionary.

It answers as the real one does to good and bad requests: same paths, same fields, same error texts. What goes wrong can
be planned: a list of statuses to give first, limits, a text it fails on, a key it wants.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.language.argos_packages import WORDS_EN_ES, WORDS_ES_EN


@dataclass
class Planned:
    """An answer to give in place of the real one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"error": "planned"}'
    drip_s: float = 0.0  # a pause after each of its first bytes


@dataclass
class Behaviour:
    """How the server is set up; may be changed while it runs."""

    languages: tuple[str, ...] = ("en", "es")
    lists_targets: bool = True  # older ones did not
    version: str = "1.9.6"
    api_key: str = ""  # the key it wants
    batch_limit: int = -1
    char_limit: int = -1  # announced
    key_char_limit: int = -1  # not announced
    body_limit: int = -1  # of a proxy in front of it: 413
    fails_on: str = ""  # a text with this in it: 500
    slow_above: int = 0  # batches of more texts than this take …
    slow_s: float = 0.0  # … so long
    says: dict[str, str] = field(default_factory=dict)  # words of another model
    planned: list[Planned] = field(default_factory=list)  # for /translate, first to last


class LibreServer:
    """The server; a context manager. `requests` holds the bodies of every /translate it read."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self.requests: list[dict[str, Any]] = []
        self.connections: list[socket.socket] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Gone, as after a crash; safe twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        for connection in self.connections:
            with suppress(OSError):  # its client has closed it already
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def translate(self, text: str, source: str) -> str:
        words = dict(WORDS_ES_EN if source == "es" else WORDS_EN_ES) | self.behaviour.says
        return " ".join(words.get(word, word) for word in text.split())


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that did not wait for the answer is part of the tests."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _page(how: Behaviour, path: str) -> tuple[int, object]:
    """Status and document of what is asked about the server itself."""
    targets = {"targets": list(how.languages)} if how.lists_targets else {}
    pages: dict[str, object] = {
        "/languages": [{"code": c, "name": c, **targets} for c in how.languages],
        "/frontend/settings": {"charLimit": how.char_limit, "apiKeys": bool(how.api_key), "keyRequired": False},
        "/spec": {"swagger": "2.0", "info": {"title": "LibreTranslate", "version": how.version}},
        "/health": {"status": "ok"},
    }
    return (200, pages[path]) if path in pages else (404, "<!doctype html><title>404 Not Found</title>")


def _handler(server: LibreServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        drip_s = 0.0

        def setup(self) -> None:
            super().setup()
            server.connections.append(self.connection)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class says so
            pass

        def answer(self, status: int, document: object, headers: dict[str, str] | None = None) -> None:
            body = document if isinstance(document, str) else json.dumps(document)
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            content = body.encode()
            while content and self.drip_s:
                self.wfile.write(content[:1])
                content = content[1:]
                time.sleep(self.drip_s)
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.answer(*_page(server.behaviour, self.path))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            how = server.behaviour
            if 0 <= how.body_limit < len(content):
                self.answer(413, "<html>413 Request Entity Too Large</html>")
                return
            body = json.loads(content)
            server.requests.append(body)
            if how.planned:
                planned = how.planned.pop(0)
                self.drip_s = planned.drip_s
                self.answer(planned.status, planned.body, planned.headers)
                self.drip_s = 0.0
                return
            self.answer(*_translated(server, body))

    return Handler


def _translated(server: LibreServer, body: dict[str, Any]) -> tuple[int, object]:
    """Status and document, in the order in which the real server looks at a request."""
    how = server.behaviour
    if how.api_key and body.get("api_key") not in (None, how.api_key):
        return 403, {"error": "Invalid API key"}
    if how.api_key and not body.get("api_key"):
        return 400, {"error": "Please contact the server operator to get an API key"}
    texts: Sequence[str] = body["q"]
    if not texts:
        return 400, {"error": "Invalid request: missing q parameter"}
    if 0 <= how.batch_limit < len(texts):
        return 400, {"error": f"Invalid request: request ({len(texts)}) exceeds text limit ({how.batch_limit})"}
    for limit in (how.char_limit, how.key_char_limit):
        long = [text for text in texts if 0 <= limit < len(text)]
        if long:
            return 400, {"error": f"Invalid request: request ({len(long[0])}) exceeds text limit ({limit})"}
    if body["target"] not in how.languages:
        return 400, {"error": f"{body['target']} is not supported"}
    if how.fails_on and any(how.fails_on in text for text in texts):
        return 500, {"error": "The server encountered an internal error and was unable to complete your request."}
    if len(texts) > how.slow_above:
        time.sleep(how.slow_s)
    return 200, {"translatedText": [server.translate(text, body["source"]) for text in texts]}
