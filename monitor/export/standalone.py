"""An edition as one page that needs no other file, for sending around and for printing."""

from base64 import b64encode
from typing import Literal

from monitor.records import RenderedDigest

Paper = Literal["letter", "a4"]
PAPERS: tuple[Paper, ...] = ("letter", "a4")
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_NO_SCRIPT = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
_PRINT_STYLE = """<style>
@page { size: %s; margin: 14mm 12mm; }
@media print {
  html, body, .page { background: #ffffff !important; }
  .sheet { max-width: none !important; }
  .row, .gap, .list, p, img { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
</style>"""


def standalone(rendered: RenderedDigest) -> str:
    """The page as it was sent, its pictures inside it (`data:`), so that one file is the whole edition."""
    html = rendered.html
    for image in rendered.images:
        data = f"data:image/png;base64,{b64encode(image.png).decode()}"
        html = html.replace(f'"cid:{image.cid}"', f'"{data}"').replace(f"'cid:{image.cid}'", f"'{data}'")
    return html


def printable(rendered: RenderedDigest, paper: Paper) -> str:
    """The same page for paper of this size: nothing in it can run or be loaded, no paragraph or picture is torn."""
    style = _PRINT_STYLE % {"letter": "letter", "a4": "A4"}[paper]
    html = standalone(rendered).replace("<head>", f"<head>{_NO_SCRIPT}", 1)
    head, end, body = html.partition("</head>")
    return f"{head}{style}{end}{body}" if end else style + head
