"""Faults that every checker has to find before its silence means anything."""

from pathlib import Path

from tests.checks.browser import View, chromium, inspect, page_at
from tests.checks.tools import html_validate, spam, unsupported, vnu

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Planted</title></head>
<body><h1>Planted</h1><h1 id="a" id="b">Twice</h1>
<p style="color:#999;background:#aaa">Hardly to be read</p>
<form style="display:grid"><video src="x.mp4"></video><img src="x.png"></form>
<div style="width:2000px">Wide</div></body></html>
"""
# The text that SpamAssassin's makers have agreed on for tests (GTUBE).
_SPAM = b"""From: a@monitor.example
To: b@newsroom.example
Subject: Planted
Date: Thu, 12 Mar 2026 12:30:00 +0000
Message-ID: <planted@monitor.example>

XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X
"""


def undetected(folder: Path) -> list[str]:
    """The checkers that say nothing of a page, or a message, that is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "planted.html"
    page.write_text(_PAGE, "utf-8")
    with chromium() as browser, page_at(browser, page.as_uri(), View(375, "light")) as shown:
        seen = {finding.checker for finding in inspect(shown, "planted")}
    found = {
        "caniemail": bool(unsupported([page], {})),
        "html-validate (mail)": bool(html_validate([page], "html-mail.json")),
        "html-validate (web)": bool(html_validate([page], "html-web.json")),
        "vnu": bool(vnu([page])),
        "axe": "axe" in seen,
        "width": "width" in seen,
        "spamassassin": spam("planted", _SPAM).points > 100,
    }
    return [name for name, was_found in found.items() if not was_found]
