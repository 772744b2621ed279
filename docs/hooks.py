"""What mkdocs.yml cannot say: the list of decisions, the language of a page, links that lead out of docs/.

mkdocs calls these functions by their names; they need nothing of the program.
"""

import logging
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LOG = logging.getLogger("mkdocs.hooks")  # below mkdocs' own, whose warnings --strict counts
_ROOT = Path(__file__).parents[1]
_DECISIONS = "decisions/*.md"
_TITLE = re.compile(r"# (?:0*(\d+)\.?) (.+)")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)#:]+\.\w+)(?:#[^)]*)?\)")
_PAGE = re.compile(r"(?<![\w/[`])(?<!\]\()docs/([\w/-]+\.md)(?![\w`\]])")
_IN_BACKTICKS = re.compile(r"`[^`]*docs/[^`]*`")
_DIALOG = 'data-md-component="search" role="dialog"'
_LIST_ITEM = re.compile(r"(?:[-*]|\d+\.) ")
_FENCE = re.compile(r"\s*(?:```|~~~)")


def on_config(config: Any) -> Any:
    """Put every decision into the navigation, with its number and title."""
    folder = Path(config.docs_dir) / "decisions"
    pages = [{_decision_title(path): f"decisions/{path.name}"} for path in sorted(folder.glob("*.md"))]
    for section in config.nav:
        for entries in section.values():
            for entry in entries:
                if isinstance(entry, dict) and entry.get("Decisions") == _DECISIONS:
                    entry["Decisions"] = pages
    return config


def _decision_title(path: Path) -> str:
    """ "14. Stories again", whichever way the page writes its number."""
    match = _TITLE.match(path.read_text(encoding="utf-8"))
    return f"{match[1]}. {match[2]}" if match else path.stem


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """The page as the site wants it; the file itself stays as other readers of Markdown want it."""
    del config
    pages = frozenset(file.src_uri for file in files.documentation_pages())
    return _lists_apart(_linked(_within(markdown, page.file.src_uri), page.file.src_uri, pages))


def _within(markdown: str, page: str) -> str:
    """A link to a file of the sources is no page of the site: its text and the file's path stay.

    Warns, which fails a strict build, when there is no such file.
    """

    def told(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), link[2]))
        if target.startswith("docs/"):
            return link[0]
        if not (_ROOT / target).exists():
            _LOG.warning("Doc file '%s' contains a link to '%s', which is not among the sources.", page, target)
        return f"{link[1]} (`{target}`)"

    return _LINK.sub(told, markdown)


def _linked(markdown: str, page: str, pages: frozenset[str]) -> str:
    """A page that is named by its file ("docs/alerts.md") becomes a link, in words but not in code."""

    def link(name: re.Match[str]) -> str:
        if name[1] not in pages:
            return name[0]
        return f"[{name[1].removesuffix('.md')}]({posixpath.relpath(name[1], posixpath.dirname(page) or '.')})"

    return "\n".join(
        line if code or _IN_BACKTICKS.search(line) else _PAGE.sub(link, line) for line, code in _lines(markdown)
    )


def _lists_apart(markdown: str) -> str:
    """An empty line before each list that follows a paragraph at once: here it would go on with the paragraph."""
    lines: list[str] = []
    for line, code in _lines(markdown):
        before = lines[-1] if lines else ""
        begins = bool(_LIST_ITEM.match(line)) and bool(before.strip()) and not before.startswith((" ", "|"))
        if begins and not code and not _LIST_ITEM.match(before):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


def _lines(markdown: str) -> Iterator[tuple[str, bool]]:
    """The lines, each with whether it is code: within a fence, or indented by four."""
    fenced = False
    for line in markdown.split("\n"):
        fence = bool(_FENCE.match(line))
        yield line, fenced or fence or line.startswith("    ")
        fenced ^= fence


def on_page_context(context: Any, *, page: Any, config: Any, nav: Any) -> Any:
    """Labels and `lang` of the pages below es/ are Spanish."""
    del nav
    config.theme["language"] = "es" if page.file.src_uri.startswith("es/") else "en"
    return context


def on_post_page(output: str, *, page: Any, config: Any) -> str:
    """The theme's search dialog gets the name that screen readers ask for."""
    del config
    name = "Búsqueda" if page.file.src_uri.startswith("es/") else "Search"
    return output.replace(_DIALOG, f'{_DIALOG} aria-label="{name}"')
