"""The stories of the last days or weeks, counted once for several pages.

What is counted changes only with a run, so it is remembered until the next one. Known gap: an outlet is known by its
feed; what an aggregator carries counts for the aggregator.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.app import last_whole_run
from monitor.digest.border import count_by_crossing
from monitor.digest.model import CrossingCount
from monitor.records import LANGUAGES, Lang, Member, Place, Story
from monitor.stories.compare import first_report, own_reports, tells_the_hour
from monitor.stories.gazetteer import find_places
from monitor.web.site import Site


@dataclass(frozen=True, slots=True)
class OutletTally:
    """What one outlet reported in a window."""

    source_id: str
    reports_en: int
    reports_es: int
    stories: int
    shared: int  # stories that another outlet had, too
    first: int  # of those, where it was first by a clock that can be believed
    newest: datetime

    @property
    def reports(self) -> int:
        return self.reports_en + self.reports_es

    def share(self, language: Lang) -> int:
        """Per cent of its reports."""
        count = self.reports_en if language == "en" else self.reports_es
        return round(100 * count / self.reports)


@dataclass(frozen=True, slots=True)
class Week:
    """The stories whose first report fell into the week that starts on this Monday, by who reported them."""

    monday: date
    both: int
    only_en: int
    only_es: int

    @property
    def total(self) -> int:
        return self.both + self.only_en + self.only_es


@dataclass(frozen=True, slots=True)
class Counted:
    """The stories of a window, counted."""

    since: datetime
    until: datetime
    outlets: tuple[OutletTally, ...]  # by number of reports
    weeks: tuple[Week, ...]  # the oldest first
    crossings: tuple[CrossingCount, ...]
    first_reports: frozenset[str]  # ids of reports that were first of several outlets

    def outlet(self, source_id: str) -> OutletTally | None:
        return next((tally for tally in self.outlets if tally.source_id == source_id), None)


def as_of(site: Site) -> datetime:
    """The instant up to which the store knows the news: the last run that came to its end."""
    tally = site.store.tally()
    if tally.last_run_at == tally.last_good_run_at:
        return tally.last_run_at or site.now()
    whole = last_whole_run(site.store)
    return whole.started_at if whole else site.now()


def count(site: Site, *, days: int) -> Counted:
    """The stories of the `days` before the last run. StorageError."""
    until = as_of(site)
    return site.memo.get(("counted", until, days), lambda: _count(site, until - timedelta(days=days), until))


def _count(site: Site, since: datetime, until: datetime) -> Counted:
    stories = site.store.stories(since=since)
    firsts = {story.id: first for story in stories if (first := _first_of_several(story))}
    return Counted(
        since=since,
        until=until,
        outlets=_outlets(stories, firsts, since),
        weeks=_weeks(site, stories, since, until),
        crossings=count_by_crossing(_places(story) for story in stories),
        first_reports=frozenset(member.article.id for member in firsts.values()),
    )


def _first_of_several(story: Story) -> Member | None:
    """The report that was first, where several outlets have the story and the clock can be believed."""
    if len({member.article.source_id for member in story.members}) < 2:
        return None
    first = first_report(story.members)
    return first if first and tells_the_hour(first.article) else None


def _outlets(stories: Iterable[Story], firsts: Mapping[str, Member], since: datetime) -> tuple[OutletTally, ...]:
    reports: Counter[tuple[str, Lang]] = Counter()
    held: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    newest: dict[str, datetime] = {}
    for story in stories:
        members = [member for member in story.members if member.article.published_at >= since]
        sources = {member.article.source_id for member in members}
        held.update(sources)
        shared.update(sources if len({m.article.source_id for m in story.members}) > 1 else ())
        for member in members:
            source, at = member.article.source_id, member.article.published_at
            reports[source, member.language] += 1
            newest[source] = max(newest.get(source, at), at)
    first = Counter(member.article.source_id for member in firsts.values())
    tallies = (
        OutletTally(id_, reports[id_, "en"], reports[id_, "es"], held[id_], shared[id_], first[id_], at)
        for id_, at in newest.items()
    )
    return tuple(sorted(tallies, key=lambda tally: (-tally.reports, tally.source_id)))


def _weeks(site: Site, stories: Iterable[Story], since: datetime, until: datetime) -> tuple[Week, ...]:
    """Every whole week of the window from the first one with stories, also those without."""
    counts: Counter[tuple[date, tuple[Lang, ...]]] = Counter()
    for story in stories:
        day = site.local(min(member.article.published_at for member in story.members)).date()
        counts[day - timedelta(days=day.weekday()), story.languages] += 1
    monday = max(_monday(site.local(since).date()), min((monday for monday, _ in counts), default=date.max))
    weeks = []
    while monday <= site.local(until).date():
        weeks.append(Week(monday, counts[monday, LANGUAGES], counts[monday, ("en",)], counts[monday, ("es",)]))
        monday += timedelta(days=7)
    return tuple(weeks)


def _monday(day: date) -> date:
    """The first Monday that is not before `day`: a window begins with a whole week."""
    return day + timedelta(days=-day.weekday() % 7)


def _places(story: Story) -> set[Place]:
    """Places that the story's own reports name."""
    texts = (f"{member.article.title}. {member.article.summary}" for member in own_reports(story))
    return {place for text in texts for place in find_places(text)}
