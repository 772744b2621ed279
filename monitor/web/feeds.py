"""The feeds' health: how each one did when it was last read, since when, and what to do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from monitor.config import FeedConfig
from monitor.records import HEALTHY_OUTCOMES, LANGUAGES, QUIET_OUTCOMES, FeedState, Lang
from monitor.web.asked import Asked
from monitor.web.pages import page
from monitor.web.site import Site


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed and what the store remembers of it; no state: it was never read."""

    feed: FeedConfig
    state: FeedState | None

    @property
    def outcome(self) -> str:
        """An outcome; "off" for a feed that is switched off, "never" for one that was never read."""
        if not self.feed.enabled:
            return "off"
        return (self.state.outcome if self.state else "") or "never"

    @property
    def condition(self) -> str:
        """ "failed", "quiet", "fine", "moved", "never" or "off": in which part of the page it stands."""
        if self.outcome in ("off", "never"):
            return self.outcome
        if self.outcome in QUIET_OUTCOMES:
            return "quiet"
        if self.outcome not in HEALTHY_OUTCOMES:
            return "failed"
        return "moved" if self.state and self.state.moved_to else "fine"


@dataclass(frozen=True, slots=True)
class LanguageHealth:
    """How many feeds of a language were read."""

    language: Lang
    read: int
    total: int


_ORDER = ("failed", "moved", "quiet", "never", "fine", "off")


def health_of_feeds(site: Site, asked: Asked) -> Response:
    """What needs a hand comes first."""
    found = read_health(site)
    ordered = sorted(found, key=lambda health: (_ORDER.index(health.condition), health.feed.name.lower()))
    values = {"feeds": ordered, "languages_read": by_language(found), "conditions": conditions(found)}
    return page(site, asked, "feeds.html.j2", values, section="feeds")


def read_health(site: Site) -> tuple[FeedHealth, ...]:
    states = site.store.feed_states()
    return tuple(FeedHealth(feed, states.get(feed.id)) for feed in site.config.feeds)


def by_language(found: tuple[FeedHealth, ...]) -> tuple[LanguageHealth, ...]:
    """Of the feeds that are switched on; a quiet one was read."""
    asked_for = [health for health in found if health.condition != "off"]
    return tuple(
        LanguageHealth(
            language,
            sum(h.feed.language == language and h.condition in ("fine", "moved", "quiet") for h in asked_for),
            sum(h.feed.language == language for h in asked_for),
        )
        for language in LANGUAGES
    )


def conditions(found: tuple[FeedHealth, ...]) -> Mapping[str, int]:
    return Counter(health.condition for health in found)
