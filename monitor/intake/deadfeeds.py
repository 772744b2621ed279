"""Addresses that are known to be gone, with what to use instead: a hint for whoever has one in feeds.yaml."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from monitor.resources import read_yaml

_FILE = Path(__file__).with_name("data") / "dead_feeds.yaml"


def known_dead(url: str) -> str:
    """What is known of a dead address, and what to use instead, as one sentence; "" for any other."""
    plain = _plain(url)
    fitting = [start for start in _dead() if _starts(plain, start)]
    if not fitting:
        return ""
    what, instead = _dead()[max(fitting, key=len)]
    return f"this address {what}; use {instead}"


def _starts(address: str, start: str) -> bool:
    """Whether an address begins so, at a border of its parts: "…/rss" is not the start of "…/rss-feeds"."""
    return address.startswith(start) and (start.endswith("/") or address[len(start) : len(start) + 1] in ("", "/", "?"))


def _plain(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path}{query}"


@lru_cache(maxsize=1)
def _dead() -> Mapping[str, tuple[str, str]]:
    document: Mapping[str, list[str]] = read_yaml(_FILE)
    return {start: (what, instead) for start, (what, instead) in document.items()}
