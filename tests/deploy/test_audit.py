"""`make audit` and `make sbom`: what they say, with a stand-in for the programs that need the network."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.audit import main
from tests.deploy.sbom import only

SAFE = {"name": "calm", "version": "1.0", "vulns": []}
KNOWN = {"name": "holed", "version": "2.1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.2"]}]}
ABSENT = {"name": "absent", "skip_reason": "not found"}


def answering(tmp_path: Path, said: str) -> list[str]:
    """A program that prints this, whatever it is asked."""
    (tmp_path / "said").write_text(said, encoding="utf-8")
    return ["sh", "-c", f"cat {shlex.quote(str(tmp_path / 'said'))}", sys.executable]


@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [
        ([SAFE], 0, "1 packages checked, 0 vulnerabilities"),
        ([SAFE, KNOWN], 1, "holed 2.1: PYSEC-2026-1, fixed in 2.2"),
        ([SAFE, ABSENT], 0, "not checked: absent: not found"),
        ([ABSENT], 0, "NOT CHECKED"),
        (None, 0, "NOT CHECKED"),
    ],
)
def test_the_audit_tells_what_is_known_and_never_calls_unchecked_packages_safe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dependencies: list[Any] | None, code: int, said: str
) -> None:
    document = json.dumps({"dependencies": dependencies}) if dependencies else "no route to host"
    assert main(answering(tmp_path, document)) == code
    assert said in capsys.readouterr().out


def test_the_audit_can_be_told_that_it_must_reach_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MUST_REACH", "1")
    assert main(answering(tmp_path, "no route to host")) == 2


def test_the_bill_of_materials_keeps_what_is_brought_along_and_its_links() -> None:
    parts = [{"bom-ref": name, "name": name} for name in ("Jinja2", "pytest", "MarkupSafe")]
    links = [
        {"ref": "ours", "dependsOn": ["Jinja2", "pytest"]},
        {"ref": "Jinja2", "dependsOn": ["MarkupSafe"]},
        {"ref": "pytest"},
    ]
    whole = {"metadata": {"component": {"bom-ref": "ours"}}, "components": parts, "dependencies": links}
    kept = only(whole, {"jinja2", "markupsafe"})
    assert [part["name"] for part in kept["components"]] == ["Jinja2", "MarkupSafe"]
    assert kept["dependencies"] == [
        {"ref": "ours", "dependsOn": ["Jinja2"]},
        {"ref": "Jinja2", "dependsOn": ["MarkupSafe"]},
    ]
