"""A health check is told that a run succeeded or failed, as healthchecks.io and its kin want it."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

import httpx2

TIMEOUT_S = 10.0


def ping(url: str, *, failed: bool, timeout_s: float = TIMEOUT_S) -> str:
    """GET `url`, with /fail at the end of its path after a failure; what went wrong, without the address, or "".

    It takes `timeout_s` at most, however slowly the server answers, and never raises: a run is not worse for it.
    """
    try:
        return asyncio.run(_get(_failing(url) if failed else url, timeout_s))
    except TimeoutError:
        return f"the health check did not answer within {timeout_s:g} s"
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as exc:
        return f"the health check cannot be reached: {type(exc).__name__}"  # its text may have the address


async def _get(url: str, timeout_s: float) -> str:
    """The status line is answer enough: the body is not read."""
    async with (
        asyncio.timeout(timeout_s),
        httpx2.AsyncClient(timeout=timeout_s) as client,
        client.stream("GET", url) as answer,
    ):
        return "" if answer.is_success else f"the health check answered {answer.status_code}"


def _failing(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/fail"))
