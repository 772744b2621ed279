"""Offices and those who hold them, as `data/offices.yaml` lists them (its head describes the format). Pure.

A person stands for an office during a term: by the date of a report it is known who "the governor" is and who only was.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.records import Agency, Place
from monitor.stories.names import Name, Sense, listed


@dataclass(frozen=True, slots=True)
class Office:
    """An office with all the names that stand for it: of itself ("role") and of people ("person")."""

    agency: Agency
    names: tuple[Name, ...]


def read_offices(
    document: Mapping[str, Any], places: Mapping[str, Place], names_of: Mapping[str, Sequence[str]]
) -> Iterator[Office]:
    """The listed offices, then the mayors of towns on the border. `names_of` are the names of places by id."""
    rows: Mapping[str, Mapping[str, Any]] = document["offices"]
    unlisted = {f"mayor-{id_}": {"place": id_, "kind": "mayor"} for id_, place in places.items() if _has_mayor(place)}
    for id_, row in (unlisted | dict(rows)).items():
        seat = row.get("place", "")
        senses = [Sense(id_), *([Sense(seat)] if seat else [])]
        roles = [*row.get("roles", ()), *_of_place(document["roles"].get(row["kind"], ()), names_of.get(seat, ()))]
        people = [name for holder in row.get("holders", ()) for name in _person(id_, holder, document, row["kind"])]
        yield Office(
            _agency(id_, row.get("name"), places.get(seat)),
            (*(listed(role, senses=senses, kind="role", spelling="any") for role in roles), *people),
        )


def _has_mayor(place: Place) -> bool:
    return place.kind == "city" and bool(place.region)


def _agency(id_: str, names: Sequence[str] | None, seat: Place | None) -> Agency:
    """An office by its listed names; without them it is that of a mayor."""
    if seat and not names:
        names = (f"Mayor of {seat.name_en}", f"Alcaldía de {seat.name_es}")
    english, spanish = names or (id_, id_)
    return Agency(id_, english, spanish, kind="office")


def _of_place(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    return [pattern.format(name) for name in names for pattern in patterns]


def _person(id_: str, holder: Sequence[Any], document: Mapping[str, Any], kind: str) -> list[Name]:
    """The names of one who holds an office: in full, the last one after a title, and others."""
    full, last, since, until, others = holder
    sense = Sense(id_, _day(since, last=False), _day(until, last=True) if until else date.max)
    titled = [f"{title} {last}" for title in document["titles"][kind]] if last else []
    return [listed(name, senses=[sense], kind="person") for name in (full, *titled, *others)]


def _day(written: date | str, *, last: bool) -> date:
    """A day as it is, or the first or last one of a month ("2025-06")."""
    if isinstance(written, date):
        return written
    year, month = map(int, written.split("-"))
    return date(year, month, monthrange(year, month)[1] if last else 1)
