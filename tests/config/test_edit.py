"""Feeds are added to feeds.yaml as a person would: comments, order and everything else stay."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import FeedConfig
from monitor.config.edit import with_feeds
from monitor.errors import ConfigError
from monitor.resources import bundled

BASE = """version: 1
# before
feeds:
  # the first one
  - id: one
    name: "One: the paper"   # quoted
    url: https://one.example/feed
    language: en

# after
recipients:
  - { address: a@example.org }
"""

ONE = "feeds:\n  - url: https://one.example/\n    id: one\n    name: One\n    language: en\n"


def feed(id_: str, **more: object) -> FeedConfig:
    fields = {"id": id_, "name": "La Voz «ñ»: hoy", "url": f"https://{id_}.example/rss?x=1", "language": "es"}
    return FeedConfig.model_validate({**fields, **more})


def ids(text: str) -> list[str]:
    return [item["id"] for item in yaml.safe_load(text)["feeds"]]


def test_new_feeds_stand_behind_the_last_one_and_nothing_else_moves() -> None:
    text = with_feeds(BASE, [feed("two", low_volume=True), feed("three")], path="feeds.yaml")
    assert ids(text) == ["one", "two", "three"]
    for line in BASE.splitlines():
        assert line in text.splitlines()
    assert text.index("# the first one") < text.index("id: two") < text.index("# after")
    assert yaml.safe_load(text)["recipients"] == [{"address": "a@example.org"}]


def test_the_shipped_file_can_be_added_to_and_keeps_every_line() -> None:
    before = bundled("feeds.yaml").read_text("utf-8")
    after = with_feeds(before, [feed("zz-new")], path="feeds.yaml")
    assert ids(after)[-1] == "zz-new"
    rest = iter(after.splitlines())
    assert all(line in rest for line in before.splitlines())  # in order


@pytest.mark.parametrize(
    "text",
    [
        "feeds:\n- id: one\n  name: One\n  url: https://one.example/\n  language: en",
        "feeds:\n  - {id: one, name: One, url: https://one.example/, language: en}  # one line\n",
        "feeds:\n  - id: one\n    name: |\n      One\n    url: https://one.example/\n    language: en\nversion: 1\n",
        ONE + "    headers: {\n      A: b}",
        "\ufeff" + BASE,
        BASE.replace("\n", "\r\n"),
    ],
)
def test_every_way_to_write_the_list_is_understood(text: str) -> None:
    before = [item["id"] for item in yaml.safe_load(text.lstrip("\ufeff")).get("feeds") or []]
    assert ids(with_feeds(text, [feed("two"), feed("three")], path="f")) == [*before, "two", "three"]


def test_a_list_in_one_line_is_left_alone_with_advice() -> None:
    text = "feeds: [{id: one, name: One, url: 'https://one.example/', language: en}]\n"
    with pytest.raises(ConfigError, match="by hand"):
        with_feeds(text, [feed("two")], path="feeds.yaml")


def test_an_id_that_is_taken_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ConfigError, match="one"):
        with_feeds(BASE, [feed("one")], path="feeds.yaml")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_any_name_and_note_come_back(text: str) -> None:
    new = FeedConfig.model_construct(**{**feed("two").model_dump(), "note": text})
    found = yaml.safe_load(with_feeds(BASE, [new], path="f"))["feeds"][-1]
    assert found.get("note", "") == text
