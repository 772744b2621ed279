"""Which countries a text is about. Pure, but for the reading of the shipped list.

What tells two storms, strikes or inflation figures apart is where they happened, and beyond the border that is the
country. Known gaps: cities other than the largest are not seen, nor small islands; Georgia is the American state.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.records import Place
from monitor.resources import read_yaml
from monitor.stories.names import NameIndex, Sense, listed
from monitor.stories.plain import plain

HOME = frozenset({"united-states", "mexico"})  # in nearly every report of the border, and so no contradiction
_FILE = Path(__file__).with_name("data") / "countries.yaml"
_OF_PLACE = {"US": "united-states", "MX": "mexico"}


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of countries, and stems of their people without accents in lower case by their first letters."""

    names: NameIndex
    stems: Mapping[str, tuple[tuple[str, str], ...]]  # with the country


def find_countries(text: str) -> frozenset[str]:
    """The countries that a text names, by themselves or by a city or region of the list."""
    return frozenset(sense.id for said in _names().names.find(plain(text)) for sense in said.name.senses)


def countries_of(places: Iterable[Place]) -> frozenset[str]:
    """The countries that places of the gazetteer lie in."""
    return frozenset(_OF_PLACE[place.country] for place in places if place.country in _OF_PLACE)


def find_peoples(text: str) -> frozenset[str]:
    """The countries whose people a text names; where they are is another matter."""
    flat, stems = plain(text).lower(), _names().stems
    return frozenset(
        country
        for word in _WORD.finditer(flat)
        for stem, country in stems.get(word[0][:_HEAD], ())
        if flat.startswith(stem, word.start()) and _ENDING.match(flat, word.start() + len(stem))
    )


_WORD = re.compile(r"\w+")
_HEAD = 4  # letters by which stems are kept; none is shorter
_ENDING = re.compile(r"[a-z]{0,4}(?!\w)")


@lru_cache(maxsize=1)
def _names() -> _Names:
    document: Mapping[str, Any] = read_yaml(_FILE)
    names = [listed(name, spelling="any") for name in document["not_countries"]]
    stems: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for id_, (english, spanish, of_people, others) in document["countries"].items():
        names += [listed(name, senses=[Sense(id_)]) for name in (english, spanish, *others)]
        for stem in (plain(stem).lower() for stem in of_people):
            stems[stem[:_HEAD]].append((stem, id_))
    return _Names(NameIndex(names), {head: tuple(found) for head, found in stems.items()})
