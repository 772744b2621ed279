"""Every command that a page tells to type is one: its options exist, and its arguments can be read."""

import re
import shlex
from pathlib import Path

import click
import pytest

from monitor.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]
_ENDS = frozenset({"|", "||", "&&", ";", ">", ">>", "<", "&"})
# What is typed: a line of a block of code, with a prompt or without, behind whatever sets a variable or is cron's.
_TYPED = re.compile(r"^(?:    |\$ |)(?:[A-Z_]+=\S+ )*(monitor [a-z].*)$", re.MULTILINE)


def typed(text: str) -> list[str]:
    blocks = re.findall(r"^```(?:console|bash|sh)?\n(.*?)^```|((?:^    .*\n)+)", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in _TYPED.findall("".join(block))]


def read(line: str) -> None:
    """Parse as the command line does, without doing anything. Raises click.UsageError."""
    line = re.sub(r"\$\([^)]*\)", "X", line)
    try:
        words = shlex.split(line, comments=True)[1:]
    except ValueError:  # it goes on in the next line
        return
    end = next((number for number, word in enumerate(words) if word in _ENDS), len(words))
    _parsed(cli, "monitor", words[:end], None)


def _parsed(command: click.Command, name: str, words: list[str], above: click.Context | None) -> None:
    context = command.make_context(name, words, parent=above)
    if isinstance(command, click.Group):
        found_name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        _parsed(found, found_name or "", rest, context)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_tells_to_type_can_be_typed(page: str) -> None:
    wrong = []
    for line in typed((ROOT / page).read_text(encoding="utf-8")):
        try:
            read(line)
        except click.UsageError as exc:
            if "does not exist" not in exc.format_message():  # a file that only its reader has
                wrong.append(f"{line}: {exc.format_message()}")
    assert wrong == []


def test_the_pages_tell_to_type_something_and_a_wrong_command_is_seen() -> None:
    assert sum(len(typed((ROOT / page).read_text(encoding="utf-8"))) for page in PAGES) > 50
    for line in ("monitor run --dry", "monitor bakery", "monitor send"):
        with pytest.raises(click.UsageError):
            read(line)
