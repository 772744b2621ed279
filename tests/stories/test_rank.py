"""An edition's order, its reasons, and what is new in it."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isfinite

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.config.models import QuotasConfig, StoriesConfig, WeightsConfig
from monitor.records import Judged, Lang, Member, RankedStory, Story
from monitor.stories.rank import Ranked, Reader, rank
from tests.stories.conftest import NOON, member, report, story


def ranked(
    *stories: Story,
    previous: frozenset[str] = frozenset(),
    days: float = 1,
    window_hours: float = 24,
    zone: str = "America/Chicago",
    options: StoriesConfig | None = None,
    reader: Reader | None = None,
) -> Ranked:
    now = NOON + timedelta(days=days)
    return rank(
        stories,
        previous_article_ids=previous,
        since=now - timedelta(hours=window_hours),
        now=now,
        zone=zone,
        options=options or StoriesConfig(),
        lead_count=3,
        reader=reader or Reader(),
    )


def only(*reports: Judged | Member, previous: frozenset[str] = frozenset()) -> RankedStory:
    """The one story of these reports, ranked."""
    (result,) = ranked(story(*reports), previous=previous).with_news
    return result


def part(name: str, *reports: Judged | Member, previous: frozenset[str] = frozenset()) -> float:
    return next(p.value for p in only(*reports, previous=previous).parts if p.name == name)


BIG = story(*(report(f"Big {n}", language="es" if n % 2 else "en", source=f"o{n}", hours=n) for n in range(6)))
SMALL = story(report("Small", source="o9"))


def test_a_story_of_many_voices_and_both_languages_comes_first_and_says_why() -> None:
    result = ranked(SMALL, BIG)
    assert [r.story.id for r in result.with_news] == [BIG.id, SMALL.id]
    top = result.with_news[0]
    assert tuple(part.name for part in top.parts) == tuple(WeightsConfig.model_fields)
    assert all(0 <= part.value <= 1 for part in top.parts)
    assert top.score == pytest.approx(sum(part.points for part in top.parts), abs=1e-3)


def test_the_order_of_the_input_does_not_matter_and_ties_go_by_id() -> None:
    twins = [story(report("Same", source=f"s{n}")) for n in range(8)]
    expected = ranked(*twins)
    shuffled = twins.copy()
    random.Random(1).shuffle(shuffled)
    assert ranked(*shuffled) == expected
    assert [r.story.id for r in expected.with_news] == sorted(t.id for t in twins)


def test_weights_move_stories_and_a_weight_of_zero_is_worth_nothing() -> None:
    lonely = replace(SMALL, members=tuple(replace(m, relevance=100.0, nexus="strong") for m in SMALL.members))
    only_nexus = WeightsConfig.model_validate({**dict.fromkeys(WeightsConfig.model_fields, 0), "nexus": 9})
    result = ranked(BIG, lonely, options=StoriesConfig(weights=only_nexus)).with_news
    assert [r.story.id for r in result] == [lonely.id, BIG.id]
    assert [p.name for p in result[0].parts if p.points] == ["nexus"]


def test_quotas_apply_to_what_the_edition_shows() -> None:
    stories = [
        story(report(f"S{n}", source=f"s{n}", topics=("t",) if n < 3 else ("u",), score=90 - n)) for n in range(4)
    ]
    options = StoriesConfig(quotas=QuotasConfig(first=2, each_topic=1))
    first, second, *_ = ranked(*stories, options=options).with_news
    assert (first.topics, second.topics) == (("t",), ("u",))
    everything = ranked(*stories, options=options, reader=Reader(wanted=lambda r: "t" in r.topics)).with_news
    assert [r.score for r in everything] == sorted((r.score for r in everything), reverse=True)


# ---------------------------------------------------------------- parts


def test_breadth_counts_independent_voices_and_no_copies() -> None:
    one = report("Tunnel found", source="a")
    copy = member(report("Tunnel found!", source="b", hours=1), copy_of=one.id)
    assert part("breadth", one, copy) == part("breadth", one)
    assert part("breadth", one, report("Tunnel", source="c")) > part("breadth", one)
    assert part("breadth", *(report("Tunnel", source=f"s{n}") for n in range(20))) == 1


def test_both_languages_count_half_when_one_voice_has_both() -> None:
    english, spanish = report("Tunnel", source="a"), report("Túnel", source="b", language="es")
    assert part("both_languages", english, spanish) == 1
    assert part("both_languages", member(english, voice="v"), member(spanish, voice="v")) == 0.5
    assert part("both_languages", english) == 0


def test_nexus_is_the_kind_of_link_times_the_score_of_the_best_report() -> None:
    def link(nexus: str, score: float = 15) -> Member:
        return replace(member(report("Tunnel", source=f"s{nexus}{score}", score=score)), nexus=nexus)

    kinds = ["strong", "both", "border_weak", "mx", "none"]
    values = [part("nexus", link(kind)) for kind in kinds]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(kinds)
    assert part("nexus", link("strong", 30)) > part("nexus", link("strong"))
    assert part("nexus", link("strong"), link("none", 1)) == part("nexus", link("strong"))
    assert part("nexus", link("strong", -4)) == 0


def test_a_place_on_the_border_counts_by_the_share_of_reports_and_most_in_a_headline() -> None:
    nowhere = report("Agents arrest two in Chicago", source="a")
    below = report("Agents arrest two", "They were held in Laredo on Monday.", source="a")
    above = report("Agents arrest two in Laredo", source="b")
    assert [part("places", told) for told in (nowhere, below, above)] == [0, 0.5, 1]
    assert part("places", below, above) == 0.75


def test_officials_are_counted_up_to_two() -> None:
    titles = ("Agents in Laredo", "Sheinbaum visits Laredo", "Sheinbaum and Trump talk about Laredo")
    assert [part("officials", report(title, source="a")) for title in titles] == [0, 0.5, 1]


def test_recency_halves_every_twelve_hours_and_copies_or_undated_reports_do_not_refresh_it() -> None:
    old = report("Tunnel", source="a", hours=0)
    assert part("recency", old, report("Tunnel", source="b", hours=12)) == pytest.approx(0.5)
    assert part("recency", old) == pytest.approx(0.25)
    copy = member(report("Tunnel", source="c", hours=24), copy_of=old.id)
    assert part("recency", old, copy) == pytest.approx(0.25)
    assert part("recency", old, report("Tunnel", source="d", hours=24, date_known=False)) == pytest.approx(0.25)


def test_figures_that_differ_across_languages_are_more_of_a_dispute() -> None:
    twelve = report("Attack leaves 12 dead in Matamoros", source="a")
    assert part("dispute", twelve) == 0
    assert part("dispute", twelve, report("Attack leaves 15 dead in Matamoros", source="b")) == 0.5
    assert part("dispute", twelve, report("Ataque deja 15 muertos en Matamoros", source="b", language="es")) == 1


def test_novelty_of_an_updated_story_is_its_share_of_new_reports_or_that_something_happened() -> None:
    old = [report(f"Attack leaves 12 dead {n}", source=f"s{n}") for n in range(9)]
    known = frozenset(r.id for r in old)
    more = report("Attack leaves 12 dead, says mayor", source="t", hours=20)
    toll = report("Toll rises to 15 dead", source="t", hours=20)
    spanish = report("Ataque deja 12 muertos", source="u", language="es", hours=20)
    assert part("novelty", *old) == 1
    assert part("novelty", *old, more, previous=known) == pytest.approx(0.1)
    assert part("novelty", *old, toll, previous=known) == 0.5
    assert part("novelty", *old, spanish, previous=known) == 0.75


# ---------------------------------------------------------------- what is new, and since when


def test_new_updated_and_ongoing() -> None:
    first, later = report("First", source="a", hours=0), report("Later", source="b", hours=20)
    both = story(first, later)
    (new,) = ranked(both).with_news
    assert (new.status, new.day, new.news) == ("new", 1 + 1, None)
    (updated,) = ranked(both, previous=frozenset({first.id})).with_news
    assert (updated.status, updated.new_member_ids) == ("updated", frozenset({later.id}))
    assert updated.news is not None
    assert updated.news.voices_joined == ("b",)
    (ongoing,) = ranked(both, previous=frozenset({first.id, later.id})).developing
    assert (ongoing.status, ongoing.new_member_ids, ongoing.news) == ("ongoing", frozenset(), None)


def test_a_new_copy_is_no_news() -> None:
    first = report("First", source="a")
    copied = story(first, member(report("First", source="b", hours=20), copy_of=first.id))
    result = ranked(copied, previous=frozenset({first.id}))
    assert (len(result.with_news), len(result.developing)) == (0, 1)


def test_old_reports_are_no_news_and_old_stories_disappear() -> None:
    assert ranked(SMALL, days=3) == Ranked((), ())
    shown = frozenset(m.article.id for m in SMALL.members)
    assert len(ranked(SMALL, previous=shown, days=2).developing) == 1
    assert ranked(SMALL, previous=shown, days=6) == Ranked((), ())


def test_the_day_is_counted_in_the_readers_zone() -> None:
    """Seen at 12:00 UTC on the 10th; 04:00 UTC on the 11th is still the 10th in Tijuana."""
    assert ranked(SMALL, days=16 / 24, zone="America/Tijuana").with_news[0].day == 1
    assert ranked(SMALL, days=16 / 24, zone="UTC").with_news[0].day == 2


def test_days_without_news_count_and_a_clock_change_makes_no_day() -> None:
    """In Tijuana clocks go forward on 8 March 2026: that Sunday has 23 hours and is one day all the same."""
    seen = datetime(2026, 3, 7, 20, tzinfo=UTC)  # Saturday noon there
    told = story(report("Found", source="a", hours=-64), created_at=seen)
    shown = frozenset(m.article.id for m in told.members)

    def day(at: datetime) -> int:
        result = rank(
            [told],
            previous_article_ids=shown,
            since=at,
            now=at,
            zone="America/Tijuana",
            options=StoriesConfig(),
            lead_count=3,
        )
        return result.developing[0].day

    assert day(datetime(2026, 3, 8, 7, 59, tzinfo=UTC)) == 1  # 23:59 on Saturday
    assert day(datetime(2026, 3, 8, 8, 1, tzinfo=UTC)) == 2
    assert day(datetime(2026, 3, 9, 6, 59, tzinfo=UTC)) == 2  # 23:59 on Sunday, in summer time
    assert day(datetime(2026, 3, 9, 7, 1, tzinfo=UTC)) == 3


def test_the_readers_language_has_the_headline_that_could_be_translated() -> None:
    central = report("Agents find tunnel under warehouse", source="a")
    other = report("Tunnel under warehouse is found by agents", source="b", hours=1)
    told = story(central, other)
    (plain,) = ranked(told).with_news
    assert plain.lead_en is not None
    title = plain.lead_en.article.title
    (avoiding,) = ranked(told, reader=Reader(withheld=frozenset({title}))).with_news
    assert avoiding.lead_en is not None
    assert avoiding.lead_en.article.title != title


# ---------------------------------------------------------------- whatever comes in

TITLES = (
    "Attack leaves 12 dead in Matamoros",
    "Ataque deja 15 muertos en Matamoros",
    "Sheinbaum and Trump talk about Laredo",
    "Agentes hallan un túnel en Tijuana",
)


@st.composite
def members(draw: st.DrawFn) -> Member:
    language: Lang = draw(st.sampled_from(("en", "es")))
    told = report(
        draw(st.sampled_from(TITLES)),
        source=draw(st.sampled_from("abcdefghij")),
        language=language,
        hours=draw(st.integers(-90, 30)),
        score=draw(st.floats(-10, 1e6)),
        date_known=draw(st.booleans()),
        topics=draw(st.sampled_from(((), ("t",), ("t", "u"), ("u",)))),
        url=f"https://x.example/{draw(st.integers(0, 10**9))}",
    )
    nexus = draw(st.sampled_from(("", "strong", "border_weak", "mx", "none", "from a newer version")))
    copy_of = draw(st.sampled_from(("", "", "0123")))
    return replace(member(told, copy_of=copy_of), nexus=nexus)


def _unlike(reports: list[Member]) -> list[Member]:
    return list({m.article.id: m for m in reports}.values())


STORIES = st.lists(st.lists(members(), min_size=1, max_size=5).map(_unlike), max_size=6)


@settings(deadline=None, max_examples=40)
@given(STORIES, st.randoms(use_true_random=False), st.data())
def test_every_order_of_every_input_gives_one_edition_of_finite_scores(
    groups: list[list[Member]], rng: random.Random, data: st.DataObject
) -> None:
    stories = list({s.id: s for s in (story(*group) for group in groups)}.values())
    every = [m.article.id for s in stories for m in s.members]
    previous = frozenset(data.draw(st.sets(st.sampled_from(every))) if every else ())
    expected = ranked(*stories, previous=previous)
    shuffled = stories.copy()
    rng.shuffle(shuffled)
    assert ranked(*shuffled, previous=previous) == expected
    for shown in (*expected.with_news, *expected.developing):
        assert isfinite(shown.score)
        assert all(0 <= p.value <= 1 for p in shown.parts)
        assert (shown.status == "updated") == (shown.news is not None)
        assert shown.day >= 1


@settings(deadline=None, max_examples=60)
@given(st.lists(members(), min_size=1, max_size=5).map(_unlike), members())
def test_one_more_outlet_never_lowers_what_speaks_for_a_story(group: list[Member], more: Member) -> None:
    """But what is a share of the reports, and the dispute, which a voice may settle by giving both numbers."""
    group = [replace(group[0], copy_of=""), *group[1:]]
    assume(more.article.id not in {m.article.id for m in group})
    joined = [*group, replace(more, voice="another", copy_of="")]
    (before,), (after,) = (ranked(story(*told), window_hours=999).with_news for told in (group, joined))
    for old, new in zip(before.parts, after.parts, strict=True):
        assert new.value >= old.value or old.name in ("novelty", "places", "dispute", "recency")
