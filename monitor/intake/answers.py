"""What an answer, or the lack of one, means: pure functions from status, headers and errors to a `FetchOutcome`."""

import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from socket import gaierror

import httpcore2
import httpx2

from monitor.intake.addresses import RefusedAddressError
from monitor.intake.network import Answer, TooLargeError
from monitor.records import FeedOutcome, FeedState, Fetched, FetchFailed, FetchOutcome, NotModified, Source
from monitor.text import clean, counted, shorten, without_keys

HINTS: Mapping[FeedOutcome, str] = {
    "blocked": "the site refuses this program; give the feed a browser's user_agent, or set enabled: false",
    "rate_limited": "the site asked for a pause, which is kept; if it goes on, run less often",
    "timeout": "if it goes on, raise timeout_s for this feed, or fetch.connect_timeout_s and read_timeout_s",
    "too_large": "raise fetch.max_bytes, or use a smaller feed of this outlet",
    "tls": "the certificate is not valid for this host; open the address in a browser to see why",
    "dns": "check the host's name, and whether this machine has a network",
    "http_error": "open the address in a browser; if it is a feed there, give it a browser's user_agent",
    "connection": "check whether the site can be reached from this machine",
    "refused_address": "if it is a feed of your own network, set allow_private: true for it",
    "not_a_feed": "open the address in a browser, and look on the site for a link named RSS",
    "gone": "the outlet withdrew this feed, so it is not asked again until its url is changed; or set enabled: false",
    "malformed": "the outlet has to repair its feed; set enabled: false if it goes on",
}
_GONE = "the feed has moved or was withdrawn: look on the site for a link named RSS"
_SERVER = "the outlet's server has a problem; the feed is asked again later"
_BAD_URL = "correct the feed's url"
_LOGIN = "the feed wants a login: give it username and password_env, or a token with headers"
_WRONG_LOGIN = "the feed refuses its username and password: correct them"
_LONGEST_PAUSE = timedelta(hours=24)  # a hostile or broken Retry-After must not switch a feed off
_MAX_DETAIL = 300
_MAX_URL = 120  # searches have addresses of 300 characters; the reason follows them


class BadRedirectError(Exception):
    """A redirect that is not followed: too many, without an address, or to something that is not http(s)."""


def body_digest(body: bytes) -> str:
    """32 hex digits that stand for a body."""
    return blake2b(body, digest_size=16).hexdigest()


def failed(
    source: Source, outcome: FeedOutcome, what: str, *, now: datetime, hint: str = "", retry_at: datetime | None = None
) -> FetchFailed:
    """A failure whose detail says what was being done to what: `fetch https://…: 503 after 1 try`."""
    asked = shorten(without_keys(source.url), _MAX_URL)
    detail = shorten(" ".join(clean(f"fetch {asked}: {without_keys(what)}").split()), _MAX_DETAIL)
    return FetchFailed(
        source.id, outcome, detail, fetched_at=now, retry_at=retry_at, hint=hint or HINTS.get(outcome, "")
    )


def not_asked(source: Source, state: FeedState, *, now: datetime) -> FetchFailed | None:
    """Why a feed is not asked now; None when it is due."""
    if state.outcome == "gone":
        since = f" on {state.last_try_at:%Y-%m-%d}" if state.last_try_at else ""
        return replace(failed(source, "gone", f"not asked, it answered 410{since}", now=now), asked=False)
    if state.retry_at and state.retry_at > now:
        return waiting(source, state.retry_at, "this feed", now=now)
    return None


def waiting(source: Source, until: datetime, who: str, *, now: datetime) -> FetchFailed:
    """A feed that is left alone because it, or its host, is given a pause."""
    what = f"not asked, {who} is given a pause until {until:%Y-%m-%d %H:%M} UTC"
    return replace(failed(source, "waiting", what, now=now, retry_at=until), asked=False)


def without_password(source: Source, *, now: datetime) -> FetchFailed:
    """A feed with a login whose password is nowhere."""
    hint = "set the variable that its password_env names"
    return replace(failed(source, "http_error", "not asked, its password is not set", now=now, hint=hint), asked=False)


def worth_another_try(outcome: FetchOutcome, answer: Answer | None) -> bool:
    """Lost connections, timeouts, a body that broke off, and a server's error without a pause; never a 4xx."""
    if answer is None:
        return isinstance(outcome, FetchFailed) and outcome.outcome in ("connection", "timeout")
    if answer.status == 200:
        return answer.cut_off
    passing = isinstance(outcome, FetchFailed) and outcome.outcome == "http_error" and not outcome.retry_at
    return answer.status >= 500 and passing


