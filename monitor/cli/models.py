"""`monitor models list|install|verify`: the translation engines."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from monitor.cli.common import config_option, json_option, open_config_or_defaults, say
from monitor.cli.show import show_rows
from monitor.language.engines.choose import choose_engine, engine_statuses, models_dir_of
from monitor.language.models import InstalledModel, install_models, list_models, verify_models
from monitor.serialise import to_json


@click.group()
def models() -> None:
    """Translation engines and their models, all on this machine."""


@models.command("list")
@json_option
@config_option
def list_command(*, as_json: bool, config_path: str | None) -> None:
    """What is installed, how it is, and which engine a run would use.

    \b
    Example:
      monitor models list
    """
    options = open_config_or_defaults(config_path).translation
    statuses = engine_statuses(options)
    chosen = choose_engine(options)
    if as_json:
        say(to_json({"engines": statuses, "models": list_models(models_dir_of(options)), "chosen": chosen}))
        return
    rows = [
        (s.kind, "yes" if s.installed else "no", {True: "yes", False: "NO", None: ""}[s.healthy], s.name, s.reason)
        for s in statuses
    ]
    show_rows(("engine", "installed", "healthy", "version", "remark"), rows)
    say()
    say(f"A run uses: {chosen.spec.kind} ({chosen.reason})")


@models.command()
@click.argument("engine", type=click.Choice(["argos", "firefox"]), default="argos")
@click.option("--from", "source", default="", metavar="URL|PATH", help="A mirror, a folder or a file; else the net.")
@config_option
def install(*, engine: str, source: str, config_path: str | None) -> None:
    """Install pinned, known-good models: argos (the default) or firefox.

    \b
    Examples:
      monitor models install
      monitor models install firefox
      monitor models install argos --from /media/usb/translate-es_en-1_0.argosmodel
    """
    folder = models_dir_of(open_config_or_defaults(config_path).translation)
    installed = _install_with_bar(engine, source, folder)
    for model in installed:
        say(f"installed  {model.engine} {model.source}→{model.target} {model.version} ({model.size_mb:.0f} MB)")
        if model.sha256:
            say(f"           SHA-256 {model.sha256}")
    say("Next: `monitor models verify` translates a sentence each way.")


def _install_with_bar(engine: str, source: str, folder: Path) -> tuple[InstalledModel, ...]:
    """Install with a bar per file on a terminal; elsewhere rich prints nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        return install_models(engine, folder, source=source, on_progress=show)


@models.command()
@json_option
@config_option
def verify(*, as_json: bool, config_path: str | None) -> None:
    """Are the files as they were installed, and does every engine translate its test sentences?

    Ends with 1 when something is wrong with an installed engine.

    \b
    Example:
      monitor models verify
    """
    options = open_config_or_defaults(config_path).translation
    changed = verify_models(models_dir_of(options))
    statuses = [status for status in engine_statuses(options, fresh=True) if status.installed]
    sick = [status for status in statuses if status.healthy is False]
    if as_json:
        say(to_json({"changed_files": changed, "engines": statuses}))
    else:
        for line in changed:
            say(f"ERROR  {line}")
        for status in statuses:
            say(f"{'ok   ' if status.healthy else 'ERROR'}  {status.name} {status.reason} {status.remedy}".rstrip())
        if not statuses:
            say("No engine is installed: `monitor models install`")
    sys.exit(1 if changed or sick or not statuses else 0)
