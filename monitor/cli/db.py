"""`monitor db`: the database as a whole."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from monitor.app import utc_now
from monitor.cli.common import config_option, json_option, note, open_config, say
from monitor.databases import (
    Cleared,
    back_up_database,
    check_database,
    copy_database,
    purge_database,
    reindex_database,
    restore_database,
)
from monitor.serialise import to_json
from monitor.store.copying import Tell
from monitor.text import counted

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def db() -> None:
    """Copy, back up, restore, check and purge the database."""


@db.command("copy")
@click.argument("target_url", metavar="TARGET_URL")
@click.option("--replace", is_flag=True, help="Empty the target first, if it holds something.")
@json_option
@config_option
def copy_command(*, target_url: str, replace: bool, as_json: bool, config_path: str | None) -> None:
    """Copy everything into another database: SQLite to PostgreSQL, and back. Relative paths start from here.

    All or nothing: it is one transaction, and every row that arrived is compared with what was read. No run can start
    meanwhile. Afterwards set storage.url to the new database.

    \b
    Examples:
      monitor db copy postgresql://monitor@db.example.org/monitor
      monitor db copy sqlite:///laptop.db --replace
    """
    config = open_config(config_path)
    copied = copy_database(config, target_url, replace=replace, now=utc_now(), tell=_teller(quiet=as_json))
    if as_json:
        say(to_json({"tables": copied}))
        return
    _show_rows([(content.table, content.rows) for content in copied])
    say("Copied, and compared row by row. To work there from now on, set storage.url in feeds.yaml.")


@db.command("backup")
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Write over FILE if it is there.")
@json_option
@config_option
def backup_command(*, file: Path, replace: bool, as_json: bool, config_path: str | None) -> None:
    """Write everything into one SQLite FILE, also while a run is under way, and from PostgreSQL as well.

    The file appears when it is whole and was read back. digests/ is a folder of its own: copy it too.

    \b
    Examples:
      monitor db backup /backups/monitor-$(date +%F).db
      monitor db backup latest.db --replace
    """
    config = open_config(config_path)
    made = back_up_database(config, file, replace=replace, now=utc_now(), tell=_teller(quiet=as_json))
    if as_json:
        say(to_json(made))
        return
    _show_rows(made.rows)
    say(f"Written   {made.file} ({made.bytes / 1e6:.1f} MB)")
    note(f"The archive is not in it: copy {config.digests_dir} as well.")


@db.command("restore")
@click.argument("file", type=_FILE)
@click.option("--yes", is_flag=True, help="Put FILE in place of what the database holds now.")
@json_option
@config_option
def restore_command(*, file: Path, yes: bool, as_json: bool, config_path: str | None) -> None:
    """Bring a backup back into the database of feeds.yaml, in one transaction.

    What waited to be sent when the backup was made may have been sent since: it is marked `unknown`, and nobody gets it
    twice. A damaged SQLite file is moved aside, not deleted.

    \b
    Examples:
      monitor db restore /backups/monitor-2026-03-08.db
      monitor db restore latest.db --yes
    """
    config = open_config(config_path)
    done = restore_database(config, file, replace=yes, now=utc_now(), tell=_teller(quiet=as_json))
    if as_json:
        say(to_json(done))
        return
    _show_rows(done.rows)
    if done.moved_to:
        say(f"Moved     the damaged database is now {done.moved_to}")
    if done.waiting:
        note(f"{counted(done.waiting, 'message')} waited when the backup was made: `monitor status` names them,")
        note("`monitor send DATE --to ADDRESS --again` sends one that did not arrive.")
    note(f"The newest edition is {done.newest_edition or 'none'}: if a later one went out, the next run does not know.")


@db.command("check")
@json_option
@config_option
def check_command(*, as_json: bool, config_path: str | None) -> None:
    """Look through the database: its file, schema, references, stories, search, outbox; and the archive beside it.

    Ends with 1 when something is wrong.

    \b
    Examples:
      monitor db check
      monitor db check --json | jq '.[] | select(.problem != "")'
    """
    findings = check_database(open_config(config_path))
    if as_json:
        say(to_json(findings))
    else:
        for finding in findings:
            state = "WRONG" if finding.problem else "ok"
            say(f"{state:6} {finding.what}: {finding.seen}" + (f"; {finding.problem}" if finding.problem else ""))
    sys.exit(1 if any(finding.problem for finding in findings) else 0)


@db.command("purge")
@click.option("--dry-run", is_flag=True, help="Only say how much would go.")
@click.option("--no-vacuum", is_flag=True, help="Keep the room of what went for what comes; the file stays as large.")
@json_option
@config_option
def purge_command(*, dry_run: bool, no_vacuum: bool, as_json: bool, config_path: str | None) -> None:
    """Let go of what is older than storage.keep in feeds.yaml allows: full texts, dropped reports, sent messages, runs.

    Editions, who got them, who has left a list, and stories with their reports' headlines and links always stay.

    \b
    Examples:
      monitor db purge --dry-run
      monitor db purge
    """
    done = purge_database(open_config(config_path), now=utc_now(), dry_run=dry_run, gives_back=not no_vacuum)
    if as_json:
        say(to_json(done))
    else:
        _show_purge(done)


def _show_purge(done: Cleared) -> None:
    for part in done.parts:
        say(f"{part.rows:9} {part.what} ({part.bytes / 1e6:.1f} MB)")
    say("Nothing was touched: this was a dry run." if done.dry_run else "Purged.")
    if size := done.vacuumed:
        say(f"Database  {size.bytes_before / 1e6:.1f} MB → {size.bytes_after / 1e6:.1f} MB")
        if size.why_not:
            note(f"The room was not given back: {size.why_not}.")


@db.command("reindex")
@config_option
def reindex_command(*, config_path: str | None) -> None:
    """Make the index of the search anew from the reports it should hold.

    \b
    Example:
      monitor db reindex
    """
    say(f"{counted(reindex_database(open_config(config_path), now=utc_now()), 'report')} can be found")


def _show_rows(rows: Sequence[tuple[str, int]]) -> None:
    for table, count in rows:
        if count:
            say(f"{count:9} {table}")


def _teller(*, quiet: bool) -> Tell:
    """A line for each table that takes its time, on standard error."""
    told: set[str] = set()

    def tell(table: str, done: int, total: int) -> None:
        if not quiet and table not in told and done < total:
            told.add(table)
            note(f"{table} ({total}) …")

    return tell
