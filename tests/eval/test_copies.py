"""Copies are told from look-alikes on labelled pairs (data/copies.yaml says what they are).

`dev` was read and tuned on; `test` was only scored, never looked at for a rule. Lower a floor only together with its
decision record, docs/decisions/0016-copies.md. `pytest tests/eval/test_copies.py -s` prints the numbers and the misses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from monitor.records import Article, Judged, Verdict, content_id
from monitor.stories.dedupe import find_copies
from tests.eval.metrics import Fit
from tests.eval.stories_data import DATA

START = datetime(2026, 2, 10, 9, tzinfo=UTC)
FLOORS = {"dev": Fit(0.96, 0.98), "test": Fit(0.96, 0.96)}


@dataclass(frozen=True, slots=True)
class Pair:
    """A group's text, what another desk printed, and whether that is a copy."""

    text: Judged
    other: Judged
    copy: bool
    kind: str
    group: str


def load(part: str) -> list[Pair]:
    groups = yaml.safe_load((DATA / "copies.yaml").read_text(encoding="utf-8"))
    return [pair for group in groups if group["part"] == part for pair in _pairs(group)]


def _pairs(group: Mapping[str, Any]) -> Iterator[Pair]:
    text = _report(group, group, f"{group['id']}-0", hours=0)
    for number, other in enumerate(group["others"], 1):
        report = _report(other, group, f"{group['id']}-{number}", hours=other.get("hours", 2))
        yield Pair(text, report, other["copy"], other["kind"], group["id"])


def _report(row: Mapping[str, Any], group: Mapping[str, Any], name: str, *, hours: float) -> Judged:
    lead = row.get("lead", group["lead"]).replace(*row.get("swap", ("", "")))
    if "cut" in row:
        lead = " ".join(lead.split()[: row["cut"]]).rstrip(",.;:") + "…"
    lead = " ".join(filter(None, (row.get("before", ""), lead, row.get("after", ""))))
    outlet, at = row.get("outlet", content_id(name)), START + timedelta(hours=hours)
    url = f"https://{outlet}.example/{content_id(name, 'page')}"
    article = Article(content_id(url), outlet, url, url, row.get("title", group["title"]), lead, at, at)
    return Judged(article, Verdict(article.id, group["lang"], True, 10, 7, "labelled"))


def fit(part: str) -> tuple[Fit, list[str]]:
    """Precision and recall of one run over all reports of a part, and what went wrong.

    A report of another group counts as a wrong copy, too.
    """
    pairs = load(part)
    group_of = {report.id: pair.group for pair in pairs for report in (pair.text, pair.other)}
    reports = {report.id: report for pair in pairs for report in (pair.text, pair.other)}
    found = {copy.article_id: copy.of_id for copy in find_copies(list(reports.values()), {})}
    told = {id_: found.get(id_, id_) for id_ in reports}
    is_copy = [told[pair.text.id] == told[pair.other.id] for pair in pairs]
    strange = [a for a, b in found.items() if group_of[a] != group_of[b]]
    wrong = [
        f"{pair.group}: {pair.kind}, a copy: {pair.copy}"
        for pair, f in zip(pairs, is_copy, strict=True)
        if pair.copy != f
    ]
    hits = sum(pair.copy and f for pair, f in zip(pairs, is_copy, strict=True))
    claimed = sum(is_copy) + len(strange)
    return Fit(hits / claimed, hits / sum(pair.copy for pair in pairs)), wrong + strange


def test_the_pairs_are_many_in_both_languages_and_parts() -> None:
    halves = {part: load(part) for part in ("dev", "test")}
    assert all(len(pairs) > 75 for pairs in halves.values())
    assert not {pair.group for pair in halves["dev"]} & {pair.group for pair in halves["test"]}
    for pairs in halves.values():
        assert {(pair.text.language, pair.copy) for pair in pairs} == {
            ("en", True),
            ("en", False),
            ("es", True),
            ("es", False),
        }


@pytest.mark.parametrize("part", ["dev", "test"])
def test_copies_stay_above_their_floors(part: str) -> None:
    found, wrong = fit(part)
    print(f"\n{part}: precision {found.precision:.3f}, recall {found.recall:.3f}", *wrong, sep="\n  ")  # noqa: T201
    assert found.precision >= FLOORS[part].precision
    assert found.recall >= FLOORS[part].recall
