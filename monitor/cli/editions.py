"""`monitor preview`, `monitor send`, `monitor status`: what there is, seen again or sent again."""

import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from monitor.app import RunRequest, read_status, run_once, send_edition, stored_digest, utc_now
from monitor.cli.common import config_option, json_option, open_config, profile_option, say
from monitor.cli.progress import progress
from monitor.cli.show import show_feed_table
from monitor.config import Config
from monitor.schedule import next_due
from monitor.serialise import to_json

DATE = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("day", metavar="[DATE]", type=DATE, required=False)
@profile_option
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write it; else a temporary folder."
)
@click.option("--open/--no-open", "open_browser", default=True, help="Open it in the browser.")
@config_option
def preview(
    *, day: datetime | None, profile: str, out: Path | None, open_browser: bool, config_path: str | None
) -> None:
    """Show a digest without sending: today's, rendered now from what is stored, or the stored one of DATE.

    \b
    Examples:
      monitor preview --profile espanol
      monitor preview 2026-03-05 --no-open
    """
    config = open_config(config_path)
    path = stored_digest(config, day.date(), profile) if day else _render_now(config, profile, out)
    say(str(path))
    if open_browser:
        click.launch(str(path))


def _render_now(config: Config, profile: str, out: Path | None) -> Path:
    request = RunRequest(utc_now(), profile=profile, out=out, fetch=False, dry_run=True)
    with progress(quiet=True) as display:
        report = run_once(config, request, display)
    return Path(report.editions[0].paths[0])


@click.command()
@click.argument("day", metavar="DATE", type=DATE)
@profile_option
@click.option("--to", multiple=True, metavar="A@B", help="Send to this address instead (repeatable).")
@click.option("--again", is_flag=True, help="Also to those who have it already: the same message once more.")
@json_option
@config_option
def send(
    *, day: datetime, profile: str, to: tuple[str, ...], again: bool, as_json: bool, config_path: str | None
) -> None:
    """Send the stored digest of DATE to those who do not have it yet.

    Ends with 3 when somebody could not be reached.

    \b
    Examples:
      monitor send 2026-03-05
      monitor send 2026-03-05 --profile newsroom --to editor@example.org
      monitor send 2026-03-05 --to editor@example.org --again
    """
    receipts = send_edition(open_config(config_path), day.date(), profile, to, again=again, now=utc_now())
    if as_json:
        say(to_json(receipts))
    for receipt in () if as_json else receipts:
        say(f"{receipt.state:8}  {receipt.recipient}  {receipt.detail}")
    if not receipts and not as_json:
        say("Everybody has it already; --again sends it once more.")
    sys.exit(0 if all(receipt.state == "sent" for receipt in receipts) else 3)


@click.command()
@json_option
@config_option
def status(*, as_json: bool, config_path: str | None) -> None:
    """The last runs, the feeds' health, the outbox, and when the next run is due.

    \b
    Examples:
      monitor status
      monitor status --json | jq .next_run
    """
    config = open_config(config_path)
    found = read_status(config)
    next_run = next_due(utc_now(), config.schedule).due_at.astimezone(ZoneInfo(config.schedule.timezone))
    if as_json:
        say(to_json({"next_run": next_run, **found.plain(), "runs": [json.loads(document) for document in found.runs]}))
        return
    say(f"Next run  {next_run:%a %Y-%m-%d %H:%M %Z}, when `monitor schedule` is running")
    for document in found.runs[:5]:
        say("Run       " + run_line(json.loads(document)))
    if not found.runs:
        say("Run       none yet: `monitor run`")
    for edition in found.editions[:5]:
        say(f"Edition   {edition.edition}: {edition.subject}")
    for receipt in found.unsent:
        say(f"Outbox    {receipt.edition} {receipt.recipient}: {receipt.state} {receipt.detail}")
    say(f"Outbox    {len(found.unsent)} messages not sent")
    failing = [feed for feed in found.feeds if feed.failed]
    say(f"Feeds     {len(found.feeds) - len(failing)} fine, {len(failing)} failing")
    to_do = [feed for feed in found.feeds if feed.failed or feed.moved_to]
    if to_do:
        show_feed_table(to_do)


def run_line(run: dict[str, object]) -> str:
    """One run in one line; `run` is its JSON document."""
    counts = run["counts"]
    relevant = counts.get("articles_relevant", 0) if isinstance(counts, dict) else 0
    words = {0: "fine", 1: "failed", 3: "partial"}
    started = datetime.fromisoformat(str(run["started_at"]))
    code = int(str(run["exit_code"]))
    return f"{started:%Y-%m-%d %H:%M} UTC  {words.get(code, str(code))}, {relevant} relevant, {run['seconds']} s"


COMMANDS = (preview, send, status)
