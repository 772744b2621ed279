"""`monitor run`, `monitor demo`, `monitor schedule`: the commands that make digests."""

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

import click

from monitor.app import (
    RunRequest,
    check_profiles,
    check_quotas,
    deliver_waiting,
    open_store_of,
    run_once,
    tell_operators,
    topic_file,
    utc_now,
    watch_stories,
)
from monitor.cli.bounces import watch_lines
from monitor.cli.common import (
    config_option,
    json_option,
    log_option,
    note,
    open_config,
    open_config_and_log,
    profile_option,
    say,
)
from monitor.cli.explain import run_lines
from monitor.cli.metrics import count_now, counted_after, metrics_option, metrics_path
from monitor.cli.progress import progress
from monitor.cli.show import show_report
from monitor.config import Config, ScheduleConfig, resolve_secret
from monitor.demo.replay import DemoOptions, run_demo
from monitor.errors import BusyError, ConfigError
from monitor.language.engines.watch import EngineWatch, examine_engines, failed_canaries, health_lines
from monitor.pipeline.publish import EXIT_FAILED
from monitor.records import DueSlot, RunReport
from monitor.schedule import Duties, Systemd, ping, run_daemon, soonest
from monitor.serialise import to_json
from monitor.telemetry import delivery_event, log_form, tell

_TROUBLE_EVERY_S = 300.0
_BOUNCES_EVERY_S = 3600.0
_SOON = timedelta(minutes=5)


@click.command()
@click.option("--dry-run", is_flag=True, help="Make the digest, but send nothing and remember nothing.")
@click.option("--since", default="", metavar="24h|DATE", help="A one-off digest of this window: 24h, 3d, 2026-03-01.")
@profile_option
@click.option("--to", multiple=True, metavar="A@B", help="Send to this address instead (repeatable).")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Archive folder in place of digests/.")
@click.option("--no-send", is_flag=True, help="Write the archive, send nothing (`monitor send` can do it later).")
@click.option(
    "--alerts-only", is_flag=True, help="Read the feeds and send what `alerts:` wants told at once; no digest."
)
@click.option("--ping", "ping_after", is_flag=True, help="Tell the health check how it went, as the daemon does.")
@click.option("--explain", is_flag=True, help="Say why each item was kept or dropped, each report merged or not.")
@metrics_option
@json_option
@log_option
@config_option
def run(  # noqa: PLR0913 - one argument per option
    *,
    dry_run: bool,
    since: str,
    profile: str,
    to: tuple[str, ...],
    out: Path | None,
    no_send: bool,
    alerts_only: bool,
    ping_after: bool,
    explain: bool,
    metrics_file: Path | None,
    as_json: bool,
    config_path: str | None,
) -> None:
    """Fetch, translate, merge, and send today's digest.

    Safe to repeat: a second run of the day translates nothing again and sends nothing again. Where feeds.yaml has
    several digests a day, it is the last one of today that is due, before the first of them that one.

    \b
    Examples:
      monitor run                          today's digest for every profile
      monitor run --dry-run                look at it first
      monitor run --since 7d --no-send     a one-off digest of the last week
      monitor run --profile newsroom --to editor@example.org
      monitor run --alerts-only            from cron, between two digests
      monitor run --ping                   from cron, with a health check at schedule.ping_url_env
    """
    if alerts_only and (dry_run or since or profile or to or out or no_send):
        raise click.UsageError("--alerts-only makes no digest: it goes with --explain, --ping and --json alone")
    if ping_after and dry_run:
        raise click.UsageError("--ping would tell of a digest that --dry-run does not send")
    config = open_config_and_log(config_path)
    request = RunRequest(
        utc_now(), profile=profile, since=since, to=to, out=out, send=not no_send, dry_run=dry_run, explain=explain
    )
    request = replace(request, alerts_only=alerts_only)
    with counted_after(config, None if dry_run else metrics_path(config, metrics_file)):
        report = (_run_and_ping if ping_after else _run)(config, request, quiet=as_json)
    _finish(report, as_json=as_json, explain=explain)


