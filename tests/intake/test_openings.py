"""What a pattern can begin with: never rules out a text in which the pattern is found."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.intake import load_lexicon
from monitor.intake.openings import openings
from monitor.resources import bundled

LEXICON = load_lexicon(bundled("lexicon.yaml"))
PATTERNS = sorted({*(t.pattern.pattern for t in LEXICON.terms), *(n.pattern.pattern for n in LEXICON.negatives)})
READABLE = [pattern for pattern in PATTERNS if openings(pattern) is not None]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\bborder patrol\b", {"border"}),
        (r"\bcartel\b|\bnarcos?\b", {"cartel", "narco", "narcos"}),
        (r"(?:\bice (?:agents?|raids?)\b)|(?:\bred(?:ada)?s?\b)", {"ice ag", "ice ra", "red", "reds", "redada"}),
        (r"\bu\.?s\.? troops", {"u.s. t", "u.s tr", "us. tr", "us tro"}),
        (r"(?<!benito )\bjuarez\b", {"juarez"}),
        (r"^en vivo\b", {"en viv"}),
        (r"\b[bv]illa\b", {"billa", "villa"}),
        (r"\bdron(?:es)?\b", {"dron", "drones"}),
        (r"\b(?:el|la)[ -]+muro", {"el ", "el-", "la ", "la-"}),
        (r"\bmig.ants", {"mig"}),
        (r"\bxa{2,}y", {"xa"}),
    ],
)
def test_the_first_letters_of_a_match(pattern: str, expected: set[str]) -> None:
    assert set(openings(pattern) or ()) == expected


@pytest.mark.parametrize(
    "pattern", ["wall", r"\w+ border", r"(?:\bred|ice)", r"(?i)\bcartel", r"\b.?cartel", r"(?a)\bcartel", ""]
)
def test_what_may_begin_anywhere_or_in_other_letters_cannot_be_told(pattern: str) -> None:
    assert openings(pattern) is None


def test_most_of_the_lexicon_can_be_ruled_out_by_them() -> None:
    assert len(READABLE) > 0.9 * len(PATTERNS)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from(READABLE))
def test_a_match_begins_a_word_with_one_of_the_openings(data: st.DataObject, pattern: str) -> None:
    text = data.draw(st.from_regex(re.compile(pattern)))
    found = re.search(pattern, text)
    assert found
    assert re.compile(r"\b\w").match(text, found.start())
    assert text.startswith(tuple(openings(pattern) or ()), found.start())
