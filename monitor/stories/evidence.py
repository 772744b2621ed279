"""What speaks for and against two reports telling one event, besides their vectors. Pure.

Look-alikes (same kind of event, same place, other day, number, drug or person) have nearly equal vectors; what tells
them apart is said in the words. Each reason has a weight in units of cosine; the reasons against are called a veto when
they weigh as much as `VETO`. Known gaps: a death toll that rises looks like another number (hence its small weight);
names are capitalised word pairs; a weekday in the lead may be that of an announcement.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.records import Article, Evidence, Lang, Place
from monitor.stories.countries import HOME, countries_of, find_countries, find_peoples
from monitor.stories.figures import Quantity, article_quantities, consistent, same_thing, substances
from monitor.stories.gazetteer import find_agencies, find_places, gazetteer
from monitor.stories.plain import plain
from monitor.text import lead_sentences

VETO = -0.10
MAX_BONUS = 0.15
MAX_PENALTY = -1.00

# Tuned on the development halves of the labelled reports; see docs/decisions/0014-stories.md.
_NUMBER_CONFLICT = -0.08  # alone it may be the difference of figures that readers want to see in one story
_NUMBER_AND_DAY_CONFLICT = -0.25  # another number, a day later: another seizure, flight, transfer
_LOOSE_CONFLICT = -0.04  # see _LOOSE
_TEMPLATE_CONFLICT = -1.00  # such a number or place, where the headlines are otherwise the same
_NUMBER_SHARED = 0.08
_STRETCH_CONFLICT = -0.25  # towns on two stretches of the border
_PLACE_CONFLICT = -0.15  # one of them inland
_NEAR_CONFLICT = -0.04  # the next town, or the county: one event is often placed in both
_PLACE_SHARED = 0.04
_COUNTRY_CONFLICT = -0.80
_ABROAD_CONFLICT = -0.40  # one at home: migrants' countries and their whereabouts are both news
_DRUG_CONFLICT = -0.30
_DATE_CONFLICT = -0.04
_NAME_SHARED = 0.02
_NAME_CONFLICT = -0.01

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
    areas: frozenset[str]  # towns and crossings; sister cities are one area
    regions: frozenset[str]  # the stretches of the border they lie in
    quantities: tuple[Quantity, ...]
    published_at: datetime
    dates: frozenset[date]  # that weekdays in the lead mean
    names: frozenset[str]  # last names, folded
    countries: frozenset[str]
    peoples: frozenset[str]  # the countries of people it names
    drugs: frozenset[str]


def features(article: Article, language: Lang) -> Features:
    """Read from the headline and the first two sentences: what follows is often about earlier events."""
    lead = lead_sentences(article, language, _LEAD_SENTENCES)
    text = ". ".join((article.title, *lead))
    places = find_places(text)
    towns = [place for place in places if place.kind in ("city", "crossing")]
    return Features(
        headline=frozenset(re.findall(r"[^\W\d_]+", plain(article.title).lower())),
        areas=frozenset(map(_area, towns)),
        regions=frozenset(town.region for town in towns if town.region),
        quantities=article_quantities(article, language, _LEAD_SENTENCES),
        published_at=article.published_at,
        dates=_dates(" ".join(lead), (article.published_at - _LOCAL_OFFSET).date()),
        names=_names(lead),
        countries=find_countries(text) | countries_of(places),
        peoples=find_peoples(text),
        drugs=substances(text),
    )


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
        *_name_reasons(a, b),
    )
    template = _one_template(a, b)
    return tuple(_weighed(reason, template=template) for reason in found)


def _weighed(reason: Evidence, *, template: bool) -> Evidence:
    """A reason with the weight it has in headlines that are otherwise alike, marked when it is a veto."""
    weight = _TEMPLATE_CONFLICT if template and reason.weight <= _HARD else reason.weight
    return replace(reason, weight=weight, veto=weight <= VETO)


def _one_template(a: Features, b: Features) -> bool:
    """Whether two headlines are alike word by word. Then what differs is the news."""
    return len(a.headline & b.headline) >= _TEMPLATE * max(len(a.headline | b.headline), 1)


def adjustment(found: Iterable[Evidence]) -> float:
    """What the reasons add to the similarity, between `MAX_PENALTY` and `MAX_BONUS`."""
    return max(MAX_PENALTY, min(MAX_BONUS, sum(reason.weight for reason in found)))


def _number_reasons(a: Features, b: Features) -> list[Evidence]:
    """At most one shared and one conflicting kind count, the heaviest: a report with ten numbers is no better proof."""
    pairs = [(x, y) for x in a.quantities for y in b.quantities if same_thing(x, y)]
    agreed = {x.kind for x, y in pairs if consistent(x, y)}
    shared = [Evidence("number", _NUMBER_SHARED, x.text) for x, y in pairs if _telling(x, y)]
    hard = _NUMBER_CONFLICT if agreed or not _other_day(a, b) else _NUMBER_AND_DAY_CONFLICT
    same_news = abs(a.published_at - b.published_at) <= _SAME_NEWS
    against = [
        Evidence("number", _conflict(x, y, hard=hard, same_news=same_news), f"{x.text} ≠ {y.text}")
        for x, y in pairs
        if x.kind not in agreed
    ]
    return shared[:1] + sorted(against, key=lambda r: r.weight)[:1]


def _conflict(x: Quantity, y: Quantity, *, hard: float, same_news: bool) -> float:
    """What two numbers weigh that do not agree: nothing when they may be two counts of one event."""
    if same_news and _near(x, y):
        return 0.0
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
    shared = sorted(a.areas & b.areas)
    if shared:
        return [Evidence("place", _PLACE_SHARED, shared[0])]
    if a.areas and b.areas:
        apart = _STRETCH_CONFLICT if a.regions and b.regions else _PLACE_CONFLICT
        weight = _NEAR_CONFLICT if a.regions & b.regions else apart
        return [Evidence("place", weight, f"{', '.join(sorted(a.areas))} ≠ {', '.join(sorted(b.areas))}")]
    return []


def _kind_reasons(a: Features, b: Features) -> list[Evidence]:
    """The same kind of event in another country, or with another drug."""
    found = [*_country_reasons(a, b)]
    if _apart(a.drugs, b.drugs):
        found.append(Evidence("drug", _DRUG_CONFLICT, f"{_listed(a.drugs)} ≠ {_listed(b.drugs)}"))
    return found


def _country_reasons(a: Features, b: Features) -> list[Evidence]:
    """Two foreign countries, or one and home. The two at home are no contradiction: they are always near."""
    abroad = [(report.countries | report.peoples) - HOME for report in (a, b)]
    if _apart(*abroad):
        return [Evidence("country", _COUNTRY_CONFLICT, f"{_listed(abroad[0])} ≠ {_listed(abroad[1])}")]
    if _apart(a.countries, b.countries) and not a.countries | b.countries <= HOME:
        return [Evidence("country", _ABROAD_CONFLICT, f"{_listed(a.countries)} ≠ {_listed(b.countries)}")]
    return []


def _apart(a: frozenset[str], b: frozenset[str]) -> bool:
    return bool(a and b) and not a & b


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def _date_reasons(a: Features, b: Features) -> list[Evidence]:
    if a.dates and b.dates and not a.dates & b.dates:
        return [Evidence("day", _DATE_CONFLICT, f"{min(a.dates)} ≠ {min(b.dates)}")]
    return []


def _name_reasons(a: Features, b: Features) -> list[Evidence]:
    shared = sorted(a.names & b.names)
    if shared:
        return [Evidence("name", _NAME_SHARED, shared[0])]
    if a.names and b.names:
        return [Evidence("name", _NAME_CONFLICT, f"{', '.join(sorted(a.names))} ≠ {', '.join(sorted(b.names))}")]
    return []


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


def _dates(lead: str, published: date) -> frozenset[date]:
    """The days that weekdays in the lead mean: the last such day up to publication. None when it looks ahead."""
    folded = plain(lead).lower()
    if _AHEAD.search(folded):
        return frozenset()
    days = {_WEEKDAYS[w] for w in re.findall(r"[a-z]+", folded) if w in _WEEKDAYS}
    return frozenset(published - timedelta(days=(published.weekday() - day) % 7) for day in days)


# ---------------------------------------------------------------- names

_NAME = re.compile(r"(?<![\w.])[A-Z][a-z]+(?: (?:de |del |la )*[A-Z][a-z]+)+")
_NO_NAMES = frozenset(
    "united states estados unidos national nacional guardia guard seguridad security general federal state estado"
    " international internacional department departamento court corte casa house north norte south sur american"
    " mexican mexico america union congress congreso senate senado district distrito police policia homeland"
    " monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo"
    " rio grande bravo river county condado port entry puerto bridge puente sector valley valle city ciudad"
    " operation operacion lone star noreste golfo publica ciudadana civil army ejercito marina navy office"
    " oficina".split()
)


def _names(lead: Iterable[str]) -> frozenset[str]:
    """Last names of people in running text: capitalised word groups that are neither places nor agencies."""
    found = set()
    for sentence in lead:
        for match in _NAME.finditer(plain(sentence)):
            words = [w.lower() for w in match[0].split()]
            if not _NO_NAMES & set(words) and not find_places(match[0]) and not find_agencies(match[0]):
                found.add(words[-1])
    return frozenset(found)
