"""Each profile's own time, zone and days, else the schedule's; the health check's address stays out of the file."""

import pytest
from pydantic import ValidationError

from monitor.config import Config, ScheduleConfig

FEEDS = [{"id": "a", "name": "A", "url": "https://example.org/feed", "language": "en"}]


def test_a_profile_takes_from_the_schedule_what_it_does_not_say_itself() -> None:
    config = Config.model_validate(
        {
            "schedule": {"time": "06:30", "timezone": "America/Chicago", "days": ["mon", "fri"]},
            "profiles": [
                {"id": "everyone"},
                {"id": "tijuana", "timezone": "America/Tijuana"},
                {"id": "evening", "time": "18:00", "days": ["sun"]},
            ],
            "feeds": FEEDS,
        }
    )
    assert config.timetables() == {
        "everyone": config.schedule,
        "tijuana": ScheduleConfig(time="06:30", timezone="America/Tijuana", days=("mon", "fri")),
        "evening": ScheduleConfig(time="18:00", timezone="America/Chicago", days=("sun",)),
    }


@pytest.mark.parametrize("wrong", [{"time": "6.30"}, {"days": []}, {"days": ["domingo"]}, {"timezone": "Texas"}])
def test_a_wrong_time_of_a_profile_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"profiles": [{"id": "everyone", **wrong}], "feeds": FEEDS})


def test_the_address_of_the_health_check_does_not_belong_into_the_file() -> None:
    with pytest.raises(ValidationError, match="put it into a variable and name that in ping_url_env"):
        ScheduleConfig(ping_url_env="https://hc-ping.example/3f0c")
