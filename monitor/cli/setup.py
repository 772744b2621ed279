"""`monitor init` and `monitor check`: before the first run."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, say
from monitor.config import check_address
from monitor.doctor import Finding, examine, try_mail
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


def _addresses(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(map(check_address, given))
    except ValueError as exc:
        raise click.BadParameter(str(exc)) from None


@click.command()
@click.option(
    "--send-test", multiple=True, metavar="A@B", callback=_addresses, help="Send this address a test mail (repeatable)."
)
@json_option
@config_option
def check(*, send_test: tuple[str, ...], as_json: bool, config_path: str | None) -> None:
    """Is everything in place? Configuration, database, models, mail server, disk, clock: one line each.

    With --send-test a mail like a digest goes to each address, in its profile's language, and the server's answer is
    told. Nothing is sent while the mail server itself is in doubt.

    Ends with 2 when something has to be done before a run can work, 1 when no test mail was taken, 3 when some were.

    \b
    Examples:
      monitor check
      monitor check --json
      monitor check --send-test editor@example.org
    """
    findings = examine(config_path)
    findings += try_mail(config_path, send_test, findings)
    if as_json:
        say(to_json(findings))
    else:
        _show(findings)
    sys.exit(_exit_code(findings))


def _show(findings: Iterable[Finding]) -> None:
    for finding in findings:
        say(f"{_MARKS[finding.level]}  {finding.what}: {finding.detail}")
        if finding.remedy:
            say(f"       → {finding.remedy}")


def _exit_code(findings: Sequence[Finding]) -> int:
    wrong = [finding for finding in findings if finding.level == "error"]
    if any(not finding.recipient for finding in wrong):
        return 2
    trials = [finding for finding in findings if finding.recipient]
    return 0 if not wrong else 1 if len(wrong) == len(trials) else 3
