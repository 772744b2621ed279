"""lexicon.yaml to a frozen `Lexicon`. Every problem of the file is reported at once, with its place and its cure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

import yaml

from monitor.errors import ConfigError, Problem
from monitor.intake.finding import Finder, finder
from monitor.records import Scope
from monitor.resources import read_yaml
from monitor.text import fold

NexusKind = Literal["strong", "border", "border_weak", "us", "mx", "none"]
TermLang = Literal["en", "es", "both"]
Unless = Literal["strong", "border", "never"]
CROSSINGS = "crossings_migration"
CATEGORIES = (
    CROSSINGS,
    "cartels_trafficking",
    "drones_airspace",
    "military_enforcement",
    "cooperation_diplomacy",
    "places",
)
PLACES = "places"
TOPICS = tuple(name for name in CATEGORIES if name != PLACES)


@dataclass(frozen=True, slots=True)
class Term:
    """A pattern that counts for an item. `nexus` is what finding it says about the link to the US–Mexico border."""

    id: str
    category: str
    pattern: re.Pattern[str]
    weight: float
    nexus: NexusKind = "none"
    lang: TermLang = "both"
    group: str = ""
    raw: bool = False  # matched on the text as written, not on the folded one
    lang_strict: bool = False  # only in items of `lang`
    topical: bool = True  # False: cannot carry an item alone


@dataclass(frozen=True, slots=True)
class Negative:
    """A pattern that counts against an item, once."""

    id: str
    pattern: re.Pattern[str]
    penalty: float
    why: str
    unless_nexus: Unless = "never"
    veto: bool = False
    title_only: bool = False
    skip_if_topical_categories: int = 0  # 0: never skipped


@dataclass(frozen=True, slots=True)
class Scoring:
    """The numbers that turn hits into a verdict."""

    title_weight: float
    summary_weight: float
    thresholds: Mapping[Scope, float]
    context_threshold: float
    category_cap: Mapping[str, float] = field(default_factory=dict)
    border_local_prior: float = 0.0
    on_topic_prior: float = 0.0
    past_bonus: float = 0.0
    past_malus: float = 0.0


@dataclass(frozen=True)
class Lexicon:
    """What is relevant, as data. Pickles."""

    scoring: Scoring
    terms: tuple[Term, ...]
    negatives: tuple[Negative, ...]

    @cached_property
    def rules(self) -> tuple[Term | Negative, ...]:
        """Terms and negatives, by the numbers that `finder` gives them."""
        return self.terms + self.negatives

    @cached_property
    def finder(self) -> Finder:
        """Finds the rules in a text; one for all copies of a lexicon in a process."""
        raw = frozenset(number for number, term in enumerate(self.terms) if term.raw)
        return finder(tuple(rule.pattern for rule in self.rules), raw)

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


_TOP_KEYS = {"version", "scoring", "categories", "negatives"}
_TERM_KEYS = {"id", "lang", "weight", "nexus", "re", "group", "raw", "lang_strict", "topical"}
_NEGATIVE_KEYS = {"id", "penalty", "re", "why", "unless_nexus", "veto", "title_only", "skip_if_topical_categories"}
_SCORING_KEYS = {"title_weight", "summary_weight", "thresholds", "category_cap", "feed_prior"}
_THRESHOLD_KEYS = {*get_args(Scope), "context"}
_PRIOR_KEYS = {"border_local", "on_topic", "past_bonus", "past_malus"}
_MAX_WEIGHT = 100.0


def load_lexicon(path: Path) -> Lexicon:
    """Read and check a lexicon. Raises ConfigError with every problem found."""
    reader = _Reader(path)
    root = reader.read()
    reader.known_keys(root, _TOP_KEYS, "")
    if root.get("version") != 1:
        reader.wrong("version", f"is {root.get('version')!r}", "write version: 1")
    scoring = reader.scoring(root.get("scoring"))
    terms = tuple(reader.terms(root.get("categories")))
    negatives = tuple(reader.negatives(root.get("negatives") or []))
    reader.unique([t.id for t in terms], "categories")
    reader.unique([n.id for n in negatives], "negatives")
    if reader.problems or scoring is None:
        raise ConfigError(*reader.problems)
    return Lexicon(scoring, terms, negatives)


class _Reader:
    """Collects the problems of one file while it is turned into records."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def wrong(self, where: str, problem: str, remedy: str) -> None:
        self.problems.append(Problem(str(self.path), where, problem, remedy))

    def read(self) -> dict[str, Any]:
        try:
            root = read_yaml(self.path)
        except (OSError, UnicodeDecodeError) as exc:
            self._stop("file", f"cannot be read ({exc})", "check topic.lexicon in feeds.yaml; save it as UTF-8", exc)
        except yaml.YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"
            what = getattr(exc, "problem", None) or "cannot be read"
            self._stop(where, f"not valid YAML: {what}", "check indentation; put patterns in 'single quotes'", exc)
        if not isinstance(root, dict):
            self._stop("file", "does not hold keys and values", "start from the lexicon that `monitor init` writes")
        return root

    def _stop(self, where: str, problem: str, remedy: str, cause: Exception | None = None) -> NoReturn:
        raise ConfigError(Problem(str(self.path), where, problem, remedy)) from cause

    def known_keys(self, given: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in given:
            if key not in known:
                self.wrong(f"{where}.{key}".lstrip("."), "unknown key", f"use one of: {', '.join(sorted(known))}")

    def unique(self, ids: list[str], where: str) -> None:
        for twice in sorted({i for i in ids if ids.count(i) > 1}):
            self.wrong(where, f"id '{twice}' stands twice", "give each rule its own id")

    def mapping(self, value: Any, where: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.wrong(where, "is missing or does not hold keys and values", "see the comments at the top of the file")
        return {}

    def number(self, holder: Mapping[str, Any], key: str, where: str, *, default: float | None = None) -> float:
        value = holder.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MAX_WEIGHT:
            return float(value)
        self.wrong(f"{where}.{key}", f"is {value!r}", f"write a number from 0 to {_MAX_WEIGHT:g}")
        return 0.0

    def choice(self, holder: Mapping[str, Any], key: str, where: str, options: tuple[str, ...], default: str) -> Any:
        value = holder.get(key, default)
        if value not in options:
            self.wrong(f"{where}.{key}", f"is {value!r}", f"use one of: {', '.join(options)}")
            return default
        return value

    def flag(self, holder: Mapping[str, Any], key: str, where: str, *, default: bool = False) -> bool:
        value = holder.get(key, default)
        if not isinstance(value, bool):
            self.wrong(f"{where}.{key}", f"is {value!r}", "write true or false")
            return default
        return value

    def name(self, holder: Mapping[str, Any], where: str) -> str:
        value = holder.get("id")
        if not isinstance(value, str) or not value:
            self.wrong(where, "has no id", "give the rule a short name: id: border_wall")
            return where
        return value

    def pattern(self, holder: Mapping[str, Any], where: str, *, raw: bool) -> re.Pattern[str]:
        """The compiled pattern; a list of patterns means any of them."""
        value = holder.get("re")
        parts: list[Any] = value if isinstance(value, list) else [value]
        if not parts or not all(isinstance(part, str) and part.strip() for part in parts):
            self.wrong(f"{where}.re", "is missing or no text", "write a pattern in 'single quotes'")
            return _NOTHING
        checked = [self.part(part, where, raw=raw) for part in parts]
        return checked[0] if len(checked) == 1 else self.any_of(checked, where)

    def any_of(self, parts: list[re.Pattern[str]], where: str) -> re.Pattern[str]:
        """One pattern of several; groups are counted through, so none may be referred to."""
        if back := next((part for part in parts if _BACK_REFERENCE.search(part.pattern)), None):
            self.wrong(
                f"{where}.re", f"refers back to a group in a list: {back.pattern!r}", "give it a rule of its own"
            )
        try:
            return re.compile("|".join(f"(?:{part.pattern})" for part in parts))
        except re.error as exc:
            self.wrong(
                f"{where}.re", f"cannot stand in a list: {exc}", "write (?i:…) for (?i)…, and (?:…) for (?P<…>…)"
            )
            return _NOTHING

    def part(self, value: str, where: str, *, raw: bool) -> re.Pattern[str]:
        if not raw and value != _folded_pattern(value):
            self.wrong(
                f"{where}.re",
                "has capitals or accents, but is matched on text without them",
                f"write {_folded_pattern(value)!r}, or add raw: true",
            )
        try:
            compiled = re.compile(value)
        except re.error as exc:
            self.wrong(f"{where}.re", f"is not a valid pattern: {exc}", "check brackets and backslashes")
            return _NOTHING
        if compiled.search(""):
            self.wrong(
                f"{where}.re", "matches an empty text, so it would match everything", "make a part of it required"
            )
        return compiled

    def scoring(self, value: Any) -> Scoring | None:
        given = self.mapping(value, "scoring")
        self.known_keys(given, _SCORING_KEYS, "scoring")
        thresholds = self.mapping(given.get("thresholds"), "scoring.thresholds")
        self.known_keys(thresholds, _THRESHOLD_KEYS, "scoring.thresholds")
        caps = self.mapping(given.get("category_cap", {}), "scoring.category_cap")
        self.known_keys(caps, set(CATEGORIES), "scoring.category_cap")
        prior = self.mapping(given.get("feed_prior", {}), "scoring.feed_prior")
        self.known_keys(prior, _PRIOR_KEYS, "scoring.feed_prior")
        return Scoring(
            title_weight=self.number(given, "title_weight", "scoring", default=1.5),
            summary_weight=self.number(given, "summary_weight", "scoring", default=1.0),
            thresholds={scope: self.number(thresholds, scope, "scoring.thresholds") for scope in get_args(Scope)},
            context_threshold=self.number(thresholds, "context", "scoring.thresholds"),
            category_cap={name: self.number(caps, name, "scoring.category_cap") for name in caps if name in CATEGORIES},
            border_local_prior=self.number(prior, "border_local", "scoring.feed_prior", default=0),
            on_topic_prior=self.number(prior, "on_topic", "scoring.feed_prior", default=0),
            past_bonus=self.number(prior, "past_bonus", "scoring.feed_prior", default=0),
            past_malus=self.number(prior, "past_malus", "scoring.feed_prior", default=0),
        )

    def terms(self, value: Any) -> Iterator[Term]:
        for category, rules in self.mapping(value, "categories").items():
            if category not in CATEGORIES:
                self.wrong(f"categories.{category}", "unknown category", f"use one of: {', '.join(CATEGORIES)}")
                continue
            for position, rule in enumerate(self.rules(rules, f"categories.{category}")):
                yield self.term(rule, category, f"categories.{category}[{position}]")

    def rules(self, value: Any, where: str) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            self.wrong(where, "is not a list of rules", "start each rule with '- id: …'")
            return []
        return [self.mapping(rule, f"{where}[{position}]") for position, rule in enumerate(value)]

    def term(self, rule: Mapping[str, Any], category: str, place: str) -> Term:
        name = self.name(rule, place)
        where = f"{place} ({name})"
        self.known_keys(rule, _TERM_KEYS, where)
        raw = self.flag(rule, "raw", where)
        return Term(
            id=name,
            category=category,
            pattern=self.pattern(rule, where, raw=raw),
            weight=self.number(rule, "weight", where),
            nexus=self.choice(rule, "nexus", where, get_args(NexusKind), "none"),
            lang=self.choice(rule, "lang", where, get_args(TermLang), "both"),
            group=str(rule.get("group", "")),
            raw=raw,
            lang_strict=self.flag(rule, "lang_strict", where),
            topical=self.flag(rule, "topical", where, default=True),
        )

    def negatives(self, value: Any) -> Iterator[Negative]:
        for position, rule in enumerate(self.rules(value, "negatives")):
            name = self.name(rule, f"negatives[{position}]")
            where = f"negatives[{position}] ({name})"
            self.known_keys(rule, _NEGATIVE_KEYS, where)
            yield Negative(
                id=name,
                pattern=self.pattern(rule, where, raw=False),
                penalty=self.number(rule, "penalty", where),
                why=str(rule.get("why", name)),
                unless_nexus=self.choice(rule, "unless_nexus", where, get_args(Unless), "never"),
                veto=self.flag(rule, "veto", where),
                title_only=self.flag(rule, "title_only", where),
                skip_if_topical_categories=int(self.number(rule, "skip_if_topical_categories", where, default=0)),
            )


_NOTHING = re.compile(r"(?!)")
_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[1-9]|\(\?P=|\(\?\()")
_ESCAPE = re.compile(r"\\.", re.DOTALL)


def _folded_pattern(pattern: str) -> str:
    """The pattern as it has to be for folded text: lower case without accents; escapes like \\B keep their meaning."""
    parts = _ESCAPE.split(pattern)
    escapes = [*_ESCAPE.findall(pattern), ""]
    return "".join(fold(part) + escape for part, escape in zip(parts, escapes, strict=True))
