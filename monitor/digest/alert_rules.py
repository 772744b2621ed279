"""Which stories readers are told of at once. Pure.

Never twice of one story, unless it has grown since: twice as many outlets have it, or the other language's press has
picked it up. A story is the same one as long as it shares a report, or an id, with what was told: one that took in
another, or was taken in, is not told again for its new name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.config.alerts import StoryAlertConfig
from monitor.digest.wishes import wants
from monitor.records import LANGUAGES, Edition, Lang, RankedStory, Story

GROWN = 2  # times as many outlets as were told of


@dataclass(frozen=True, slots=True)
class Telling:
    """What a rule has told of a story: what the next mail about it depends on."""

    story_ids: frozenset[str]
    article_ids: frozenset[str]
    outlets: int
    languages: frozenset[Lang]
    at: datetime

    def about(self, story: Story) -> bool:
        return not self.story_ids.isdisjoint((story.id, *story.absorbed)) or any(
            member.article.id in self.article_ids for member in story.members
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that is told, if its score and the day's number of mails allow. `before`: what was told of it, if grown.

    Of several earlier tellings it is all of them in one, dated as the last.
    """

    story: Story
    before: Telling | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The stories a rule tells of now, the best first, and those it would, were its day not full."""

    told: tuple[RankedStory, ...] = ()
    held: tuple[RankedStory, ...] = ()


def candidates(
    rule: StoryAlertConfig, stories: Iterable[Story], tellings: Sequence[Telling], *, now: datetime
) -> tuple[Candidate, ...]:
    """Stories of which the rule has something to tell at `now`, as far as their reports decide it."""
    possible = (story for story in stories if _passes(rule, story, now))
    found = (Candidate(story, joined(t for t in tellings if t.about(story))) for story in possible)
    return tuple(item for item in found if item.before is None or has_grown(item.story, item.before))


def _passes(rule: StoryAlertConfig, story: Story, now: datetime) -> bool:
    newest = max(member.article.published_at for member in story.members)
    return (
        len(story.voices) >= rule.outlets
        and (not rule.both_languages or len(story.languages) == len(LANGUAGES))
        and newest >= now - timedelta(hours=rule.fresh_hours)
    )


def joined(tellings: Iterable[Telling]) -> Telling | None:
    """Several tellings as one; None for none."""
    all_told = tuple(tellings)
    if not all_told:
        return None
    return Telling(
        story_ids=frozenset().union(*(t.story_ids for t in all_told)),
        article_ids=frozenset().union(*(t.article_ids for t in all_told)),
        outlets=max(t.outlets for t in all_told),
        languages=frozenset().union(*(t.languages for t in all_told)),
        at=max(t.at for t in all_told),
    )


def has_grown(story: Story, before: Telling) -> bool:
    """Twice as many independent outlets as were told of, or another language.

    Where two stories that were told became one, the outlets of both were told of.
    """
    known = {member.voice for member in story.members if member.article.id in before.article_ids}
    told = max(before.outlets, len(known))
    return len(story.voices) >= GROWN * told or not before.languages.issuperset(story.languages)


def choose(rule: StoryAlertConfig, ranked: Iterable[RankedStory], *, told_today: int, default_zone: str) -> Choice:
    """Of ranked candidates, best first, those that the rule's score, topics and regions let pass, and that fit in the
    day: at most `at_most` with those told earlier on it."""
    profile = rule.to_profile(default_zone)
    passing = sorted((item for item in ranked if wants(profile, item)), key=lambda r: (-r.score, r.story.id))
    room = max(0, rule.at_most - told_today)
    return Choice(tuple(passing[:room]), tuple(passing[room:]))


# ---------------------------------------------------------------- how tellings are kept: as editions of their own list


def alert_key(rule: StoryAlertConfig, story: Story) -> str:
    """ "alert/<rule>/<story>/<outlets>-en-es": another one only when the story has grown."""
    return f"{rule.list_id}/{story.id}/{'-'.join((str(len(story.voices)), *story.languages))}"


def held_key(rule: StoryAlertConfig, story: Story, day: date) -> str:
    """That a story was held back on a day; kept on a list that has no recipients."""
    return f"{held_list(rule)}/{day.isoformat()}/{story.id}"


def held_list(rule: StoryAlertConfig) -> str:
    return f"{rule.list_id}/held"


def telling_of(edition: Edition) -> Telling:
    """What an alert has told, from what the store keeps of it."""
    outlets, *languages = edition.edition.rpartition("/")[2].split("-")
    return Telling(
        story_ids=frozenset(edition.story_ids),
        article_ids=frozenset(edition.article_ids),
        outlets=int(outlets),
        languages=frozenset(language for language in LANGUAGES if language in languages),
        at=edition.created_at,
    )
