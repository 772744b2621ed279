"""A web server over a folder, as a publisher of models runs one, with the faults that real ones have."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class ModelServer:
    """Serves files, understands ranges. Each fault is used up by one response."""

    folder: Path
    url: str = ""
    cuts: list[int] = field(default_factory=list)  # break off after so many bytes of the body
    statuses: list[int] = field(default_factory=list)  # answer with these first
    validator: str = '"{}"'  # the ETag; {} is the content's hash
    ranges: bool = True  # honour Range
    headers: dict[str, str] = field(default_factory=dict)  # in place of the usual ones
    shift: int = 0  # answer a range with another one, so far off
    requests: list[tuple[str, str, str]] = field(default_factory=list)  # path, Range, If-Range
    encodings: set[str] = field(default_factory=set)  # what was asked for in Accept-Encoding

    def asked(self, name: str) -> list[str]:
        """The ranges in which a file was asked for."""
        return [wanted for path, wanted, _ in self.requests if path == f"/{name}"]


class _Handler(BaseHTTPRequestHandler):
    served: ModelServer

    def do_GET(self) -> None:
        wanted, held = self.headers.get("Range", ""), self.headers.get("If-Range", "")
        self.served.requests.append((self.path, wanted, held))
        self.served.encodings.add(self.headers.get("Accept-Encoding", ""))
        path = self.served.folder / self.path.partition("?")[0].lstrip("/")
        path = path / "index" if self.path.endswith("/") else path
        if self.served.statuses:
            self.send_error(self.served.statuses.pop(0))
        elif not path.is_file():
            self.send_error(404)
        else:
            self._send(path.read_bytes(), wanted, held)

    def _send(self, body: bytes, wanted: str, held: str) -> None:
        etag = self.served.validator.format(sha256(body).hexdigest()[:16])
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.served.ranges else 0
        if held and held != etag:
            start = 0
        if start >= len(body):
            self.send_response(416)
            self._headers({"Content-Range": f"bytes */{len(body)}", "Content-Length": "0"})
            return
        self.send_response(206 if start else 200)
        headers = {"Content-Length": str(len(body) - start)}
        if start:
            first = start + self.served.shift
            headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        if etag:
            headers["ETag"] = etag
        self._headers({**headers, **self.served.headers})
        self.wfile.write(body[start:][: self.served.cuts.pop(0) if self.served.cuts else None])
        self.close_connection = True

    def _headers(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Quiet."""


@contextmanager
def serving(folder: Path) -> Iterator[ModelServer]:
    """The server, on a port of its own, until the block ends."""
    served = ModelServer(folder)
    handler = type("Handler", (_Handler,), {"served": served})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
