"""What speaks for and against two reports telling one event, besides their vectors. Pure.

Look-alikes (same kind of event, same place, other day, number, drug, official or act) have nearly equal vectors; what
tells them apart is said in the words. Each reason has a weight in units of cosine; one against is called a veto when it
weighs as much as `VETO`. Known gaps: a crossing or an act counts only where both headlines name one; the ruling of a
higher court is no other act; a weekday in the lead may be that of an announcement; people are left to the words.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from monitor.records import Article, Evidence, Lang, Place
from monitor.stories.countries import HOME, countries_of, find_countries, find_peoples
from monitor.stories.figures import Quantity, consistent, quantities, same_thing, substances
from monitor.stories.gazetteer import find_mentions, gazetteer
from monitor.stories.plain import plain
from monitor.text import lead_sentences

T = TypeVar("T")

VETO = -0.10
MAX_BONUS = 0.15
MAX_PENALTY = -1.00

# Chosen on the development halves of the labelled reports; docs/decisions/0018-evidence.md says what each is worth.
_NUMBER_CONFLICT = -0.08  # alone it may be the difference of figures that readers want to see in one story
_NUMBER_AND_DAY_CONFLICT = -0.25  # another number, a day later: another seizure, flight, transfer
_LOOSE_CONFLICT = -0.04  # see _LOOSE
_SHRINKING = -0.20  # fewer dead than were counted before: tolls only grow
_TEMPLATE_CONFLICT = -1.00  # such a number or place, where the headlines are otherwise the same
_NUMBER_SHARED = 0.08
_PLACE_CONFLICT = -0.25  # towns on two stretches of the border, or away from it
_HEADLINES_CONFLICT = -0.80  # where both headlines name such towns, on the border: across languages no template is seen
_NEAR_CONFLICT = -0.04  # the next town, or the county: one event is often placed in both
_PLACE_SHARED = 0.03
_CROSSING_CONFLICT = -0.10  # two bridges of one town
_COUNTRY_CONFLICT = -0.80
_ABROAD_CONFLICT = -0.40  # one at home: migrants' countries and their whereabouts are both news
_DRUG_CONFLICT = -0.30
_DATE_CONFLICT = -0.02
_OFFICE_CONFLICT = -0.15  # another governor, another mayor
_ACT_CONFLICT = -0.10

_SAME_NEWS = timedelta(hours=18)  # a morning's and an evening's report
_LOOSE = frozenset(  # tolls grow, and one case has many sums of money
    {"dead", "injured", "missing", "detained", "hours", "dollars", "pesos"}
)
_SAME_COUNT = 1.25
_SMALLEST_TELLING = 3  # "two" is shared by chance
_LEAD_SENTENCES = 2
_TEMPLATE = 0.5  # share of words that two headlines have in common
_HARD = -0.20


@dataclass(frozen=True, slots=True)
class Features:
    """What a report says about where, how many, when and who."""

    headline: frozenset[str]  # its words
    towns: frozenset[str]  # and crossings, as they are named
    areas: frozenset[str]  # the same, but sister cities are one
    regions: frozenset[str]  # the stretches of the border they lie in
    headline_regions: frozenset[str]  # those of the towns and crossings that the headline names
    quantities: tuple[Quantity, ...]
    published_at: datetime
    dates: frozenset[date]  # lately, that the lead gives
    countries: frozenset[str]
    abroad: frozenset[str]  # countries, and those of people it names, but for the two at home
    drugs: frozenset[str]
    crossings: frozenset[str]  # bridges and gates that the headline names
    officials: frozenset[str]  # governors and mayors
    acts: frozenset[str]  # formal ones that the headline names


def features(article: Article, language: Lang) -> Features:
    """Read from the headline and the first two sentences: what follows is often about earlier events."""
    lead = lead_sentences(article, language, _LEAD_SENTENCES)
    text = ". ".join((article.title, *lead))
    day = (article.published_at - _LOCAL_OFFSET).date()
    named, known, headline = find_mentions(text), gazetteer(), plain(article.title).lower()
    places = known.places_of(named)
    in_headline = known.places_of(said for said in named if said.end <= len(article.title))
    towns = [place for place in places if place.kind in _TOWNS]
    countries = find_countries(text) | countries_of(places)
    return Features(
        headline=_set(map(sys.intern, _WORD.findall(headline))),
        towns=_set(town.id for town in towns),
        areas=_set(map(_area, towns)),
        regions=_set(town.region for town in towns if town.region),
        headline_regions=_set(town.region for town in in_headline if town.kind in _TOWNS and town.region),
        quantities=tuple(q for part in (article.title, *lead) for q in quantities(part, language)),
        published_at=article.published_at,
        dates=_set(_dates(" ".join(lead), day)),
        countries=_set(countries),
        abroad=_set((countries | find_peoples(text)) - HOME),
        drugs=_set(substances(text)),
        crossings=_set(place.id for place in in_headline if place.kind == "crossing"),
        officials=_set(o.id for o in known.agencies_of(named, day) if o.id.startswith(_LOCAL_OFFICES)),
        acts=_set(_acts(headline)),
    )


def _set(items: Iterable[T]) -> frozenset[T]:
    """A set; the empty one, which most are, is held once."""
    return frozenset(items) or _NOTHING


_NOTHING: frozenset[Any] = frozenset()
_WORD = re.compile(r"[^\W\d_]+")
_TOWNS = ("city", "crossing")
_LOCAL_OFFICES = ("governor-", "mayor-")  # there is one of each in every place; presidents stand in every third report


def _area(place: Place) -> str:
    """Sister cities are one place: reports from either side name their own."""
    if not place.pair:
        return place.id
    return min(place.pair, gazetteer().places[place.pair].pair or place.pair)


def reasons(a: Features, b: Features) -> tuple[Evidence, ...]:
    """All reasons for and against one event."""
    found = (
        *_number_reasons(a, b),
        *_place_reasons(a, b),
        *_kind_reasons(a, b),
        *_date_reasons(a, b),
        *_act_reasons(a, b),
    )
    if not found:
        return ()
    template = _one_template(a, b)
    return tuple(_weighed(reason, template=template) if reason.weight <= VETO else reason for reason in found)


def _weighed(reason: Evidence, *, template: bool) -> Evidence:
    """A veto with the weight it has, or has in headlines that are otherwise alike."""
    weight = _TEMPLATE_CONFLICT if template and reason.weight <= _HARD else reason.weight
    return replace(reason, weight=weight, veto=True)


def _one_template(a: Features, b: Features) -> bool:
    """Whether two headlines are alike word by word. Then what differs is the news."""
    return len(a.headline & b.headline) >= _TEMPLATE * max(len(a.headline | b.headline), 1)


def adjustment(found: Iterable[Evidence]) -> float:
    """What the reasons add to the similarity, between `MAX_PENALTY` and `MAX_BONUS`."""
    return max(MAX_PENALTY, min(MAX_BONUS, sum(reason.weight for reason in found)))


def _number_reasons(a: Features, b: Features) -> list[Evidence]:
    """At most one shared and one conflicting kind count, the heaviest: a report with ten numbers is no better proof."""
    if not a.quantities or not b.quantities:
        return []
    pairs = [(x, y) for x in a.quantities for y in b.quantities if same_thing(x, y)]
    agreed = {x.kind for x, y in pairs if consistent(x, y)}
    shared = [Evidence("number", _NUMBER_SHARED, x.text) for x, y in pairs if _telling(x, y)]
    hard = _NUMBER_CONFLICT if agreed or not _other_day(a, b) else _NUMBER_AND_DAY_CONFLICT
    apart = b.published_at - a.published_at
    against = [
        Evidence("number", _conflict(x, y, hard=hard, apart=apart), f"{x.text} ≠ {y.text}")
        for x, y in pairs
        if x.kind not in agreed
    ]
    return shared[:1] + sorted(against, key=lambda r: r.weight)[:1]


def _conflict(x: Quantity, y: Quantity, *, hard: float, apart: timedelta) -> float:
    """What two numbers weigh that do not agree: nothing when they may be two counts of one event."""
    if abs(apart) <= _SAME_NEWS:
        if _near(x, y):
            return 0.0
    elif x.kind == "dead" and not _near(x, y) and (x.value > y.value) == (apart > timedelta(0)):
        return _SHRINKING
    return _LOOSE_CONFLICT if x.kind in _LOOSE else hard


def _near(x: Quantity, y: Quantity) -> bool:
    """Whether two counts are as close as two offices' counts of one event are (26 and 29 prisoners)."""
    low, high = sorted((x.value, y.value))
    return high <= low * _SAME_COUNT


