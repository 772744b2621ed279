"""Which addresses a feed may lead to, however they are written and whatever a name server says."""

import asyncio
import socket
import threading
from collections.abc import Sequence

import pytest

from monitor.config import FetchConfig
from monitor.intake import fetch_feeds
from monitor.intake.addresses import GuardedBackend, RefusedAddressError, Wire, is_public, system_lookup
from monitor.intake.connections import AsyncioBackend
from monitor.records import Fetched, FetchFailed, FetchOutcome
from tests.intake.conftest import NOW, PUBLIC, Site, small_internet, source

OPTIONS = FetchConfig(retry_pause_s=0, connect_timeout_s=2)


def read(url: str, wire: Wire | None = None, *, allow_private: bool = False) -> FetchOutcome:
    one = source(url, allow_private=allow_private, timeout_s=5)
    return fetch_feeds([one], {}, OPTIONS, now=NOW, wire=wire or Wire())[0]


def refusal(outcome: FetchOutcome) -> str:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome.outcome


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "1.1.1.1"])
def test_public_addresses_may_be_read(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::127.0.0.1",
        "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::7f00:1",
        "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
        "localhost", "", "not an address",
    ],
)  # fmt: skip
def test_everything_else_may_not(address: str) -> None:
    assert not is_public(address)


_LOOPBACK = {
    "literal": "127.0.0.1", "elsewhere in 127/8": "127.8.8.8", "decimal": "2130706433", "octal": "0177.0.0.1",
    "all octal": "017700000001", "hexadecimal": "0x7f000001", "dotted hexadecimal": "0x7f.0x0.0x0.0x1",
    "short": "127.1", "zero": "0", "all zeros": "0.0.0.0", "name": "localhost", "upper case": "LOCALHOST",
    "trailing dot": "localhost.", "literal with a dot": "127.0.0.1.", "IPv6": "[::1]",
    "IPv6, long": "[0:0:0:0:0:0:0:1]",
    "IPv6-mapped": "[::ffff:127.0.0.1]", "IPv6-mapped, hexadecimal": "[::ffff:7f00:1]",
    "IPv6-compatible": "[::127.0.0.1]", "NAT64": "[64:ff9b::7f00:1]", "6to4": "[2002:7f00:1::]",
    "full-width digits": "１２７.0.0.1", "circled digits": "①②⑦.⓪.⓪.①", "ideographic dots": "127。0。0。1",
}  # fmt: skip


@pytest.mark.parametrize("host", _LOOPBACK.values(), ids=_LOOPBACK)
def test_loopback_is_refused_however_it_is_written(site: Site, host: str) -> None:
    site.serve()
    assert refusal(read(site.url(host=host))) in ("refused_address", "dns", "http_error")
    assert site.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "017700000001", "0x7f000001", "127.1", "localhost"])
def test_these_spellings_do_lead_to_loopback_when_it_is_allowed(site: Site, host: str) -> None:
    """So that the refusals above are the guard's, not the spelling's."""
    site.serve()
    assert isinstance(read(site.url(host=host), allow_private=True), Fetched)


@pytest.mark.parametrize("host", [host.strip("[]") for host in _LOOPBACK.values()], ids=_LOOPBACK)
def test_the_guard_itself_lets_none_of_them_through(host: str) -> None:
    """URLs are checked by the library before; the guard does not count on it."""
    backend = GuardedBackend(Wire(), allow_private=False)
    with pytest.raises((RefusedAddressError, socket.gaierror)):
        asyncio.run(backend.connect_tcp(host, 9, timeout=5))


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[fd00:ec2::254]", "169.254.1.1", "[fe80::1]", "10.0.0.1", "192.168.0.1", "172.20.0.1",
     "100.64.0.1", "2852039166", "0xa9fea9fe", "[64:ff9b::a9fe:a9fe]", "[::ffff:169.254.169.254]"],
)  # fmt: skip
def test_private_link_local_and_metadata_addresses_are_refused(host: str) -> None:
    assert refusal(read(f"http://{host}/latest/meta-data/")) in ("refused_address", "dns")


