"""A chat service on loopback that takes JSON, as Apprise's json:// sends it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Chat:
    """A chat service: takes JSON by POST, keeps it, answers as told."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[dict[str, Any]] = []
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                chat.received.append(json.loads(body))
                self.send_response(chat.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_about: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"json://127.0.0.1:{self._server.server_port}/secret-hook"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
