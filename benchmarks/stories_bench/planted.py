"""Planted reports: made from a seed, with the events and copies they belong to known, and with vectors of their own.

What is planted is meant to be as hard to tell apart as news, and to grow as news grows:

- Events of 1 to 40 reports, most of them small (share of size k ~ k^-1.9), half of them told in two languages.
- Subjects by a Pitman-Yor process (Pitman and Yor, "The two-parameter Poisson-Dirichlet distribution", 1997): more news
  brings more subjects, while the largest keep their share, so that the crowd around a report grows with the size.
- Words by Zipf's law, of the language, of the subject and of the event; some are cognates. Events have a town, a
  number, an official and a weekday; each report names some of them, and other events may have the same.
- Copies, one report in eight: retitled, cut off, reworded here and there, with a byline or a plug around them. What is
  no copy but looks like one: releases of one form, and reports that quote the same sentence.
- Vectors with the cosines that the labelled development reports have once centred: .42 ± .09 between reports of one
  event in one language, .31 ± .09 across languages, .01 ± .10 between events, .13 if they share a subject (there: .41,
  .31, .03 ± .09).

The words mean nothing: an embedder would see noise, so vectors are planted too. Embedding is linear in the reports and
is timed elsewhere.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from benchmarks.stories_bench.planted_words import Ints, Writer
from monitor.protocols import Vectors
from monitor.records import LANGUAGES, Article, Judged, Lang, Verdict, content_id

DIMENSIONS = 384
START = datetime(2026, 3, 10, tzinfo=UTC)
LARGEST = 40
_SIZE_POWER = 1.9
_STRENGTH, _DISCOUNT = 10.0, 0.5  # of the subjects
_SPECTRUM = 0.35  # coordinate i is weighed i^-.35: as far spread as a sentence model's (about 140 of 384 dimensions)
_SUBJECT, _LANGUAGE, _EVENT = 0.12, 0.10, (0.10, 0.30)  # shares of a vector's length, squared
_COPY_NOISE = 0.06
_COPY = 0.16  # of the reports after an event's first: one in eight of all
_TEMPLATE = 0.04  # of the events: an agency's release, in the form that its releases have
_SPREAD_H = 9.0  # mean hours between an event and a report of it
_OUTLETS = 400


@dataclass(frozen=True, slots=True)
class Planted:
    """Reports by publication, and what is known of them."""

    reports: Sequence[Judged]
    vectors: Mapping[str, Vectors]  # by article id
    events: Mapping[str, int]  # by article id
    original_of: Mapping[str, str]  # of each copy

    @property
    def until(self) -> datetime:
        """An instant after the last report."""
        return self.reports[-1].article.published_at + timedelta(hours=1)

    @property
    def copy_groups(self) -> list[str]:
        """By report, the id of the text it repeats, or its own."""
        return [self.original_of.get(judged.id, judged.id) for judged in self.reports]


def plant(size: int, *, days: float = 4, seed: int = 7) -> Planted:
    """`size` reports of `days` days. Equal arguments, equal reports."""
    rng = np.random.default_rng(seed)
    sizes = _sizes(size, rng)
    of_event = np.repeat(np.arange(len(sizes)), sizes)
    subjects = _subjects(len(sizes), rng)
    told = _languages(sizes, rng)
    template = rng.random(len(sizes)) < _TEMPLATE
    copy_of = _copies(of_event, told, template, rng)
    hours = _hours(of_event, copy_of, days, rng)
    texts = Writer(subjects, template, rng).texts(of_event, told, copy_of)
    rows = _rows(of_event, subjects[of_event], told, copy_of, rng=rng)
    outlets = rng.zipf(1.3, size) % _OUTLETS
    made = [
        _judged(k, f"outlet-{outlets[k]}", LANGUAGES[told[k]], text, hours=float(hours[k]))
        for k, text in enumerate(texts)
    ]
    ids = [judged.id for judged in made]
    return Planted(
        reports=sorted(made, key=lambda judged: (judged.article.published_at, judged.id)),
        vectors=dict(zip(ids, rows, strict=True)),
        events=dict(zip(ids, of_event.tolist(), strict=True)),
        original_of={ids[k]: ids[original] for k, original in enumerate(copy_of) if original >= 0},
    )


def _judged(k: int, outlet: str, language: Lang, text: tuple[str, str], *, hours: float) -> Judged:
    url = f"https://{outlet}.example/{k}"
    published = START + timedelta(hours=hours)
    article = Article(content_id(url), outlet, url, url, *text, published, published)
    return Judged(article, Verdict(article.id, language, True, 10, 7, "planted"))


# ---------------------------------------------------------------- who tells what, when


def _sizes(size: int, rng: np.random.Generator) -> Ints:
    """Reports per event; their sum is `size`."""
    shares = np.arange(1, LARGEST + 1) ** -_SIZE_POWER
    drawn = rng.choice(np.arange(1, LARGEST + 1), size=size, p=shares / shares.sum())
    kept = drawn[: int(np.searchsorted(np.cumsum(drawn), size)) + 1]
    kept[-1] -= kept.sum() - size
    return kept.astype(np.int64)


def _subjects(events: int, rng: np.random.Generator) -> Ints:
    """The subject of each event. An old one is drawn as often as it was, less the discount."""
    found: list[int] = []
    times: list[int] = []
    chance = rng.random(events)
    for k in range(events):
        if chance[k] < (_STRENGTH + _DISCOUNT * len(times)) / (_STRENGTH + k):
            found.append(len(times))
            times.append(1)
            continue
        subject = found[int(rng.integers(k))]
        while rng.random() < _DISCOUNT / times[subject]:
            subject = found[int(rng.integers(k))]
        found.append(subject)
        times[subject] += 1
    return np.array(found)


def _languages(sizes: Ints, rng: np.random.Generator) -> Ints:
    """0 or 1 by report: half of the events of two and more are told in both, the others in one."""
    only = rng.integers(0, 2, len(sizes))
    both = rng.random(len(sizes)) < 0.5
    drawn = rng.integers(0, 2, int(sizes.sum()))
    return np.where(np.repeat(both, sizes), drawn, np.repeat(only, sizes))


def _copies(of_event: Ints, told: Ints, template: npt.NDArray[np.bool_], rng: np.random.Generator) -> list[int]:
    """The report that each one copies, -1 for none: an earlier one of its event and language, no copy itself.

    Of a release every later report is a copy.
    """
    share = np.where(template, 1.0, _COPY)
    originals: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    chance, pick = rng.random(len(told)), rng.random(len(told))
    copy_of = []
    for k, key in enumerate(zip(of_event.tolist(), told.tolist(), strict=True)):
        before = originals[key]
        copied = before[int(pick[k] * len(before))] if before and chance[k] < share[key[0]] else -1
        copy_of.append(copied)
        if copied < 0:
            before.append(k)
    return copy_of


def _hours(of_event: Ints, copy_of: Sequence[int], days: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Hours after the start; a copy is later than its original."""
    begins = rng.uniform(0, days * 24, int(of_event[-1]) + 1)[of_event]
    hours: npt.NDArray[np.float64] = np.minimum(begins + rng.exponential(_SPREAD_H, len(of_event)), days * 24 - 0.5)
    for k, original in enumerate(copy_of):
        if original >= 0:
            hours[k] = max(hours[k], hours[original]) + 0.01
    return hours


