"""JSON over HTTP to one server, with time-outs, bounded retries and errors that say what to do.

A redirect is never followed: it would carry a key to another host. Known gap: one connection pool per client; a server
behind several addresses is whatever the resolver says.
"""

import json
import time
from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from monitor.errors import EngineError

_BUSY = frozenset({429, 503})
_GATEWAY = frozenset({502, 504})
_CONNECT_S = 5.0
_GET_S = 10.0  # a question about the server itself needs no work
_FIRST_PAUSE_S = 1.0
_FIRST_BUSY_PAUSE_S = 10.0  # limits count per minute, and the third pause ends after one
_LONGEST_PAUSE_S = 60.0
_MAX_ANSWER_BYTES = 20_000_000
_SHOWN_CHARS = 300
_LOOPBACK = ("localhost", "127.", "[::1]")


class RefusedError(EngineError):
    """The server understood the request and says no (400, 403, …): trying again does not help."""


class TooLargeError(EngineError):
    """The request was too large for the server."""


class TooSlowError(EngineError):
    """The server did not answer in time: it hangs, or the request was too much for it."""


class FailingError(EngineError):
    """The server itself fails on this request, each time it is asked: the request may be to blame."""


class _Unsettled(Exception):  # noqa: N818 - not an error yet: the next try may do
    """One try that may go better later, and how long to wait: None where the server does not say."""

    def __init__(self, error: EngineError, pause_s: float | None = None, *, busy: bool = False) -> None:
        super().__init__(error, pause_s, busy)
        self.error, self.pause_s, self.busy = error, pause_s, busy


class JsonClient:
    """A server under one address. Safe for several threads; connects when first used."""

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float,
        retries: int,
        secret: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url, self._retries, self._secret, self._sleep = url.rstrip("/"), retries, secret, sleep
        self._timeout_s = timeout_s
        host = urlsplit(url).netloc.rpartition("@")[2]
        self._http = httpx2.Client(
            headers={"User-Agent": "border-monitor", "Accept": "application/json"},
            follow_redirects=False,
            verify=urlsplit(url).scheme == "https",  # certificates are read from disk only where they are needed
            trust_env=not host.startswith(_LOOPBACK),  # a proxy knows nothing of this machine's own ports
        )

    @property
    def place(self) -> str:
        """The server's address, for messages."""
        return self._url

    def trying(self, retries: int) -> Self:
        """The same client with another number of retries; both share their connections."""
        other = copy(self)
        other._retries = retries
        return other

    def get(self, path: str) -> Any:
        """The JSON at `path`. Any of the errors above."""
        return self._persist("GET", path, None)

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """The JSON answer to a JSON body. Any of the errors above."""
        return self._persist("POST", path, json.dumps(body).encode())

    def close(self) -> None:
        self._http.close()

    def _persist(self, method: str, path: str, body: bytes | None) -> Any:
        for tried in range(self._retries + 1):
            try:
                return self._attempt(method, path, body)
            except _Unsettled as exc:
                pause_s = exc.pause_s if exc.pause_s is not None else _own_pause(tried, busy=exc.busy)
                if tried == self._retries or pause_s > _LONGEST_PAUSE_S:
                    raise exc.error from exc.__cause__
            self._sleep(pause_s)
        raise AssertionError("unreachable")

    def _attempt(self, method: str, path: str, body: bytes | None) -> Any:
        where = f"{self._url}{path}"
        headers = {"Content-Type": "application/json"} if body is not None else {}
        patience_s = self._timeout_s if body is not None else min(_GET_S, self._timeout_s)
        timeout = httpx2.Timeout(patience_s, connect=min(_CONNECT_S, patience_s))
        try:
            with self._http.stream(method, where, content=body, headers=headers, timeout=timeout) as response:
                content = self._read(response, patience_s)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as exc:
            raise _Unsettled(EngineError(f"{where} cannot be reached ({self._plain(exc)}); is the server up?")) from exc
        except (httpx2.TimeoutException, TimeoutError) as exc:
            raise TooSlowError(
                f"{where} gave no answer within {patience_s:g} s; if the server is only slow, raise timeout_s"
            ) from exc
        except (httpx2.TransportError, httpx2.DecodingError) as exc:
            raise _Unsettled(EngineError(f"{where} broke off ({self._plain(exc)}); see the server's log")) from exc
        except (httpx2.InvalidURL, RuntimeError) as exc:
            raise EngineError(f"{where} cannot be asked: {self._plain(exc)}") from exc
        return self._judged(where, response, content)

    def _read(self, response: httpx2.Response, patience_s: float) -> bytes:
        """The body, within the time-out as a whole and bounded in size."""
        deadline = time.monotonic() + patience_s
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _MAX_ANSWER_BYTES or time.monotonic() > deadline:
                raise TimeoutError
        return bytes(content)

    def _judged(self, where: str, response: httpx2.Response, content: bytes) -> Any:
        """The document of a good answer; an exception that tells what to do with any other."""
        status = response.status_code
        if response.is_success:
            return self._document(where, content)
        said = f"{where} answered {status}: {self._reason(response, content)}"
        if status == 413:
            raise TooLargeError(f"{said}; allow larger requests there, or lower batch_texts and batch_chars")
        if status in _BUSY:
            pause_s = retry_after_s(response.headers.get("retry-after", ""), datetime.now(UTC))
            raise _Unsettled(EngineError(f"{said}; it is too busy, or limits how much we may ask"), pause_s, busy=True)
        if status in _GATEWAY:
            raise _Unsettled(EngineError(f"{said}; see the server's log"))
        if status >= 500:
            raise _Unsettled(FailingError(f"{said}; see the server's log"))
        if response.is_redirect:
            raise EngineError(f"{said}; write the address it sends to in place of {self._url}")
        if status == 404:
            raise EngineError(f"{said}; check the address {self._url}")
        raise RefusedError(said)

    def _document(self, where: str, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as exc:
            raise EngineError(f"{where} does not answer in JSON; check the address {self._url}") from exc

    def _reason(self, response: httpx2.Response, content: bytes) -> str:
        """The server's own words, in one line; or where it redirects to."""
        if response.is_redirect:
            return f"it redirects to {self._plain(response.headers.get('location', 'nowhere'))}"
        try:
            said = json.loads(content).get("error")
        except (ValueError, RecursionError, AttributeError):
            said = None
        return self._plain(said) if isinstance(said, str) and said else response.reason_phrase or "no reason given"

    def _plain(self, said: object) -> str:
        """One short line without the secret, which a server might quote."""
        text = " ".join(str(said).split()) or type(said).__name__
        return (text.replace(self._secret, "…") if self._secret else text)[:_SHOWN_CHARS]


def _own_pause(tried: int, *, busy: bool) -> float:
    """1, 2, 4, … seconds; 10, 20, 40, … when the server is busy; a minute at most."""
    first = _FIRST_BUSY_PAUSE_S if busy else _FIRST_PAUSE_S
    return min(first * 2.0**tried, _LONGEST_PAUSE_S)


def retry_after_s(value: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks to wait (RFC 9110, 10.2.3); None for none or nonsense."""
    if value.strip().isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp())
