"""A PDF is printed by a real Chromium, on the paper asked for; without one the user learns what to install."""

import io
import os
import shutil
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from monitor.errors import ExportError
from monitor.export.pdf import find_browser, print_pdf
from monitor.export.standalone import Paper, printable
from tests.export.conftest import rendered


@pytest.fixture
def browser() -> str:
    try:
        return find_browser()
    except ExportError as exc:
        pytest.skip(str(exc))


@pytest.mark.parametrize(("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_the_edition_is_printed_with_its_words(browser: str, paper: Paper, size: tuple[int, int]) -> None:
    edition = rendered(date(2026, 3, 8), "redaccion", "es")
    text = "<h1>Boletín «Frontera»</h1><p>¿Cuántos? 26 reos.</p><script>document.title='x'</script>"
    html = edition.html.replace("<body>", f"<body>{text}<img src='file:///etc/passwd'>")
    pdf = PdfReader(io.BytesIO(print_pdf(printable(replace(edition, html=html), paper), browser)))
    assert (round(pdf.pages[0].mediabox.width), round(pdf.pages[0].mediabox.height)) == size
    words = pdf.pages[0].extract_text()
    assert "Boletín «Frontera»" in words
    assert "¿Cuántos? 26 reos." in words
    assert pdf.metadata
    assert pdf.metadata.title == "Día"  # the script did not run


def test_without_a_browser_the_message_says_what_to_install() -> None:
    with pytest.raises(ExportError, match=r"no Chromium was found → install Chromium \(apt-get install chromium\)"):
        find_browser({"PATH": "/nowhere"})


def test_a_browser_of_ones_own_wins(tmp_path: Path) -> None:
    own = program(tmp_path, "exit 0")
    assert find_browser({"PATH": os.environ["PATH"], "MONITOR_BROWSER": str(own)}) == str(own)
    with pytest.raises(ExportError, match=r"\$MONITOR_BROWSER names /nowhere/x, which is no program"):
        find_browser({"MONITOR_BROWSER": "/nowhere/x"})


def test_a_browser_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"it wrote none: no space on device"):
        print_pdf("<p>x", str(program(tmp_path, "echo starting >&2; echo no space on device >&2; exit 1")))


def test_a_browser_that_hangs_is_ended_with_all_its_processes(tmp_path: Path) -> None:
    own = program(tmp_path, f"{shutil.which('sleep')} 600 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(ExportError, match=r"took longer than 1 seconds"):
        print_pdf("<p>x", str(own), timeout_s=1)
    child = int((tmp_path / "child").read_text())
    ends = time.monotonic() + 30
    while is_alive(child):
        assert time.monotonic() < ends, "the browser's child outlived it"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def program(folder: Path, script: str) -> Path:
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path
