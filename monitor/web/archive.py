"""The latest edition, the editions by month, and each of them as it was mailed."""

import re
from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor.config import ProfileConfig
from monitor.records import Edition
from monitor.web.asked import Asked, ParameterError
from monitor.web.contents import kept_files, read_contents
from monitor.web.guard import MAIL_POLICY
from monitor.web.pages import page
from monitor.web.site import Site

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DAY = timedelta(days=1)
_NEXT_WITHIN = timedelta(days=62)
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
}


# ---------------------------------------------------------------- one edition


def latest(site: Site, asked: Asked) -> Response:
    """The newest edition of the reader's profile: as asked for, else the first one in the reader's language."""
    profile = _profile(site, asked)
    found = site.store.editions(profile.id, limit=1)
    if not found:
        return page(site, asked, "latest.html.j2", {"edition": None, **_choice(site, profile)}, section="latest")
    return _edition_page(site, asked, found[0], "latest.html.j2", section="latest", **_choice(site, profile))


def edition(site: Site, asked: Asked) -> Response:
    """One edition of the archive."""
    found = _find(site, asked)
    return _edition_page(site, asked, found, "edition.html.j2", section="archive", **_neighbours(site, found))


def file(site: Site, asked: Asked) -> Response:
    """A file of an edition, as it lies in the archive; its HTML as a document that can neither run nor send."""
    path = kept_files(_page_of(site, _find(site, asked))).get(asked.slots["file"])
    if path is None:
        raise HTTPException(404)
    try:
        body = path.read_bytes()
    except OSError:
        raise HTTPException(404) from None
    headers = {"Content-Security-Policy": MAIL_POLICY}
    return Response(body, media_type=_TYPES[path.suffix], headers=headers)


def _edition_page(
    site: Site, asked: Asked, found: Edition, template: str, *, section: str, **values: object
) -> Response:
    path = _page_of(site, found)
    files = {name for name, kept in kept_files(path).items() if kept.is_file()}
    contents = read_contents(path)
    return page(
        site, asked, template, {"edition": found, "contents": contents, "files": files, **values}, section=section
    )


def _find(site: Site, asked: Asked) -> Edition:
    """The edition of the address. 404 when there is none."""
    day = _day(asked.slots["date"])
    found = site.store.editions(asked.slots["profile"], limit=1, first=day, last=day) if day else ()
    if not found:
        raise HTTPException(404)
    return found[0]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page_of(site: Site, found: Edition) -> Path:
    return site.config.digests_dir / found.path


def _neighbours(site: Site, found: Edition) -> dict[str, Edition | None]:
    """The editions before and after."""
    before = site.store.editions(found.profile_id, limit=1, last=found.date - _DAY)
    after = site.store.editions(
        found.profile_id, limit=_NEXT_WITHIN.days, first=found.date + _DAY, last=found.date + _NEXT_WITHIN
    )
    return {"before": before[0] if before else None, "after": after[-1] if after else None}


# ---------------------------------------------------------------- by month


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a profile's editions, in weeks that start as the reader's do."""

    first: date
    weeks: tuple[tuple[date, ...], ...]
    editions: Mapping[date, Edition]
    before: date | None  # the nearest month before that has editions
    after: date | None

    @property
    def newest_first(self) -> tuple[Edition, ...]:
        return tuple(self.editions[day] for day in sorted(self.editions, reverse=True))


def calendar(site: Site, asked: Asked) -> Response:
    """A month of the archive as a grid of days and as a list."""
    profile = _profile(site, asked)
    newest = site.store.editions(profile.id, limit=1)
    first = _month(asked) or (newest[0].date if newest else site.local(site.now()).date()).replace(day=1)
    month = _read_month(site, profile.id, first, week_starts=site.say(asked.language).locale.first_week_day)
    values = {"month": month, **_choice(site, profile)}
    return page(site, asked, "archive.html.j2", values, section="archive")


def _month(asked: Asked) -> date | None:
    """The first day of the month that is asked for. Raises ParameterError for what is no month."""
    text = asked.words("month")
    if not text:
        return None
    match = _MONTH.fullmatch(text)
    if not match or not 1 < int(match[1]) < 9999:
        raise ParameterError("month")
    return date(int(match[1]), int(match[2]), 1)


def _read_month(site: Site, profile_id: str, first: date, *, week_starts: int) -> Month:
    last = (first + timedelta(days=31)).replace(day=1) - _DAY
    weeks = Calendar(week_starts).monthdatescalendar(first.year, first.month)
    found = site.store.editions(profile_id, limit=31, first=first, last=last)
    before = site.store.editions(profile_id, limit=1, last=first - _DAY)
    newest = site.store.editions(profile_id, limit=1)
    return Month(
        first=first,
        weeks=tuple(map(tuple, weeks)),
        editions={edition.date: edition for edition in found},
        before=before[0].date.replace(day=1) if before else None,
        after=last + _DAY if newest and newest[0].date > last else None,
    )


# ---------------------------------------------------------------- profiles


def _profile(site: Site, asked: Asked) -> ProfileConfig:
    """The profile that is asked for, else the first in the reader's language, else the first. ParameterError."""
    profiles = site.config.profiles
    wanted = asked.words("profile")
    if wanted:
        named = next((profile for profile in profiles if profile.id == wanted), None)
        if named is None:
            raise ParameterError("profile")
        return named
    return next((profile for profile in profiles if profile.language == asked.language), profiles[0])


def _choice(site: Site, profile: ProfileConfig) -> dict[str, object]:
    return {"profile": profile, "profiles": site.config.profiles}
