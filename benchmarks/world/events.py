"""A made-up border press: what happens on a day, and who writes what of it, from a seed.

Everything of a day follows from the seed and the number of the day, so that day 150 needs no day before it. Events have
1 to 40 reports, most of them few (share of size k ~ k^-1.9), half of them in both languages; one later report in six
copies an earlier one of its language, with a byline or a plug. A quarter of all items is about the border.
`words.yaml` has the sentences.

Known gaps: sentences are clean, and the few kinds of event come back for ever.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from monitor.records import LANGUAGES, Lang

START = datetime(2026, 3, 2, tzinfo=UTC)  # day 0, a Monday
LARGEST = 40
_SIZE_POWER = 1.9
_BOTH = 0.5  # of the events of several reports: in both languages
_COPY = 0.16  # of the reports after an event's first
_SPREAD_H = 7.0  # mean hours between an event and a report of it
_LONGEST_H = 60.0
_ABOUT_THE_BORDER = 0.25
_SENTENCES = (2, 14)  # of a body, at least and at most


@dataclass(frozen=True, slots=True)
class Report:
    """One item of one outlet."""

    id: str  # "12-3-1": day, event, report
    event: str  # "12-3"
    outlet: int
    language: Lang
    at: datetime
    title: str
    summary: str
    body: tuple[str, ...]
    relevant: bool
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class _Event:
    """What happened, as both languages write it."""

    id: str
    at: datetime
    kind: Mapping[str, Any]
    relevant: bool
    facts: Mapping[Lang, Mapping[str, str]]


def language_of(outlet: int) -> Lang:
    return LANGUAGES[outlet % 2]


def reports_of(day: int, outlets: int, per_outlet: int, seed: int) -> list[Report]:
    """Every report of the events of a day, by id; the last of them appear two days later. All in all
    `outlets` x `per_outlet` items."""
    dice = random.Random(f"{seed} {day}")
    made: list[Report] = []
    wanted = round(outlets * per_outlet * _ABOUT_THE_BORDER)
    while len(made) < wanted:
        event = _event(f"{day}-{len(made)}", day, True, dice)
        size = min(_size(dice), outlets, wanted - len(made))
        made += _told(event, dice.sample(range(outlets), size), dice)
    for outlet in range(outlets):
        for number in range(per_outlet - wanted // outlets):
            event = _event(f"{day}-o{outlet}.{number}", day, False, dice)
            made += _told(event, [outlet], dice)
    return made


def _size(dice: random.Random) -> int:
    """Reports of an event."""
    return dice.choices(range(1, LARGEST + 1), _weights())[0]


@cache
def _weights() -> list[float]:
    return [k**-_SIZE_POWER for k in range(1, LARGEST + 1)]


# ---------------------------------------------------------------- facts


def _event(event_id: str, day: int, relevant: bool, dice: random.Random) -> _Event:
    words = _words()
    at = START + timedelta(days=day, minutes=dice.randrange(24 * 60))
    name = dice.choice(words["syllables"]) + dice.choice(words["endings"])
    spot = dice.randrange(len(words["spots"]["en"]))
    common = {
        "n": str(dice.randrange(3, 90)),
        "m": str(dice.randrange(2, 40)),
        "place": dice.choice(words["places"]),
        "who": f"{dice.choice(words['given'])} {dice.choice(words['syllables'])}{dice.choice(words['endings'])}",
    }
    facts: dict[Lang, Mapping[str, str]] = {
        language: {
            **common,
            "spot": words["spots"][language][spot].format(name=name),
            "day": words["weekdays"][language][at.weekday()],
        }
        for language in LANGUAGES
    }
    return _Event(event_id, at, dice.choice(words["relevant" if relevant else "irrelevant"]), relevant, facts)


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return words


# ---------------------------------------------------------------- reports


def _told(event: _Event, outlets: Sequence[int], dice: random.Random) -> Iterator[Report]:
    """The reports of one event, the earliest first; in one language only, unless it is an event of both presses."""
    if dice.random() > _BOTH:
        first = language_of(outlets[0])
        outlets = [outlet - outlet % 2 + LANGUAGES.index(first) for outlet in outlets]
    hours = sorted(min(dice.expovariate(1 / _SPREAD_H), _LONGEST_H) for _ in outlets)
    told: dict[Lang, list[Report]] = {language: [] for language in LANGUAGES}
    for number, (outlet, hour) in enumerate(zip(dict.fromkeys(outlets), hours, strict=False)):
        language = language_of(outlet)
        written = _written(event, number, outlet, event.at + timedelta(hours=hour), dice)
        if told[language] and dice.random() < _COPY:
            written = _copied(dice.choice(told[language]), written, dice)
        else:
            told[language].append(written)
        yield written


def _written(event: _Event, number: int, outlet: int, at: datetime, dice: random.Random) -> Report:
    language = language_of(outlet)
    sentences, facts = event.kind[language], event.facts[language]
    lead = dice.choice(sentences["leads"])
    filler = _words()["filler"][language]
    more = [*sentences.get("more", ()), *dice.choices(filler, k=dice.randint(*_SENTENCES))]
    return Report(
        id=f"{event.id}-{number}",
        event=event.id,
        outlet=outlet,
        language=language,
        at=at.replace(second=0, microsecond=0),
        title=_capital(dice.choice(sentences["titles"]).format(**facts)),
        summary=_capital(lead.format(**facts)),
        body=tuple(_capital(sentence.format(**facts)) for sentence in (lead, *more)),
        relevant=event.relevant,
    )


def _copied(original: Report, by: Report, dice: random.Random) -> Report:
    """The original's text under another outlet's name."""
    byline = dice.choice(_words()["bylines"][by.language])
    body = (byline, *original.body) if dice.random() < 0.5 else (*original.body, byline)
    return Report(
        by.id,
        by.event,
        by.outlet,
        by.language,
        by.at,
        title=original.title,
        summary=original.summary,
        body=body,
        relevant=by.relevant,
        copy_of=original.id,
    )


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
