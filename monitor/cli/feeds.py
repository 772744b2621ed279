"""`monitor feeds list|check|add|discover|import|export`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, note, open_config, open_config_or_defaults, say
from monitor.cli.show import show_feed_table, show_rows
from monitor.config import FeedConfig
from monitor.errors import StorageError
from monitor.intake.discover import FoundFeed
from monitor.records import Lang
from monitor.serialise import to_json
from monitor.subscriptions import Added, Wish, add_feed, export_opml, import_opml
from monitor.subscriptions import discover as discover_on
from monitor.text import names_a_key


def _now() -> datetime:
    return datetime.now(UTC)


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
        say(to_json([_plain(feed) for feed in config.feeds]))
        return
    header = ("id", "lang", "scope", "on", "outlet", "address")
    rows = [(f.id, f.language, f.scope, "yes" if f.enabled else "no", f.name, f.url) for f in config.feeds]
    show_rows(header, rows)
    on = [feed for feed in config.feeds if feed.enabled]
    say(f"Feeds that are read: {len(on)}, {sum(f.language == 'en' for f in on)} English,"
        f" {sum(f.language == 'es' for f in on)} Spanish; switched off: {len(config.feeds) - len(on)}")  # fmt: skip


def _plain(feed: FeedConfig) -> dict[str, object]:
    """A feed of feeds.yaml, but for what its headers show to be let in."""
    headers = {name: "***" if names_a_key(name) else value for name, value in feed.headers.items()}
    return feed.model_dump() | {"headers": headers}


@feeds.command("check")
@click.argument("ids", nargs=-1)
@json_option
@config_option
def check(*, ids: tuple[str, ...], as_json: bool, config_path: str | None) -> None:
    """Read every feed now and tell how it is: outcome, items, newest item, seconds, quirks, what to do.

    Nothing is remembered. Ends with 3 when a feed failed.

    \b
    Examples:
      monitor feeds check
      monitor feeds check border-report kvia --json
    """
    from monitor.app import check_feeds  # noqa: PLC0415 - all of the program, and only this command needs it

    reports = check_feeds(open_config(config_path), ids, now=_now())
    if as_json:
        say(to_json(reports))
    else:
        show_feed_table(reports)
        failed = sum(report.failed for report in reports)
        say(f"Feeds that can be read: {len(reports) - failed} of {len(reports)}")
    sys.exit(3 if any(report.failed for report in reports) else 0)


_LANGUAGE = click.Choice(["en", "es"])
_PRIVATE = click.option("--allow-private", is_flag=True, help="Allow an address in a private network.")


@feeds.command("discover")
@click.argument("url")
@_PRIVATE
@json_option
@config_option
def discover(*, url: str, allow_private: bool, as_json: bool, config_path: str | None) -> None:
    """Find the feeds of a site: those its page names, else where feeds usually lie; each is read once.

    Nothing is written; `monitor feeds add` does that. Ends with 3 when there is none.

    \b
    Examples:
      monitor feeds discover https://www.example.org
      monitor feeds discover example.org --json | jq -r '.feeds[].url'
    """
    config = open_config_or_defaults(config_path)
    found = discover_on(config, url, allow_private=allow_private, now=_now())
    if as_json:
        say(to_json(found))
    else:
        rows = [_found_row(feed) for feed in found.feeds]
        show_rows(("lang", "outcome", "items", "newest", "title", "address"), rows)
        why = f": {found.problem}" if found.problem else ""
        say(f"Feeds found: {len(found.feeds)}, addresses read: {found.tried}{why}")
    sys.exit(0 if found.feeds else 3)


def _found_row(feed: FoundFeed) -> tuple[str, ...]:
    report = feed.report
    newest = f"{report.newest_item_at:%Y-%m-%d}" if report.newest_item_at else ""
    return feed.language, report.outcome, str(report.items), newest, feed.title, feed.url


@feeds.command("add")
@click.argument("url")
@click.option("--id", "id_", default="", metavar="ID", help="Short name; else made of the outlet's.")
@click.option("--name", default="", help="The outlet as readers know it; else the feed's title.")
@click.option("--language", type=_LANGUAGE, help="Else that of most of its headlines.")
@click.option("--scope", type=click.Choice(["on_topic", "general", "official"]), default="general", show_default=True,
              help="How strictly its items are filtered.")  # fmt: skip
@click.option("--region", default="", help="The stretch of the border it covers.")
@_PRIVATE
@config_option
def add(
    *,
    url: str,
    id_: str,
    name: str,
    language: Lang | None,
    scope: str,
    region: str,
    allow_private: bool,
    config_path: str | None,
) -> None:
    """Add a feed to feeds.yaml, by its own address or that of a site with one feed. It is read once first.

    Comments and order of feeds.yaml stay as they are.

    \b
    Examples:
      monitor feeds add https://www.example.org/rss
      monitor feeds add https://www.example.org --language es --scope on_topic --region paso-del-norte
    """
    wish = Wish(id_, name, language, scope, region, allow_private)
    _show_added(add_feed(open_config(config_path), url, wish, now=_now()))


@feeds.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=_LANGUAGE, help="Of the feeds that do not say.")
@click.option("--dry-run", is_flag=True, help="Say what would be added, write nothing.")
@json_option
@config_option
def import_(*, file: Path, language: Lang | None, dry_run: bool, as_json: bool, config_path: str | None) -> None:
    """Add the feeds of an OPML FILE to feeds.yaml; those it has already are left as they are.

    A file of `monitor feeds export` comes back with every field. Ends with 3 when some could not be taken in.

    \b
    Examples:
      monitor feeds import subscriptions.opml --language es --dry-run
      monitor feeds import border.opml
    """
    added = import_opml(open_config(config_path), file, language=language, dry_run=dry_run)
    if as_json:
        say(to_json({"added": [feed.model_dump(mode="json") for feed in added.feeds], "left": added.left}))
    else:
        _show_added(added)
    sys.exit(3 if any(not left.why.startswith("feeds.yaml") for left in added.left) else 0)


def _show_added(added: Added) -> None:
    for feed in added.feeds:
        say(f"added     {feed.id}: {feed.name} ({feed.language}) {feed.url}")
    for left in added.left:
        say(f"left out  {left.name}: {left.why} ({left.url})")
    say(f"{len(added.feeds)} added, {len(added.left)} left out")


@feeds.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default=Path("-"))
@config_option
def export(*, file: Path, config_path: str | None) -> None:
    """Write every feed of feeds.yaml as OPML, to FILE or to standard output. Other programs can read it.

    Request headers are part of it: take them out before you pass the file on, if they hold a token.

    \b
    Examples:
      monitor feeds export border.opml
      monitor feeds export > border.opml
    """
    config = open_config(config_path)
    data = export_opml(config)
    if str(file) == "-":
        sys.stdout.buffer.write(data)
    else:
        try:
            file.write_bytes(data)
        except OSError as exc:
            raise StorageError(f"write {file}: {exc.strerror} → check its folder") from exc
    secret = [feed.id for feed in config.feeds if feed.headers]
    if secret:
        note(f"the file holds the request headers of {', '.join(secret)}")
