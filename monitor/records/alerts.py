"""Story alerts in a run's report, and troubles that operators are told of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.records.base import Lang


@dataclass(frozen=True, slots=True)
class AlertReport:
    """A story that a rule of feeds.yaml told its readers of, or held back because its day was full."""

    rule: str
    story_id: str
    title: str  # in the rule's language
    state: Literal["told", "held"]
    outlets: int  # independent ones
    languages: tuple[Lang, ...]
    score: float


Cause = Literal["run", "feeds-en", "feeds-es", "engine", "outbox"]
CAUSES: tuple[Cause, ...] = ("run", "feeds-en", "feeds-es", "engine", "outbox")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that whoever runs this program has to know of.

    run       no run has made a digest for longer than the schedule's longest pause
    feeds-en  no feed in English could be read, feeds-es: in Spanish
    engine    an engine that a run would take failed its test sentences, or there is none
    outbox    messages have been waiting for the mail server for too long
    """

    cause: Cause
    since: datetime | None = None  # None: not known
    number: int = 0  # messages, of "outbox"
    details: tuple[str, ...] = ()  # as a log has them, in English