def _run_and_ping(config: Config, request: RunRequest, *, quiet: bool) -> RunReport:
    """A run of which the health check is told; when another one is under way that one tells."""
    if not (config.schedule.ping_url_env or config.schedule.ping_url_file):
        note("--ping: feeds.yaml names no health check; set schedule.ping_url_env or ping_url_file")
    try:
        report = _run(config, request, quiet=quiet)
    except BusyError:
        raise
    except Exception as exc:
        _tell_health_check(config, str(exc) or type(exc).__name__)
        raise
    _tell_health_check(config, _problem_of(report))
    return report


def _problem_of(report: RunReport) -> str:
    """Why a run's digests did not go out; "" when they did, as far as it was up to us."""
    return "" if report.exit_code != EXIT_FAILED else "; ".join(report.notices) or "the digest could not be sent"


def _tell_health_check(config: Config, problem: str) -> None:
    """A secret that cannot be read is said, and nothing more."""
    options = config.schedule
    try:
        url = resolve_secret(env=options.ping_url_env, file=options.ping_url_file, folder=config.folder)
    except ConfigError as exc:
        note(str(exc))
        return
    if not url and options.ping_url_env:
        note(f"the health check is not told: ${options.ping_url_env} is not set")
    if url and (trouble := ping(url, failed=bool(problem))):
        note(trouble)


def _run(config: Config, request: RunRequest, *, quiet: bool) -> RunReport:
    with progress(quiet=quiet) as display:
        return run_once(config, request, display)


def _finish(report: RunReport, *, as_json: bool, explain: bool = False) -> None:
    if as_json:
        say(to_json(report))
    else:
        if explain:
            for line in run_lines(report):
                say(line)
        show_report(report)
    sys.exit(report.exit_code)


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    metavar="DIR",
    help="Where the digests and the demo's memory go; an earlier demo's are replaced.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the sample feeds; 0: any free one.")
@click.option("--open/--no-open", "open_browser", default=False, help="Open the last digest in the browser.")
@json_option
@log_option
def demo(*, out: Path, port: int, open_browser: bool, as_json: bool) -> None:
    """Show the whole job on sample feeds: no network, no configuration.

    Serves fictional outlets on this machine, replays four days of news through the real pipeline, sends through a real
    local mail server, and tells where the digests are. One feed fails on purpose, so that you see how that looks.

    \b
    Examples:
      monitor demo
      monitor demo --out /tmp/demo --open
      monitor demo --json | jq '.stories[0]'
    """
    with progress(quiet=as_json) as display:
        result = run_demo(DemoOptions(out=out, port=port), display)
    if as_json:
        say(to_json(result.report))
    else:
        show_report(result.report)
        say()
        for line in result.lines(_program(sys.argv[0])):
            say(line)
    if open_browser:
        click.launch(str(result.digest_path))


def _program(started: str) -> str:
    """What to type for this program, which was started as `started`: `make demo` has it in a folder on no PATH."""
    known = shutil.which("monitor")
    elsewhere = Path(started).name == "monitor" and (known is None or not Path(known).samefile(started))
    return shlex.quote(started) if elsewhere else "monitor"


@click.command()
@log_option
@config_option
def schedule(*, config_path: str | None) -> None:
    """Stay running and make each profile's digest at its local time.

    After downtime the latest missed digest is made at once, and says which ones before it were not made. SIGTERM ends
    it after the run that is under way; SIGHUP reads feeds.yaml again. Several may run on one database: each digest is
    made by one of them. The translation engines are tried on test sentences at the start and once a day.

    \b
    Examples:
      monitor schedule
      monitor schedule --config /etc/border-monitor/feeds.yaml
      kill -HUP $(pidof -x monitor)
    """
    words: SimpleQueue[str] = SimpleQueue()
    # The engines take seconds to try, and a signal that nobody listens to would end the process.
    signal.signal(signal.SIGHUP, lambda *_: words.put(signal.SIGHUP.name))
    desk = _Desk(config_path)
    for times in sorted({_timetable_line(options) for options in desk.config.timetables().values()}):
        note(f"a digest at {times}; Ctrl-C ends")
    desk.engines.look()
    duties = Duties(
        timetables=desk.timetables,
        open_store=lambda: open_store_of(desk.config),
        make=desk.make,
        idle=desk.between_runs(),
        reload=desk.reload,
        tell=desk.ping,
        say=note,
    )
    run_daemon(duties, words=words, systemd=Systemd.of(os.environ))


