"""`monitor preview`, `monitor send`, `monitor status`: what there is, seen again or sent again."""

import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from monitor.app import (
    RunRequest,
    Status,
    look_for_trouble,
    read_condition,
    read_status,
    run_once,
    send_edition,
    stored_digest,
    utc_now,
)
from monitor.cli.common import config_option, json_option, note, open_config, profile_option, say, slot_argument
from monitor.cli.progress import progress
from monitor.cli.show import show_feed_table
from monitor.config import Config, find_config
from monitor.errors import ConfigError, Problem
from monitor.pipeline import feed_alarms
from monitor.pipeline.publish import EXIT_FAILED, EXIT_FINE, EXIT_PARTIAL
from monitor.preview import Shown
from monitor.preview import watch as watch_files
from monitor.preview.watching import files_in
from monitor.records import LANGUAGE_NAMES, Cause, EditionReport, Suppression, Trouble, press_health
from monitor.resources import bundled
from monitor.schedule import soonest
from monitor.serialise import to_json, to_plain
from monitor.text import counted

_DEAD_SHOWN = 10

_TROUBLES: Mapping[Cause, str] = {
    "run": "no run has made a digest; see the log, then `monitor check`",
    "feeds_en": "no feed in English can be read; `monitor feeds check` says what each needs",
    "feeds_es": "no feed in Spanish can be read; `monitor feeds check` says what each needs",
    "engine": "machine translation does not work as it should; `monitor models verify`",
    "outbox": "messages that wait for the mail server: {n}; `monitor check` tries the login",
}


@click.command()
@slot_argument(required=False)
@profile_option
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to write it; else a temporary folder."
)
@click.option("--open/--no-open", "open_browser", default=True, help="Open it in the browser.")
@click.option("--watch", is_flag=True, help="Serve it on this machine and render again at every save, until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port for --watch; 0: any that is free.")
@config_option
def preview(
    *,
    slot: str | None,
    profile: str,
    out: Path | None,
    open_browser: bool,
    watch: bool,
    port: int,
    config_path: str | None,
) -> None:
    """Show a digest without sending: today's, rendered now from what is stored, or the stored one of DATE.

    Of several a day, DATE is the last one of that date, 2026-03-05T0630 that of a time.

    With --watch the browser shows it anew whenever a template, a strings file, feeds.yaml, the lexicon or the glossary
    is saved; a mistake is shown with its file and line.

    \b
    Examples:
      monitor preview --profile espanol
      monitor preview --watch
      monitor preview 2026-03-05 --no-open
    """
    if watch and slot:
        raise click.UsageError("--watch renders today's digest: leave out DATE")
    if watch:
        _watch(config_path, profile, out, port=port, open_browser=open_browser)
        return
    config = open_config(config_path)
    path = stored_digest(config, slot, profile) if slot else Path(_render_now(config, profile, out)[0].paths[0])
    say(str(path))
    if open_browser:
        click.launch(str(path))


def _render_now(config: Config, profile: str, out: Path | None) -> tuple[EditionReport, ...]:
    request = RunRequest(utc_now(), profile=profile, out=out, fetch=False, dry_run=True)
    with progress(quiet=True) as display:
        return run_once(config, request, display).editions


