"""Points for the feed: what it is, and what it brought; bounded, told, and no way for a feed to earn them by itself."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.intake import judge, load_lexicon
from monitor.intake.lexicon import Scoring
from monitor.intake.priors import EXPECTED, feed_terms, past_points
from monitor.records import Article, FeedPast, Source
from monitor.resources import bundled
from tests.eval.relevance_data import items
from tests.intake.conftest import NOW, source

LEXICON = load_lexicon(bundled("lexicon.yaml"))
SCORING = Scoring(1.5, 1.0, LEXICON.scoring.thresholds, 13.0, past_bonus=1.0, past_malus=0.5)


def past(reports: int, at_the_border: int) -> FeedPast:
    return FeedPast("gaceta", reports, at_the_border)


PASTS = st.integers(0, 5_000).flatmap(lambda n: st.integers(0, n).map(lambda k: past(n, k)))


@pytest.mark.parametrize(
    ("reports", "at_the_border", "points"),
    [
        (0, 0, 0.0),  # a new feed
        (4, 4, 0.09),  # four reports prove little
        (60, 58, 0.57),
        (1000, 990, 0.95),
        (1000, 200, 0.0),  # as expected
        (1000, 5, -0.47),
        (4, 0, -0.05),
    ],
)
def test_the_share_of_reports_at_the_border_gives_points_the_surer_the_more_reports(
    reports: int, at_the_border: int, points: float
) -> None:
    assert past_points(past(reports, at_the_border), SCORING) == points


@given(PASTS)
def test_a_past_never_gives_more_than_the_bonus_nor_takes_more_than_the_malus(brought: FeedPast) -> None:
    points = past_points(brought, SCORING)
    assert -SCORING.past_malus <= points <= SCORING.past_bonus
    if points:
        assert (points > 0) == (brought.at_the_border > EXPECTED * brought.reports)


def told(feed: Source, scoring: Scoring = LEXICON.scoring) -> list[tuple[str, float, str]]:
    terms = feed_terms(feed, scoring)
    assert {(term.category, term.where) for term in terms} <= {("feed", "feed")}
    return [(term.id, term.weight, term.text) for term in terms]


def test_every_point_of_a_feed_is_a_term_with_its_reason() -> None:
    assert told(source(scope="on_topic", border_local=True)) == [
        ("border_local", 1.0, "a border newsroom"),
        ("on_topic", 2.0, "a feed about the border"),
    ]
    assert told(source(past=past(60, 58))) == [("past", 0.57, "58 of 60 reports of late were about the border")]
    assert told(source()) == []


def test_of_what_was_declared_and_what_was_brought_the_larger_counts() -> None:
    slight = replace(LEXICON.scoring, border_local_prior=0.5, past_malus=0.4)
    reason = "58 of 60 reports of late were about the border"
    border = ("border_local", 0.5, "a border newsroom")
    assert told(source(border_local=True, past=past(60, 58)), slight) == [border, ("past", 0.07, reason)]
    assert told(source(border_local=True, past=past(60, 13)), slight) == [border]
    assert [term[:2] for term in told(source(border_local=True, past=past(1000, 0)), slight)] == [
        ("border_local", 0.5),
        ("past", -0.38),
    ]


def test_a_prior_of_feeds_yaml_stands_for_the_past() -> None:
    assert told(source(prior=-1.5, past=past(60, 58))) == [("prior", -1.5, "set in feeds.yaml")]
    assert told(source(prior=0.0, past=past(60, 58))) == []


def test_near_the_threshold_the_past_of_a_feed_decides_and_the_reason_tells() -> None:
    strict = replace(LEXICON, scoring=replace(LEXICON.scoring, thresholds={"general": 6.5}))
    article = make("Piden calma", "Un dron fue visto anoche en Nogales.")
    short = judge(article, source(), strict)
    kept = judge(article, source(past=past(60, 58)), strict)
    assert (short.relevant, short.score) == (False, 6.0)
    assert (kept.relevant, kept.score) == (True, 6.57)
    assert kept.reason.startswith("6.6 points (0.6 for the feed), 6.5 needed")
    assert sum(term.weight for term in kept.terms) == pytest.approx(kept.score)


def make(title: str, summary: str) -> Article:
    return Article("a", "gaceta", "https://g.example/a", "https://g.example/a", title, summary, NOW, NOW)


def test_no_past_makes_up_for_a_topic_or_a_link() -> None:
    """Points are the last of the three conditions."""
    best = replace(source(), past=past(5_000, 5_000))
    assert judge(make("Feria del libro", "Habrá música."), best, LEXICON).reason.startswith("no topic")
    assert judge(make("Hallan droga en un baldío", ""), best, LEXICON).reason.startswith("no link to the border")


@settings(deadline=None)  # the first may load the language model
@given(st.sampled_from(items("dev")), PASTS, st.one_of(st.none(), st.floats(-5, 5)))
def test_what_a_past_is_counted_from_does_not_depend_on_points(
    row: Any, brought: FeedPast, prior: float | None
) -> None:
    """So that no feed is kept because it was kept: `FeedPast` counts topics and links, never what was decided."""
    article = make(row.title, row.summary)
    feed = Source("s", "S", "https://s.example/feed", row.lang, scope=row.scope, border_local=row.border_local)
    plain = judge(article, feed, LEXICON)
    weighed = judge(article, replace(feed, past=brought, prior=prior), LEXICON)
    assert (weighed.topics, weighed.nexus) == (plain.topics, plain.nexus)
