"""`monitor models list|install|verify`: the translation engines and what they stand on."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from monitor.cli.common import config_option, json_option, note, open_config_or_defaults, say
from monitor.cli.show import show_rows
from monitor.config.models import TranslationConfig
from monitor.errors import EngineError
from monitor.language.engines.choose import (
    Chosen,
    EngineStatus,
    choose_engine,
    engine_status,
    engine_statuses,
    models_dir_of,
    spec_of,
)
from monitor.language.models import InstalledModel, install_models, list_models, verify_models
from monitor.serialise import to_json

_HEALTH = {True: "yes", False: "NO", None: ""}


@click.group()
def models() -> None:
    """Translation engines and their models.

    \b
    Example:
      monitor models list
    """


# ---------------------------------------------------------------- list


@models.command("list")
@json_option
@config_option
def list_command(*, as_json: bool, config_path: str | None) -> None:
    """What is installed, how it is, and which engine a run would use, and why.

    Engines stand best first: `auto` takes the first that is installed and healthy.

    \b
    Examples:
      monitor models list
      monitor models list --json | jq -r .chosen.reason
    """
    options = open_config_or_defaults(config_path).translation
    statuses = engine_statuses(options)
    installed = list_models(models_dir_of(options))
    chosen, problem = _chosen(options)
    if as_json:
        say(to_json({"engines": statuses, "models": installed, "chosen": chosen, "problem": problem}))
        return
    show_rows(("engine", "installed", "healthy", "MB", "version", "remark"), map(_engine_row, statuses))
    if installed:
        say()
        header = ("model", "version", "MB", "as installed", "SHA-256 of its archive", "folder", "remark")
        show_rows(header, map(_model_row, installed))
    say()
    say(f"A run uses: {chosen.spec.kind} ({chosen.reason})" if chosen else f"A run would end: {problem}")


def _chosen(options: TranslationConfig) -> tuple[Chosen | None, str]:
    """The engine of a run, or why a run would not begin."""
    try:
        return choose_engine(options), ""
    except EngineError as exc:
        return None, str(exc)


def _engine_row(status: EngineStatus) -> tuple[str, ...]:
    size = f"{status.size_mb:.0f}" if status.size_mb else ""
    return (
        status.kind,
        "yes" if status.installed else "no",
        _HEALTH[status.healthy],
        size,
        status.name if status.installed else "",
        status.reason,
    )


def _model_row(model: InstalledModel) -> tuple[str, ...]:
    return (
        f"{model.engine} {model.source}→{model.target}",
        model.version,
        f"{model.size_mb:.0f}",
        {True: "yes", False: "CHANGED", None: "not noted"}[model.intact],
        model.sha256,
        model.folder,
        model.remark,
    )


# ---------------------------------------------------------------- install


@models.command()
@click.argument("engine", type=click.Choice(["argos", "firefox"]), default="argos")
@click.option("--from", "source", default="", metavar="URL|PATH", help="A mirror, a folder or a file; else the net.")
@click.option("--sha256", default="", metavar="HEX", help="What the archive must have; several by commas.")
@json_option
@config_option
def install(*, engine: str, source: str, sha256: str, as_json: bool, config_path: str | None) -> None:
    """Install known-good models: argos (the default) or firefox. Then translate test sentences with them.

    A download that broke off goes on where it stopped. An archive whose SHA-256 is not the known one, and a model that
    fails its test sentences, are refused; what was installed before stays.

    \b
    Ends with:
      0  installed, and it translates
      1  could not be fetched, was refused, or the engine still lacks something
      2  wrong usage: no such engine, file or folder

    \b
    Examples:
      monitor models install
      monitor models install firefox
      monitor models install argos --from /media/usb/translate-es_en-1_0.argosmodel
      monitor models install argos --from https://mirror.example.org/models/
      monitor models install firefox --from ~/Downloads/firefox-models
    """
    if source and "://" not in source:
        source = str(_existing(source))
    options = open_config_or_defaults(config_path).translation
    folder = models_dir_of(options)
    try:
        installed = _install_with_bar(engine, source, sha256, folder)
    except EngineError as exc:
        note(f"monitor: {exc}")
        sys.exit(1)
    status = engine_status(spec_of(engine, options, None, folder), fresh=True)
    if as_json:
        say(to_json({"installed": installed, "engine": status}))
    else:
        _show_installed(installed, status)
    sys.exit(0 if status.healthy else 1)


def _existing(source: str) -> Path:
    path = Path(source).expanduser()
    if not path.exists():
        raise click.BadParameter(f"{path} does not exist", param_hint="--from")
    return path


def _install_with_bar(engine: str, source: str, sha256: str, folder: Path) -> tuple[InstalledModel, ...]:
    """Install with a bar per file on a terminal; elsewhere rich prints nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        return install_models(engine, folder, source=source, sha256=sha256, on_progress=show)


def _show_installed(installed: tuple[InstalledModel, ...], status: EngineStatus) -> None:
    for model in installed:
        say(f"installed  {model.engine} {model.source}→{model.target} {model.version} ({model.size_mb:.0f} MB)")
        if model.sha256:
            say(f"           SHA-256 {model.sha256}")
        if model.remark:
            say(f"           {model.remark}")
    if status.healthy:
        say(f"healthy    {status.name} translates its test sentences")
    else:
        say(f"NOT READY  {status.kind} {status.reason} → {status.remedy}")


# ---------------------------------------------------------------- verify


@models.command()
@json_option
@config_option
def verify(*, as_json: bool, config_path: str | None) -> None:
    """Are the files as they were installed, and does every engine translate its test sentences?

    \b
    Ends with:
      0  every installed engine is well
      1  files were changed, an engine fails, or none is installed
      2  wrong usage or configuration

    \b
    Examples:
      monitor models verify
      monitor models verify --json
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
            say(_verdict(status))
        if not statuses:
            say("No engine is installed: `monitor models install`")
    sys.exit(1 if changed or sick or not statuses else 0)


def _verdict(status: EngineStatus) -> str:
    if status.healthy:
        return f"ok     {status.name}"
    return f"ERROR  {status.name}: {status.reason} → {status.remedy}"