# ---------------------------------------------------------------- vectors


def _rows(
    of_event: Ints, subjects: Ints, told: Ints, copy_of: Sequence[int], *, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """A row of length 1 by report, its language's mean already taken off."""
    share = rng.uniform(*_EVENT, len(of_event)).astype(np.float32)
    rest = 1 - _SUBJECT - _LANGUAGE - share
    rows = _unit(len(of_event), rng) * np.sqrt(rest)[:, None]
    rows += _unit(int(subjects.max()) + 1, rng)[subjects] * np.float32(_SUBJECT**0.5)
    rows += _unit(int(of_event[-1]) + 1, rng)[of_event] * np.sqrt(share)[:, None]
    rows += _unit(2 * int(of_event[-1]) + 2, rng)[2 * of_event + told] * np.float32(_LANGUAGE**0.5)
    copies = np.flatnonzero(np.array(copy_of) >= 0)
    rows[copies] = rows[np.array(copy_of)[copies]] + _unit(len(copies), rng) * np.float32(_COPY_NOISE**0.5)
    return _normed(rows)


def _unit(count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    weights = (np.arange(DIMENSIONS, dtype=np.float32) + 1) ** np.float32(-_SPECTRUM)
    return _normed(rng.standard_normal((count, DIMENSIONS), dtype=np.float32) * weights)


def _normed(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows
