"""The glossary: how agencies, programmes, terms and places are called in the other language.

glossary.yaml becomes entries here; docs/glossary.md explains every field. `terms.py` finds the entries in texts, tells
their senses apart and holds translations to them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Literal

import yaml

from monitor.config.documents import Document, Location, read_text
from monitor.errors import ConfigError, Problem
from monitor.language.glossary_file import (
    ContextSection,
    Direction,
    FormsSection,
    Gender,
    GlossaryFile,
    Kind,
    TermSection,
)
from monitor.language.inflect import plural
from monitor.records import Lang

Group = Literal["name", "term", "phrase", "place", "country"]
_PLACES: frozenset[Kind] = frozenset(("crossing", "city", "state", "country", "place"))
_LANGUAGES: dict[Lang, str] = {"en": "English", "es": "Spanish"}
_EXAMPLE = "see the comments in the glossary.yaml that `monitor init` writes, or docs/glossary.md"


@dataclass(frozen=True, slots=True)
class Forms:
    """Words of both languages."""

    en: tuple[str, ...] = ()
    es: tuple[str, ...] = ()

    def of(self, language: Lang) -> tuple[str, ...]:
        return self.en if language == "en" else self.es


@dataclass(frozen=True, slots=True)
class Entry:
    """The same thing in both languages."""

    en: str
    es: str
    direction: Direction = "both"  # "en": only when translating from English
    kind: Kind = "term"
    aliases: Forms = Forms()  # found in originals, and accepted in translations
    accept: Forms = Forms()  # accepted in translations
    avoid: Forms = Forms()  # wrong translations
    when: Forms = Forms()  # context words, one of which the original must have; none: always
    unless: Forms = Forms()  # context words that the original must not have
    word: tuple[Lang, ...] = ()  # languages in which it is also an ordinary word
    gender: Gender = ""  # of the Spanish form

    @property
    def group(self) -> Group:
        """How engines treat it: a name gets another name, a place stays as it is, a term is a common noun.

        Countries with two names are a group of their own: every engine knows them, and their articles. Phrases are one
        because an engine needs its own verbs: they are looked after in what it says.
        """
        if self.kind == "phrase":
            return "phrase"
        if self.kind == "term" or (self.kind == "office" and self.en.islower()):
            return "term"
        if self.kind in _PLACES and self.en == self.es:
            return "place"
        return "country" if self.kind == "country" else "name"

    @property
    def is_common(self) -> bool:
        """Whether it is no name: written in lower case, and inflected."""
        return self.group in ("term", "phrase")

    @property
    def is_place(self) -> bool:
        return self.kind in _PLACES

    def text(self, language: Lang) -> str:
        return self.en if language == "en" else self.es

    def counts_from(self, source: Lang) -> bool:
        """Whether it is used when translating from `source`."""
        return self.direction in ("both", source)

    def conditional(self, source: Lang) -> bool:
        """Whether the original's other words decide if this sense is meant."""
        return bool(self.when.of(source) or self.unless.of(source) or source in self.word)

    @property
    def is_sure(self) -> bool:
        """Whether its forms mean nothing else in either language."""
        return not (self.conditional("en") or self.conditional("es"))

    def originals(self, source: Lang) -> Iterator[tuple[str, str]]:
        """Every form an original may have, each with its translation: aliases too, and the plural of common nouns."""
        target: Lang = "es" if source == "en" else "en"
        for form in (self.text(source), *self.aliases.of(source)):
            yield form, self.text(target)
            if self.group == "term":
                yield plural(form, source), plural(self.text(target), target)


@dataclass(frozen=True, eq=False)
class Glossary:
    """The entries in the file's order, an analyst's own before them. Equal when their entries are."""

    entries: tuple[Entry, ...] = ()

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Glossary) and self._in_order == other._in_order)

    def __hash__(self) -> int:
        return hash(self._in_order)

    @cached_property
    def _in_order(self) -> bytes:
        """What equality goes by: tables are cached by glossary, and comparing all entries costs more than a text."""
        return blake2b(repr(self.entries).encode(), digest_size=16).digest()

    @cached_property
    def version(self) -> str:
        """12 hex digits of the content; comments and the order of the lines do not count."""
        lines = sorted(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) for entry in self.entries)
        return blake2b("\n".join(lines).encode(), digest_size=6).hexdigest()

    def rows(self, source: Lang, *groups: Group) -> tuple[Entry, ...]:
        """The entries that hold in every text when translating from `source`."""
        return tuple(
            entry
            for entry in self.entries
            if entry.counts_from(source) and not entry.conditional(source) and (not groups or entry.group in groups)
        )

    def terms(self, source: Lang, *groups: Group) -> Mapping[str, str]:
        """Source form, in lower case -> target form."""
        found: dict[str, str] = {}
        for entry in self.rows(source, *groups):
            for form, translation in entry.originals(source):
                found.setdefault(form.lower(), translation)
        return found

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Place names as either language writes them, the longest first; without those that are ordinary words."""
        return self._spellings("place")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Agencies, programmes, groups and countries as either language writes them, the longest first."""
        return self._spellings("name", "country")

    def _spellings(self, *groups: Group) -> tuple[str, ...]:
        sure = [entry for entry in self.entries if entry.group in groups and entry.is_sure]
        names = {name for entry in sure for name in (entry.en, entry.es)}
        names |= {name for entry in sure for name in (*entry.aliases.en, *entry.aliases.es) if _is_telling(name)}
        return tuple(sorted((n for n in names if not n.islower()), key=lambda name: (-len(name), name)))

    def plus(self, entries: Iterable[Entry]) -> "Glossary":
        """With an analyst's own entries: where one translates the same form, the others no longer do.

        What the others would have said becomes a form to avoid, so that it is replaced.
        """
        glossary = self
        for entry in entries:
            glossary = glossary._overruled_by(entry)
        return glossary

    def _overruled_by(self, new: Entry) -> "Glossary":
        kept = self.entries
        for source in _sources(new):
            target: Lang = "es" if source == "en" else "en"
            forms = {form.lower() for form, _ in new.originals(source)}
            losers = [e for e in kept if e.counts_from(source) and forms & {f.lower() for f, _ in e.originals(source)}]
            own = {new.text(target), *new.aliases.of(target), *new.accept.of(target)}
            wrong = [form for e in losers for form in (e.text(target), *e.aliases.of(target)) if form not in own]
            new = _avoiding(new, target, wrong)
            kept = tuple(left for e in kept for left in (_without(e, source, forms) if e in losers else [e]))
        return Glossary((new, *kept))


def _is_telling(alias: str) -> bool:
    """Whether a short form is surely a name by itself: "Cd. Juárez" and "CBP", not "Marina"."""
    return not alias.islower() and (" " in alias or sum(map(str.isupper, alias)) > 1)


def _sources(entry: Entry) -> list[Lang]:
    return ["en", "es"] if entry.direction == "both" else [entry.direction]


def _avoiding(entry: Entry, language: Lang, wrong: Iterable[str]) -> Entry:
    forms = tuple(dict.fromkeys((*entry.avoid.of(language), *wrong)))
    return replace(entry, avoid=_changed(entry.avoid, language, forms))


def _without(entry: Entry, source: Lang, forms: set[str]) -> list[Entry]:
    """The entry without `forms` in originals of `source`: two when the directions part, none when nothing is left."""
    aliases = tuple(form for form in entry.aliases.of(source) if form.lower() not in forms)
    if entry.text(source).lower() not in forms:
        return [replace(entry, aliases=_changed(entry.aliases, source, aliases))]
    other: Direction = "es" if source == "en" else "en"
    left = [replace(entry, direction=other)] if entry.direction == "both" else []
    if aliases:  # the first of them takes the lost form's place
        rest = replace(entry, direction=source, aliases=_changed(entry.aliases, source, aliases[1:]))
        left.append(replace(rest, en=aliases[0]) if source == "en" else replace(rest, es=aliases[0]))
    return left


def _changed(forms: Forms, language: Lang, new: tuple[str, ...]) -> Forms:
    return Forms(new, forms.es) if language == "en" else Forms(forms.en, new)


def worded(original: str, wording: str, source: Lang) -> Entry:
    """An analyst's wording of a term as an entry: a name when both have a capital, else a common noun."""
    english, spanish = (original, wording) if source == "en" else (wording, original)
    is_name = original[:1].isupper() and wording[:1].isupper()
    return Entry(english, spanish, source, "organisation" if is_name else "term")


