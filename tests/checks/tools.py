"""The checkers of others: caniemail, html-validate, the Nu Html Checker, SpamAssassin. Files in, findings out.

`make check-mail` installs them: the Node packages of package-lock.json in `FOLDER`, node itself from PyPI, the rest
from Debian. A checker that breaks raises `CheckerError`: a check that could not run never counts as passed.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".cache" / "checks"
_MODULES = FOLDER / "node_modules"
_TIMEOUT_S = 300
_CLIENTS = "gmail.*,outlook.*,apple-mail.*,yahoo.*"
_SCORE = re.compile(r"score=(-?[0-9.]+)")
_TESTS = re.compile(r"tests=(.*?)\s+autolearn=", re.DOTALL)


class CheckerError(Exception):
    """A checker is not there, or ended as it never should."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one checker says of one page or message."""

    checker: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.checker}: {self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Spam:
    """SpamAssassin's verdict on one message; `tests` are the rules that matched."""

    where: str
    points: float
    tests: str


def node(*arguments: str | Path, codes: Sequence[int] = (0,)) -> str:
    """The standard output of a Node program, by the node beside this Python or the one on the path."""
    beside = Path(sys.executable).with_name("node")
    program = str(beside) if beside.exists() else shutil.which("node")
    return run(program or "node", *arguments, codes=codes)


def run(*command: str | Path, codes: Sequence[int] = (0,), given: bytes = b"") -> str:
    """The standard output of a program that ends with one of `codes`; CheckerError else."""
    try:
        done = subprocess.run(
            [str(part) for part in command], input=given, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise CheckerError(f"{command[0]} cannot run: {exc} → `make check-mail` installs it") from exc
    if done.returncode not in codes:
        said = (done.stderr or done.stdout).decode("utf-8", "replace")[-2000:]
        raise CheckerError(f"{command[0]} {command[1]} ended with {done.returncode}: {said}")
    return done.stdout.decode("utf-8")


# ---------------------------------------------------------------- what mail clients support


def allowed_gaps() -> dict[str, str]:
    """Features that may lack in a client, each with the reason why the mail survives without."""
    loaded = yaml.safe_load((HERE / "allowed.yaml").read_text("utf-8"))
    return {str(feature): str(reason) for feature, reason in loaded.items()}


def unsupported(pages: Sequence[Path], allowed: Mapping[str, str]) -> list[Finding]:
    """Features that Gmail, an Outlook, Apple Mail or Yahoo lacks, without those of the allow-list."""
    found: dict[str, Any] = json.loads(node(HERE / "caniemail.mjs", FOLDER, _CLIENTS, *pages))
    return [
        Finding("caniemail", Path(page).stem, f"{feature} is not supported by {', '.join(clients)}")
        for page, seen in found.items()
        for feature, clients in seen["unsupported"].items()
        if feature not in allowed
    ]


# ---------------------------------------------------------------- valid HTML


def html_validate(pages: Sequence[Path], config: str) -> list[Finding]:
    """Errors by html-validate under the rules of `config`, a file beside this module."""
    program = _MODULES / "html-validate" / "bin" / "html-validate.mjs"
    report = FOLDER / "html-validate.json"  # a file: on a pipe it may end before all is written
    node(program, "--config", HERE / config, "--formatter", f"json={report}", *pages, codes=(0, 1))
    return [
        Finding("html-validate", Path(page["filePath"]).stem, f"line {m['line']}: {m['message']} ({m['ruleId']})")
        for page in json.loads(report.read_text("utf-8"))
        for m in page["messages"]
        if m["severity"] == 2
    ]


def vnu(pages: Sequence[Path]) -> list[Finding]:
    """Errors by the Nu Html Checker."""
    jar = _MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    said = run("java", "-jar", jar, "--errors-only", "--format", "json", "--stdout", "--exit-zero-always", *pages)
    return [
        Finding("vnu", Path(m.get("url", "")).stem, f"line {m.get('lastLine', 0)}: {m['message']}")
        for m in json.loads(said)["messages"]
    ]


# ---------------------------------------------------------------- spam


def spam(where: str, message: bytes) -> Spam:
    """The points of a message as its recipient's server gets it, by SpamAssassin's own rules without the network."""
    with tempfile.TemporaryDirectory() as home:  # nothing that was learned before counts
        said = run("env", f"HOME={home}", "spamassassin", "-L", "--cf=use_bayes 0", given=message)
    score, tests = _SCORE.search(said), _TESTS.search(said)
    if not score:
        raise CheckerError(f"spamassassin gave no score for {where}")
    return Spam(where, float(score[1]), re.sub(r"\s+", "", tests[1]) if tests else "")
