"""A month of days through the real cluster stage and store: what was told once stays told, whatever happens.

The store is closed and opened again between days, some days are run twice, some die between the saving of the reports
and that of the stories. `thirty_days.py` plants the month.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import open_tools
from monitor.config.models import Config, FeedConfig, StorageConfig, StoriesConfig, TranslationConfig
from monitor.pipeline import Plan, Tools
from monitor.pipeline.understand import cluster, current_reports
from monitor.protocols import Store, Vectors
from monitor.records import Judged, MergeDecision, Story
from monitor.store import open_store
from tests.app.thirty_days import DAYS, START, Month, as_read, plant, plant_two_that_are_one
from tests.conftest import new_database
from tests.eval.metrics import bcubed

RUNS = DAYS + 4  # what is read late is read by then
TWICE = frozenset({3, 9, 16, 25})
KILLED = frozenset({5, 14, 22})
LONG_AGO = START - timedelta(days=365)


class KilledError(Exception):
    """What stands for kill -9: nothing after it is done."""


class Dying:
    """An embedder in whose hands the run dies."""

    def __init__(self, name: str) -> None:
        self.name = name

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise KilledError(texts[0])


@dataclass
class Newsroom:
    """A database and the days it lives through."""

    tools: Tools
    month: Month
    url: str
    folder: Path
    shuffled: random.Random | None = None  # reports come in another order
    told: dict[str, Story] = field(default_factory=dict)  # every id ever seen after a run, as it was then

    def live(self, days: int = RUNS) -> None:
        for day in range(days):
            with closing(open_store(self.url, folder=self.folder)) as store:  # a restart a day
                self.run(store, day)

    def run(self, store: Store, day: int) -> None:
        now = START + timedelta(days=day, hours=23)
        tools = replace(self.tools, store=store, embedder=self.month.embedder)
        store.save_articles(self._mixed([as_read(judged, now) for judged in self.month.read_on(day)]))
        if day in KILLED:
            with pytest.raises(KilledError):
                self.stage(replace(tools, embedder=Dying(tools.embedder.name)), now)
            return
        self.stage(tools, now)
        after = everything(store)
        self.check(after)
        if day in TWICE:
            self.stage(tools, now + timedelta(minutes=5))
            assert everything(store) == after, f"day {day}, run again"

    def stage(self, tools: Tools, now: datetime) -> None:
        plan = Plan(run_id=f"run-{now:%d-%H%M}", now=now, editions=())
        cluster(tools, plan, self._mixed(current_reports(tools, plan)), lambda done: None)

    def check(self, stories: Sequence[Story]) -> None:
        """No report in two stories; every id ever told leads to one that has all its reports and its first day."""
        homes = Counter(member.article.id for story in stories for member in story.members)
        assert set(homes.values()) <= {1}
        holders = {id_: story for story in stories for id_ in (story.id, *story.absorbed)}
        for id_, before in self.told.items():
            assert members(before) <= members(holders[id_]), id_
            assert holders[id_].created_at <= before.created_at, id_
        self.told |= holders

    def _mixed(self, reports: Sequence[Judged]) -> list[Judged]:
        return self.shuffled.sample(reports, len(reports)) if self.shuffled else list(reports)

    @property
    def stories(self) -> tuple[Story, ...]:
        with closing(open_store(self.url, folder=self.folder)) as store:
            return everything(store)

    def homes(self) -> dict[str, str]:
        """The story of each report, by ids."""
        return {member.article.id: story.id for story in self.stories for member in story.members}

    @property
    def decisions(self) -> tuple[MergeDecision, ...]:
        with closing(open_store(self.url, folder=self.folder)) as store:
            return store.decisions([story.id for story in everything(store)])


def everything(store: Store) -> tuple[Story, ...]:
    return store.stories(since=LONG_AGO)


def members(story: Story) -> set[str]:
    return {member.article.id for member in story.members}


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """What a run works with; each newsroom brings its own store."""
    feed = FeedConfig(id="wire", name="Wire", url="https://wire.example/feed", language="en")
    config = Config(
        feeds=(feed,),
        storage=StorageConfig(url="sqlite:///unused.db"),
        stories=StoriesConfig(embedder="hash"),
        translation=TranslationConfig(engine="none"),
    )
    with open_tools(config.at(tmp_path_factory.mktemp("tools") / "feeds.yaml")) as opened:
        yield opened


@pytest.fixture(scope="module")
def month() -> Month:
    return plant(seed=1)


@pytest.fixture(scope="module")
def newsroom(tools: Tools, month: Month, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """A month on SQLite, lived."""
    room = Newsroom(tools, month, "sqlite:///monitor.db", tmp_path_factory.mktemp("month"))
    room.live()
    return room


def test_the_month_is_one_of_stories_that_grow_over_days_languages_and_copies(newsroom: Newsroom, month: Month) -> None:
    """What the other tests promise is promised of real merging: hardly a report is in a wrong story."""
    stories, events = newsroom.stories, month.events()
    gold = [events[m.article.id] for story in stories for m in story.members]
    found = bcubed(gold, [story.id for story in stories for _ in story.members])
    assert found.f1 > 0.9, found
    assert sum(len(story.languages) == 2 for story in stories) >= 20
    assert sum(len({m.joined_at for m in story.members}) >= 2 for story in stories) >= 20
    assert sum(bool(m.copy_of) for story in stories for m in story.members) >= 10


def test_every_report_is_in_one_story_at_the_end(newsroom: Newsroom, month: Month) -> None:
    held = [member.article.id for story in newsroom.stories for member in story.members]
    assert sorted(held) == sorted(month.events())


def test_every_id_ever_told_is_found_forever(newsroom: Newsroom) -> None:
    """`check` has followed them after each run; here as a reader would ask, a month later."""
    with closing(open_store(newsroom.url, folder=newsroom.folder)) as store:
        for id_, before in newsroom.told.items():
            story = store.find_story(id_)
            assert story is not None, id_
            assert id_ in (story.id, *story.absorbed)
            assert members(before) <= members(story)


def test_another_order_of_feeds_gives_the_same_stories(tools: Tools, newsroom: Newsroom, tmp_path: Path) -> None:
    room = Newsroom(tools, newsroom.month, "sqlite:///monitor.db", tmp_path, shuffled=random.Random(2))
    room.live()
    assert room.stories == newsroom.stories


def test_postgresql_tells_the_same_stories_record_by_record(
    tools: Tools, postgres: str, newsroom: Newsroom, tmp_path: Path
) -> None:
    room = Newsroom(tools, newsroom.month, new_database(postgres, "thirty days"), tmp_path)
    room.live()
    assert room.stories == newsroom.stories
    assert room.decisions == newsroom.decisions


def test_another_month_keeps_the_promises_too(tools: Tools, tmp_path: Path) -> None:
    """`check` fails inside, after the day that breaks a promise."""
    month = plant(seed=11)
    room = Newsroom(tools, month, "sqlite:///monitor.db", tmp_path)
    room.live()
    assert room.homes().keys() == month.events().keys()


def test_a_story_that_became_part_of_another_is_found_by_its_old_id_on_both_databases(
    tools: Tools, postgres: str, tmp_path: Path
) -> None:
    rooms = [
        Newsroom(tools, plant_two_that_are_one(), url, tmp_path)
        for url in ("sqlite:///monitor.db", new_database(postgres, "two that are one"))
    ]
    for room in rooms:
        room.live(days=1)
        assert [len(story.members) for story in room.stories] == [1, 1]
        room.live(days=2)
        (story,) = room.stories
        assert len(story.members) == 6
        assert {story.id, *story.absorbed} == set(room.told)
        with closing(open_store(room.url, folder=room.folder)) as store:
            assert [store.find_story(id_) for id_ in room.told] == [story, story]
    assert rooms[0].stories == rooms[1].stories
