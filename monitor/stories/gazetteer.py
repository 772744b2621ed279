"""Places, agencies and officials of the border, found in a text of either language.

A place is none where a first name or a title stands before it ("Laura Guerrero"), or a word for a street ("avenida
Juárez"); an office is not named by "former" or "candidate for". Known gaps: a surname alone that is also a town counts
as the town ("Laredo said"); what is not in the files is not seen; a dateline left in the text counts as a mention;
"la mandataria" may be a governor where the paper is local; nobody is an official without a term in the file.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.records import Agency, Place
from monitor.resources import parse_yaml
from monitor.stories.names import Mention, NameIndex, Sense, listed
from monitor.stories.offices import read_offices
from monitor.stories.plain import plain

_DATA = Path(__file__).with_name("data")
_REMEMBERED = 4096  # texts: a report is asked for its places, agencies and officials, some of them several times


@dataclass(frozen=True, slots=True)
class _Context:
    """Words beside a name that make another thing of it, folded."""

    first_names: frozenset[str]
    titles: frozenset[str]
    streets: frozenset[str]
    thoroughfares: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The files, ready for searching. Agencies hold the offices, too."""

    places: Mapping[str, Place]
    agencies: Mapping[str, Agency]
    _names: NameIndex
    _context: _Context

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """All that is named in a text, from left to right; offsets are those of the text."""
        flat = plain(text)
        found = self._names.find(flat)
        meant = (self._meant(flat, said, found[k - 1].end if k else 0) for k, said in enumerate(found))
        return tuple(said for said in meant if said.name.senses)

    def _meant(self, text: str, said: Mention, from_: int) -> Mention:
        """A mention with what it means by the words beside it, but for those of the name before."""
        before = text[max(from_, said.start - _BESIDE) : said.start]
        if said.name.kind == "role" and _NO_OFFICE.search(before.lower()):
            return _with(said, [sense for sense in said.name.senses if sense.id in self.places])
        if said.name.kind in ("place", "person") and not self._stands(text, said, before):
            return _with(said, [])
        return said

    def _stands(self, text: str, said: Mention, before: str) -> bool:
        """Whether a place or an official is named, and no street or somebody else."""
        if said.name.kind == "place" and self._is_address(before, text[said.end : said.end + _BESIDE]):
            return False
        return " " in said.name.written or not self._is_person(before)

    def _is_address(self, before: str, after: str) -> bool:
        street, way = _WORD_BEFORE.search(before), _WORD_AFTER.match(after)
        return bool(
            (street and street[1].lower() in self._context.streets) or (way and way[1] in self._context.thoroughfares)
        )

    def _is_person(self, before: str) -> bool:
        """Whether a first name or a title makes a last name of the word that follows."""
        word = _WORD_BEFORE.search(before)
        return bool(word and (word[1] in self._context.first_names or word[1] in self._context.titles))

    def places_of(self, said: Iterable[Mention]) -> tuple[Place, ...]:
        """The places among mentions, the most mentioned first."""
        return tuple(self.places[id_] for id_ in _ranked(said, None) if id_ in self.places)

    def agencies_of(self, said: Iterable[Mention], on: date | None = None) -> tuple[Agency, ...]:
        """The agencies, courts, groups and offices among mentions, the most mentioned first."""
        return tuple(self.agencies[id_] for id_ in _ranked(said, on) if id_ in self.agencies)


def _with(said: Mention, senses: Iterable[Sense]) -> Mention:
    return replace(said, name=replace(said.name, senses=tuple(senses)))


_BESIDE = 30  # characters
_WORD_BEFORE = re.compile(r"(\w+)\.? $")
_WORD_AFTER = re.compile(r" (\w+)")
_NO_OFFICE = re.compile(
    r"\b(?:former|ex|onetime|ex-|antigu[oa]|futur[oa]|next)[ -]$"
    r"|\b(?:candidat\w+|aspirante|running|bid|race|run) (?:for|a|a la|al) (?:the )?$"
)


def _ranked(said: Iterable[Mention], on: date | None) -> list[str]:
    """Ids by number of mentions, then by first mention."""
    return [id_ for id_, _ in Counter(_ids(said, on)).most_common()]


