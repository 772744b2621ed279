"""docs/licences.md tells the truth, and nothing comes along whose licence is unknown or not wanted."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import yaml

from tests.deploy.licences import PAGE, RULES, Package, forbidden, packages, spdx

LISTED = packages()


def rows() -> dict[str, str]:
    """Licence by package, as the page has them."""
    lines = [
        line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "
    ]
    return {cells[0]: cells[2] for cells in lines[1:]}


def test_every_package_has_a_licence_that_is_known_and_wanted() -> None:
    assert len(LISTED) > 40
    assert [(p.name, p.said) for p in LISTED if forbidden(p)] == []


def test_an_unknown_or_unwanted_licence_would_be_seen() -> None:
    plain = replace(LISTED[0], name="newcomer")
    assert not forbidden(replace(plain, licences=spdx("MIT License")))
    for said in ("", "Proprietary", "MIT AND Something Else", "GNU Affero General Public License v3", "GPL-3.0-only"):
        assert forbidden(replace(plain, said=said, licences=spdx(said))), said


def test_the_page_lists_every_package_that_is_installed() -> None:
    told = rows()
    for each in LISTED:
        assert told.get(each.name) == " AND ".join(each.licences), "make licences"


def test_every_exception_says_why_and_is_still_needed() -> None:
    installed: dict[str, Package] = {each.name: each for each in LISTED}
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for name, found in rules["exceptions"].items():
        assert len(found["why"]) > 80
        assert not set(installed[name].licences) <= set(rules["allowed"]), f"{name} needs no exception any more"
        assert found["why"] in PAGE.read_text(encoding="utf-8")


def test_the_argos_engine_never_loads_the_sentence_splitter_of_another_licence() -> None:
    """In a process of its own: what other tests have loaded does not count."""
    loads = (
        "import sys; from monitor.language.engines import argos; argos._package_module();"
        " import monitor.cli.runs; print([name for name in sys.modules if name.startswith('minisbd')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", loads],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]"
