"""Story alerts in a run's report."""

from dataclasses import dataclass
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