def _watch(config_path: str | None, profile: str, out: Path | None, *, port: int, open_browser: bool) -> None:
    """Show, and show again, until SIGINT or SIGTERM. Raises ConfigError when the port is taken."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())

    def told(line: str) -> None:
        say(line)
        if open_browser and line.startswith("http://"):
            click.launch(line)

    with tempfile.TemporaryDirectory(prefix="monitor-preview-") as scratch:

        def render() -> list[Shown]:
            made = _render_now(open_config(config_path), profile, out or Path(scratch))
            return [Shown(_profile_of(edition), edition.subject, Path(edition.paths[0])) for edition in made]

        try:
            watch_files(render, lambda: _ingredients(config_path), port=port, on_change=told, ended=ended)
        except OSError as exc:
            problem = f"this port cannot be used: {exc.strerror}"
            raise ConfigError(Problem("--port", str(port), problem, "name another one, or none")) from exc


def _profile_of(edition: EditionReport) -> str:
    """The profile, without what marks an edition as a preview."""
    return edition.edition.split("/")[0].removesuffix("-preview")


def _ingredients(config_path: str | None) -> list[Path]:
    """The files a preview is made from: the user's own, and the program's where it is edited itself."""
    path = find_config(config_path, os.environ)
    own = [path, *path.parent.glob("*.yaml")]
    return sorted({*own, *files_in(path.parent / "templates"), *files_in(bundled("templates"))})


@click.command()
@slot_argument(required=True)
@profile_option
@click.option("--to", multiple=True, metavar="A@B", help="Send to this address instead (repeatable).")
@click.option("--again", is_flag=True, help="Also to those who have it already: the same message once more.")
@json_option
@config_option
def send(*, slot: str, profile: str, to: tuple[str, ...], again: bool, as_json: bool, config_path: str | None) -> None:
    """Send the stored digest of DATE to those who do not have it yet.

    Of several a day, DATE is the last one of that date, 2026-03-05T0630 that of a time. Ends with 3 when somebody
    could not be reached.

    \b
    Examples:
      monitor send 2026-03-05
      monitor send 2026-03-05 --profile newsroom --to editor@example.org
      monitor send 2026-03-05 --to editor@example.org --again
    """
    sent = send_edition(open_config(config_path), slot, profile, to, again=again, now=utc_now())
    receipts = sent.receipts
    if as_json:
        say(to_json(receipts))
    for receipt in () if as_json else receipts:
        say(f"{receipt.state:8}  {receipt.recipient}  {receipt.detail}")
    if sent.left_out:
        note(f"{sent.left_out} left out: unsubscribed or bounced")
    for notice in sent.notices:
        note(notice)
    if not receipts and not sent.left_out and not as_json:
        say("Everybody has it already; --again sends it once more.")
    sys.exit(0 if all(receipt.state == "sent" for receipt in receipts) else 3)


@click.command()
@json_option
@config_option
@click.option("--check", is_flag=True, help="Only say what is wrong, and end with 1 or 3 if anything is.")
def status(*, as_json: bool, config_path: str | None, check: bool) -> None:
    """The last runs, the feeds' health, the outbox, alerts, and when the next run is due.

    With --check, for cron and for watchdogs: ends with 1 when no run makes digests any more, with 3 when a whole press
    cannot be read, an engine fails its test sentences or messages wait for too long, else with 0.

    \b
    Examples:
      monitor status
      monitor status --json | jq .next_run
      monitor status --json | jq '.outbox, .troubles, .last_good_run_age_s'
      monitor status --check || echo "look after the monitor"
    """
    config = open_config(config_path)
    if check:
        _tell_troubles(look_for_trouble(config, now=utc_now()), as_json=as_json)
    found = read_status(config)
    next_run = soonest(utc_now(), config.timetables())
    if as_json:
        told = {"next_run": next_run, **found.plain(), "runs": [json.loads(document) for document in found.runs]}
        told |= {"languages": press_health(found.feeds), "alarms": feed_alarms(found.feeds)}
        told |= to_plain(read_condition(config, now=utc_now()))
        say(to_json(told))
        return
    say(f"Next run  {next_run:%a %Y-%m-%d %H:%M %Z}, when `monitor schedule` is running")
    _show_made(found)
    _show_sent(found)
    _show_presses(found)


def _show_made(found: Status) -> None:
    """The last runs, editions and slots."""
    for document in found.runs[:5]:
        say("Run       " + run_line(json.loads(document)))
    if not found.runs:
        say("Run       none yet: `monitor run`")
    for edition in found.editions[:5]:
        say(f"Edition   {edition.edition}: {edition.subject}")
    for entry in (slot for slot in found.slots[:10] if slot.state != "done"):
        say(f"Slot      {entry.profile_id} {entry.slot}: {entry.state} {entry.detail}")


def _show_sent(found: Status) -> None:
    """Alerts, and what waits in the outbox."""
    for alert in found.alerts[:5]:
        say(f"Alert     {alert.profile_id} {alert.created_at:%Y-%m-%d %H:%M} UTC: {alert.subject}")
    for alert in found.held[:5]:
        say(f"Alert     {alert.profile_id} {alert.date}, held back, its day was full: {alert.subject}")
    for receipt in found.unsent:
        say(f"Outbox    {receipt.edition} {receipt.recipient}: {receipt.state} {receipt.detail}")
    say(f"Outbox    {counted(len(found.unsent), 'message')} not sent")
    _show_left_out(found.suppressions)


def _show_left_out(suppressions: Sequence[Suppression]) -> None:
    """How many are off their lists; whose address is dead, what their server said, and how to take that back."""
    if not suppressions:
        return
    dead = {left.key: left for left in suppressions if left.bounced}
    gone = len({left.key for left in suppressions})
    say(f"Lists     {counted(gone, 'address', 'addresses')} left out, {len(dead)} of them as there is no such mailbox")
    newest = sorted(dead.values(), key=lambda left: left.at, reverse=True)
    for left in newest[:_DEAD_SHOWN]:
        say(f"          {left.recipient}: {left.reason} ({left.at:%Y-%m-%d})")
    if len(newest) > _DEAD_SHOWN:
        say(f"          … and {len(newest) - _DEAD_SHOWN} more: `monitor status --json`")
    if newest:
        say(f"          if theirs works again: `monitor bounces --take-back {newest[0].recipient}`")


def _show_presses(found: Status) -> None:
    """How the feeds of each language do, and what is to be done about them."""
    for alarm in feed_alarms(found.feeds):
        say(f"ALARM     {alarm}")
    for health in press_health(found.feeds):
        counts = f"{health.read} of {health.total} read, {health.failed} failed, {health.quiet} quiet"
        say(f"Feeds     {LANGUAGE_NAMES[health.language]}: {counts}")
    to_do = [feed for feed in found.feeds if feed.failed or feed.moved_to]
    if to_do:
        show_feed_table(to_do)


def _tell_troubles(troubles: Sequence[Trouble], *, as_json: bool) -> NoReturn:
    """One line each, and the exit code that `--check` promises."""
    if as_json:
        say(to_json(troubles))
    else:
        for trouble in troubles:
            since = f" since {trouble.since:%Y-%m-%d %H:%M} UTC" if trouble.since else ""
            say(f"ALARM     {trouble.cause}{since}: {_TROUBLES[trouble.cause].format(n=trouble.number)}")
            for line in trouble.details:
                say(f"          {line}")
        if not troubles:
            say("OK        nothing is wrong")
    sys.exit(EXIT_FAILED if any(t.cause == "run" for t in troubles) else EXIT_PARTIAL if troubles else EXIT_FINE)


def run_line(run: dict[str, object]) -> str:
    """One run in one line; `run` is its JSON document."""
    counts = run["counts"]
    relevant = counts.get("articles_relevant", 0) if isinstance(counts, dict) else 0
    words = {0: "fine", 1: "failed", 3: "partial"}
    started = datetime.fromisoformat(str(run["started_at"]))
    code = int(str(run["exit_code"]))
    seconds = float(str(run["seconds"]))
    told = run["error"] if run.get("error") else f"{relevant} relevant"
    return f"{started:%Y-%m-%d %H:%M} UTC  {words.get(code, str(code))}, {told}, {seconds:.1f} s"
