"""docs/operations.md tells of what there is: commands, events, metrics, settings, exit codes."""

import re
from pathlib import Path

import pytest

from monitor.cli import cli
from monitor.config.operations import OperationsConfig
from monitor.telemetry.metrics import PREFIX
from tests.deploy.test_files import arguments, parse
from tests.operations.test_rules import TOLD

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/operations.md"
TEXT = PAGE.read_text(encoding="utf-8")
CALLS = arguments(PAGE)


@pytest.mark.parametrize("call", CALLS, ids=[" ".join(call) for call in CALLS])
def test_every_command_of_the_page_exists_with_its_options(call: list[str]) -> None:
    assert call[0] == "monitor"
    parse(cli, call[1:])


def table(head: str) -> list[list[str]]:
    """The rows of the table that begins like this, as cells."""
    rows = TEXT[TEXT.index(head) :].partition("\n\n")[0].splitlines()[2:]
    return [row.split("|")[1:-1] for row in rows]


def words(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_the_page_has_every_metric_with_its_labels_and_no_other() -> None:
    named = {PREFIX + name: words(labels) for names, labels, _ in table("| metric |") for name in words(names)}
    assert named == {name: set(labels) for name, labels in TOLD.items()}


def test_the_page_has_every_event() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "monitor").rglob("*.py"))
    told = set(re.findall(r'\bEvent\(\s*"(\w+)"', source))
    assert {name for row in table("| `event` |") for name in words(row[0])} == told


def test_the_page_has_every_setting() -> None:
    for name in OperationsConfig.model_fields:
        assert f"  {name}: " in TEXT


def test_tests_that_the_page_names_exist() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", TEXT)
    assert named
    assert all((ROOT / name).is_file() for name in named)
