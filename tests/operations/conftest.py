"""A user's desk, with which commands are run as a user runs them."""

import json
from typing import Any

import pytest

from tests.app.conftest import Desk, desk

__all__ = ["desk"]

Line = dict[str, Any]


def json_lines(text: str) -> list[Line]:
    """Every line of a JSON log; whatever is no JSON fails the test."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def dead_feed(desk: Desk) -> str:
    """The id of a feed of the desk that nobody answers for."""
    desk.document["feeds"][0]["url"] = "http://127.0.0.1:9/feed"
    desk.write()
    return str(desk.document["feeds"][0]["id"])
