"""Labelled reports from a file of anyone's: JSON, JSON lines, YAML, CSV or TSV, in any languages.

One row a report; of these fields the first that a row has counts:

    title      title, headline
    lead       lead, summary, description, abstract
    body       text, body, content
    event      event, cluster, label, event_id, cluster_id, story       the same value: the same event
    language   lang, language, iso        a code ("de", "deu", "de-AT") or an English name ("German")
    id         id, article_id, doc_id, url                               else the row's line
    outlet     outlet, source, publisher, site, domain                   else each report is its own source
    published  published, published_at, date, datetime, pubdate, timestamp, time
    part       part, split                                               else "test"

A row needs an event, a language and a title or a text. `published` is ISO 8601, RFC 2822, or seconds or milliseconds
since 1970; without a zone it is UTC. A report without a date gets that of the row before it; where no row has one, all
are of one day. A report without a lead gets the beginning of its body as one, as a feed's reader does. In JSON and YAML
the rows are a list, or the only list in an object ({"items": […]}); rows that are events with `items` of their own are
read as README-stories.md describes them.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from babel.core import get_global

from monitor.errors import ConfigError, Problem
from monitor.records import content_id
from monitor.text import fold, shorten
from tests.eval.stories_data import Item, item_of, load

FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "lead": ("lead", "summary", "description", "abstract"),
    "body": ("text", "body", "content"),
    "event": ("event", "cluster", "label", "event_id", "cluster_id", "story"),
    "language": ("lang", "language", "iso"),
    "id": ("id", "article_id", "doc_id", "url"),
    "outlet": ("outlet", "source", "publisher", "site", "domain"),
    "published": ("published", "published_at", "date", "datetime", "pubdate", "timestamp", "time"),
    "part": ("part", "split"),
}
ANY_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
_LEAD_CHARS = 600  # of a body, where the lead is missing
_TITLE_CHARS = 120  # of a text, where the title is missing
_MILLISECONDS = 1e11  # a number of seconds above this is the year 5138
_PROBLEMS_TOLD = 10
_LONGEST_FIELD = 10_000_000  # characters of a CSV field; its reader takes 131,072 by default


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was read: where it stands, and its fields by lower-case name."""

    where: str  # "line 12", "row 3"
    fields: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """The first of the field's names that has a value; None without one."""
        found = (self.fields.get(alias) for alias in FIELDS[name])
        return next((value for value in found if value not in (None, "")), None)

    def text(self, name: str) -> str:
        """The field as text on one line; of an object ({"name": …}) its name."""
        value = self.get(name)
        if isinstance(value, Mapping):
            value = next((value[key] for key in ("name", "title", "uri", "id") if value.get(key)), None)
        return " ".join(str(value).split()) if value is not None else ""


