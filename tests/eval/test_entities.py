"""Gate: the places, agencies, groups and officials that sentences of both languages name.

`dev` was read while the gazetteer was widened; `test` was written before and scored once, when the floors were set.
`pytest tests/eval/test_entities.py -s` prints the numbers and what is wrong in `dev`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from monitor.stories.gazetteer import find_agencies, find_places, gazetteer
from tests.eval.metrics import Fit

FILE = Path(__file__).with_name("data") / "entities.yaml"
FLOORS = {"dev": Fit(0.99, 0.99), "test": Fit(0.97, 0.98)}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence and the ids it names."""

    language: str
    text: str
    ids: frozenset[str]
    on: date | None = None

    @property
    def found(self) -> frozenset[str]:
        places, agencies = find_places(self.text), find_agencies(self.text, self.on)
        return frozenset([place.id for place in places] + [agency.id for agency in agencies])


def load(part: str) -> list[Labelled]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))[part]
    return [Labelled(language, text, frozenset(ids), *on) for language, text, ids, *on in rows]


def fit(sentences: list[Labelled]) -> Fit:
    found = [(sentence.found, sentence.ids) for sentence in sentences]
    hits = sum(len(got & wanted) for got, wanted in found)
    return Fit(hits / sum(len(got) for got, _ in found), hits / sum(len(wanted) for _, wanted in found))


def _wrong(sentences: list[Labelled]) -> Iterator[str]:
    for sentence in sentences:
        if sentence.found != sentence.ids:
            extra, missed = sorted(sentence.found - sentence.ids), sorted(sentence.ids - sentence.found)
            yield f"   +{extra} -{missed}: {sentence.text}"


@pytest.mark.parametrize("part", ["dev", "test"])
def test_precision_and_recall_stay_above_their_floors(part: str) -> None:
    sentences = load(part)
    score = fit(sentences)
    print(f"\n{part}: {score} on {len(sentences)} sentences")  # noqa: T201
    if part == "dev":
        print("\n".join(_wrong(sentences)))  # noqa: T201
    assert score.precision >= FLOORS[part].precision
    assert score.recall >= FLOORS[part].recall


def test_the_halves_are_large_bilingual_and_apart() -> None:
    dev, test = load("dev"), load("test")
    assert len(dev) + len(test) >= 200
    assert not {s.text for s in dev} & {s.text for s in test}
    for part in (dev, test):
        assert {s.language for s in part} == {"en", "es"}
        assert sum(not s.ids for s in part) >= 15


def test_every_labelled_id_is_in_the_gazetteer() -> None:
    known = gazetteer().places.keys() | gazetteer().agencies.keys()
    assert {id_ for part in ("dev", "test") for s in load(part) for id_ in s.ids} <= known
