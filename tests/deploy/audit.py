"""Are there known vulnerabilities in what constraints.txt pins? (`make audit`: pip-audit in an environment of its own.)

    python tests/deploy/audit.py PIP_AUDIT

Ends with 0 when nothing is known, 1 with what is known, package by package. The advisories come from a service on the
network: where it cannot be reached, or has nothing on any package, that is said, nothing counts as checked, and it
ends with 0; with 2 where $AUDIT_MUST_REACH is set.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PINS = Path(__file__).parents[2] / "constraints.txt"
_OPTIONS = ("--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json", "--timeout=20")


def audit(command: Sequence[str], pins: Path) -> tuple[dict[str, Any] | None, str]:
    """pip-audit's document, or None where it could not ask; and what it said."""
    asked = [*command, f"--requirement={pins}", *_OPTIONS]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=1200)
    try:
        return json.loads(done.stdout), done.stderr
    except json.JSONDecodeError:
        return None, done.stderr or done.stdout


def lines_of(packages: Sequence[dict[str, Any]]) -> list[str]:
    """One line per vulnerability: what to upgrade to which version."""
    return [
        f"{found['name']} {found['version']}: {known['id']}, fixed in {', '.join(known['fix_versions']) or 'none yet'}"
        for found in packages
        for known in found.get("vulns", ())
    ]


def main(command: Sequence[str], pins: Path = PINS) -> int:
    document, said = audit(command, pins)
    packages = document["dependencies"] if document else []
    unknown = [f"{found['name']}: {found['skip_reason']}" for found in packages if "skip_reason" in found]
    if len(unknown) == len(packages):  # also where it answers, but has nothing on any of them
        last = (unknown or said.strip().splitlines() or ["no answer"])[-1]
        print(f"NOT CHECKED: the advisory service cannot be reached ({last})")  # noqa: T201
        return 2 if os.environ.get("AUDIT_MUST_REACH") else 0
    known = lines_of(packages)
    for line in (*known, *(f"not checked: {each}" for each in unknown)):
        print(line)  # noqa: T201
    print(f"{len(packages) - len(unknown)} packages checked, {len(known)} vulnerabilities known")  # noqa: T201
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
