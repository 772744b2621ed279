"""`monitor search`: reports by words of either language."""

import os
from collections.abc import Mapping
from datetime import datetime

import click

from monitor.app import parse_since, utc_now
from monitor.cli.common import config_option, json_option, note, open_config, say
from monitor.cli.show import show_rows
from monitor.export.hits import hits_table, outlet_name
from monitor.records import LANGUAGES, Lang, SearchHit, SearchQuery
from monitor.searching import Answer, outlet_ids, place_ids, search_reports
from monitor.serialise import to_json
from monitor.text import counted

_MOST = 1000  # answers of one call


@click.command()
@click.argument("words", metavar="QUERY", nargs=-1)
@click.option("--lang", "languages", type=click.Choice(LANGUAGES), multiple=True, help="Only reports written in it.")
@click.option("--since", default="", metavar="WHEN", help="Published since: 24h, 3d, 2w, or a date.")
@click.option("--until", type=click.DateTime(formats=["%Y-%m-%d"]), metavar="DATE", help="Published until that day.")
@click.option("--outlet", "outlets", multiple=True, metavar="NAME", help="Only this outlet, by name or id.")
@click.option("--place", "places", multiple=True, metavar="NAME", help="Only events there, by name or id.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=20, show_default=True, help="At most so many reports.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out the first so many.")
@click.option("--reader", type=click.Choice(LANGUAGES), help="Language of the headlines; else that of this terminal.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV that is safe to open in a spreadsheet.")
@json_option
@config_option
def search(  # noqa: PLR0913 - one argument per option
    *,
    words: tuple[str, ...],
    languages: tuple[Lang, ...],
    since: str,
    until: datetime | None,
    outlets: tuple[str, ...],
    places: tuple[str, ...],
    limit: int,
    offset: int,
    reader: Lang | None,
    as_csv: bool,
    as_json: bool,
    config_path: str | None,
) -> None:
    """Find stored reports by words of either language: "drones" finds English and Spanish ones alike.

    All words must be there, in whatever form, with or without accents. "Words in quotes" stand side by side, -word must
    not be there, deport* stands for every ending. Without words, everything, the newest first. --lang, --outlet and
    --place may be given several times.

    \b
    Examples:
      monitor search drones
      monitor search 'drones en la frontera' --since 2w
      monitor search '"port of entry" -trade' --lang es --place Tijuana
      monitor search 'deport*' --csv > reports.csv
      monitor search fentanyl --json | jq '.found.hits[].title_es'
    """
    config = open_config(config_path)
    query = SearchQuery(
        text=" ".join(words),
        languages=languages,
        since=parse_since(since, utc_now(), config.schedule.timezone).date() if since else None,
        until=until.date() if until else None,
        outlets=outlet_ids(config, outlets),
        places=place_ids(places),
        limit=limit,
        offset=offset,
    )
    answer = search_reports(config, query)
    names = {feed.id: feed.name for feed in config.feeds}
    if as_json:
        say(to_json(answer))
    elif as_csv:
        click.echo(hits_table(answer.found.hits, names), nl=False)
    else:
        _show(answer, names, reader or _terminal_language())


def _terminal_language() -> Lang:
    """Spanish where the terminal is; else English, like everything the command line says."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "es" if spoken.startswith("es") else "en"


def _show(answer: Answer, outlets: Mapping[str, str], reader: Lang) -> None:
    query, found = answer.query, answer.found
    for line in answer.advice:
        note(line)
    if not found.total:
        say("No report found.")
        return
    header = ("date", "outlet", "lang", "report")
    show_rows(header, (_row(hit, outlets, reader) for hit in found.hits))
    shown = f"{query.offset + 1}–{query.offset + len(found.hits)} of " if found.total > len(found.hits) else ""
    say(f"{shown}{counted(found.total, 'report')}")


def _row(hit: SearchHit, outlets: Mapping[str, str], reader: Lang) -> tuple[str, ...]:
    """Both headlines, the reader's first; the link; where the words stand."""
    original = hit.title(hit.language)
    lines = dict.fromkeys([hit.title(reader) or original, original, hit.article.link, hit.snippet.text])
    date = f"{hit.article.published_at:%Y-%m-%d}"
    return date, outlet_name(hit, outlets), hit.language, "\n".join(line for line in lines if line)
