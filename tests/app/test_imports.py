"""A command imports what it needs: what takes a second to import is not waited for by one that has no use for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.resources import bundled

_HEAVY = {"sqlalchemy", "numpy", "monitor.app"}
_RUN = """
import sys
from monitor.cli import main
sys.argv = ["monitor", *sys.argv[1:]]
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["feeds", "--help"], ["feeds", "list", "--config", str(bundled("feeds.yaml"))]],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_small_commands_load_neither_the_database_nor_the_numbers(arguments: list[str], tmp_path: Path) -> None:
    argv = [sys.executable, "-c", _RUN, *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.split())
    assert "monitor.cli" in loaded
    assert not loaded & _HEAVY


def test_an_unknown_command_is_a_mistake_in_usage(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "monitor", "nonesuch"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path)
    assert (done.returncode, "No such command 'nonesuch'" in done.stderr) == (2, True)
