"""The server: a socket, uvicorn, and an end that lets requests under way finish."""

import asyncio
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from monitor.errors import ConfigError, Problem

_PATIENCE_S = 5  # for requests under way when the server is told to end
_MOST_AT_ONCE = 200  # connections; more get a 503


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ConfigError, naming the remedy, when it cannot be had."""
    bare = host.strip("[]")
    try:
        family = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError as exc:
        raise _cannot_listen(host, port, exc) from exc
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((bare, port))
        listening.listen(128)
    except OSError as exc:
        listening.close()
        raise _cannot_listen(host, port, exc) from exc
    return listening


def _cannot_listen(host: str, port: int, error: OSError) -> ConfigError:
    remedy = "choose another one with --host or --port, or end what listens there"
    return ConfigError(Problem("monitor web", f"{host}:{port}", f"cannot listen: {error.strerror or error}", remedy))


def address_of(listening: socket.socket) -> str:
    """ "http://127.0.0.1:8650", as a browser of this machine takes it."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class Server:
    """Serves an application on a socket. `run` until told to `stop`; as a context manager in a thread of its own."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self.url = address_of(listening)
        self._socket = listening
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                log_config=None,  # its warnings go where ours go
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # nothing here depends on them
                limit_concurrency=_MOST_AT_ONCE,
                timeout_graceful_shutdown=_PATIENCE_S,
            )
        )

    def run(self) -> None:
        """Serve until `stop`, or until SIGTERM or SIGINT when this is the main thread."""
        try:
            asyncio.run(self._uvicorn.serve(sockets=[self._socket]))
        finally:
            self._socket.close()

    def stop(self) -> None:
        """End soon; safe to call from any thread or signal handler."""
        self._uvicorn.should_exit = True

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, name="monitor-web", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join()