class _Desk:
    """What `monitor schedule` does with feeds.yaml as it was read last."""

    def __init__(self, config_path: str | None) -> None:
        self._config_path = config_path
        self.config = open_config_and_log(config_path)
        self.engines = EngineWatch(self.examine_engines, note)
        self._engine_failures: tuple[str, ...] | None = None  # not asked yet
        self._trouble_due_s = 0.0
        self._bounces_due_s = 0.0
        self._forget_refusals()

    def timetables(self) -> dict[str, ScheduleConfig]:
        return self.config.timetables()

    def reload(self) -> None:
        """Raises ConfigError, and keeps the old one, when there is a mistake in the new one."""
        config = open_config(self._config_path)
        check_quotas(config)
        check_profiles(config)
        self.config = config
        self._forget_refusals()

    def _forget_refusals(self) -> None:
        """Whatever was wrong with the mail server may have been put right."""
        self._unusable, self._mail_due_s = 0, 0.0

    def make(self, slots: tuple[DueSlot, ...]) -> str:
        with counted_after(self.config, metrics_path(self.config)):
            report = _run(self.config, RunRequest(utc_now(), slots=slots), quiet=True)
        if not log_form():  # which tells the same
            show_report(report)
        return _problem_of(report)

    def between_runs(self) -> tuple[Callable[[], None], ...]:
        """What is done while nothing is due; a mail server that is away is no reason not to look for trouble."""
        look = (self.engines.look, self.look_for_trouble, self.look_for_stories, self.look_for_bounces)
        return (self.send_waiting, *look)

    def send_waiting(self) -> None:
        """What is due by now; after a server that could not be used, a little later each time: a wrong password that
        is tried every minute locks an account. Raises DeliveryError."""
        if monotonic() < self._mail_due_s:
            return
        self._unusable += 1
        self._mail_due_s = monotonic() + mail_pause_s(self._unusable)
        receipts = deliver_waiting(self.config, note)
        self._forget_refusals()
        for receipt in receipts:
            if log_form():
                tell(delivery_event(receipt))
            else:
                note(f"{receipt.edition} {receipt.recipient}: {receipt.state} {receipt.detail}")

    def examine_engines(self) -> tuple[str, ...]:
        """What their test sentences say, for the log; failures are kept for the operators' mail."""
        options, glossary = self.config.translation, topic_file(self.config, self.config.topic.glossary)
        statuses = examine_engines(options, glossary)
        self._engine_failures = failed_canaries(statuses)
        return health_lines(statuses, options)

    def look_for_trouble(self) -> None:
        """Every few minutes, as it counts what the store holds."""
        if monotonic() >= self._trouble_due_s:
            self._trouble_due_s = monotonic() + _TROUBLE_EVERY_S
            for line in tell_operators(self.config, engines=self._engine_failures):
                note(line)
            count_now(self.config, metrics_path(self.config), engines=self._engine_failures)

    def look_for_stories(self) -> None:
        """Not just before a digest: its run looks, too, and must not wait."""
        now = utc_now()
        if soonest(now, self.timetables()) - now < _SOON:
            return
        report = watch_stories(self.config, now=now)
        for alert in report.alerts if report else ():
            note(f"alert {alert.rule}, {alert.state}: {alert.title}")

    def look_for_bounces(self) -> None:
        """Every hour, but not just before a digest: a mailbox far away can take minutes to read."""
        now = utc_now()
        if monotonic() < self._bounces_due_s or soonest(now, self.timetables()) - now < _SOON:
            return
        self._bounces_due_s = monotonic() + _BOUNCES_EVERY_S
        for line in watch_lines(self.config, now=now):
            note(line)

    def ping(self, problem: str) -> None:
        _tell_health_check(self.config, problem)


def mail_pause_s(failures: int) -> float:
    """Until a mail server that could not be used is tried again: 1, 2, 4, … minutes, at most a quarter of an hour."""
    return 60.0 * min(1 << min(failures - 1, 10), 15)


def _timetable_line(options: ScheduleConfig) -> str:
    times = ", ".join(f"{at:%H:%M}" for at in options.times_of_day)
    return f"{times} ({options.timezone}) on {', '.join(options.days)}"