def read_reports(path: Path) -> list[Item]:
    """The reports of a file. ConfigError names the file, and line, field and remedy for each row that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if _holds_events(path, text):
            return load(str(path.resolve()))
        rows = list(_READERS[path.suffix.lower()](text))
    except KeyError as exc:
        raise _wrong(path, "name", f"{exc} is not read here", f"use one of {', '.join(_READERS)}") from exc
    except (OSError, UnicodeDecodeError, ValueError, yaml.YAMLError, csv.Error) as exc:
        raise _wrong(path, "file", f"cannot be read: {exc}", "mend the file") from exc
    return _items(path, rows)


def _items(path: Path, rows: Sequence[Row]) -> list[Item]:
    problems = [problem for row in rows for problem in _problems(str(path), row)]
    problems += _twice(str(path), rows)
    if problems:
        raise ConfigError(*problems[:_PROBLEMS_TOLD])
    if not rows:
        raise _wrong(path, "file", "holds no reports", "give at least one row")
    dates = [_date(row.get("published")) for row in rows]
    last = next((date for date in dates if date), ANY_DAY)
    items = []
    for row, date in zip(rows, dates, strict=True):
        last = date or last
        items.append(item_of(_canonical(row, last)))
    return items


def _wrong(path: Path, where: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(str(path), where, problem, remedy))


def _canonical(row: Row, published: datetime) -> dict[str, str]:
    """The row as `item_of` takes it."""
    body, lead = row.text("body"), row.text("lead")
    id_ = content_id(_key(row))
    return {
        "id": id_,
        "lang": language_code(row.text("language")),
        "outlet": re.sub(r"[^\w.]+", "-", fold(row.text("outlet"))).strip("-") or id_,
        "published": published.replace(tzinfo=None).isoformat(),
        "title": row.text("title") or shorten(lead or body, _TITLE_CHARS),
        "lead": lead or shorten(body, _LEAD_CHARS),
        "body": body,
        "event": row.text("event"),
        "part": row.text("part") or "test",
    }


# ---------------------------------------------------------------- what may be wrong


def _problems(path: str, row: Row) -> Iterator[Problem]:
    if not any(row.text(name) for name in ("title", "lead", "body")):
        yield Problem(path, f"{row.where}, title", "the report has neither title nor text", _one_of("title"))
    if not row.text("event"):
        yield Problem(path, f"{row.where}, event", "the report has no label", _one_of("event"))
    if not language_code(row.text("language")):
        said = row.text("language")
        problem = f"{said!r} is no language" if said else "the report has no language"
        yield Problem(path, f"{row.where}, language", problem, _one_of("language", "a code like de"))
    if row.get("published") is not None and _date(row.get("published")) is None:
        problem = f"{row.text('published')!r} is no date"
        yield Problem(path, f"{row.where}, published", problem, "write it like 2026-02-03T14:05")


def _one_of(name: str, what: str = "") -> str:
    return f"set {' or '.join(FIELDS[name])}{f' to {what}' if what else ''}"


def _twice(path: str, rows: Sequence[Row]) -> Iterator[Problem]:
    """Reports whose id another one has."""
    first: dict[str, str] = {}
    for row in rows:
        where = first.setdefault(_key(row), row.where)
        if where != row.where:
            yield Problem(path, f"{row.where}, id", f"{_key(row)!r} is also the id of {where}", "give each its own")


def _key(row: Row) -> str:
    return row.text("id") or row.where


# ---------------------------------------------------------------- values


@lru_cache(maxsize=1000)
def language_code(said: str) -> str:
    """The ISO 639 code of two letters (three where there is none) of a code or an English name; "" of anything else."""
    names = Locale("en").languages
    by_name = {name.lower(): code for code, name in names.items()}
    code = by_name.get(said.lower()) or re.split(r"[-_]", said.lower())[0]
    code = get_global("language_aliases").get(code) or code
    return code if code in names else ""


def _date(value: Any) -> datetime | None:
    """An instant in UTC; None when the value is none."""
    if isinstance(value, datetime):
        return _utc(value)
    text = str(value or "").strip()
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _utc(parse(text))
        except ValueError:
            continue
    return None


def _utc(date: datetime) -> datetime:
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)


# ---------------------------------------------------------------- files


def _holds_events(path: Path, text: str) -> bool:
    """Whether a YAML file has the form of our own: events with a list of items each."""
    return path.suffix.lower() in (".yaml", ".yml") and bool(re.search(r"^ +items: *$", text, re.MULTILINE))


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield _row(f"line {number}", json.loads(line))
            except json.JSONDecodeError as exc:
                raise ValueError(f"line {number}: {exc.msg}") from exc


def _json(text: str) -> Iterator[Row]:
    """The rows of a document, each with the line it begins in when the document is a list."""
    if not text.lstrip().startswith("["):
        yield from _numbered(json.loads(text))
        return
    json.loads(text)  # the whole must be sound; the rows are then read again, one by one, for their lines
    decoder, at, line = json.JSONDecoder(), text.index("[") + 1, 1 + text.count("\n", 0, text.index("["))
    while (start := _next_value(text, at)) is not None:
        line += text.count("\n", at, start)
        value, end = decoder.raw_decode(text, start)
        yield _row(f"line {line}", value)
        line += text.count("\n", start, end)
        at = end


def _next_value(text: str, at: int) -> int | None:
    """Where the next value of a list begins."""
    found = re.compile(r"[\s,]*").match(text, at)
    start = found.end() if found else at
    return None if text[start] == "]" else start


def _yaml(text: str) -> Iterator[Row]:
    """The rows of a document, each with the line it begins in. Values stay as written: `no` is Norwegian."""
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    rows = node.value if isinstance(node, yaml.SequenceNode) else _only_list(node)
    loader = yaml.BaseLoader("")
    for row in rows:
        yield _row(f"line {row.start_mark.line + 1}", loader.construct_object(row, deep=True))


def _only_list(node: yaml.Node | None) -> list[yaml.Node]:
    values = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
    lists = [value for value in values if isinstance(value, yaml.SequenceNode)]
    if len(lists) != 1:
        raise ValueError("it is neither a list nor an object with one list")
    return list(lists[0].value)


def _csv(text: str) -> Iterator[Row]:
    yield from _separated(text, ",")


def _tsv(text: str) -> Iterator[Row]:
    yield from _separated(text, "\t")


def _separated(text: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 2
    for fields in reader:
        yield _row(f"line {start}", {key: value for key, value in fields.items() if key})
        start = reader.line_num + 1


def _numbered(document: Any) -> Iterator[Row]:
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    if len(lists) != 1:
        raise ValueError("it is neither a list nor an object with one list")
    for number, row in enumerate(lists[0], 1):
        yield _row(f"row {number}", row)


def _row(where: str, fields: Any) -> Row:
    if not isinstance(fields, Mapping):
        raise ValueError(f"{where}: a report is an object with fields, not {fields!r:.40}")  # noqa: TRY004
    return Row(where, {str(name).strip().lower(): value for name, value in fields.items()})


_READERS = {
    ".json": _json, ".jsonl": _json_lines, ".ndjson": _json_lines, ".yaml": _yaml, ".yml": _yaml,
    ".csv": _csv, ".tsv": _tsv,
}  # fmt: skip
