"""Who may read, under which names, and the headers of every answer.

The Host header is checked so that a page on the web cannot read these by letting its own name point to this machine
(DNS rebinding). The cookie of a reader who has shown the token is derived from it and does not tell it.
"""

import hmac
import ipaddress
import socket
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ACCESS_COOKIE = "monitor_access"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# An edition as it was mailed has its styles in its elements. Sandboxed, it can run and send nothing; it keeps its
# origin, without which its pictures would not get the reader's cookie.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'none'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    " allow-top-navigation-by-user-activation"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-cache",
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ANYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, never bound to


@dataclass(frozen=True, slots=True)
class Door:
    """Decides about names and tokens. Without a token everybody who can connect may read."""

    token: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()
    base_url: str = ""
    bound_to: str = "127.0.0.1"

    def knows(self, host: str) -> bool:
        """Whether a Host header names these pages. Bound to every address, each address is a name, too."""
        name = _without_port(host)
        if name in _LOOPBACK or name in (self.bound_to, *self.hosts, urlsplit(self.base_url).hostname):
            return True
        return self.bound_to in _ANYWHERE and (_is_address(name) or name == socket.gethostname().lower())

    def opens(self, headers: Headers, cookies: dict[str, str]) -> bool:
        """Whether a request shows the token, or the cookie of one who has shown it."""
        if not self.token:
            return True
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        return (scheme.lower() == "bearer" and self.fits(shown)) or _same(cookies.get(ACCESS_COOKIE, ""), self.pass_)

    def fits(self, shown: str) -> bool:
        """Whether this is the token; takes as long whatever is shown."""
        return bool(self.token) and _same(shown.strip(), self.token)

    @property
    def pass_(self) -> str:
        """What the cookie holds."""
        return hmac.new(self.token.encode(), b"monitor web access", sha256).hexdigest()

    @property
    def is_local(self) -> bool:
        """Whether only this machine can connect."""
        return self.bound_to in _LOOPBACK or self.bound_to.startswith("127.")

    @property
    def is_secure(self) -> bool:
        """Whether readers come over https only, so that cookies may be kept to it."""
        return self.base_url.startswith("https://")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _without_port(host: str) -> str:
    """ "[::1]:8650" is "::1", "Monitor.example:80" is "monitor.example"."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and host.count(":") == 1 else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class SafeHeaders:
    """Puts the headers on every answer, also on one to an error; what an answer says itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
