"""For machines: is it alive (`/healthz`), and numbers for Prometheus (`/metrics`)."""

from datetime import datetime

from starlette.responses import JSONResponse, Response

from monitor.app import measure
from monitor.errors import StorageError
from monitor.telemetry.metrics import CONTENT_TYPE, exposition, families
from monitor.web.asked import Asked
from monitor.web.site import Site


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
    return Response(exposition(families(measure(site.store, site.config, now=site.now()))), media_type=CONTENT_TYPE)
