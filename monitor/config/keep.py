"""The part `storage.keep` of feeds.yaml: how long `monitor db purge` leaves what."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from monitor.config.base import Section

SHORTEST_DAYS = 32  # a run may look back 31 days: digest.window_hours, stories.live_days, what feeds brought of late
_AGE = re.compile(r"([0-9]{1,5})d|never")


def _check_age(age: str) -> str:
    match = _AGE.fullmatch(age)
    if not match:
        raise ValueError(f"'{age}' is no age; write a number of days like 90d, or never")
    if match[1] and int(match[1]) < SHORTEST_DAYS:
        raise ValueError(f"'{age}' is too short, for a run may look back 31 days; write at least {SHORTEST_DAYS}d")
    return age


Age = Annotated[str, AfterValidator(_check_age)]


class KeepConfig(Section):
    """What `monitor db purge` takes away, by age: a number of days like 90d, or never.

    Editions, who got them, who has left a list, stories and the headlines and links of their reports always stay.
    """

    texts: Age = "90d"
    """Full texts of reports, of which an excerpt stays, and remembered translations; not of stories that go on."""
    dropped: Age = "90d"
    """Reports that were judged irrelevant."""
    messages: Age = "90d"
    """Mails as they were sent; that they were sent is always known, but they cannot be sent again after that."""
    runs: Age = "400d"
    """Reports of runs, and what became of slots of the schedule."""


def age_of(age: str) -> timedelta | None:
    """How old something may get; None: it stays for ever."""
    return None if age == "never" else timedelta(days=int(age.removesuffix("d")))
