"""Stories by week and language, and a map of the border."""

from dataclasses import dataclass

from starlette.responses import Response

from monitor.digest.charts import HEIGHT, WIDTH, pair_name, strip_map
from monitor.web.asked import Asked, ParameterError
from monitor.web.charts import Column, columns
from monitor.web.pages import page
from monitor.web.site import Site
from monitor.web.window import Week, count

WEEKS = (4, 12, 26)


@dataclass(frozen=True, slots=True)
class DrawnWeek:
    """A week and its column; the pieces are both languages, English only, Spanish only."""

    week: Week
    column: Column


def trends(site: Site, asked: Asked) -> Response:
    """The same numbers as pictures and as tables."""
    weeks = _weeks(asked)
    counted = count(site, days=7 * weeks)
    drawn = columns([(week.both, week.only_en, week.only_es) for week in counted.weeks])
    values = {
        "weeks": weeks,
        "choices_of_weeks": WEEKS,
        "counted": counted,
        "drawn": tuple(DrawnWeek(week, column) for week, column in zip(counted.weeks, drawn, strict=True)),
        "named": [c for c in sorted(counted.crossings, key=lambda c: -c.stories) if c.stories],
        "pair_name": pair_name,
        "map_size": (WIDTH, HEIGHT),
    }
    return page(site, asked, "trends.html.j2", values, section="trends")


def strip_map_png(site: Site, asked: Asked) -> Response:
    """The map of the same weeks."""
    counted = count(site, days=7 * _weeks(asked))
    picture = site.memo.get(("map", counted.crossings), lambda: strip_map(counted.crossings))
    return Response(picture, media_type="image/png")


def _weeks(asked: Asked) -> int:
    weeks = asked.number("weeks", WEEKS[1], most=WEEKS[-1])
    if weeks not in WEEKS:
        raise ParameterError("weeks")
    return weeks