def _ids(said: Iterable[Mention], on: date | None) -> Iterator[str]:
    return (sense.id for mention in said for sense in mention.name.senses if sense.holds(on))


# ---------------------------------------------------------------- the shipped files


def find_places(text: str) -> tuple[Place, ...]:
    """Places named in a text, the most mentioned first; a cartel or a newspaper named after one is none."""
    return gazetteer().places_of(find_mentions(text))


def find_agencies(text: str, on: date | None = None) -> tuple[Agency, ...]:
    """Agencies, courts, groups and offices named in a text, the most mentioned first.

    An office is named by itself or by who held it on a day; without a day, by who holds it as far as the file knows.
    """
    return gazetteer().agencies_of(find_mentions(text), on)


def find_officials(text: str, on: date | None = None) -> tuple[Agency, ...]:
    """The offices among `find_agencies`."""
    return tuple(agency for agency in find_agencies(text, on) if agency.kind == "office")


@lru_cache(maxsize=_REMEMBERED)
def find_mentions(text: str) -> tuple[Mention, ...]:
    """All that the shipped files name in a text, from left to right."""
    return gazetteer().mentions(text)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, read once per process."""
    texts = ((_DATA / name).read_text(encoding="utf-8") for name in _FILES)
    return parse_gazetteer(*(parse_yaml(text) for text in texts))


_FILES = ("gazetteer.yaml", "offices.yaml")


def parse_gazetteer(document: Mapping[str, Any], offices: Mapping[str, Any]) -> Gazetteer:
    """A gazetteer from the documents of `data/gazetteer.yaml` and `data/offices.yaml`, whose heads say what is what."""
    places: dict[str, Place] = {}
    agencies: dict[str, Agency] = {}
    names = [listed(name) for name in (*document["not_places"], *offices["not_officials"])]
    called: dict[str, list[str]] = {}
    states = {row[n]: id_ for id_, row in document["places"].items() for n in (0, 1) if row[2] == "state"}
    for id_, (en, es, kind, country, lon, lat, pair, region, others) in document["places"].items():
        places[id_] = Place(id_, en, es, kind, country, lon, lat, pair, region)
        called[id_] = _names_of(en, es, others)
        names += [listed(name, senses=_with_state(id_, name, states), kind="place") for name in called[id_]]
    for id_, (en, es, kind, others, *seat) in document["agencies"].items():
        agencies[id_] = Agency(id_, en, es, kind)
        senses = [Sense(id_), *map(Sense, seat)]
        names += [listed(name, senses=senses, kind=kind) for name in _without_exact(en, es, others)]
    loose = {id_: [name for name in found if name[0] not in "{~"] for id_, found in called.items()}
    for office in read_offices(offices, places, loose):
        agencies[office.agency.id] = office.agency
        names += office.names
    return Gazetteer(places, agencies, NameIndex(names), _context(document))


def _names_of(name_en: str, name_es: str, others: Sequence[str]) -> list[str]:
    """What to look for. Where only exact spellings are listed ("{Mission, Texas}"), the bare name is too common."""
    only_exact = bool(others) and all(name.startswith("{") for name in others)
    return list(others) if only_exact else _without_exact(name_en, name_es, others)


def _without_exact(name_en: str, name_es: str, others: Sequence[str]) -> list[str]:
    """All names, each once; one that is listed in an exact spelling, too, has no other."""
    exact = {name.strip("{}").lower() for name in others if name.startswith("{")}
    own = [name for name in (name_en, name_es) if name.lower() not in exact]
    return list(dict.fromkeys([*own, *others]))


def _with_state(id_: str, name: str, states: Mapping[str, str]) -> list[Sense]:
    """What a name stands for: "Presidio, Texas" for the town and for the state."""
    state = states.get(name.strip("{}").rpartition(", ")[2])
    return [Sense(id_), *([Sense(state)] if state and state != id_ else [])]


def _context(document: Mapping[str, Any]) -> _Context:
    return _Context(**{key: frozenset(map(plain, document[key])) for key in _Context.__dataclass_fields__})
