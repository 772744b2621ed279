"""docs/feeds.md tells every outcome, setting and quirk that there is, and none that is not."""

import re
from pathlib import Path
from typing import get_args

import pytest

from monitor.config import FetchConfig
from monitor.intake import discover, fetch, quirks
from monitor.intake.answers import HINTS
from monitor.records import HEALTHY_OUTCOMES, QUIET_OUTCOMES, FeedOutcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "feeds.md"


def rows(first_header: str) -> dict[str, list[str]]:
    """The cells of each row of the table with this first header, by the first of them."""
    table = PAGE.read_text(encoding="utf-8").partition(f"| {first_header} |")[2].partition("\n\n")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {cells[0].strip("`"): cells for cells in lines}


def test_every_outcome_is_told_with_what_it_counts_as_and_a_remedy() -> None:
    told = rows("outcome")
    assert set(told) == set(get_args(FeedOutcome))
    for outcome, (_, counts_as, what, remedy) in told.items():
        expected = "read" if outcome in HEALTHY_OUTCOMES else "quiet" if outcome in QUIET_OUTCOMES else "failed"
        assert counts_as == expected, outcome
        assert what
        assert remedy or outcome in ("ok", "not_modified")


def test_every_failure_that_was_asked_for_has_a_hint() -> None:
    assert {name for name, cells in rows("outcome").items() if cells[1] == "failed"} - set(HINTS) == {"waiting"}


def test_every_setting_is_told_with_its_value() -> None:
    told = rows("`fetch:` in feeds.yaml")
    fields = FetchConfig.model_fields
    assert set(told) == set(fields) - {"user_agent"}
    assert told.pop("host_gap_s")[1] == f"{fetch.USUAL_GAP_S:g} second"
    assert {name: float(cells[1]) for name, cells in told.items()} == {name: fields[name].default for name in told}


def test_quirks_are_told_in_the_words_of_the_table() -> None:
    words = [re.sub(r"`", "", name).split(" …")[0] for name in rows("quirk")]
    code = "\n".join(
        (PAGE.parents[1] / "monitor" / "intake" / name).read_text(encoding="utf-8")
        for name in ("quirks.py", "parse.py")
    )
    said = re.sub(r"\{counted\([^{}]*\)\}", _of_several, code)
    missing = [word for word in words if word.removesuffix(" br") not in said]
    assert missing == []


def _of_several(call: re.Match[str]) -> str:
    """What `counted` says of more than one, where a line calls it."""
    one, *several = re.findall(r"['\"]([^'\"]+)['\"]", call[0])
    return several[0] if several else f"{one}s"


@pytest.mark.parametrize(
    ("words", "number"),
    [("redirects (five)", fetch.MAX_REDIRECTS == 5), ("a quarter of a\nsecond", discover.GAP_S == 0.25),
     ("five seconds or more", quirks.SLOW_S == 5)],
)  # fmt: skip
def test_numbers_in_words_are_those_of_the_code(words: str, number: bool) -> None:
    assert words in PAGE.read_text(encoding="utf-8")
    assert number
