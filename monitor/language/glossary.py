"""The glossary: how agencies, programmes, terms and places are called in the other language.

A TSV file with the columns English, Spanish, direction (`both`; `en`: only from English; `es`: only from Spanish) and
kind: `name` (agencies, programmes, groups), `term` (common nouns) or `place`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

from monitor.errors import ConfigError, Problem
from monitor.records import Lang

Kind = Literal["name", "term", "place"]
Direction = Literal["both", "en", "es"]
_KINDS = ("name", "term", "place")
_DIRECTIONS = ("both", "en", "es")
_COLUMNS = "English, Spanish, direction (both, en, es), kind (name, term, place), divided by tabs"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the same thing in both languages."""

    en: str
    es: str
    direction: Direction
    kind: Kind

    def text(self, language: Lang) -> str:
        return self.en if language == "en" else self.es


@dataclass(frozen=True)
class Glossary:
    """The rows in the file's order. When a source term stands twice for one direction, the first row counts."""

    entries: tuple[Entry, ...] = ()

    def rows(self, source: Lang, *kinds: Kind) -> tuple[Entry, ...]:
        """The rows that count when translating from `source`."""
        return tuple(e for e in self.entries if e.direction in ("both", source) and (not kinds or e.kind in kinds))

    def terms(self, source: Lang, *kinds: Kind) -> Mapping[str, str]:
        """Source term, in lower case -> target term."""
        target: Lang = "es" if source == "en" else "en"
        found: dict[str, str] = {}
        for entry in self.rows(source, *kinds):
            found.setdefault(entry.text(source).lower(), entry.text(target))
        return found

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Place names as either language writes them, the longest first."""
        names = {name for e in self.entries if e.kind == "place" for name in (e.en, e.es)}
        return tuple(sorted(names, key=lambda name: (-len(name), name)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Agencies, programmes and groups as either language writes them, the longest first."""
        names = {name for e in self.entries if e.kind == "name" for name in (e.en, e.es)}
        return tuple(sorted(names, key=lambda name: (-len(name), name)))


def load_glossary(path: Path) -> Glossary:
    """Read a glossary file. Raises ConfigError naming every bad row with its line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(Problem(str(path), "file", "does not exist", "run `monitor init` for a starter")) from None
    except UnicodeDecodeError as exc:
        raise ConfigError(Problem(str(path), f"byte {exc.start}", "is not UTF-8", "save the file as UTF-8")) from exc
    except OSError as exc:
        raise ConfigError(Problem(str(path), "file", f"cannot be read ({exc.strerror})", "check its path")) from exc
    return parse_glossary(text, str(path))


def parse_glossary(text: str, path: str = "glossary.tsv") -> Glossary:
    """The glossary in `text`; `#` starts a comment line. Raises ConfigError with every bad row."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        problem = _problem_of(cells)
        if problem:
            problems.append(Problem(path, f"line {number}", problem, f"write {_COLUMNS}"))
        else:
            entries.append(Entry(cells[0], cells[1], cast(Direction, cells[2]), cast(Kind, cells[3])))
    if problems:
        raise ConfigError(*problems)
    return Glossary(tuple(entries))


def _problem_of(cells: list[str]) -> str:
    if len(cells) != 4:
        return f"has {len(cells)} columns, not 4"
    if not cells[0] or not cells[1]:
        return "has an empty term"
    if cells[2] not in _DIRECTIONS:
        return f"direction '{cells[2]}' is unknown"
    return "" if cells[3] in _KINDS else f"kind '{cells[3]}' is unknown"


def any_of(terms: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    """A pattern that finds any of the terms as whole words, the longest first; it finds nothing when there are none."""
    longest_first = sorted(set(terms), key=lambda term: (-len(term), term))
    if not longest_first:
        return re.compile(r"(?!)")
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", flags)
