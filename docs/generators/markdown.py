"""Small pieces of Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence

_CODE_OR_SIGN = re.compile(r"`[^`]*`|[<*]")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, and an empty one after it."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"
    yield ""


def cell(text: str) -> str:
    """A text that stays within its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """As code; "" stays empty."""
    return f"`{text}`" if text else ""


def plain(text: str) -> str:
    """Words for people: what looks like HTML or emphasis is told as it is, code within backticks is left alone."""
    return _CODE_OR_SIGN.sub(lambda m: {"<": "&lt;", "*": "\\*"}.get(m[0], m[0]), text)