def _other_day(a: Features, b: Features) -> bool:
    """Whether two reports speak of two days: they say so, or they do not say and were published far apart."""
    if a.dates and b.dates:
        return not a.dates & b.dates
    return abs(a.published_at - b.published_at) > _SAME_NEWS


def _telling(x: Quantity, y: Quantity) -> bool:
    return consistent(x, y) and min(x.value, y.value) >= _SMALLEST_TELLING


def _place_reasons(a: Features, b: Features) -> list[Evidence]:
    """At most one of the towns, and one of the crossings of a town."""
    found = []
    shared = sorted(a.areas & b.areas)
    if shared:
        found.append(Evidence("place", _PLACE_SHARED, _places_shared(a, b, shared[0])))
    elif a.areas and b.areas:
        apart = _HEADLINES_CONFLICT if a.headline_regions and b.headline_regions else _PLACE_CONFLICT
        weight = _NEAR_CONFLICT if a.regions & b.regions else apart
        found.append(Evidence("place", weight, _places_differ(a.towns, b.towns)))
    if shared and _apart(a.crossings, b.crossings):
        found.append(Evidence("crossing", _CROSSING_CONFLICT, _places_differ(a.crossings, b.crossings)))
    return found


def _places_shared(a: Features, b: Features, area: str) -> str:
    """The area as the two name it: "El Paso", or "Ciudad Juárez, El Paso" where each names its own side."""
    named = (a.towns & b.towns) or (a.towns | b.towns)
    in_area = [id_ for id_ in named if _area(gazetteer().places[id_]) == area]
    return ", ".join(sorted(map(_place_name, in_area or [area])))


