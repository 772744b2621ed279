"""Which countries a text is about. Pure, but for the reading of the shipped list.

What tells two storms, strikes or inflation figures apart is where they happened, and beyond the border that is the
country. Known gaps: some seventy countries; cities other than the largest are not seen; Georgia is the American state.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from monitor.records import Place
from monitor.stories.plain import plain

HOME = frozenset({"united-states", "mexico"})  # in nearly every report of the border, and so no contradiction
_FILE = Path(__file__).with_name("data") / "countries.yaml"
_OF_PLACE = {"US": "united-states", "MX": "mexico"}


@dataclass(frozen=True, slots=True)
class _Names:
    """Patterns on text without accents, and the country of what they find."""

    name: re.Pattern[str]
    people: re.Pattern[str]  # in lower case
    of_name: Mapping[str, str]
    of_stem: Mapping[str, str]


def find_countries(text: str) -> frozenset[str]:
    """The countries that a text names, by themselves or by a city or region of the list."""
    names = _names()
    return frozenset({names.of_name[match[0]] for match in names.name.finditer(plain(text))} - {""})


def countries_of(places: Iterable[Place]) -> frozenset[str]:
    """The countries that places of the gazetteer lie in."""
    return frozenset(_OF_PLACE[place.country] for place in places if place.country in _OF_PLACE)


def find_peoples(text: str) -> frozenset[str]:
    """The countries whose people a text names; where they are is another matter."""
    names = _names()
    return frozenset(names.of_stem[match[1]] for match in names.people.finditer(plain(text).lower()))


@lru_cache(maxsize=1)
def _names() -> _Names:
    document: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    of_name = {plain(name): "" for name in document["not_countries"]}
    of_stem: dict[str, str] = {}
    for id_, (english, spanish, stems, others) in document["countries"].items():
        of_name |= {plain(name): id_ for name in (english, spanish, *others)}
        of_stem |= {plain(stem).lower(): id_ for stem in stems}
    return _Names(
        name=re.compile(rf"(?<!\w)(?:{_any_of(of_name)})(?!\w)"),
        people=re.compile(rf"(?<!\w)({_any_of(of_stem)})[a-z]{{0,4}}(?!\w)"),
        of_name=of_name,
        of_stem=of_stem,
    )


def _any_of(words: Mapping[str, str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
