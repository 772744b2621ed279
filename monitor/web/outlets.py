"""What each outlet reported, how often it was first, and in which language."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor.records import SearchQuery
from monitor.web.asked import Asked, ParameterError
from monitor.web.pages import page
from monitor.web.search import headlines_of
from monitor.web.site import Site
from monitor.web.window import count

WINDOWS = (7, 30, 90)  # days
_PER_PAGE = 30
_MOST_PAGES = 500


def overview(site: Site, asked: Asked) -> Response:
    """Every outlet with reports in the window, and those of feeds.yaml without any."""
    days = _days(asked)
    counted = count(site, days=days)
    heard = {tally.source_id for tally in counted.outlets}
    silent = [feed for feed in site.config.feeds if feed.enabled and feed.id not in heard]
    values = {"counted": counted, "silent": silent, "days": days, "windows": WINDOWS}
    return page(site, asked, "outlets.html.j2", values, section="outlets")


def outlet(site: Site, asked: Asked) -> Response:
    """One outlet: its numbers, and its reports, the newest first. 404 for one that is neither known nor stored."""
    id_ = asked.slots["id"]
    days, number = _days(asked), asked.number("page", 1, most=_MOST_PAGES)
    query = SearchQuery("", outlets=(id_,), limit=_PER_PAGE, offset=(number - 1) * _PER_PAGE)
    found = site.store.search(query)
    if id_ not in site.outlets and not found.total:
        raise HTTPException(404)
    counted = count(site, days=days)
    values = {
        "id": id_,
        "feed": next((feed for feed in site.config.feeds if feed.id == id_), None),
        "tally": counted.outlet(id_),
        "counted": counted,
        "found": found,
        "headlines": headlines_of(site, found),
        "number": number,
        "last": min(max(1, -(-found.total // _PER_PAGE)), _MOST_PAGES),
        "days": days,
        "windows": WINDOWS,
    }
    return page(site, asked, "outlet.html.j2", values, section="outlets")


def _days(asked: Asked) -> int:
    days = asked.number("days", WINDOWS[1], most=WINDOWS[-1])
    if days not in WINDOWS:
        raise ParameterError("days")
    return days
