"""The section `alerts` of feeds.yaml: mail between digests, to readers about a story, to operators about trouble."""

import re
from collections import Counter
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from monitor.config.base import Address, Section, Slug
from monitor.config.schedule import Zone
from monitor.records import Lang, Profile

_SPAN = re.compile(r"(\d{1,4})\s*([mh])")
_SHORTEST = timedelta(minutes=5)


def _span(text: str) -> timedelta | None:
    """ "30m", "2h"; None for "". Raises ValueError with "problem; remedy" otherwise."""
    if not text:
        return None
    match = _SPAN.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is no span of time; write for example 30m or 2h")
    count = int(match[1])
    span = timedelta(minutes=count) if match[2] == "m" else timedelta(hours=count)
    if not _SHORTEST <= span <= timedelta(days=1):
        raise ValueError(f"'{text}' is too short or too long; write 5m to 24h")
    return span


def _check_span(text: str) -> str:
    _span(text)
    return text


class StoryAlertConfig(Section):
    """A mail at once when a story passes a threshold; all that is given here must hold."""

    id: Slug
    """Name of the rule; never reused: what it has told hangs on it."""
    recipients: Annotated[tuple[Address, ...], Field(min_length=1)]
    """Who is told."""
    language: Lang = "en"
    """Language of the mail."""
    outlets: int = Field(default=5, ge=1, le=1000)
    """So many independent outlets report it, at least; copies and sister titles count once."""
    both_languages: bool = False
    """Reported in English and in Spanish."""
    score: float = Field(default=0, ge=0)
    """Points of its rank, at least; what a digest says after "ranked here for" adds up to them."""
    topics: tuple[str, ...] = ()
    """Lexicon categories, one of them; empty: any."""
    regions: tuple[str, ...] = ()
    """Places, one of them; empty: any."""
    fresh_hours: float = Field(default=12, gt=0, le=96)
    """Its newest report is at most this old."""
    at_most: int = Field(default=5, ge=1, le=100)
    """Mails of this rule per recipient and local day; `monitor status` names what was held back."""
    timezone: Zone | None = None
    """Zone of that day and of the times shown; empty: the schedule's."""

    @property
    def list_id(self) -> str:
        """The list its recipients are on: what they unsubscribe from. No profile can be called so."""
        return f"alert/{self.id}"

    def to_profile(self, default_zone: str) -> Profile:
        """What it asks of a story, as a profile asks it."""
        return Profile(
            id=self.list_id,
            language=self.language,
            topics=self.topics,
            regions=self.regions,
            minimum_score=self.score,
            max_stories=1,
            timezone=self.timezone or default_zone,
        )


class OperatorConfig(Section):
    """Mail to whoever runs this program, when something is broken, once a day for each cause, and when it is over."""

    recipients: tuple[Address, ...] = ()
    """Who is told; empty: nobody, `monitor status --check` still tells."""
    language: Lang = "en"
    """Language of the mail."""
    silent_hours: float | None = Field(default=None, gt=0, le=24 * 31)
    """So long may no run succeed; empty: the longest pause of the schedule and two hours, 26 for a daily digest."""
    waiting_hours: float = Field(default=2, gt=0, le=24 * 14)
    """So long may a message wait for a mail server to take it."""


class AlertsConfig(Section):
    """Mail between two digests."""

    every: Annotated[str, AfterValidator(_check_span)] = ""
    """How often `monitor schedule` reads the feeds for alerts between two digests: 30m, 2h; empty: never, stories are
    then looked at when a digest is made."""
    stories: tuple[StoryAlertConfig, ...] = ()
    """Rules by which readers are told of a story at once."""
    operator: OperatorConfig = OperatorConfig()

    @model_validator(mode="after")
    def _rules_differ(self) -> Self:
        twice = [name for name, count in Counter(rule.id for rule in self.stories).items() if count > 1]
        if twice:
            raise ValueError(f"stories: id used twice: {', '.join(twice)}; give each its own")
        return self

    @property
    def interval(self) -> timedelta | None:
        """`every` as a span; None: never, or nothing to look for."""
        return _span(self.every) if self.stories else None
