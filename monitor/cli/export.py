"""`monitor export`: a stored digest in another format."""

import sys
from pathlib import Path

import click

from monitor.app import user_templates
from monitor.cli.common import config_option, note, open_config, profile_option, slot_argument
from monitor.delivery.writing import write_atomically
from monitor.digest import load_templates
from monitor.errors import ExportError
from monitor.export.standalone import PAPERS, Paper
from monitor.pipeline.export import FORMATS, ExportFormat, Wanted, export_edition, stored_page

_BYTE_ORDER_MARK = "\ufeff".encode()  # without it, spreadsheets take UTF-8 for something else


@click.command()
@slot_argument(required=False)
@profile_option
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Else what the name after --out ends in.")
@click.option("--out", metavar="FILE", default="-", help="Where to write it; -, the default: standard output.")
@click.option("--paper", type=click.Choice(PAPERS), default="letter", show_default=True, help="Size of a PDF's paper.")
@config_option
def export(
    *,
    slot: str | None,
    profile: str,
    format_: ExportFormat | None,
    out: str,
    paper: Paper,
    config_path: str | None,
) -> None:
    """Write a stored digest, the newest or that of DATE, as html, txt, json, csv, md or pdf.

    It is the digest as it was sent. Of several a day, DATE is the last one of that date, 2026-03-05T0630 that of a
    time. csv has one row per report and is safe to open in a spreadsheet; a PDF is printed
    by a Chromium that is installed here.

    \b
    Examples:
      monitor export --format md
      monitor export 2026-03-05 --profile espanol --out boletin.pdf --paper letter
      monitor export 2026-03-05 --format csv --out reports.csv
      monitor export --format json | jq '.stories[].headlines.en.fragment.text'
    """
    chosen = format_ or _format_of(out)
    config = open_config(config_path)
    folder = user_templates(config)
    wanted = Wanted(
        page=stored_page(config, slot or "", profile),
        templates=load_templates(folder, part="archive"),
        mail=load_templates(folder),
        paper=paper,
    )
    _write(out, chosen, export_edition(wanted, chosen))


def _format_of(out: str) -> ExportFormat:
    suffix = Path(out).suffix.removeprefix(".").lower()
    found = next((name for name in FORMATS if name == suffix), None)
    if found is None:
        raise click.UsageError(
            f"say which format: --format {'|'.join(FORMATS)}, or --out FILE that ends in one of them"
        )
    return found


def _write(out: str, format_: ExportFormat, data: bytes) -> None:
    if out == "-":
        if format_ == "pdf" and sys.stdout.isatty():
            raise click.UsageError("a PDF is nothing for a terminal: name a file with --out")
        sys.stdout.buffer.write(data)
        return
    try:
        write_atomically(Path(out).absolute(), _BYTE_ORDER_MARK + data if format_ == "csv" else data)
    except OSError as exc:
        raise ExportError(f"write {out}: {exc.strerror or exc} → name a file that can be written") from exc
    note(out)
