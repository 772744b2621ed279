"""Which addresses a feed may lead to, and the network backend that connects to checked addresses only.

The name is resolved here and the connection goes to the very address that was checked, so that a name server cannot
answer "public" to the check and "127.0.0.1" to the connection.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpcore2

from monitor.intake.connections import AsyncioBackend

# Prefixes that carry an IPv4 address inside an IPv6 one, and so could smuggle a private one past the check.
_TRANSLATED = tuple(ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
# Answers with a machine's secrets in a cloud, although Python calls the addresses global.
_METADATA = frozenset({IPv4Address("168.63.129.16"), IPv4Address("192.0.0.192")})
_MAX_ADDRESSES = 4


class RefusedAddressError(Exception):
    """A host leads to no public address. Never leaves the room: it becomes the outcome "refused_address"."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(host, address)

    def __str__(self) -> str:
        host, address = self.args
        return f"{host} is not a public address" if host == address else f"{host} leads to {address}, not public"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet: not private, loopback, link-local, metadata, translated…

    Anything that is not an IP address is not public.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip.is_site_local or any(ip in net for net in _TRANSLATED)):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip in _METADATA)


Lookup = Callable[[str, int], Sequence[str]]


def system_lookup(host: str, port: int) -> Sequence[str]:
    """The addresses of a host in the order the system prefers; waits as long as the system does. socket.gaierror."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as exc:
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from exc
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Wire:
    """The machine's network: how names are looked up and addresses dialled. Tests put a small one in its place."""

    lookup: Lookup = system_lookup
    dialler: Callable[[], httpcore2.AsyncNetworkBackend] = AsyncioBackend


THIS_MACHINE = Wire()


async def resolve(lookup: Lookup, host: str, port: int, timeout_s: float | None) -> Sequence[str]:
    """The addresses of a host; an address is its own. Raises socket.gaierror, also when there is no answer in time.

    Each lookup has a thread of its own that nobody waits for at the end: with asyncio's pool a few name servers that
    never answer would hold up every other feed, and the end of the run.
    """
    with suppress(ValueError):
        return (str(ip_address(host)),)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()
    threading.Thread(target=_look_up, args=(lookup, host, port, loop, answer), daemon=True).start()
    try:
        async with asyncio.timeout(timeout_s):
            return await answer
    except TimeoutError as exc:
        raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {timeout_s:g} s") from exc


def _look_up(
    lookup: Lookup, host: str, port: int, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[Sequence[str]]"
) -> None:
    def tell(found: Sequence[str] | Exception) -> None:
        if answer.done():  # given up
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    try:
        found: Sequence[str] | Exception = lookup(host, port)
    except Exception as exc:  # whatever it is belongs to who asked
        found = exc
    with suppress(RuntimeError):  # the loop is closed: the run is over
        loop.call_soon_threadsafe(tell, found)


async def public_addresses(lookup: Lookup, host: str, port: int, timeout_s: float | None) -> Sequence[str]:
    """The public ones among a host's addresses. Raises RefusedAddressError, socket.gaierror."""
    addresses = await resolve(lookup, host, port, timeout_s)
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise RefusedAddressError(host, addresses[0] if addresses else host)
    return public


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Looks a host up once and connects to what was found; TLS still checks the host's name.

    Public addresses only, however the host was written, unless `allow_private`.
    """

    def __init__(self, wire: Wire, *, allow_private: bool) -> None:
        self._find = resolve if allow_private else public_addresses
        self._lookup = wire.lookup
        self._plain = wire.dialler()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Tries up to four checked addresses in turn; the last one's error counts."""
        addresses = (await self._find(self._lookup, host, port, timeout))[:_MAX_ADDRESSES]
        share_s = None if timeout is None else timeout / len(addresses)
        for address in addresses[:-1]:
            try:
                return await self._plain.connect_tcp(address, port, share_s, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._plain.connect_tcp(addresses[-1], port, share_s, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        del timeout, socket_options
        raise RefusedAddressError(path, "a socket file")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
