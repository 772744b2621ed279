"""`monitor bounces`: mail that came back."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import click

from monitor.app import utc_now
from monitor.bounces import BounceReport, Outcome, read_bounces, take_back
from monitor.cli.common import config_option, json_option, note, open_config, say
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.serialise import to_json

_MEANINGS: dict[Outcome, str] = {
    "suppressed": "no such mailbox, off the lists",
    "known": "no such mailbox, was off the lists before",
    "held": "no such mailbox, NOT taken off",
    "refused": "refused for good, stays on the list",
    "soft": "may pass, stays on the list",
    "elsewhere": "its mail is passed on to an address that fails; stays on the list",
    "foreign": "returns no message of ours, left unread",
}
_ADVICE = "So many at once are rather a fault of the sending server: look at them, then `monitor bounces --force`."


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done; mark nothing, take nobody off.")
@click.option("--force", is_flag=True, help="Take dead addresses off however many there are.")
@click.option("--take-back", "back", metavar="A@B", default="", help="Put this address on its lists again.")
@json_option
@config_option
def bounces(*, dry_run: bool, force: bool, back: str, as_json: bool, config_path: str | None) -> None:
    """Read the mailbox of returned mail (mail.bounces) and stop sending to addresses that do not exist.

    Only what returns one of our own messages counts. A full mailbox, a spam filter's refusal and a server that could
    not be reached take nobody off. More than ten, and a fifth of the recipients, at once are held back until you have
    looked (--force). Ends with 3 when some were held.

    \b
    Examples:
      monitor bounces --dry-run
      monitor bounces
      monitor bounces --take-back ana@newsroom.example
    """
    config = open_config(config_path)
    if back:
        _show_taken_back(back, take_back(config, back), as_json=as_json)
        return
    report = read_bounces(config, now=utc_now(), dry_run=dry_run, force=force)
    if as_json:
        say(to_json(report))
    else:
        for line in _lines(report):
            say(line)
    if report.of("held"):
        note(_ADVICE)
        sys.exit(3)


def _show_taken_back(address: str, profiles: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        say(to_json({"recipient": address, "profiles": profiles}))
    elif profiles:
        say(f"{address} gets the digest again: {', '.join(profiles)}")
    else:
        say(f"{address} was not taken off any list for a bounce")


def _lines(report: BounceReport) -> Iterator[str]:
    """One for each, and a sum."""
    for one in report.returned:
        who = one.recipient or one.message_id
        yield f"{who}: {_MEANINGS[one.outcome]}{f' ({one.words})' if one.words else ''}"
    counts = ", ".join(f"{len(found)} {name}" for name in _MEANINGS if (found := report.of(name)))
    tail = "; nothing was changed" if report.dry_run else ""
    yield f"{report.place}: {report.read} unread, {report.others} of them no bounces; {counts or 'none returned'}{tail}"


def watch_lines(config: Config, *, now: datetime) -> list[str]:
    """What the daemon has to say after a look into the mailbox, where there is one; nothing when it did nothing."""
    if config.mail.bounces is None:
        return []
    try:
        report = read_bounces(config, now=now)
    except MonitorError as exc:
        return [str(exc)]
    ours = replace(report, returned=tuple(one for one in report.returned if one.outcome != "foreign"))
    return [*_lines(ours), *([_ADVICE] if ours.of("held") else [])] if ours.returned else []
