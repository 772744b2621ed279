"""A page as PDF, printed by a Chromium that is installed on this machine.

The page is printed without a network and in a profile of its own that is removed afterwards.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from monitor.errors import ExportError
from monitor.text import one_line

BROWSER_VARIABLE = "MONITOR_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "brave")
_TIMEOUT_S = 120.0
_OPTIONS = (
    "--headless", "--disable-gpu", "--disable-quic", "--disable-extensions", "--disable-sync", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9",
    "--no-pdf-header-footer", "--generate-pdf-document-outline",
)  # fmt: skip


def find_browser(environ: Mapping[str, str] = os.environ) -> str:
    """The program that prints: $MONITOR_BROWSER, else a Chromium on the PATH. ExportError, with what to install."""
    named = environ.get(BROWSER_VARIABLE, "")
    names = (named,) if named else _NAMES
    found = next((path for name in names if (path := shutil.which(name, path=environ.get("PATH")))), None)
    if found:
        return found
    problem = f"${BROWSER_VARIABLE} names {named}, which is no program" if named else "no Chromium was found"
    raise ExportError(
        f"print a PDF: {problem} → install Chromium (apt-get install chromium) or Chrome,"
        f" or name the program in ${BROWSER_VARIABLE}"
    )


def print_pdf(html: str, browser: str, *, timeout_s: float = _TIMEOUT_S) -> bytes:
    """The page as PDF; its size of paper is that of its `@page` rule. ExportError when the browser fails."""
    with tempfile.TemporaryDirectory(prefix="monitor-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, out = folder / "page.html", folder / "page.pdf"
        page.write_text(html, "utf-8", "replace")
        sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()  # Chromium refuses to run as root with one
        command = (browser, *_OPTIONS, *sandbox, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={out}")
        said = _run((*command, page.as_uri()), timeout_s)
        if not out.is_file() or not out.stat().st_size:
            raise ExportError(f"print a PDF with {browser}: it wrote none: {said or 'it said nothing'}")
        return out.read_bytes()


def _run(command: Sequence[str], timeout_s: float) -> str:
    """Run to the end; the last line that it said. All of its processes are gone afterwards. ExportError."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a program the user has installed, and our own arguments
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as exc:
        raise ExportError(
            f"print a PDF with {command[0]}: {exc.strerror} → name another in ${BROWSER_VARIABLE}"
        ) from exc
    with process:
        try:
            _, said = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as exc:
            raise ExportError(f"print a PDF with {command[0]}: it took longer than {timeout_s:.0f} seconds") from exc
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    lines = [line for line in said.splitlines() if line.strip()]
    return one_line(lines[-1], limit=200) if lines else ""
