"""One edition per language, as it was when somebody last looked at it whole: html, txt, eml and json in tests/golden.

`pytest tests/digest/test_golden.py --rewrite-golden` writes the files anew; read the difference before keeping it.
Left out: ids, boundaries and Message-IDs, styles (the inliner's business) and the bytes of pictures (Pillow's).
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from difflib import unified_diff
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from monitor.config.mail import MailConfig
from monitor.digest import Links, Templates, archive_message, render
from monitor.records import DigestLang, EditionMaterial, RenderedDigest
from tests.digest.conftest import Compose

FOLDER = Path(__file__).parents[1] / "golden"
LINKS = Links(
    archive="https://digest.example.org/2026/03/12-everyone.html",
    archive_path="digests/2026/03/12-everyone.txt",
    unsubscribe="mailto:digest@news.example.org?subject=unsubscribe%20everyone",
)
_SHOWN_LINES = 80
_VOID = frozenset({"br", "img", "meta"})


@pytest.fixture
def full_day(disputed: EditionMaterial) -> EditionMaterial:
    """A contradiction, feeds that failed, moved and fell silent, an engine with limits: all that an edition can say."""
    english, moved, quiet, *others = disputed.feeds
    feeds = (
        replace(english, outcome="timeout", detail="took 20 s", last_ok_at=disputed.now - timedelta(days=1)),
        replace(moved, moved_to="https://bridge-post.example/feed"),
        replace(quiet, outcome="stale"),
        *others,
    )
    engine = replace(disputed.engine, why="best", passed_over=("Firefox Translations",), limits="basic", undone=2)
    return replace(disputed, feeds=feeds, engine=engine)


@pytest.fixture(params=get_args(DigestLang))
def rendered(
    request: pytest.FixtureRequest, full_day: EditionMaterial, edition: Compose, templates: Templates
) -> RenderedDigest:
    return render(edition(full_day, request.param, max_stories=5), templates, links=LINKS)


class Outline(HTMLParser):
    """A page with one tag or text a line, indented, without styles."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.depth = 0
        self.silent = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag == "style"
        told = "".join(f' {name}="{value}"' for name, value in attrs if name != "style")
        self._line(f"<{tag}{told}>")
        self.depth += tag not in _VOID

    def handle_endtag(self, tag: str) -> None:
        self.silent = False
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split(" ")).strip("\n ")
        if text and not self.silent:
            self._line(text.replace("\n", " ").replace("\u00a0", "~"))

    def _line(self, line: str) -> None:
        self.lines.append(" " * self.depth + line)


def outline(rendered: RenderedDigest) -> str:
    return without_ids("\n".join(Outline(rendered.html).lines) + "\n")


def structure(rendered: RenderedDigest) -> str:
    """The message's headers and parts; what the other files show, or only a program can read, is named."""
    mail = MailConfig(sender="Monitor fronterizo <digest@news.example.org>")
    raw = archive_message(rendered, mail, list_name="Boletín Frontera")
    message = message_from_bytes(raw, policy=policy.default)
    lines = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        lines += ["", *(f"  {name}: {value}" for name, value in part.items() if name.startswith("Content-"))]
        if not part.is_multipart():
            lines.append(f"  ({_named(part, rendered)})")
    return without_ids("\n".join(lines) + "\n")


def _named(part: EmailMessage, rendered: RenderedDigest) -> str:
    """Which text or picture a part is; a part that is none of them has no name, and the test fails."""
    content = part.get_content()
    if isinstance(content, str):
        return {rendered.text: "the text", rendered.html: "the page"}[content.replace("\r\n", "\n")]
    return {image.png: f"the picture {image.cid.split('.')[0]}" for image in rendered.images}[content]


def without_ids(text: str) -> str:
    text = re.sub(r"\b(map|trend)\.[0-9a-f]{16}@", r"\1.ID@", text)
    text = re.sub(r"=_[0-9a-f]{16}", "=_BOUNDARY", text)
    return re.sub(r"<[0-9a-f]{16}\.", "<ID.", text)


PARTS: dict[str, Callable[[RenderedDigest], str]] = {
    "html": outline,
    "txt": lambda rendered: rendered.text,
    "eml": structure,
    "json": lambda rendered: rendered.data,
}


@pytest.mark.parametrize("kind", PARTS)
def test_the_edition_is_as_it_was_looked_at(rendered: RenderedDigest, kind: str, pytestconfig: pytest.Config) -> None:
    path = FOLDER / f"{rendered.language}.{kind}"
    found = PARTS[kind](rendered)
    if pytestconfig.getoption("--rewrite-golden"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")
        return
    kept = path.read_text("utf-8") if path.exists() else ""
    changes = list(unified_diff(kept.splitlines(), found.splitlines(), str(path), "now", lineterm="", n=1))
    if changes:
        more = [f"… {len(changes) - _SHOWN_LINES} more lines"] if len(changes) > _SHOWN_LINES else []
        how = "read the difference; if it is wanted, run: pytest tests/digest/test_golden.py --rewrite-golden"
        pytest.fail("\n".join([*changes[:_SHOWN_LINES], *more, how]), pytrace=False)


def test_no_file_is_left_that_nothing_is_compared_with() -> None:
    wanted = {f"{language}.{kind}" for language in get_args(DigestLang) for kind in PARTS}
    assert {path.name for path in FOLDER.iterdir()} == wanted
