"""What deploy/ promises: it runs without rights, and writes to nothing but the data folder and a scratch folder."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.app.conftest import Desk

ROOT = Path(__file__).parents[2]
USER = 10001


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder of the user without rights."""
    folder = Path(tempfile.mkdtemp(prefix="data-", dir="/tmp"))
    os.chown(folder, USER, USER)
    yield folder
    shutil.rmtree(folder)


def inside(data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    sandbox = ["unshare", "--mount", "--propagation", "private", "sh", str(Path(__file__).with_name("sandbox.sh"))]
    places = [str(ROOT), sys.prefix, sys.base_prefix, str(data)]
    return subprocess.run([*sandbox, *places, *command], capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def sandboxed(data: Path) -> Path:
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("setpriv"):
        pytest.skip("only root can make a read-only view of the machine, with unshare and setpriv (util-linux)")
    tried = inside(data, "true")
    if tried.returncode:
        pytest.skip(f"this machine does not let mounts be made: {tried.stderr.strip()}")
    return data


def test_the_sandbox_is_one(sandboxed: Path) -> None:
    for place in ("/", "/tmp", "/usr", "/srv/code", "/srv/venv"):
        assert inside(sandboxed, "touch", f"{place}/x").returncode == 1, place
    assert inside(sandboxed, "touch", "/srv/data/x", "/srv/scratch/x").returncode == 0
    status = inside(sandboxed, "cat", "/proc/self/status").stdout
    assert f"Uid:\t{USER}\t" in status
    assert "CapEff:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status


def test_a_whole_run_needs_no_rights_and_writes_to_the_data_folder_alone(sandboxed: Path, desk: Desk) -> None:
    """The configuration is read-only, as a ConfigMap or /etc is; mail goes out, and a second run sends nothing."""
    config = sandboxed / "etc"
    config.mkdir()
    desk.document["storage"] = {"url": "sqlite:////srv/data/state/monitor.db", "digests": "/srv/data/state/digests"}
    desk.document["translation"] = {"engine": "offline" if shutil.which("apertium") else "none"}
    (config / "feeds.yaml").write_text(yaml.safe_dump(desk.document), encoding="utf-8")
    config.chmod(0o755)
    state = sandboxed / "state"
    state.mkdir()
    os.chown(state, USER, USER)
    os.chown(sandboxed, 0, 0)  # so that nothing but state/ can be written
    sandboxed.chmod(0o755)
    env = ("env", "MONITOR_CONFIG=/srv/data/etc/feeds.yaml", "python", "-m", "monitor")
    first = inside(sandboxed, *env, "run")
    assert first.returncode in (0, 3), first.stderr + first.stdout
    assert len(desk.mailbox.messages) == 1
    assert "Traceback" not in first.stderr
    assert inside(sandboxed, *env, "run").returncode in (0, 3)
    assert len(desk.mailbox.messages) == 1
    written = {path.relative_to(sandboxed).parts[0] for path in sandboxed.rglob("*") if path.is_file()}
    assert written == {"etc", "state"}
    assert {path.stat().st_uid for path in state.rglob("*")} == {USER}
