"""Places and actors of the border, found in a text of either language.

Known gaps: a surname that is also a town counts as the town unless it is listed as an exception; places that are not in
the file are not seen; "Juárez" is always the city; a dateline left in the text counts as a mention.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from monitor.records import Agency, Place
from monitor.stories.plain import plain

_FILE = Path(__file__).with_name("data") / "gazetteer.yaml"


@dataclass(frozen=True, slots=True)
class _Names:
    """Names without accents in lower case by their first word, the longest first, and what each stands for."""

    by_first_word: Mapping[str, tuple[str, ...]]
    id_of: Mapping[str, str]
    exact: Mapping[str, str]  # name -> the only spelling that counts


@dataclass(frozen=True, slots=True)
class _Mention:
    id: str  # empty: a longer name that means something else
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The file, ready for searching."""

    places: Mapping[str, Place]
    agencies: Mapping[str, Agency]
    _place_names: _Names
    _agency_names: _Names

    def find_places(self, text: str) -> tuple[Place, ...]:
        """Places named in a text, the most mentioned first; a cartel or a newspaper named after one is none."""
        masked = plain(text)
        for found in _matches(masked, self._agency_names):
            masked = masked[: found.start] + " " * (found.end - found.start) + masked[found.end :]
        return tuple(self.places[id_] for id_ in _ranked(masked, self._place_names))

    def find_agencies(self, text: str) -> tuple[Agency, ...]:
        """Agencies, groups and offices named in a text, the most mentioned first."""
        return tuple(self.agencies[id_] for id_ in _ranked(plain(text), self._agency_names))


def find_places(text: str) -> tuple[Place, ...]:
    """Places named in a text, the most mentioned first. From the shipped file."""
    return gazetteer().find_places(text)


def find_agencies(text: str) -> tuple[Agency, ...]:
    """Agencies, groups and offices named in a text, the most mentioned first. From the shipped file."""
    return gazetteer().find_agencies(text)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, read once per process."""
    return parse_gazetteer(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def parse_gazetteer(document: Mapping[str, Any]) -> Gazetteer:
    """A gazetteer from the document of `data/gazetteer.yaml` (its head describes the format)."""
    places, place_names = {}, {plain(name): "" for name in document["not_places"]}
    for id_, (en, es, kind, country, lon, lat, pair, region, others) in document["places"].items():
        places[id_] = Place(id_, en, es, kind, country, lon, lat, pair, region)
        place_names |= dict.fromkeys(_names_of(en, es, others), id_)
    agencies: dict[str, Agency] = {}
    agency_names: dict[str, str] = {}
    for id_, (en, es, kind, others) in document["agencies"].items():
        agencies[id_] = Agency(id_, en, es, kind)
        agency_names |= dict.fromkeys(_names_of(en, es, others), id_)
    return Gazetteer(places, agencies, _compile(place_names), _compile(agency_names))


def _names_of(name_en: str, name_es: str, others: Iterable[str]) -> list[str]:
    """What to look for. Where only exact spellings are listed ("{Mission, Texas}"), the bare name is too common."""
    listed = list(others)
    only_exact = bool(listed) and all(name.startswith("{") for name in listed)
    return [plain(name) for name in ([] if only_exact else [name_en, name_es]) + listed]


def _compile(names: Mapping[str, str]) -> _Names:
    exact = {name.strip("{}").lower(): name.strip("{}") for name in names if name.startswith("{")}
    id_of = {name.strip("{}").lower(): id_ for name, id_ in names.items()}
    by_first_word: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(id_of, key=lambda name: (-len(name), name)):
        by_first_word[re.findall(r"\w+", name)[0]].append(name)
    return _Names({word: tuple(found) for word, found in by_first_word.items()}, id_of, exact)


_WORD = re.compile(r"(?<![\w@#.])\w+")


def _matches(text: str, names: _Names) -> list[_Mention]:
    """Names in a text without accents, from left to right; at each word the longest."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter whose small form is two: rare enough to read only as it stands
        lowered = text
    found: list[_Mention] = []
    for word in _WORD.finditer(lowered):
        start = word.start()
        if word[0] in names.by_first_word and (not found or start >= found[-1].end):
            for name in names.by_first_word[word[0]]:
                end = start + len(name)
                whole = lowered.startswith(name, start) and not lowered[end : end + 1].isalnum()
                if whole and _is_name(text[start:end], names):
                    found.append(_Mention(names.id_of[name], start, end))
                    break
    return found


def _is_name(text: str, names: _Names) -> bool:
    """Whether a match is written as a name: as listed, or with a capital in front and at every longer word."""
    exact = names.exact.get(text.lower())
    if exact is not None:
        return text == exact
    words = [w for w in re.findall(r"\w+", text) if len(w) > 3 or w == text]
    return any(w[0].isupper() for w in words) and words[-1][0].isupper()


def _ranked(text: str, names: _Names) -> list[str]:
    """Ids by number of mentions, then by first mention."""
    counts = Counter(mention.id for mention in _matches(text, names))
    return [id_ for id_, _ in counts.most_common() if id_]
