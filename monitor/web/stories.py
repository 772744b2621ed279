"""One story: its headlines, its timeline, who had it first, what does not agree, how it grew."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from monitor.pipeline.dossier import Dossier, StoryDay, read_dossier
from monitor.web.asked import Asked
from monitor.web.charts import Column, columns
from monitor.web.pages import page
from monitor.web.site import Site

_LONGEST_ID = 64
_CHART_DAYS = 14


@dataclass(frozen=True, slots=True)
class Growth:
    """How far the story had spread by the end of a day."""

    day: StoryDay
    column: Column


def story(site: Site, asked: Asked) -> Response:
    """The page of a story. The id of one it absorbed, or of a report in it, leads to it."""
    id_ = asked.slots["id"]
    if len(id_) > _LONGEST_ID or not id_.isalnum():
        raise HTTPException(404)
    dossier = read_dossier(site.store, site.config, id_, zone=site.zone, reader=asked.language, now=site.now())
    if dossier is None:
        raise HTTPException(404)
    if dossier.card.id != id_:
        query = asked.query()
        return RedirectResponse(f"{dossier.card.id}?{query}" if query else dossier.card.id, status_code=301)
    return page(site, asked, "story.html.j2", {"dossier": dossier, "card": dossier.card, "growth": _growth(dossier)})


def _growth(dossier: Dossier) -> tuple[Growth, ...]:
    """The outlets that had it by the end of each of its last days, as columns; nothing to draw for a single day."""
    days = dossier.days[-_CHART_DAYS:]
    if len(days) < 2:
        return ()
    drawn = columns([(day.outlets_en, day.outlets_es) for day in days])
    return tuple(Growth(day, column) for day, column in zip(days, drawn, strict=True))
