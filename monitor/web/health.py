"""For machines: is it alive (`/healthz`), and numbers for Prometheus (`/metrics`)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from monitor.errors import StorageError
from monitor.records import Tally
from monitor.web.asked import Asked
from monitor.web.feeds import read_health
from monitor.web.site import Site

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def healthz(site: Site, asked: Asked) -> Response:
    """200 while the database can be read, 503 otherwise; ages in seconds, null where there was no run yet."""
    del asked
    try:
        tally = site.store.tally()
    except StorageError:
        return JSONResponse({"status": "failing", "database": "unreachable"}, status_code=503)
    now = site.now()
    return JSONResponse(
        {
            "status": "ok",
            "database": "ok",
            "last_run_age_s": _age_s(tally.last_run_at, now),
            "last_good_run_age_s": _age_s(tally.last_good_run_at, now),
        }
    )


def _age_s(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else round((now - at).total_seconds())


def metrics(site: Site, asked: Asked) -> Response:
    """The exposition format of Prometheus, version 0.0.4."""
    del asked
    runs = site.store.runs(limit=1)
    last = json.loads(runs[0]) if runs else None
    lines = [*_totals(site.store.tally()), *_last_run(last), *_feeds(site)]
    return Response("\n".join(lines) + "\n", media_type=_TEXT)


def _totals(tally: Tally) -> Iterator[str]:
    yield from _gauge("articles", "Articles in the database, relevant or not.", [({}, tally.articles)])
    yield from _gauge("stories", "Stories in the database.", [({}, tally.stories)])
    yield from _gauge("editions", "Editions in the archive.", [({}, tally.editions)])
    yield from _gauge("suppressed", "Subscriptions that their recipients ended.", [({}, tally.suppressed)])
    states = [({"state": state}, count) for state, count in tally.deliveries]
    yield from _gauge("deliveries", "Messages by state.", states)
    good = tally.last_good_run_at
    if good:
        about = "When the last run started that made its editions, in seconds since 1970."
        yield from _gauge("last_good_run_timestamp_seconds", about, [({}, good.timestamp())])


def _last_run(run: Mapping[str, Any] | None) -> Iterator[str]:
    if run is None:
        return
    started = datetime.fromisoformat(run["started_at"]).timestamp()
    about = "When the last run started, in seconds since 1970."
    yield from _gauge("last_run_timestamp_seconds", about, [({}, started)])
    yield from _gauge("last_run_duration_seconds", "How long the last run took.", [({}, run["seconds"])])
    yield from _gauge("last_run_exit_code", "0 fine, 1 failed, 3 partial.", [({}, run["exit_code"])])
    stages = [({"stage": stage["name"]}, stage["seconds"]) for stage in run["stages"]]
    yield from _gauge("last_run_stage_seconds", "Seconds of the last run's stages.", stages)
    counts = [({"what": name}, number) for name, number in run["counts"].items()]
    yield from _gauge("last_run_count", "Counts of the last run, as its report has them.", counts)


def _feeds(site: Site) -> Iterator[str]:
    found = Counter((health.outcome, health.feed.language) for health in read_health(site))
    samples = [({"outcome": outcome, "language": lang}, n) for (outcome, lang), n in sorted(found.items())]
    yield from _gauge("feeds", "Feeds by their last outcome and language.", samples)


def _gauge(name: str, about: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    full = f"border_monitor_{name}"
    yield f"# HELP {full} {about}"
    yield f"# TYPE {full} gauge"
    for labels, value in samples:
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{full}{{{shown}}} {value}" if shown else f"{full} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
