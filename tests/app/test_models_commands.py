"""`monitor models`: install genuine small packages, list and verify them, and refuse what does not translate."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from tests.app.conftest import Desk
from tests.language.argos_packages import WORDS_EN_ES, build_package
from tests.language.libre_server import LibreServer


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    build_package(folder / "es_en.argosmodel")
    build_package(folder / "en_es.argosmodel", WORDS_EN_ES, source="en", target="es")
    return folder


class ModelsDesk:
    """A folder with a feeds.yaml whose models folder is its own, and `monitor models …` in this process."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.models_dir = desk.folder / "models"
        self.write()

    def write(self, **options: object) -> None:
        self.desk.document["translation"] = {"engine": "auto", "models_dir": str(self.models_dir), **options}
        self.desk.write()

    def models(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["models", *arguments, "--config", str(self.desk.folder / "feeds.yaml")])

    def listed(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.models("list", "--json").stdout)
        return document


@pytest.fixture
def models_desk(desk: Desk) -> ModelsDesk:
    return ModelsDesk(desk)


def test_installed_packages_are_listed_chosen_and_verified(models_desk: ModelsDesk, packages: Path) -> None:
    installed = models_desk.models("install", "--from", str(packages), "--json")
    assert installed.exit_code == 0, installed.stderr
    document = json.loads(installed.stdout)
    assert {(m["source"], m["target"], m["version"]) for m in document["installed"]} == {
        ("es", "en", "1.0"),
        ("en", "es", "1.0"),
    }
    assert all(len(m["sha256"]) == 64 and m["size_mb"] > 0 for m in document["installed"])
    assert document["engine"]["healthy"] is True

    listed = models_desk.listed()
    assert listed["chosen"]["spec"]["kind"] == "argos"
    assert (listed["chosen"]["why"], listed["problem"]) == ("best", "")
    assert [status["kind"] for status in listed["chosen"]["passed_over"]] == ["firefox"]
    assert {(m["engine"], m["intact"]) for m in listed["models"]} == {("argos", True)}
    table = models_desk.models("list").stdout
    assert document["installed"][0]["sha256"] in table
    assert "A run uses: argos (auto: argos is the best engine that works here; firefox lacks" in table
    assert models_desk.models("verify").exit_code == 0


def test_a_changed_file_fails_the_check(models_desk: ModelsDesk, packages: Path) -> None:
    models_desk.models("install", "--from", str(packages))
    metadata = next(models_desk.models_dir.rglob("es_en/metadata.json"))
    metadata.write_text(metadata.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = models_desk.models("verify", "--json")
    assert done.exit_code == 1
    assert "is not what was installed" in json.loads(done.stdout)["changed_files"][0]
    assert "CHANGED" in models_desk.models("list").stdout


def test_a_package_that_speaks_nonsense_is_refused(models_desk: ModelsDesk, tmp_path: Path) -> None:
    broken = build_package(tmp_path / "es_en.argosmodel", stuck_on="people.")
    done = models_desk.models("install", "argos", "--from", str(broken))
    assert done.exit_code == 1
    assert "people." in done.stderr
    assert isinstance(done.exception, SystemExit)
    assert models_desk.listed()["models"] == []


def test_half_of_an_engine_is_not_ready(models_desk: ModelsDesk, packages: Path) -> None:
    one = packages / "es_en.argosmodel"
    done = models_desk.models("install", "--from", str(one))
    assert done.exit_code == 1
    assert "NOT READY  argos lacks the Argos packages en→es" in done.stdout


def test_another_archive_than_the_one_named_is_refused(models_desk: ModelsDesk, packages: Path) -> None:
    done = models_desk.models("install", "--from", str(packages), "--sha256", "0" * 64)
    assert done.exit_code == 1
    assert "SHA-256" in done.stderr


@pytest.mark.parametrize("arguments", [("argos", "--from", "nowhere"), ("google",), ("argos", "--mirror", "x")])
def test_wrong_usage_ends_with_2(models_desk: ModelsDesk, arguments: tuple[str, ...]) -> None:
    done = models_desk.models("install", *arguments)
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)


def test_an_engine_asked_for_and_not_there_does_not_hide_the_list(models_desk: ModelsDesk) -> None:
    models_desk.write(engine="argos")
    done = models_desk.models("list")
    assert done.exit_code == 0
    assert "A run would end: the translation engine 'argos' lacks" in done.stdout
    listed = models_desk.listed()
    assert listed["chosen"] is None
    assert "monitor models install argos" in listed["problem"]


def test_a_configured_server_that_is_away_is_passed_over_and_said_to_be(
    models_desk: ModelsDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In the list, in the check, and in a run's report; the run goes on with what comes next (here: nothing)."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with LibreServer() as server:
        models_desk.write(libretranslate={"url": server.url, "retries": 0})
        there = models_desk.listed()
    away = models_desk.listed()
    assert there["chosen"]["spec"]["kind"] == "libretranslate"
    assert away["chosen"]["spec"]["kind"] == "none"
    assert "libretranslate does not work: " in away["chosen"]["reason"]
    assert "cannot be reached" in away["chosen"]["reason"]
    check = json.loads(models_desk.desk.monitor("check", "--json").stdout)
    finding = next(f for f in check if f["what"] == "translation")
    assert finding["level"] == "warning"
    assert "cannot be reached" in finding["detail"]
    report = models_desk.desk.report("run", "--no-send")
    assert report["engine"]["kind"] == "none"
    assert "cannot be reached" in report["engine"]["reason"]
    assert any("'libretranslate' is passed over" in notice for notice in report["notices"])
