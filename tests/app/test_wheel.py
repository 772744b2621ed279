"""The built wheel alone is the program: templates, lexicon, samples and migrations travel in it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from monitor.demo.catalog import SAMPLE_DAYS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_carries_every_file_the_program_reads(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    package = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "monitor").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    folder = ROOT / "templates"
    templates = {
        f"monitor/_bundled/templates/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file()
    }
    top = {
        f"monitor/_bundled/{name}"
        for name in (
            "feeds.yaml",
            "feeds.schema.json",
            "lexicon.yaml",
            "glossary.yaml",
            "glossary.schema.json",
        )
    }
    assert package | templates | top <= inside
    assert not [name for name in inside if name.startswith(("tests/", "digests/"))]


def test_the_unpacked_wheel_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """The checkout is not on the path: what runs is what travelled."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    folder = tmp_path / "empty"
    folder.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def monitor(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "monitor", *arguments]
        return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)

    where = [sys.executable, "-P", "-c", "import monitor; print(monitor.__file__)"]
    found = subprocess.run(where, cwd=folder, env=environ, capture_output=True, text=True, check=True).stdout
    assert found.startswith(str(tmp_path / "site"))
    assert monitor("init", "--templates").returncode == 0
    demo = monitor("demo")
    assert demo.returncode == 0, demo.stderr
    out = folder / "demo"
    assert "translated: 0 texts, sent: 0 mails" in demo.stdout, "the second run of the last day"
    assert f"{3 * len(SAMPLE_DAYS)} mails went through" in demo.stdout
    assert f"  {out / 'digests' / 'index.html'}\n" in demo.stdout
    assert f"--config {out / 'demo.yaml'}" in demo.stdout
    assert list((out / "digests").rglob("*.html"))