def outcome_of_answer(
    source: Source, state: FeedState | None, answer: Answer, *, now: datetime, tries: int = 1
) -> FetchOutcome:
    """What an answer means for the feed; `elapsed_s` is left at 0."""
    if _is_challenge(answer):
        return failed(source, "blocked", f"{answer.status} and a proof of being human asked for", now=now)
    if answer.status == 200:
        return _outcome_of_body(source, state, answer, now)
    if answer.status == 304 and state and state.last_ok_at:
        return NotModified(source.id, now, 0.0, "304")
    return _outcome_of_refusal(source, answer, now, tries)


def _is_challenge(answer: Answer) -> bool:
    """Whether the headers say so; what a page says is seen when it is parsed."""
    headers = answer.headers
    return headers.get("cf-mitigated") == "challenge" or headers.get("x-amzn-waf-action") in ("challenge", "captcha")


def _outcome_of_body(source: Source, state: FeedState | None, answer: Answer, now: datetime) -> FetchOutcome:
    digest = body_digest(answer.body)
    if state and state.last_ok_at and state.body_digest == digest:
        return NotModified(source.id, now, 0.0, "same_body")
    # A validator belongs to one address: after a redirect it would be sent to the wrong one.
    own = str(answer.url) == source.url or answer.url == httpx2.URL(source.url)
    return Fetched(
        source_id=source.id,
        url=str(answer.url),
        body=answer.body,
        fetched_at=now,
        elapsed_s=0.0,
        content_type=answer.headers.get("content-type", ""),
        encoding=answer.headers.get("content-encoding", "").lower(),
        etag=answer.headers.get("etag", "") if own else "",
        last_modified=answer.headers.get("last-modified", "") if own else "",
        body_digest=digest,
    )


def _outcome_of_refusal(source: Source, answer: Answer, now: datetime, tries: int) -> FetchFailed:
    status = answer.status
    pause = retry_after(answer.headers.get("retry-after", ""), now=now)
    what = f"{status} after {counted(tries, 'try', 'tries')}"
    if status == 410:
        return failed(source, "gone", what, now=now)
    if status == 429:
        return failed(source, "rate_limited", what, now=now, retry_at=pause)
    if status in (403, 406, 451):
        return failed(source, "blocked", what, now=now, retry_at=pause)
    if status == 304:
        what += ", but there was no earlier answer it could refer to"
    return failed(source, "http_error", what, now=now, hint=_hint_for(status, source), retry_at=pause)


def _hint_for(status: int, source: Source) -> str:
    if status == 401:
        return _WRONG_LOGIN if source.username else _LOGIN
    return _GONE if status == 404 else _SERVER if status >= 500 else ""


def outcome_of_error(source: Source, error: Exception, *, now: datetime, tries: int = 1) -> FetchFailed | None:
    """The failure that a foreign error stands for; None for an error that is a bug of ours."""
    lost = isinstance(error, httpcore2.NetworkError | httpcore2.ProtocolError | httpcore2.ProxyError | OSError)
    known = _meaning(source, error) or (_lost_connection(error) if lost else None)
    if known is None:
        return None
    outcome, what = known
    more = f" after {counted(tries, 'try', 'tries')}" if tries > 1 else ""
    return failed(source, outcome, f"{what}{more}", now=now, hint=_BAD_URL if outcome == "http_error" else "")


def _meaning(source: Source, error: Exception) -> tuple[FeedOutcome, str] | None:
    meaning: tuple[FeedOutcome, str] | None = None
    match error:
        case httpcore2.ConnectTimeout():
            meaning = "timeout", "no connection in time"
        case httpcore2.ReadTimeout():
            meaning = "timeout", "the server stopped sending"
        case TimeoutError() | httpcore2.TimeoutException():
            meaning = "timeout", f"no complete answer within {source.timeout_s:g} s"
        case TooLargeError():
            meaning = "too_large", f"more than {source.max_bytes:,} bytes"
        case RefusedAddressError():
            meaning = "refused_address", str(error)
        case gaierror():
            meaning = "dns", f"the host's name cannot be looked up ({error.strerror or error})"
        case BadRedirectError() | httpx2.InvalidURL():
            meaning = "http_error", str(error)
        case httpx2.DecodingError():
            meaning = "not_a_feed", "the compressed body is damaged"
    return meaning


def _lost_connection(error: Exception) -> tuple[FeedOutcome, str]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls", f"no secure connection ({_tls_reason(cause)})"
        cause = cause.__cause__ or cause.__context__
    return "connection", f"no connection ({str(error) or type(error).__name__})"


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
