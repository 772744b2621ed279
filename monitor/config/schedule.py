"""The section `schedule` of feeds.yaml: when `monitor schedule` makes a digest."""

import re
from datetime import time as clock_time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from monitor.config.base import Section

_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"'{name}' is no IANA time zone; write for example America/Chicago or America/Tijuana"
        ) from None
    return name


def _check_time(time: str) -> str:
    if not _TIME.fullmatch(time):
        raise ValueError(f"'{time}' is no time of day; write it in quotes and 24 hours, for example \"06:30\"")
    return time


def _check_written_out(time: Any) -> Any:
    """YAML reads 18:00 without quotes as a number, and 06:30 as text."""
    if isinstance(time, int | float):
        problem = f'{time} is a number; write the time in quotes and 24 hours, for example "18:00"'
        raise ValueError(problem)  # noqa: TRY004 - what pydantic takes for a mistake of the file
    return time


Zone = Annotated[str, AfterValidator(_check_zone)]
TimeOfDay = Annotated[str, BeforeValidator(_check_written_out), AfterValidator(_check_time)]


def _check_times(times: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((time for time in times if times.count(time) > 1), None)
    if twice:
        raise ValueError(f"'{twice}' is said twice; say each time once")
    return tuple(sorted(times))


Times = Annotated[tuple[TimeOfDay, ...], Field(min_length=1, max_length=24), AfterValidator(_check_times)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
BOTH_TIMES = "`time` and `times` are both said; keep one of them"
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Days = Annotated[tuple[Weekday, ...], Field(min_length=1)]


class ScheduleConfig(Section):
    """When `monitor schedule` makes a digest."""

    time: TimeOfDay = "06:30"
    """Local time of day, "HH:MM"."""
    times: Times | None = None
    """Several times of day in place of `time`, for as many digests a day: ["06:30", "18:00"]."""
    timezone: Zone = "America/Chicago"
    """IANA zone of `time` and of the digest's date, unless a profile has its own."""
    days: Days = WEEKDAYS
    """Days on which a digest is made: [mon, thu], or one of them for a weekly digest."""
    ping_url_env: str = ""
    """Environment variable that holds an address to call when a run has succeeded, and with /fail when it has not."""
    ping_url_file: str = ""
    """File that holds this address (wins over ping_url_env); relative to feeds.yaml."""

    @property
    def times_of_day(self) -> tuple[clock_time, ...]:
        """When a digest is made, in the order of the day."""
        return tuple(map(clock_time.fromisoformat, self.times or (self.time,)))

    @model_validator(mode="after")
    def _one_list_of_times(self) -> Self:
        if self.times and "time" in self.model_fields_set:
            raise ValueError(BOTH_TIMES)
        return self

    @model_validator(mode="after")
    def _address_is_hidden(self) -> Self:
        if "://" in self.ping_url_env:
            raise ValueError("an address to ping is a secret; put it into a variable and name that in ping_url_env")
        return self
