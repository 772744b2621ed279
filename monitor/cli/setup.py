"""`monitor init` and `monitor check`: before the first run."""

import shutil
import sys
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, say
from monitor.doctor import examine
from monitor.resources import bundled
from monitor.serialise import to_json

_STARTER_FILES = ("feeds.yaml", "feeds.schema.json", "lexicon.yaml", "glossary.yaml", "glossary.schema.json")
_MARKS = {"ok": "ok   ", "warning": "warn ", "error": "ERROR"}


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--templates", "with_templates", is_flag=True, help="Also copy the mail's templates, to change them.")
def init(*, folder: Path, with_templates: bool) -> None:
    """Write a commented feeds.yaml, lexicon and glossary into FOLDER (default: here).

    Never overwrites: a file that exists is left alone.

    \b
    Examples:
      monitor init
      monitor init ~/border --templates
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [*_STARTER_FILES, *(_template_names() if with_templates else ())]
    for name in names:
        say(_copy_unless_there(bundled(name), folder / name))
    say()
    say("Next: edit feeds.yaml (mail server, recipients), then run `monitor check` and `monitor run --dry-run`.")


def _template_names() -> list[str]:
    root = bundled("templates")
    return [f"templates/{path.relative_to(root)}" for path in sorted(root.rglob("*")) if path.is_file()]


def _copy_unless_there(source: Path, target: Path) -> str:
    if target.exists():
        return f"kept     {target} (it was there already)"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return f"written  {target}"


@click.command()
@json_option
@config_option
def check(*, as_json: bool, config_path: str | None) -> None:
    """Is everything in place? Configuration, database, models, mail server, disk, clock: one line each.

    Ends with 2 when something has to be done before a run can work.

    \b
    Examples:
      monitor check
      monitor check --json
    """
    findings = examine(config_path)
    if as_json:
        say(to_json(findings))
    else:
        for finding in findings:
            say(f"{_MARKS[finding.level]}  {finding.what}: {finding.detail}")
            if finding.remedy:
                say(f"       → {finding.remedy}")
    sys.exit(2 if any(finding.level == "error" for finding in findings) else 0)


COMMANDS = (init, check)
