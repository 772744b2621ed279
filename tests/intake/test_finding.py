"""Looking for many patterns at once finds what a search for each of them finds."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.intake import Lexicon, load_lexicon
from monitor.intake.finding import Patterns
from monitor.intake.openings import openings
from monitor.resources import bundled
from monitor.text import fold
from tests.eval.relevance_data import WAYS, Way, items, reports, verdict

LEXICON = load_lexicon(bundled("lexicon.yaml"))
NUMBERED = {number: rule.pattern for number, rule in enumerate(LEXICON.rules)}
AT_ONCE = Patterns(NUMBERED)
# A group with flags of its own has no openings that could be told.
ONE_BY_ONE = {number: re.compile(f"(?-i:{pattern.pattern})") for number, pattern in NUMBERED.items()}


def one_by_one(patterns: dict[int, re.Pattern[str]], text: str) -> dict[int, str]:
    return {number: match[0] for number, pattern in patterns.items() if (match := pattern.search(text))}


def searched() -> Lexicon:
    """The lexicon that ships, every pattern of which is searched the plain way."""
    patterns = list(ONE_BY_ONE.values())
    terms = tuple(replace(term, pattern=pattern) for term, pattern in zip(LEXICON.terms, patterns, strict=False))
    rest = patterns[len(terms) :]
    negatives = tuple(replace(rule, pattern=pattern) for rule, pattern in zip(LEXICON.negatives, rest, strict=True))
    return Lexicon(LEXICON.scoring, terms, negatives)


@pytest.mark.parametrize("way", WAYS)
def test_verdicts_are_those_of_searching_for_every_term(way: Way) -> None:
    """On all labelled items, reason by reason and term by term."""
    assert all(openings(pattern.pattern) is None for pattern in ONE_BY_ONE.values())
    plainly = searched()
    rows = [*items("dev"), *items("test"), *reports("enforcement", "dev"), *reports("world", "world")]
    for row in rows:
        written = replace(row, title=way(row.title), summary=way(row.summary))
        assert verdict(written, LEXICON) == verdict(written, plainly)


# Forms of the lexicon's patterns, and what may stand around and between them.
FORMS = st.sampled_from([pattern.pattern for pattern in NUMBERED.values()]).flatmap(
    lambda pattern: st.from_regex(re.compile(pattern.replace(r"\w+", "[a-zñ0-9]{1,8}")))
)
FILLING = st.sampled_from(["", " ", " de ", "-", ". ", "\n", "x", "ñ", "_", "7", " en la ", "…", "'"])
MIXED = st.lists(st.one_of(FORMS, FILLING), max_size=12).map("".join)


@settings(max_examples=200, deadline=None)
@given(MIXED)
def test_any_mixture_of_the_lexicons_forms_has_the_same_matches(text: str) -> None:
    for written in (text, fold(text)):
        assert AT_ONCE.found(written) == one_by_one(NUMBERED, written)


PIECES = st.sampled_from(
    [r"\b", "a", "b", "ab", "ñ", "(?:a|b)", "[ab]", "a?", "(?:ab)?", r"\w", r"\w+", " ", r"\s", ".", "(?!a)", "(?<!b)",
     "(?<= )", "b+", "(a|ab)", "^", "$", "|", r"\.", "(?:ñ|)", r"\B"]
)  # fmt: skip
WRITTEN = st.lists(PIECES, min_size=1, max_size=7).map("".join)


@settings(max_examples=500, deadline=None)
@given(st.lists(WRITTEN, max_size=4), st.text(alphabet="abñ .\n_1", max_size=30))
def test_any_pattern_that_somebody_writes_is_found_like_by_a_search(written: list[str], text: str) -> None:
    """In any place of it, beside any other; patterns of which nothing can be told included."""
    patterns = {number: re.compile(pattern) for number, pattern in enumerate(written)}
    assert Patterns(patterns).found(text) == one_by_one(patterns, text)


def test_what_is_found_is_the_first_match() -> None:
    found = Patterns({1: re.compile(r"\bmuros?\b"), 7: re.compile(r"\bboyas\b"), 8: re.compile("o")})
    assert found.found("los muros y el muro") == {1: "muros", 8: "o"}


def test_no_patterns_find_nothing() -> None:
    assert Patterns({}).found("muro") == {}