def _place_name(id_: str) -> str:
    return gazetteer().places[id_].name_en


def _places_differ(a: frozenset[str], b: frozenset[str]) -> str:
    return " ≠ ".join(", ".join(sorted(map(_place_name, ids))) for ids in (a, b))


def _kind_reasons(a: Features, b: Features) -> list[Evidence]:
    """The same kind of event in another country, or with another drug."""
    found = [*_country_reasons(a, b)]
    if _apart(a.drugs, b.drugs):
        found.append(Evidence("drug", _DRUG_CONFLICT, f"{_listed(a.drugs)} ≠ {_listed(b.drugs)}"))
    return found


def _country_reasons(a: Features, b: Features) -> list[Evidence]:
    """Two foreign countries, or one and home. The two at home are no contradiction: they are always near."""
    if _apart(a.abroad, b.abroad):
        return [Evidence("country", _COUNTRY_CONFLICT, f"{_listed(a.abroad)} ≠ {_listed(b.abroad)}")]
    if _apart(a.countries, b.countries) and not a.countries | b.countries <= HOME:
        return [Evidence("country", _ABROAD_CONFLICT, f"{_listed(a.countries)} ≠ {_listed(b.countries)}")]
    return []


def _apart(a: frozenset[str], b: frozenset[str]) -> bool:
    return bool(a and b) and a.isdisjoint(b)


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def _date_reasons(a: Features, b: Features) -> list[Evidence]:
    if a.dates and b.dates and not a.dates & b.dates:
        return [Evidence("day", _DATE_CONFLICT, f"{min(a.dates)} ≠ {min(b.dates)}")]
    return []


def _act_reasons(a: Features, b: Features) -> list[Evidence]:
    """Another official, or another formal act than the other headline's."""
    found = []
    if _other_official(a.officials, b.officials):
        found.append(Evidence("office", _OFFICE_CONFLICT, _offices_differ(a.officials, b.officials)))
    if _apart(a.acts, b.acts):
        found.append(Evidence("act", _ACT_CONFLICT, f"{_listed(a.acts)} ≠ {_listed(b.acts)}"))
    return found


