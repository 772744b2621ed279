"""The front door: parse arguments, call one function, print, map errors to exit codes.

Exit codes: 0 fine, 1 the run failed, 2 usage or configuration, 3 partial (some feeds or recipients failed).
"""

import os
import sys

import click

from monitor import __version__
from monitor.cli import bounces, db, editions, explain, export, feeds, models, runs, search, setup, translate, web
from monitor.cli.common import fail
from monitor.errors import ConfigError, EngineError, MonitorError

# Native libraries must not start a thread per core each: our own processes and batches share the cores.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


_TOGETHER = (*setup.COMMANDS, *runs.COMMANDS, *editions.COMMANDS)
_ALONE = (bounces.bounces, explain.explain, export.export, search.search, translate.translate, web.web)
for command in (*_TOGETHER, *_ALONE, feeds.feeds, models.models, db.db):
    cli.add_command(command)


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
