"""What `monitor feeds add|import|export|discover` does: feeds into feeds.yaml and out of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from monitor.config import Config, FeedConfig
from monitor.config.documents import read_text
from monitor.config.edit import with_feeds
from monitor.errors import ConfigError, Problem
from monitor.intake.deadfeeds import known_dead
from monitor.intake.discover import Discovery, FoundFeed, discover_feeds
from monitor.intake.opml import OpmlError, Outline, read_opml, write_opml
from monitor.records import LANGUAGES, Lang
from monitor.text import canonical_url, fold

_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Left:
    """A feed that was not taken in, and why."""

    name: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Added:
    """What an import or an `add` did."""

    feeds: tuple[FeedConfig, ...]
    left: tuple[Left, ...] = ()


# ---------------------------------------------------------------- into feeds.yaml


def import_opml(config: Config, path: Path, *, language: Lang | None, dry_run: bool) -> Added:
    """Add the feeds of an OPML file that feeds.yaml does not have yet; `language` is for those that do not say.

    Raises ConfigError when the file is no OPML, or feeds.yaml cannot be written.
    """
    try:
        outlines = read_opml(path.read_bytes())
    except (OSError, OpmlError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else str(exc)
        remedy = "export it again from your reader as OPML"
        raise ConfigError(Problem(str(path), "file", f"cannot be imported: {why}", remedy)) from exc
    shelf = _Shelf(config)
    for outline in outlines:
        shelf.put(outline, language)
    if not dry_run:
        write_feeds(config, shelf.feeds)
    return Added(tuple(shelf.feeds), tuple(shelf.left))


def write_feeds(config: Config, feeds: Sequence[FeedConfig]) -> None:
    """Add feeds at the end of feeds.yaml, at once or not at all. Raises ConfigError."""
    path = config.path
    text = with_feeds(read_text(path, "run `monitor init`"), feeds, path=str(path))
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.chmod(path.stat().st_mode)
        draft.replace(path)
    except OSError as exc:
        draft.unlink(missing_ok=True)
        raise ConfigError(
            Problem(str(path), "file", f"cannot be written ({exc.strerror})", "check its folder")
        ) from exc


class _Shelf:
    """The feeds taken in so far, and those left out; no address and no id twice."""

    def __init__(self, config: Config) -> None:
        self.feeds: list[FeedConfig] = []
        self.left: list[Left] = []
        self._ids = {feed.id for feed in config.feeds}
        self._urls = {_same(feed.url) for feed in config.feeds}

    def put(self, outline: Outline, language: Lang | None) -> None:
        """Take a feed in, or say why not."""
        why = self._refusal(outline, language)
        if why:
            self.left.append(Left(outline.name, outline.url, why))

    def _refusal(self, outline: Outline, language: Lang | None) -> str:
        if _same(outline.url) in self._urls:
            return "feeds.yaml has it already"
        if gone := known_dead(outline.url):
            return gone
        said = language_named(outline.language) or language
        if said is None:
            return "it does not say its language: repeat with --language en or --language es"
        ours = dict(outline.ours or {})
        ours["id"] = free_id(str(ours.get("id") or outline.name), self._ids)
        try:
            feed = FeedConfig.model_validate({**ours, "name": outline.name, "url": outline.url, "language": said})
        except ValidationError as exc:
            first = exc.errors()[0]
            return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        self._ids.add(feed.id)
        self._urls.add(_same(feed.url))
        self.feeds.append(feed)
        return ""


def _same(url: str) -> str:
    """Equal for the spellings of one feed's address; its query counts."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def language_named(text: str) -> Lang | None:
    """The language that a tag or a name means: "es-MX", "Spanish", "español"; None for others."""
    word = fold(text).partition("-")[0].partition("_")[0]
    names: dict[str, Lang] = {"english": "en", "ingles": "en", "spanish": "es", "espanol": "es", "castellano": "es"}
    return next((language for language in LANGUAGES if language == word), names.get(word))


def free_id(name: str, taken: Iterable[str]) -> str:
    """A short id from a name that no other feed has: "La Voz de Nogales" gives la-voz-de-nogales."""
    base = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:_LONGEST_ID].strip("-") or "feed"
    used = set(taken)
    return next(id_ for n in range(1, len(used) + 2) if (id_ := base if n == 1 else f"{base}-{n}") not in used)


# ---------------------------------------------------------------- out of it


def export_opml(config: Config) -> bytes:
    """Every feed of feeds.yaml, switched-off ones too, as OPML that `import_opml` reads back whole."""
    return write_opml(config.feeds, config.digest.title_en)


# ---------------------------------------------------------------- from a site


def discover(config: Config, url: str, *, allow_private: bool, now: datetime) -> Discovery:
    """The feeds of a site, each read once. An address without a scheme is taken for https."""
    return discover_feeds(_address(url), config.fetch, now=now, allow_private=allow_private)


def _address(url: str) -> str:
    if "://" not in url:
        url = f"https://{url}"
    if not canonical_url(url):
        raise ConfigError(Problem("URL", repr(url), "is no web address", "write https://… as in a browser"))
    return url


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user says of a feed to be added; empty: found out from the feed."""

    id: str = ""
    name: str = ""
    language: Lang | None = None
    scope: str = "general"
    region: str = ""
    allow_private: bool = False


def add_feed(config: Config, url: str, wish: Wish, *, now: datetime) -> Added:
    """Add the feed at an address, or the one its page names. ConfigError when there is none, or several."""
    known = {_same(feed.url): feed.id for feed in config.feeds}
    if _same(_address(url)) in known:
        return Added((), (Left(known[_same(_address(url))], url, "feeds.yaml has it already"),))
    found = discover(config, url, allow_private=wish.allow_private, now=now)
    chosen = _the_one(url, found)
    if _same(chosen.url) in known:
        return Added((), (Left(known[_same(chosen.url)], chosen.url, "feeds.yaml has it already"),))
    name = wish.name or chosen.title or urlsplit(chosen.url).hostname or chosen.url
    feed = FeedConfig.model_validate(
        {
            "id": wish.id or free_id(name, (feed.id for feed in config.feeds)),
            "name": name,
            "url": chosen.url,
            "language": wish.language or chosen.language,
            "scope": wish.scope,
            "region": wish.region,
            "allow_private": wish.allow_private,
        }
    )
    write_feeds(config, [feed])
    return Added((feed,))


def _the_one(url: str, found: Discovery) -> FoundFeed:
    if len(found.feeds) == 1:
        return found.feeds[0]
    if not found.feeds:
        raise ConfigError(Problem("URL", url, f"no feed was found there ({found.problem})", "look on the site for RSS"))
    several = ", ".join(feed.url for feed in found.feeds[:5])
    raise ConfigError(Problem("URL", url, f"the site has more than one feed: {several}", "add one of these"))
