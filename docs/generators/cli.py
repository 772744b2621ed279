"""docs/cli.md: every command with its options, defaults and examples, from the commands themselves."""

from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from docs.generators.markdown import code, plain, table
from monitor.cli import cli

_HEAD = """# Commands

<!-- Written by python -m docs.generate from monitor/cli; edit the commands' docstrings. -->

What `monitor --help` and `monitor COMMAND --help` say, on one page. All commands are safe to repeat. They find their
configuration by `--config FILE`, else `$MONITOR_CONFIG`, else `./feeds.yaml`; passwords come from the environment or
from files ([which ones](feeds-yaml.md#secrets)).
"""

_CODES = (
    ("0", "fine"),
    ("1", "the run failed; of the checks: something is wrong"),
    (
        "2",
        "usage or configuration: an unknown option, a mistake in feeds.yaml, an engine that is missing",
    ),
    ("3", "partial: some feeds or recipients failed; what could be made was made"),
    ("130", "interrupted (Ctrl-C)"),
)
_AFTER_CODES = """A command that ends with 1 or 3 for a reason of its own says so below. What the codes of
`monitor status --check` mean to a monitoring system is told [with the alarms](alerts.md#alarms).

With `--json` a command prints one JSON document on standard output and nothing else; messages go to standard error.
"""


def page() -> str:
    """The page as it is committed."""
    lines = [_HEAD, *_overview(), *_of_all(), "## Exit codes", "", *table(("code", "meaning"), _CODES), _AFTER_CODES]
    for context in _contexts(click.Context(cli, info_name="monitor")):
        if context.parent:
            lines += _command(context)
    return "\n".join(lines).rstrip() + "\n"


def _contexts(context: click.Context) -> Iterator[click.Context]:
    """This command's, then those of its own commands, in the order in which --help lists them."""
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command and not command.hidden:
                yield from _contexts(click.Context(command, info_name=name, parent=context))


def _overview() -> Iterator[str]:
    rows = []
    for context in _contexts(click.Context(cli, info_name="monitor")):
        path = context.command_path
        if context.parent:
            rows.append((f"[`{path}`](#{path.replace(' ', '-')})", plain(context.command.get_short_help_str(200))))
    return table(("command", "what it does"), rows)


def _of_all() -> Iterator[str]:
    """The options that stand before the command's name."""
    yield from ("Before the command's name:", "")
    yield from _options(click.Context(cli, info_name="monitor"))


def _command(context: click.Context) -> Iterator[str]:
    depth = len(context.command_path.split())
    yield f"{'#' * min(depth, 4)} {context.command_path}"
    yield ""
    yield "```text"
    yield " ".join(f"{context.command_path} {' '.join(context.command.collect_usage_pieces(context))}".split())
    yield "```"
    yield ""
    yield from _help(context.command.help or "")
    yield from _options(context)


def _options(context: click.Context) -> Iterator[str]:
    options = [_option(p, context) for p in context.command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        yield from table(("option", "meaning", "default"), options)


def _help(text: str) -> Iterator[str]:
    """Paragraphs as they are; what click is told not to wrap (\\b) as a block."""
    for paragraph in cleandoc(text).split("\n\n"):
        lines = paragraph.split("\n")
        if lines[0].strip() != "\b":
            yield plain(paragraph)
            yield ""
            continue
        if lines[1].endswith(":") and not lines[1].startswith(" "):
            yield plain(lines.pop(1))
            yield ""
        yield from ("```console", cleandoc("\n".join(["", *lines[1:]])), "```", "")


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    record = option.get_help_record(context)
    names, meaning = record or ("", "")
    return code(names), plain(meaning.split("  [default:")[0]), code(_default(option, context))


def _default(option: click.Option, context: click.Context) -> str:
    """The value an option has when it is not given; "" where there is none, and of flags, which are off."""
    value = option.get_default(context)
    if isinstance(value, bool):
        return (option.opts if value else option.secondary_opts or [""])[0]
    return str(value) if isinstance(value, str | int | float | Path) else ""