def _other_official(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether both name one of a kind, governor or mayor, and none in common."""
    kinds = ({id_.split("-")[0] for id_ in ids} for ids in (a, b))
    return _apart(a, b) and not set.isdisjoint(*kinds)


def _offices_differ(a: frozenset[str], b: frozenset[str]) -> str:
    offices = gazetteer().agencies
    return " ≠ ".join(", ".join(sorted(offices[id_].name_en for id_ in ids)) for ids in (a, b))


# ---------------------------------------------------------------- days

_LOCAL_OFFSET = timedelta(hours=6)  # border time, near enough to say which day a weekday means
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        ("monday lunes", "tuesday martes", "wednesday miercoles", "thursday jueves", "friday viernes",
         "saturday sabado", "sunday domingo")
    )
    for word in words.split()
}  # fmt: skip
_AHEAD = re.compile(r"\b(?:next|will|until|expected|scheduled|proxim[oa]|hasta|sera|planned)\b")
_MONTHS = {
    word: number
    for number, words in enumerate(
        ("jan january enero", "feb february febrero", "mar march marzo", "apr april abril", "may mayo",
         "jun june junio", "jul july julio", "aug august agosto", "sep sept september septiembre",
         "oct october octubre", "nov november noviembre", "dec december diciembre"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_OF_MONTH = re.compile(  # of this year: a year after it is that of another time
    rf"\b(?P<en>{_MONTH})\.? (?P<en_day>\d\d?)(?:st|nd|rd|th)?\b(?!,? \d|[.,:]\d)"
    rf"|\b(?P<es_day>\d\d?)(?:º|o)? de (?P<es>{_MONTH})\b(?! (?:de|del) \d)"
)
_RECENT = timedelta(days=10)


def _dates(lead: str, published: date) -> frozenset[date]:
    """The days that a lead gives, not long before publication, by their date or as a weekday."""
    folded = plain(lead).lower()
    return _by_weekday(folded, published) | _by_date(folded, published)


def _by_weekday(folded: str, published: date) -> frozenset[date]:
    """The days that weekdays mean: the last such day up to publication. None when the text looks ahead."""
    if _AHEAD.search(folded):
        return frozenset()
    days = {_WEEKDAYS[word] for word in _WORD.findall(folded) if word in _WEEKDAYS}
    return frozenset(published - timedelta(days=(published.weekday() - day) % 7) for day in days)


def _by_date(folded: str, published: date) -> frozenset[date]:
    """ "Feb. 12" and "12 de febrero", if that was lately; what is further off is another event, a term or a law."""
    found = set()
    for match in _DAY_OF_MONTH.finditer(folded):
        month, day = _MONTHS[match["en"] or match["es"]], int(match["en_day"] or match["es_day"])
        found |= {said for year in (published.year, published.year - 1) if (said := _day(year, month, day))}
    return frozenset(said for said in found if timedelta(0) <= published - said <= _RECENT)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# ---------------------------------------------------------------- acts

_ACTS = {
    act: re.compile(rf"\b(?:{words})\b")
    for act, words in {
        "lawsuit": r"sue[sd]?|suing|files? (?:a )?(?:law)?suit|demandan|demand(?:o|aron)|presentan? (?:una )?demanda",
        "ruling": r"rul(?:es|ed|ing)|judges?|courts?|juez|jueza|tribunal|fallo|corte|scjn|strikes down|upholds?",
        "vote": r"votes?|voted|passes|passed|approves?|approved|aprueban?|aprobo|votan?|votacion|avalan?",
        "signature": r"signs?|signed|firman?|firmo|firmaron|promulga",
        "veto": r"veto(?:es|ed)?|veta",
        "contract": r"contracts?|awards?|awarded|adjudica|contrato",
        "sanctions": r"sanctions?|sanctioned|sancionan?|sanciones|sanciono",
        "sentence": r"sentenced?|sentencian?|condenan?|years in prison|anos de (?:carcel|prision)|sentencia",
        "verdict": r"convicted|convicts?|guilty|jury|acquit\w*|culpable|absuelven?|jurado",
    }.items()
}


def _acts(headline: str) -> frozenset[str]:
    """The formal acts that a headline names (lower case, no accents)."""
    return frozenset(act for act, words in _ACTS.items() if words.search(headline))
