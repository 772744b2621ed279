"""What is asked of a run, and which editions it makes of that."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.config import Config, check_address
from monitor.config.timetable import slot_by_hand
from monitor.errors import ConfigError, Problem
from monitor.pipeline import EditionPlan, Plan
from monitor.records import DueSlot, Profile, slot_date


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a command, the daemon or the demo asks for."""

    now: datetime
    profile: str = ""  # empty: all
    since: str = ""  # "24h", "3d", a local date: a one-off edition of this window
    slots: tuple[DueSlot, ...] = ()  # the editions that the schedule wants; empty: every profile's of `slot_by_hand`
    to: tuple[str, ...] = ()  # in place of the profile's recipients
    out: Path | None = None  # in place of digests/
    send: bool = True
    fetch: bool = True
    dry_run: bool = False  # nothing is written to the store or sent
    alerts_only: bool = False  # read, judge, tell of stories at once; no edition
    explain: bool = False
    sample: bool = False


def plan_run(config: Config, request: RunRequest) -> Plan:
    """Which editions this run makes, of which slot and for whom.

    Raises ConfigError for an unknown profile, an unreadable `since` or a recipient that is no address.
    """
    check_recipients(request.to)
    profiles = config.profile_records()
    if request.profile:
        profiles = tuple(p for p in profiles if p.id == request.profile)
        if not profiles:
            raise unknown_profile(config, request.profile)
    if request.slots:
        profiles = tuple(p for p in profiles if p.id in {slot.profile_id for slot in request.slots})
    return Plan(
        run_id=f"{request.now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        now=request.now,
        editions=() if request.alerts_only else tuple(_edition_plan(config, request, p) for p in profiles),
        since=parse_since(request.since, request.now, config.schedule.timezone) if request.since else None,
        fetch=request.fetch,
        send=request.send,
        alerts=request.send and request.fetch and not (request.since or request.to or request.dry_run),
        explain=request.explain,
        sample=request.sample,
    )


def unknown_profile(config: Config, profile_id: str) -> ConfigError:
    known = ", ".join(profile.id for profile in config.profiles)
    problem = f"there is no profile '{profile_id}'"
    return ConfigError(Problem(str(config.path), "profiles", problem, f"use one of: {known}"))


def check_recipients(addresses: Sequence[str]) -> None:
    for address in addresses:
        try:
            check_address(address)
        except ValueError as exc:
            problem, _, remedy = str(exc).partition("; ")
            raise ConfigError(Problem("--to", address, problem, remedy)) from None


def _edition_plan(config: Config, request: RunRequest, profile: Profile) -> EditionPlan:
    wanted = {due.profile_id: due.slot for due in request.slots}
    slot = wanted.get(profile.id) or slot_by_hand(request.now, config.timetables()[profile.id]).key
    recipients = request.to or config.recipients_of(profile.id)
    if request.since:
        slug = re.sub(r"[^a-z0-9]+", "-", request.since.lower()).strip("-")
        once = replace(profile, id=f"{profile.id}-since-{slug}")
        return EditionPlan(once, slot_date(slot).isoformat(), recipients)
    if not request.fetch:
        return EditionPlan(replace(profile, id=f"{profile.id}-preview"), slot, (), series=profile.id)
    return EditionPlan(profile, slot, recipients, series=profile.id)


_SPAN = re.compile(r"(\d{1,4})\s*([hdw])")
_UNIT_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


def parse_since(text: str, now: datetime, zone: str) -> datetime:
    """ "24h", "3d", "2w" before now, or a local date or date and time. Raises ConfigError for anything else."""
    if (match := _SPAN.fullmatch(text.strip().lower())) and not int(match[1]):
        raise _since_error(text, "is no time at all")
    if match:
        return now - timedelta(hours=int(match[1]) * _UNIT_HOURS[match[2]])
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _since_error(text, "is neither a span nor a date") from None
    instant = (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    if instant >= now:
        raise _since_error(text, "lies in the future")
    return instant


def _since_error(text: str, problem: str) -> ConfigError:
    return ConfigError(Problem("--since", repr(text), problem, "write 24h, 3d, 2w, 2026-03-01 or 2026-03-01T06:00"))
