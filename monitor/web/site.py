"""What every page works with: configuration, store, templates, words and secrets. Opened once, shared by threads."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.app import open_store_of, open_unsubscription, topic_file, user_templates
from monitor.config import Config, resolve_secret
from monitor.digest import Templates, load_templates
from monitor.digest.phrases import Phrases
from monitor.digest.subscription import Unsubscription
from monitor.errors import ConfigError, Problem
from monitor.language.corrections import term_entries
from monitor.language.glossary import Glossary, load_glossary
from monitor.protocols import Store
from monitor.records import LANGUAGES, Lang, content_id
from monitor.resources import bundled
from monitor.text import clean
from monitor.web.guard import Door
from monitor.web.memo import Memo

_PART = "web"
_STYLE, _ICON = "style.css", "icon.svg"
_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Site:
    """The concretes of the pages. `now` is asked for at every request."""

    config: Config
    store: Store
    templates: Templates
    style: bytes
    icon: bytes
    door: Door
    unsubscription: Unsubscription | None
    memo: Memo
    now: Callable[[], datetime]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of every time on the pages."""
        return ZoneInfo(self.config.schedule.timezone)

    @cached_property
    def outlets(self) -> Mapping[str, str]:
        """Names of the outlets of feeds.yaml, switched-off ones too, by source id; each is one plain line."""
        return {feed.id: " ".join(clean(feed.name).split()) or feed.id for feed in self.config.feeds}

    @cached_property
    def style_version(self) -> str:
        return content_id(self.style.decode("utf-8", "replace"))

    @property
    def glossary(self) -> Glossary:
        """That of feeds.yaml, with an analyst's terms; a new one is known within minutes."""

        def read() -> Glossary:
            own = term_entries(self.store.corrections())
            return load_glossary(topic_file(self.config, self.config.topic.glossary)).plus(own)

        return self.memo.get("glossary", read)

    def outlet(self, source_id: str) -> str:
        """An outlet that has left feeds.yaml is named by its id."""
        return self.outlets.get(source_id, source_id)

    def say(self, language: Lang) -> Phrases:
        return self.templates.phrases[language]

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_site(
    config: Config, *, environ: Mapping[str, str] = os.environ, now: Callable[[], datetime] = utc_now
) -> Iterator[Site]:
    """Everything the pages need. Raises ConfigError, StorageError or RenderError before anything is served."""
    folder = user_templates(config)
    templates, style, icon = load_pages(folder), _own_or_bundled(folder, _STYLE), _own_or_bundled(folder, _ICON)
    door = Door(token=read_token(config, environ), hosts=config.web.hosts, base_url=config.web.base_url)
    unsubscription = open_unsubscription(config, environ)
    with open_store_of(config) as store:
        yield Site(config, store, templates, style, icon, door, unsubscription, Memo(), now)


def load_pages(folder: Path | None) -> Templates:
    """The pages' templates; their words are the mail's, with those of the pages on top. Raises RenderError."""
    pages, mail = load_templates(folder, part=_PART), load_templates(folder)
    words = {
        language: replace(
            pages.phrases[language],
            strings={**mail.phrases[language].strings, **pages.phrases[language].strings},
        )
        for language in LANGUAGES
    }
    return Templates(pages.environment, words)


def _own_or_bundled(folder: Path | None, name: str) -> bytes:
    own = folder / _PART / name if folder else None
    return (own if own and own.is_file() else bundled("templates") / _PART / name).read_bytes()


def read_token(config: Config, environ: Mapping[str, str]) -> str:
    """The token that readers need; "" when none is asked for. Raises ConfigError for one that can be guessed."""
    web = config.web
    token = resolve_secret(env=web.token_env, file=web.token_file, folder=config.folder, environ=environ)
    if token and len(token) < _SHORTEST_TOKEN:
        where = web.token_file or f"${web.token_env}"
        remedy = "make one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
        raise ConfigError(Problem(str(config.path), f"web, {where}", f"is shorter than {_SHORTEST_TOKEN}", remedy))
    return token


# ---------------------------------------------------------------- where it listens


def bound_to(site: Site, host: str) -> Site:
    """The site as it is served on this address, which is one of its names."""
    return replace(site, door=replace(site.door, bound_to=host.strip("[]").lower()))


def warnings_of(site: Site) -> tuple[str, ...]:
    """What whoever starts the server should know."""
    web, found = site.config.web, []
    if not site.door.is_local and not site.door.token:
        found.append(
            f"WARNING: other machines can reach {site.door.bound_to}, and without a token everybody who connects may"
            f" read: set ${web.token_env}, or listen on 127.0.0.1"
        )
    if web.base_url and site.unsubscription is None:
        found.append(f"no secret in ${web.secret_env}: readers can unsubscribe by mail only, not by one click")
    return tuple(found)