@pytest.mark.parametrize("url", ["http://admin:secret@gaceta.example/feed", "http://127.0.0.1@gaceta.example/feed",
                                 "http://gaceta.example@127.0.0.1/feed"])  # fmt: skip
def test_an_address_with_a_login_in_it_is_not_followed(site: Site, url: str) -> None:
    site.serve()
    assert refusal(read(url, small_internet(site))) == "http_error"
    assert site.requests == []


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/secret", "//127.0.0.1:{port}/secret", "http://2130706433:{port}/secret",
     "http://inside.example:{port}/secret", "http://[::ffff:127.0.0.1]:{port}/secret", "file:///secret",
     "http://gaceta.example@127.0.0.1:{port}/secret"],
)  # fmt: skip
def test_every_hop_is_checked_like_the_first(site: Site, target: str) -> None:
    def lookup(host: str, port: int) -> Sequence[str]:
        names = {"gaceta.example": [PUBLIC], "inside.example": ["127.0.0.1"]}
        return names.get(host) or system_lookup(host, port)

    site.serve(b"", status=302, Location=target.format(port=site.port))
    site.serve(path="/secret")
    assert refusal(read("http://gaceta.example/feed", small_internet(site, lookup))) in (
        "refused_address",
        "http_error",
    )
    assert [request.path for request in site.requests] == ["/feed"]


def test_a_name_that_turns_private_after_the_check_is_not_connected_to(site: Site) -> None:
    """Rebinding: public at the first lookup, loopback at every later one. What was checked is what is dialled."""
    site.serve()
    asked: list[str] = []
    dialled: list[str] = []

    def lookup(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    wire = small_internet(site, lookup, dialled=dialled)
    assert isinstance(read("http://rebinding.example/feed", wire), Fetched)
    assert (asked, dialled) == (["rebinding.example"], [PUBLIC])
    assert refusal(read("http://rebinding.example/feed", wire)) == "refused_address"
    assert dialled == [PUBLIC]


def test_of_a_mixed_answer_only_the_public_addresses_are_dialled(site: Site) -> None:
    site.serve()
    dialled: list[str] = []
    wire = small_internet(site, lambda host, port: ["10.0.0.1", "::1", PUBLIC, "127.0.0.1"], dialled=dialled)
    assert isinstance(read("http://mixed.example/feed", wire), Fetched)
    assert dialled == [PUBLIC]


def test_a_socket_file_is_refused() -> None:
    backend = GuardedBackend(Wire(), allow_private=False)
    with pytest.raises(RefusedAddressError):
        asyncio.run(backend.connect_unix_socket("/var/run/docker.sock"))


def test_when_the_first_address_does_not_answer_the_next_one_is_tried(site: Site) -> None:
    site.serve()
    with socket.socket() as unused:
        unused.bind(("127.0.0.2", 0))
        wire = Wire(lambda host, port: ["127.0.0.2", "127.0.0.1"], AsyncioBackend)
        assert isinstance(read(site.url(host="two.example"), wire, allow_private=True), Fetched)


def test_names_that_are_never_answered_hold_up_neither_the_others_nor_the_end(site: Site) -> None:
    """More lost names than the machine has worker threads; the run ends although their lookups go on."""
    never = threading.Event()
    still_waiting = threading.Semaphore(0)

    def lookup(host: str, port: int) -> Sequence[str]:
        if host.startswith("lost"):
            still_waiting.release()
            never.wait(60)
        return [PUBLIC]

    site.serve()
    feeds = [source(f"http://lost-{n}.example/feed", id=f"lost-{n}", allow_private=False) for n in range(40)]
    good = source("http://gaceta.example/feed", allow_private=False)
    told: list[str] = []
    outcomes = fetch_feeds(
        [*feeds, good],
        {},
        FetchConfig(connect_timeout_s=0.5, concurrency=64),
        now=NOW,
        on_outcome=lambda outcome: told.append(outcome.source_id),
        wire=small_internet(site, lookup),
    )
    try:
        assert [refusal(outcome) for outcome in outcomes[:-1]] == ["dns"] * 40
        assert isinstance(outcomes[-1], Fetched)
        assert told[0] == good.id
        assert all(still_waiting.acquire(blocking=False) for _ in feeds)
    finally:
        never.set()
