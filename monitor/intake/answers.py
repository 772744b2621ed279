"""What an answer, or the lack of one, means: pure functions from status, headers and errors to a `FetchOutcome`."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from socket import gaierror

import httpcore2
import httpx2

from monitor.intake.addresses import RefusedAddressError
from monitor.intake.network import Answer, TooLargeError
from monitor.records import FeedOutcome, FeedState, Fetched, FetchFailed, FetchOutcome, NotModified, Source
from monitor.text import clean, shorten

HINTS: Mapping[FeedOutcome, str] = {
    "blocked": "the site refuses this program; give the feed a browser's user_agent, or set enabled: false",
    "rate_limited": "the site asked for a pause, which is kept; if it goes on, run less often",
    "timeout": "if it goes on, raise timeout_s for this feed",
    "too_large": "raise fetch.max_bytes, or use a smaller feed of this outlet",
    "tls": "the certificate is not valid for this host; open the address in a browser to see why",
    "dns": "check the host's name, and whether this machine has a network",
    "connection": "check whether the site can be reached from this machine",
    "refused_address": "if it is a feed of your own network, set allow_private: true for it",
    "not_a_feed": "open the address in a browser, and look on the site for a link named RSS",
    "malformed": "the outlet has to repair its feed; set enabled: false if it goes on",
}
_GONE = "the feed has moved or was withdrawn: look on the site for a link named RSS"
_BAD_URL = "correct the feed's url"
_LOGIN = "the feed wants a login; a token can be given with headers"
_LONGEST_PAUSE = timedelta(hours=24)  # a hostile or broken Retry-After must not switch a feed off
_MAX_DETAIL = 300


class BadRedirectError(Exception):
    """A redirect that is not followed: too many, without an address, or to something that is not http(s)."""


def body_digest(body: bytes) -> str:
    """32 hex digits that stand for a body."""
    return blake2b(body, digest_size=16).hexdigest()


def failed(
    source: Source, outcome: FeedOutcome, what: str, *, now: datetime, hint: str = "", retry_at: datetime | None = None
) -> FetchFailed:
    """A failure whose detail says what was being done to what: `fetch https://…: 503 after 1 try`."""
    detail = shorten(" ".join(clean(f"fetch {source.url}: {what}").split()), _MAX_DETAIL)
    return FetchFailed(
        source.id, outcome, detail, fetched_at=now, retry_at=retry_at, hint=hint or HINTS.get(outcome, "")
    )


def outcome_of_answer(source: Source, state: FeedState | None, answer: Answer, *, now: datetime) -> FetchOutcome:
    """What an answer means for the feed; `elapsed_s` is left at 0."""
    if answer.status == 200:
        return _outcome_of_body(source, state, answer, now)
    if answer.status == 304 and state and state.last_ok_at:
        return NotModified(source.id, now, 0.0, "304")
    return _outcome_of_refusal(source, answer, now)


def _outcome_of_body(source: Source, state: FeedState | None, answer: Answer, now: datetime) -> FetchOutcome:
    digest = body_digest(answer.body)
    if state and state.last_ok_at and state.body_digest == digest:
        return NotModified(source.id, now, 0.0, "same_body")
    # A validator belongs to one address: after a redirect it would be sent to the wrong one.
    own = answer.url == httpx2.URL(source.url)
    return Fetched(
        source_id=source.id,
        url=str(answer.url),
        body=answer.body,
        fetched_at=now,
        elapsed_s=0.0,
        content_type=answer.headers.get("content-type", ""),
        etag=answer.headers.get("etag", "") if own else "",
        last_modified=answer.headers.get("last-modified", "") if own else "",
        body_digest=digest,
    )


def _outcome_of_refusal(source: Source, answer: Answer, now: datetime) -> FetchFailed:
    status = answer.status
    pause = retry_after(answer.headers.get("retry-after", ""), now=now)
    what = f"{status} after 1 try"
    if status == 429:
        return failed(source, "rate_limited", what, now=now, retry_at=pause)
    if status in (403, 406, 451) or answer.headers.get("cf-mitigated") == "challenge":
        return failed(source, "blocked", what, now=now, retry_at=pause)
    hint = _GONE if status in (404, 410) else _LOGIN if status == 401 else ""
    if status == 304:
        what = "304 after 1 try, but there was no earlier answer it could refer to"
    return failed(source, "http_error", what, now=now, hint=hint, retry_at=pause)


def outcome_of_error(source: Source, error: Exception, *, now: datetime) -> FetchFailed | None:
    """The failure that a foreign error stands for; None for an error that is a bug of ours."""
    known = _meaning(source, error)
    if known:
        return failed(source, known[0], known[1], now=now, hint=_BAD_URL if known[0] == "http_error" else "")
    if isinstance(error, httpcore2.NetworkError | httpcore2.ProtocolError | httpcore2.ProxyError | OSError):
        return _outcome_of_connection(source, error, now)
    return None


def _meaning(source: Source, error: Exception) -> tuple[FeedOutcome, str] | None:
    meaning: tuple[FeedOutcome, str] | None = None
    match error:
        case TimeoutError() | httpcore2.TimeoutException():
            meaning = "timeout", f"no complete answer within {source.timeout_s:g} s"
        case TooLargeError():
            meaning = "too_large", f"more than {source.max_bytes:,} bytes"
        case RefusedAddressError():
            meaning = "refused_address", str(error)
        case gaierror():
            meaning = "dns", "the host's name cannot be looked up"
        case BadRedirectError() | httpx2.InvalidURL():
            meaning = "http_error", str(error)
        case httpx2.DecodingError():
            meaning = "not_a_feed", "the compressed body is damaged"
    return meaning


def _outcome_of_connection(source: Source, error: Exception, now: datetime) -> FetchFailed:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return failed(source, "tls", f"no secure connection ({_tls_reason(cause)})", now=now)
        cause = cause.__cause__ or cause.__context__
    return failed(source, "connection", f"no connection ({str(error) or type(error).__name__})", now=now)


def _tls_reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or type(error).__name__


def retry_after(value: str, *, now: datetime) -> datetime | None:
    """When a Retry-After header (seconds, or an HTTP date) allows the next try: at most a day ahead; None if unread."""
    try:
        at = now + timedelta(seconds=int(value)) if value.strip().isdigit() else parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return now + _LONGEST_PAUSE if value.strip().isdigit() else None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return max(now, min(at, now + _LONGEST_PAUSE))
