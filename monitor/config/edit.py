"""Adding feeds to feeds.yaml as a person would: new lines at the end of the list, everything else as it stood."""

from collections.abc import Sequence
from typing import Any

import yaml

from monitor.config.documents import Document
from monitor.config.models import Config, FeedConfig
from monitor.errors import ConfigError, Problem

_FEEDS = "feeds"


def with_feeds(text: str, feeds: Sequence[FeedConfig], *, path: str) -> str:
    """The text of a feeds.yaml with more feeds behind the last one; comments and order stay.

    Raises ConfigError when `text` is no feeds.yaml, or cannot be added to safely: the result is read again and must say
    what both said.
    """
    before = _read(text, path)
    if not feeds:
        return text
    after = _inserted(text.removeprefix("\ufeff"), feeds)
    wanted = (*before.feeds, *feeds)
    if after is None or _read(after, path) != before.model_copy(update={_FEEDS: wanted}):
        remedy = "write `feeds:` with one `- id: …` block for each feed, or add them by hand"
        raise ConfigError(Problem(path, _FEEDS, "the list is written in a way that cannot be added to", remedy))
    return after


def _read(text: str, path: str) -> Config:
    return Document(text, path, example="see the feeds.yaml that `monitor init` writes").checked(Config)


def _inserted(text: str, feeds: Sequence[FeedConfig]) -> str | None:
    """The text with the new blocks in it; None when the list is written in one line."""
    listed = _list_of_feeds(text)
    if listed is None or listed.flow_style:
        return None
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")]
    at = _last_line(listed.value[-1]) + 1
    return "".join([*lines[:at], *_blocks(feeds, " " * listed.start_mark.column), *lines[at:]])


def _list_of_feeds(text: str) -> yaml.SequenceNode | None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs: list[tuple[yaml.Node, yaml.Node]] = root.value if isinstance(root, yaml.MappingNode) else []
    found = next((value for key, value in pairs if key.value == _FEEDS), None)
    return found if isinstance(found, yaml.SequenceNode) else None


def _last_line(node: yaml.Node) -> int:
    """The line on which the last value of a block ends; a block's own end is where the next thing begins."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last: Any = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    mark = node.end_mark
    return int(mark.line) if mark.column or not mark.line else int(mark.line) - 1


def _blocks(feeds: Sequence[FeedConfig], indent: str) -> list[str]:
    return [line for feed in feeds for line in ("\n", *_block(feed, indent))]


def _block(feed: FeedConfig, indent: str) -> list[str]:
    """One feed, defaults left out, in the order of the model."""
    plain = feed.model_dump(mode="json", exclude_defaults=True)
    written = [line for key, value in plain.items() for line in _pair(key, value)]
    return [f"{indent}{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(written)]


def _pair(key: str, value: Any) -> list[str]:
    """A key and its value. Texts with odd ends of lines are escaped: YAML would fold them into plain ones."""
    odd = isinstance(value, str) and any(end in value for end in _LINE_ENDS)
    if odd:
        return [f"{key}: {yaml.safe_dump(value, default_style=_QUOTED, width=10**6).rstrip()}"]
    written: str = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10**6)
    return written.rstrip("\n").split("\n")


_QUOTED = '"'
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