def as_line(entry: Entry) -> str:
    """The entry as a line for `terms:` of glossary.yaml. Context words stand by name there, so they are left out."""
    fields: dict[str, object] = {"en": entry.en, "es": entry.es} if entry.en != entry.es else {"keep": entry.en}
    fields["kind"] = entry.kind
    if entry.direction != "both":
        fields["direction"] = entry.direction
    for key, forms in (("aliases", entry.aliases), ("accept", entry.accept), ("avoid", entry.avoid)):
        if forms != Forms():
            fields[key] = {lang: list(forms.of(lang)) for lang in _LANGUAGES if forms.of(lang)}
    if entry.word:
        fields["word"] = list(entry.word)
    if entry.gender:
        fields["gender"] = entry.gender
    written = yaml.safe_dump(fields, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return f"  - {written.strip()}"


def load_glossary(path: Path) -> Glossary:
    """Read a glossary file. Raises ConfigError with every problem, each with line, key and remedy."""
    return parse_glossary(read_text(path, "run `monitor init` for a starter"), str(path))


def parse_glossary(text: str, path: str = "glossary.yaml") -> Glossary:
    """The glossary in `text`. Raises ConfigError with every problem, each with line, key and remedy."""
    document = Document(text, path, example=_EXAMPLE)
    file = document.checked(GlossaryFile)
    found = [*_entries(file)]
    problems = [*_unknown_contexts(document, file), *_twice(document, found)]
    if problems:
        raise ConfigError(*problems)
    return Glossary(tuple(entry for _, entry in found))


def _entries(file: GlossaryFile) -> Iterator[tuple[Location, Entry]]:
    """Every entry with its place in the file."""
    for position, term in enumerate(file.terms):
        yield ("terms", position), _entry(term, file.contexts)
    for kind, names in file.keep.items():
        for position, name in enumerate(names):
            yield ("keep", kind, position), Entry(name, name, "both", kind)


def _entry(term: TermSection, contexts: Mapping[str, ContextSection]) -> Entry:
    return Entry(
        en=term.keep or term.en or "",
        es=term.keep or term.es or "",
        direction=term.direction,
        kind=term.kind,
        aliases=_forms(term.aliases),
        accept=_forms(term.accept),
        avoid=_forms(term.avoid),
        when=_words(term.when, contexts),
        unless=_words(term.unless, contexts),
        word=term.word,
        gender=term.gender,
    )


def _forms(section: FormsSection) -> Forms:
    return Forms(section.en, section.es)


def _words(names: Iterable[str], contexts: Mapping[str, ContextSection]) -> Forms:
    found = [contexts[name] for name in names if name in contexts]
    return Forms(tuple(w for c in found for w in c.en), tuple(w for c in found for w in c.es))


def _unknown_contexts(document: Document, file: GlossaryFile) -> Iterator[Problem]:
    known = ", ".join(sorted(file.contexts)) or "none"
    for position, term in enumerate(file.terms):
        for key, names in (("when", term.when), ("unless", term.unless)):
            for name in names:
                if name not in file.contexts:
                    place: Location = ("terms", position, key)
                    remedy = f"add '{name}' under contexts, or use one of: {known}"
                    yield document.problem(place, f"context '{name}' does not exist", remedy)


def _twice(document: Document, entries: Iterable[tuple[Location, Entry]]) -> Iterator[Problem]:
    """Forms that would be translated in two ways: only one entry may have a form without conditions."""
    for source, language in _LANGUAGES.items():
        seen: dict[str, Location] = {}
        for location, entry in entries:
            forms = () if entry.conditional(source) else (entry.text(source), *entry.aliases.of(source))
            for form in forms if entry.counts_from(source) else ():
                if seen.setdefault(form.lower(), location) != location:
                    problem = f"'{form}' stands twice among the {language} forms"
                    remedy = "remove one, give it a direction, or tell the two apart by 'when' and contexts"
                    yield document.problem(location, problem, remedy)


def any_of(terms: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    """A pattern that finds any of the terms as whole words, the longest first; it finds nothing when there are none."""
    longest_first = sorted(set(terms), key=lambda term: (-len(term), term))
    if not longest_first:
        return re.compile(r"(?!)")
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", flags)
