"""`monitor feeds list|check`."""

import sys

import click

from monitor.app import check_feeds, utc_now
from monitor.cli.common import config_option, json_option, open_config, say
from monitor.cli.show import show_feed_table, show_rows
from monitor.serialise import to_json


@click.group()
def feeds() -> None:
    """The feeds of feeds.yaml: which there are, and how they are."""


@feeds.command("list")
@json_option
@config_option
def list_feeds(*, as_json: bool, config_path: str | None) -> None:
    """List the configured feeds.

    \b
    Example:
      monitor feeds list --json | jq -r '.[].url'
    """
    config = open_config(config_path)
    if as_json:
        say(to_json([feed.model_dump() for feed in config.feeds]))
        return
    header = ("id", "lang", "scope", "on", "outlet", "address")
    rows = [(f.id, f.language, f.scope, "yes" if f.enabled else "no", f.name, f.url) for f in config.feeds]
    show_rows(header, rows)
    on = [feed for feed in config.feeds if feed.enabled]
    say(f"{len(on)} feeds are read: {sum(f.language == 'en' for f in on)} English,"
        f" {sum(f.language == 'es' for f in on)} Spanish; {len(config.feeds) - len(on)} are switched off")  # fmt: skip


@feeds.command("check")
@click.argument("ids", nargs=-1)
@json_option
@config_option
def check(*, ids: tuple[str, ...], as_json: bool, config_path: str | None) -> None:
    """Read every feed now and tell how it is: outcome, latency, items, newest item, what to do.

    Nothing is remembered. Ends with 3 when a feed failed.

    \b
    Examples:
      monitor feeds check
      monitor feeds check border-report kvia --json
    """
    reports = check_feeds(open_config(config_path), ids, now=utc_now())
    if as_json:
        say(to_json(reports))
    else:
        show_feed_table(reports)
        failed = sum(report.failed for report in reports)
        say(f"{len(reports) - failed} of {len(reports)} feeds can be read")
    sys.exit(3 if any(report.failed for report in reports) else 0)
