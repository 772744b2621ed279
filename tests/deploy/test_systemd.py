"""The units load without a warning, and leave an intruder next to nothing."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
SYSTEM = Path("/usr/lib/systemd/system")
EXPOSURE = 1.5  # of 10, as systemd-analyze counts; 1.2 when this was written

pytestmark = pytest.mark.skipif(
    not shutil.which("systemd-analyze") or not SYSTEM.is_dir(), reason="no systemd-analyze: apt-get install systemd"
)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The root of a machine on which the units are installed as docs/deploy.md says."""
    units = tmp_path / "etc/systemd/system"
    shutil.copytree(UNITS, units)
    shutil.copytree(SYSTEM, tmp_path / "usr/lib/systemd/system", symlinks=True, ignore_dangling_symlinks=True)
    for program in ("opt/border-monitor/bin/monitor", "bin/kill"):
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n", encoding="utf-8")
        path.chmod(0o755)
    (tmp_path / "etc/passwd").write_text("border-monitor:x:900:900::/:/bin/false\n", encoding="utf-8")
    return tmp_path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60)


def verify(machine: Path) -> subprocess.CompletedProcess[str]:
    return analyze("verify", "--man=no", f"--root={machine}", *SERVICES, *TIMERS)


def test_every_unit_loads_without_a_warning(machine: Path) -> None:
    done = verify(machine)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_planted_fault_would_be_seen(machine: Path) -> None:
    drop_in = machine / "etc/systemd/system/border-monitor-.service.d/common.conf"
    drop_in.write_text(drop_in.read_text(encoding="utf-8") + "ProtectEverything=yes\n", encoding="utf-8")
    assert "ProtectEverything" in verify(machine).stderr


@pytest.mark.parametrize("unit", SERVICES)
def test_every_service_leaves_an_intruder_next_to_nothing(machine: Path, unit: str) -> None:
    done = analyze(
        "security", "--offline=yes", "--json=short", f"--root={machine}", f"--threshold={EXPOSURE * 10:.0f}", unit
    )
    assert done.returncode == 0, done.stdout
    checks = {check["json_field"]: check for check in json.loads(done.stdout)}
    for name in ("ProtectSystem", "NoNewPrivileges", "PrivateDevices", "CapabilityBoundingSet_CAP_SYS_ADMIN"):
        assert checks[name]["set"], name


def test_the_timer_rings_in_the_zone_it_names_and_a_missed_morning_is_made_up(machine: Path) -> None:
    (timer,) = TIMERS
    text = (UNITS / timer).read_text(encoding="utf-8")
    (when,) = re.findall(r"^OnCalendar=(.*)$", text, flags=re.MULTILINE)
    assert "Next elapse" in analyze("calendar", when).stdout
    assert "Persistent=yes" in text
