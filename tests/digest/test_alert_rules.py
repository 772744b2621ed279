"""Readers are told of a story at once, once, and again only when it has grown, however stories merge or are renamed."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.alerts import StoryAlertConfig
from monitor.digest.alert_rules import Telling, alert_key, candidates, choose, held_key, telling_of
from monitor.records import Article, Edition, Lang, Member, RankedStory, Story
from tests.digest.conftest import Tale, Told, ranked_from

START = datetime(2026, 3, 9, 12, tzinfo=UTC)
ZONE = "America/Ciudad_Juarez"


def rule(**options: object) -> StoryAlertConfig:
    return StoryAlertConfig.model_validate({"id": "breaking", "recipients": ["desk@newsroom.example"], **options})


def member(id_: str, voice: str, language: Lang = "en", *, at: datetime = START, copy_of: str = "") -> Member:
    article = Article(id_, voice, f"https://x.example/{id_}", f"https://x.example/{id_}", id_, "", at, at)
    return Member(article, language, voice, joined_at=at, copy_of=copy_of)


def story(id_: str, *members: Member, absorbed: tuple[str, ...] = ()) -> Story:
    return Story(id_, members, START, absorbed)


def told_of(*stories: Story, by: StoryAlertConfig | None = None, at: datetime = START) -> list[Telling]:
    return [telling_of(kept(by or rule(), told, at)) for told in stories]


def kept(by: StoryAlertConfig, told: Story, at: datetime) -> Edition:
    """A telling as the store has it."""
    ids = tuple(m.article.id for m in told.members)
    story_ids = (told.id, *told.absorbed)
    return Edition(alert_key(by, told), by.list_id, at.date(), told.id, story_ids, ids, at, at, "")


FIVE = [member(f"a{n}", f"outlet{n}", at=START - timedelta(hours=n)) for n in range(5)]


# ---------------------------------------------------------------- the threshold


def test_copies_and_sister_titles_are_one_outlet() -> None:
    reprinted = [*FIVE[:4], member("copy", "outlet9", copy_of="a0"), member("sister", "outlet1")]
    assert not candidates(rule(outlets=5), [story("s", *reprinted)], [], now=START)
    assert candidates(rule(outlets=4), [story("s", *reprinted)], [], now=START)


def test_both_languages_are_asked_for_only_where_the_rule_says_so() -> None:
    one, two = story("s", *FIVE), story("t", *FIVE[:4], member("es", "diario", "es"))
    assert [c.story.id for c in candidates(rule(both_languages=True), [one, two], [], now=START)] == ["t"]
    assert [c.story.id for c in candidates(rule(), [one, two], [], now=START)] == ["s", "t"]


def test_what_has_no_new_report_any_more_is_no_alert() -> None:
    """Whoever writes a rule today is not told of the day before yesterday."""
    assert not candidates(rule(fresh_hours=12), [story("s", *FIVE)], [], now=START + timedelta(hours=13))


def test_score_topics_and_places_decide_as_they_do_for_a_profile() -> None:
    best, other, low = (ranked(name, score) for name, score in (("a", 9.0), ("b", 8.0), ("c", 2.0)))
    other = replace(other, topics=("cartels_trafficking",))
    chosen = choose(rule(score=5), [low, other, best], told_today=0, default_zone=ZONE)
    assert [item.story.id for item in chosen.told] == ["a", "b"]
    by_topic = rule(topics=("cartels_trafficking",))
    assert [r.story.id for r in choose(by_topic, [best, other], told_today=0, default_zone=ZONE).told] == ["b"]
    by_place = rule(regions=("Tijuana",))
    assert [r.story.id for r in choose(by_place, [best, other], told_today=0, default_zone=ZONE).told] == []


def ranked(id_: str, score: float) -> RankedStory:
    return ranked_from(Tale(id_, [Told("mesa-ledger", f"Title {id_}")], ("laredo",), score=score))


def test_the_best_stories_are_told_until_the_day_is_full_and_the_others_are_named() -> None:
    stories = [ranked(f"s{n}", float(n)) for n in range(5)]
    chosen = choose(rule(at_most=3), stories, told_today=1, default_zone=ZONE)
    assert [item.story.id for item in chosen.told] == ["s4", "s3"]
    assert [item.story.id for item in chosen.held] == ["s2", "s1", "s0"]
    assert not choose(rule(at_most=3), stories, told_today=7, default_zone=ZONE).told


# ---------------------------------------------------------------- once, and again only when it has grown


@pytest.mark.parametrize(
    ("now", "again"),
    [
        (story("s", *FIVE), False),
        (story("s", *FIVE, *(member(f"b{n}", f"more{n}") for n in range(4))), False),
        (story("s", *FIVE, *(member(f"b{n}", f"more{n}") for n in range(5))), True),
        (story("s", *FIVE, *(member(f"b{n}", f"more{n}", copy_of="a0") for n in range(5))), False),
        (story("s", *FIVE, member("es", "diario", "es")), True),
        (story("other-name", *FIVE), False),
        (story("older", *FIVE, member("first", "agency"), absorbed=("s",)), False),
        (story("other", *(member(f"c{n}", f"fresh{n}") for n in range(5))), True),
    ],
    ids=["same", "nine", "ten", "copies", "spanish", "renamed", "absorbed", "another story"],
)
def test_a_story_is_told_again_only_when_it_has_grown(now: Story, *, again: bool) -> None:
    assert bool(candidates(rule(), [now], told_of(story("s", *FIVE)), now=START)) is again


def test_two_told_stories_that_turn_out_to_be_one_are_no_growth() -> None:
    """Ten outlets were told of; the story that has them all is nothing new."""
    others = [member(f"b{n}", f"more{n}") for n in range(5)]
    tellings = told_of(story("s", *FIVE), story("t", *others))
    merged = story("s", *FIVE, *others, absorbed=("t",))
    assert not candidates(rule(), [merged], tellings, now=START)
    grown = story("s", *merged.members, *(member(f"c{n}", f"third{n}") for n in range(10)), absorbed=("t",))
    assert candidates(rule(), [grown], tellings, now=START)


def test_a_part_that_was_split_off_is_measured_against_the_whole() -> None:
    part = story("part", *FIVE[:2], *(member(f"b{n}", f"more{n}") for n in range(4)))
    assert not candidates(rule(), [part], told_of(story("s", *FIVE)), now=START)


def test_a_telling_survives_being_kept_as_an_edition() -> None:
    one = story("s", *FIVE, member("es", "diario", "es"), absorbed=("t",))
    telling = told_of(one)[0]
    assert telling.outlets == 6
    assert telling.languages == {"en", "es"}
    assert telling.story_ids == {"s", "t"}
    assert telling.about(story("t", member("new", "x")))
    assert held_key(rule(), one, START.date()) == "alert/breaking/held/2026-03-09/s"


# ---------------------------------------------------------------- whatever happens


@dataclass
class World:
    """Stories as runs leave them behind: reports are added and stories taken in, never anything else."""

    stories: dict[str, Story] = field(default_factory=dict)
    sent: list[Edition] = field(default_factory=list)
    now: datetime = START
    numbers: "count[int]" = field(default_factory=count)

    def report(self, name: str, voice: int, language: Lang, *, copy: bool) -> None:
        known = self.stories.get(name) or story(name)
        copy_of = known.members[0].article.id if copy and known.members else ""
        new = member(f"r{next(self.numbers)}", f"v{voice}", language, at=self.now, copy_of=copy_of)
        self.stories[name] = replace(known, members=(*known.members, new))

    def merge(self, into: str, taken: str) -> None:
        if into == taken or into not in self.stories or taken not in self.stories:
            return
        gone = self.stories.pop(taken)
        whole = self.stories[into]
        absorbed = (*whole.absorbed, gone.id, *gone.absorbed)
        self.stories[into] = replace(whole, members=(*whole.members, *gone.members), absorbed=absorbed)

    def rename(self, name: str) -> None:
        """Stories keep their ids; one that did not would be the same story all the same."""
        if name in self.stories:
            self.stories[name] = replace(self.stories[name], id=f"{name}{next(self.numbers)}")

    def look(self, by: StoryAlertConfig) -> tuple[list[Story], list[Story]]:
        """What is told and held back now; told is kept."""
        tellings = [telling_of(edition) for edition in self.sent]
        found = candidates(by, self.stories.values(), tellings, now=self.now)
        as_ranked = [replace(ranked("x", 5.0), story=c.story) for c in found]
        today = sum(edition.date == self.now.date() for edition in self.sent)
        chosen = choose(by, as_ranked, told_today=today, default_zone="UTC")
        self.sent += [kept(by, item.story, self.now) for item in chosen.told]
        return [item.story for item in chosen.told], [item.story for item in chosen.held]


NAMES = st.sampled_from("abcd")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("report"), NAMES, st.integers(0, 12), st.sampled_from(("en", "es")), st.booleans()),
        st.tuples(st.just("merge"), NAMES, NAMES),
        st.tuples(st.just("rename"), NAMES),
        st.tuples(st.just("wait"), st.integers(1, 20)),
        st.tuples(st.just("look")),
    ),
    min_size=20,  # shorter ones seldom tell anything twice
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, outlets=st.integers(1, 4), at_most=st.integers(1, 3))
def test_never_twice_unless_it_grows_and_never_more_than_the_day_allows(
    steps: list[tuple[str, ...]], outlets: int, at_most: int
) -> None:
    """Also: what passes and was never told is told as long as the day has room."""
    world, by = World(), rule(outlets=outlets, at_most=at_most, fresh_hours=96)
    for step in steps:
        match step:
            case ("report", name, voice, language, copy):
                world.report(name, int(voice), "en" if language == "en" else "es", copy=bool(copy))
            case ("merge", into, taken):
                world.merge(into, taken)
            case ("rename", name):
                world.rename(name)
            case ("wait", hours):
                world.now += timedelta(hours=int(hours))
            case _:
                before = [telling_of(edition) for edition in world.sent]
                told, held = world.look(by)
                for one in told:
                    ids = {m.article.id for m in one.members}
                    _is_news(one, [t for t in before if t.article_ids & ids])
                if not held:
                    fresh = candidates(by, world.stories.values(), before, now=world.now)
                    assert {c.story.id for c in fresh} == {one.id for one in told}
                assert not world.look(by)[0], "looking again finds the same"
    days = [edition.date for edition in world.sent]
    assert all(days.count(day) <= at_most for day in days)
    assert len({edition.edition for edition in world.sent}) == len(world.sent), "no key is used twice"


def _is_news(one: Story, earlier: list[Telling]) -> None:
    languages = frozenset[Lang]().union(*(t.languages for t in earlier))
    doubled = len(one.voices) >= 2 * max((t.outlets for t in earlier), default=0)
    assert not earlier or doubled or not languages.issuperset(one.languages)
