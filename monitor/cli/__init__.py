"""The front door: parse arguments, call one function, print, map errors to exit codes.

Exit codes: 0 fine, 1 the run failed, 2 usage or configuration, 3 partial (some feeds or recipients failed).
"""

import os
import sys
from importlib import import_module

import click

from monitor import __version__
from monitor.cli.common import fail
from monitor.errors import ConfigError, EngineError, MonitorError

# Native libraries must not start a thread per core each: our own processes and batches share the cores.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

# The module of each command, which has it under its own name.
_MODULES = {
    **dict.fromkeys(("check", "init"), "setup"),
    **dict.fromkeys(("demo", "run", "schedule"), "runs"),
    **dict.fromkeys(("preview", "send", "status"), "editions"),
    **{name: name for name in ("bounces", "db", "explain", "export", "feeds", "models", "search", "translate", "web")},
}


class _Commands(click.Group):
    """Commands that are imported when they are asked for: each needs a part of the program only."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _MODULES:
            return None
        command: click.Command = getattr(import_module(f"monitor.cli.{_MODULES[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="monitor")
def cli() -> None:
    """A bilingual digest of what the press on both sides of the US-Mexico border reports.

    \b
    Start here:
      monitor demo                 see it work: sample feeds, a real digest, no network
      monitor init                 write a commented feeds.yaml to edit
      monitor check                is everything in place?
      monitor run --dry-run        make today's digest, send nothing
      monitor run                  make it and send it
      monitor schedule             the same every day at the configured time
    """


def main() -> None:
    """Run the command line; expected errors become one clear message and an exit code."""
    for name in _THREAD_VARIABLES:
        os.environ.setdefault(name, "1")
    try:
        cli()
    except (ConfigError, EngineError) as exc:
        fail(exc, 2)
    except MonitorError as exc:
        fail(exc, 1)
    except KeyboardInterrupt:
        sys.exit(130)
