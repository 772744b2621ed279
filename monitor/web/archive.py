"""The latest edition, the editions by month, and each of them as it was mailed."""

import re
from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor.config import ProfileConfig
from monitor.records import Edition, read_slot, slot_date, slot_time
from monitor.web.asked import Asked, ParameterError
from monitor.web.contents import kept_files, read_contents
from monitor.web.guard import MAIL_POLICY
from monitor.web.pages import page
from monitor.web.site import Site

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DAY = timedelta(days=1)
_MOST_A_DAY = 24
_AHEAD_DAYS = (1, 2, 8, 62)  # this day, the next one, a week, two months
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
    """The edition of the address; of a date alone, the last one of that date. 404 when there is none."""
    try:
        slot = read_slot(asked.slots["slot"])
    except ValueError:
        raise HTTPException(404) from None
    found = _of_days(site, asked.slots["profile"], slot_date(slot))
    wanted = [edition for edition in found if slot_time(slot) is None or edition.slot == slot]
    if not wanted:
        raise HTTPException(404)
    return wanted[0]


def _of_days(site: Site, profile_id: str, first: date, days: int = 1) -> list[Edition]:
    """The editions of so many days, the newest first."""
    last = first + (days - 1) * _DAY
    found = site.store.editions(profile_id, limit=days * _MOST_A_DAY, first=first, last=last)
    return sorted(found, key=lambda edition: edition.slot, reverse=True)


def _page_of(site: Site, found: Edition) -> Path:
    return site.config.digests_dir / found.path


def _neighbours(site: Site, found: Edition) -> dict[str, Edition | None]:
    """The editions before and after."""
    same_day = _of_days(site, found.profile_id, found.date)
    before = [edition for edition in same_day if edition.slot < found.slot]
    before = before or list(site.store.editions(found.profile_id, limit=1, last=found.date - _DAY))
    return {"before": before[0] if before else None, "after": _next(site, found)}


def _next(site: Site, found: Edition) -> Edition | None:
    """The edition after this one, sought further and further ahead."""
    for days in _AHEAD_DAYS:
        after = [edition for edition in _of_days(site, found.profile_id, found.date, days) if edition.slot > found.slot]
        if after:
            return after[-1]
    return None


# ---------------------------------------------------------------- by month


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a profile's editions, in weeks that start as the reader's do."""

    first: date
    weeks: tuple[tuple[date, ...], ...]
    editions: Mapping[date, tuple[Edition, ...]]  # the newest first
    before: date | None  # the nearest month before that has editions
    after: date | None

    @property
    def newest_first(self) -> tuple[Edition, ...]:
        return tuple(edition for day in sorted(self.editions, reverse=True) for edition in self.editions[day])


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
    found = _of_days(site, profile_id, first, last.day)
    before = site.store.editions(profile_id, limit=1, last=first - _DAY)
    newest = site.store.editions(profile_id, limit=1)
    return Month(
        first=first,
        weeks=tuple(map(tuple, weeks)),
        editions={day: tuple(group) for day, group in groupby(found, key=lambda edition: edition.date)},
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
