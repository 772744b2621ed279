"""What the feeds of the made-up press show at an instant, as the sample outlets' records."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from benchmarks.world.events import START, Report, language_of, reports_of
from monitor.demo.catalog import FeedFormat, Flaw, Outlet, SampleItem

_DAYS_BACK = 4  # an event's last report is out within three
_FORMATS: tuple[FeedFormat, ...] = ("rss2", "rss2", "rss2", "atom")
_FLAWS: tuple[frozenset[Flaw], ...] = (
    frozenset(),
    frozenset({"tracking"}),
    frozenset({"read_more"}),
    frozenset({"appeared_first", "tracking"}),
    frozenset({"cdata_html"}),
)


@dataclass
class World:
    """`feeds` outlets with `per_day` items a day each, half of them Spanish; a feed shows its newest `items`."""

    feeds: int
    items: int = 25
    per_day: int = 8
    seed: int = 7
    _days: dict[int, list[Report]] = field(default_factory=dict, init=False, repr=False)

    def reports(self, until: datetime) -> list[Report]:
        """Everything that is out by then and may still stand in a feed, in the order of publication."""
        today = (until - START).days
        first = today - _DAYS_BACK - self.items // self.per_day
        self._days = {day: reports for day, reports in self._days.items() if day >= first}
        for day in range(first, today + 1):
            if day not in self._days:
                self._days[day] = reports_of(day, self.feeds, self.per_day, self.seed)
        out = (report for reports in self._days.values() for report in reports if report.at <= until)
        return sorted(out, key=lambda report: (report.at, report.id))

    def outlets(self, at: datetime) -> tuple[Outlet, ...]:
        """Every outlet with what its feed shows at that instant."""
        by_outlet: defaultdict[int, list[Report]] = defaultdict(list)
        for report in self.reports(at):
            by_outlet[report.outlet].append(report)
        return tuple(self._outlet(number, by_outlet[number][-self.items :]) for number in range(self.feeds))

    def _outlet(self, number: int, reports: list[Report]) -> Outlet:
        language = language_of(number)
        name = {"en": f"Courier {number}", "es": f"Gaceta {number}"}[language]
        bare = Outlet(
            id=f"outlet-{number}",
            name=name,
            host=f"outlet{number}.example",
            language=language,
            country={"en": "US", "es": "MX"}[language],
            kind="local",
            region="Laredo",
            description=f"{name}, made up",
            format=_FORMATS[number // 2 % len(_FORMATS)],
            encoding="utf-8",
            items=(),
            flaws=_FLAWS[number // 2 % len(_FLAWS)],
        )
        return replace(bare, items=tuple(_item(report) for report in reports))


def _item(report: Report) -> SampleItem:
    return SampleItem(report.id, report.at, report.title, report.summary, report.body)
