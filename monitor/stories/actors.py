"""Who is named in a sentence that could say something: agencies of the gazetteer, titles in words, known people. Pure.

An agency is found by its name, others by what they are called ("the mayor", "la fiscalía", "witnesses"), a person by
a last name that some report gives together with a title. Where the words beside a title name a town or a state, it is
the mayor of that town. Known gaps: titles that are not listed; two lawyers of one story are one lawyer.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.records import Lang
from monitor.resources import read_yaml
from monitor.stories.gazetteer import find_mentions, find_places, gazetteer
from monitor.stories.plain import plain

_FILE = Path(__file__).with_name("data") / "statements.yaml"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who says something.

    `office` is what the gazetteer's "Fiscalía de Sonora" and a mere "la fiscalía" have in common; `place` is where,
    when the words tell; `vague` gives way to anybody more exact.
    """

    id: str
    name_en: str
    name_es: str
    office: str
    place: str = ""
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """An actor at a place in a sentence."""

    actor: Actor
    start: int
    end: int


People = Mapping[str, Actor]  # by last name, folded


@lru_cache(maxsize=1)
def document() -> Mapping[str, Any]:
    """The shipped words for actors and for what they say, as `data/statements.yaml` describes them."""
    loaded: Mapping[str, Any] = read_yaml(_FILE)
    return loaded


def press() -> Actor:
    """An outlet that reports something in its own voice."""
    return _actors()["press"]


@lru_cache(maxsize=1)
def _actors() -> Mapping[str, Actor]:
    """The listed actors; those without a name have that of the gazetteer."""
    known, vague = gazetteer().agencies, document()["vague"]
    found = {}
    for id_, (name_en, name_es, *_) in document()["actors"].items():
        agency = known.get(id_)
        if name_en or agency is None:
            found[id_] = Actor(id_, name_en or id_, name_es or id_, id_, vague=id_ in vague)
        else:
            found[id_] = Actor(id_, agency.name_en, agency.name_es, id_)
    return found


@dataclass(frozen=True, slots=True)
class _Title:
    """A word for an actor, without accents; `exact` when it counts only as it is written here."""

    id: str
    written: str
    exact: bool


@lru_cache(maxsize=2)
def _titles(language: Lang) -> tuple[re.Pattern[str], Mapping[str, _Title]]:
    """The listed words of a language, the longest first, and whose they are."""
    column = {"en": 2, "es": 3}[language]
    listed = [_Title(id_, plain(w), w != w.lower()) for id_, row in document()["actors"].items() for w in row[column]]
    of_words = {title.written.lower(): title for title in listed}
    words = "|".join(map(re.escape, sorted(of_words, key=lambda w: (-len(w), w))))
    return re.compile(rf"(?<![\w'-])(?:{words})(?![\w-])"), of_words


def actors_in(text: str, language: Lang, people: People, on: date) -> tuple[Named, ...]:
    """All actors that a sentence names, from left to right; where two overlap, the longer.

    The official of "a Defense Department official" is the department.
    """
    found = [*_agencies(text, on), *_titled(text, language), *_people(text, people)]
    kept: list[Named] = []
    for named in sorted(found, key=lambda n: (n.start - n.end, n.start, n.actor.id)):
        if not any(named.start < other.end and other.start < named.end for other in kept):
            kept.append(named)
    ordered = sorted(kept, key=lambda n: n.start)
    return tuple(n for k, n in enumerate(ordered) if not (k and n.actor.vague and n.start == ordered[k - 1].end + 1))


def _agencies(text: str, on: date) -> Iterable[Named]:
    for mention in find_mentions(text):
        actor = next((_known()[s.id] for s in mention.name.senses if s.id in _known() and s.holds(on)), None)
        if actor:
            yield Named(actor, mention.start, mention.end)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Actor]:
    """The agencies and offices of the gazetteer as actors; a criminal group gives no statements."""
    pattern, of_words = _titles("es")
    found = {}
    for agency in gazetteer().agencies.values():
        if agency.kind != "cartel":
            title = pattern.match(plain(agency.name_es).lower())
            listed = of_words[title[0]].id if title and of_words[title[0]].id not in gazetteer().agencies else agency.id
            office = document()["heads"].get(agency.id, listed)
            place = next((place.id for place in find_places(agency.name_es)), "") if office != agency.id else ""
            found[agency.id] = Actor(agency.id, agency.name_en, agency.name_es, office, place)
    return found


def _titled(text: str, language: Lang) -> Iterable[Named]:
    pattern, of_words = _titles(language)
    flat = plain(text)
    for match in pattern.finditer(flat.lower()):
        title = of_words[match[0]]
        if not title.exact or flat[match.start() : match.end()] == title.written:
            actor = _placed(_actors()[title.id], text, match.start(), match.end())
            yield Named(actor, match.start(), match.end())


_PLACE_BEHIND = re.compile(
    r"^(?:'s office)?(?: of| de| del| municipal de| estatal de)? ((?:(?:[A-Z]\w+|de|del|la)[ ]?){1,4})"
)
_PLACE_BEFORE = re.compile(r"((?:[A-Z]\w+ ){1,3})$")


def _placed(actor: Actor, text: str, start: int, end: int) -> Actor:
    """The actor with the town or state that stands beside the title, of which there are many: mayors, police."""
    if actor.vague or actor.id in gazetteer().agencies:
        return actor
    flat = plain(text)
    behind, before = _PLACE_BEHIND.match(flat[end:]), _PLACE_BEFORE.search(flat[:start])
    for beside in (behind, before):
        places = find_places(beside[1]) if beside else ()
        if places:
            place = places[0]
            return replace(
                actor,
                place=place.id,
                name_en=f"{actor.name_en} of {place.name_en}"
                if actor.id == "mayor"
                else f"{actor.name_en} ({place.name_en})",
                name_es=f"{actor.name_es} de {place.name_es}",
            )
    return actor


# ---------------------------------------------------------------- people

_NAME = r"[A-Z][\w'’-]+(?: (?:de |del |la |los )*[A-Z][\w'’-]+)*"
_NAME_BEHIND = re.compile(rf" ({_NAME})")
_NAME_BEFORE = re.compile(rf"({_NAME}), (?:the |el |la |a |un |una )?$")


def people_in(texts: Iterable[tuple[str, Lang]], on: date) -> People:
    """Last names that stand beside a title in any of the texts. A name with two titles keeps none of them."""
    found: dict[str, set[Actor]] = {}
    for text, language in texts:
        flat = plain(text)
        for named in (*_agencies(text, on), *_titled(text, language)):
            match = _NAME_BEHIND.match(flat[named.end :]) or _NAME_BEFORE.search(flat[: named.start])
            if match and " " in match[1] and not find_mentions(match[1]) and not named.actor.vague:
                found.setdefault(match[1].split()[-1].lower(), set()).add(named.actor)
    return {name: _one_of(actors) for name, actors in found.items() if len({a.id for a in actors}) == 1}


def _one_of(actors: Iterable[Actor]) -> Actor:
    """The most exact of several readings of one actor: the one with a place."""
    return max(actors, key=lambda actor: (actor.place != "", actor.place))


def _people(text: str, people: People) -> Iterable[Named]:
    if people:
        for match in re.finditer(_NAME, plain(text)):
            actor = people.get(match[0].split()[-1].lower())
            if actor:
                yield Named(actor, match.start(), match.end())


def same_actor(a: Actor, b: Actor) -> bool:
    """Whether two may be one: the same office, and not of two towns."""
    return a.office == b.office and (not a.place or not b.place or a.place == b.place)
