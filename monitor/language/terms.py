"""Translations held to the glossary, whatever the engine. Pure functions.

Before: `bring_in` finds the terms and, where an engine copies names it does not know, puts the target language's name
into the original. After: `enforce` looks for the fixed translation in the output and, where it is missing, puts it in
place of what is surely the term: a form the glossary tells to avoid, the original's word left over, the name without
its capitals, or what the engine says for the term alone. What cannot be repaired is reported.

Known gaps: adjectives and verbs that agree with a replaced noun keep their gender and number; a term the engine left
out altogether cannot be put back; a pronoun for a second mention is right, so one translated mention is enough.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from monitor.language.glossary import Entry, Glossary
from monitor.language.inflect import agreeing, gender, plural, with_a_or_an, without_article
from monitor.language.term_uses import VERBATIM, Use, case_fits, find_uses, flat, starts_sentence, whole
from monitor.records import Lang

TermMode = Literal["engine", "source", "output"]
_COPIED_KINDS = ("agency", "programme", "organisation", "cartel")  # names that a network copies when it meets them
_ALONE_LETTERS = 3  # a shorter rendering says nothing
_SPANISH_ARTICLE = re.compile(r"(?:el|la|los|las) ", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
_LEADING_ARTICLE = re.compile(r"^(?:the|an?|el|la|los|las|una?) (?=\w)")


@dataclass(frozen=True, slots=True)
class Applied:
    """A text ready for the engine, and what the glossary wants of its translation."""

    original: str
    text: str  # for the engine
    source: Lang
    target: Lang
    uses: tuple[Use, ...] = ()
    doubts: tuple[str, ...] = ()  # forms whose sense the text does not tell: left to the engine


@dataclass(frozen=True, slots=True)
class Enforced:
    """A translation after repairs. `unenforced`: terms of the original whose fixed translation it lacks."""

    text: str
    unenforced: tuple[str, ...] = ()


def bring_in(
    text: str, source: Lang, target: Lang, glossary: Glossary, mode: TermMode, *, context: str = ""
) -> Applied:
    """Find the terms of `text` and make it ready for an engine.

    mode: "engine" and "output" leave the text as it is; "source" puts the target language's names of agencies,
    programmes, organisations and cartels into it, and the full name for an abbreviated place. `context` is the whole
    text when `text` is one sentence of it.
    """
    found = find_uses(text, source, glossary, context=context)
    ready = text
    if mode == "source":
        for use in reversed(found.uses):
            ready = ready[: use.start] + _for_network(use, source) + ready[use.end :]
    return Applied(text, ready, source, target, found.uses, found.doubts)


def _for_network(use: Use, source: Lang) -> str:
    if use.entry.kind in _COPIED_KINDS and not use.translation.islower():
        return use.translation
    own = use.entry.text(source)
    is_short = flat(use.found) in {flat(alias) for alias in use.entry.aliases.of(source)} and own not in use.found
    return own if is_short and use.entry.is_place else use.found


def alone_terms(applieds: Iterable[Applied]) -> tuple[str, ...]:
    """The terms to ask the engine for by themselves, once: `enforce` takes its answers as `alone`."""
    return tuple(dict.fromkeys(use.found for applied in applieds for use in applied.uses))


def enforce(applied: Applied, output: str, alone: Mapping[str, str]) -> Enforced:
    """The output with the glossary's translations. `alone`: term -> what the engine makes of it by itself.

    An output with every fixed translation comes back as it is; so does an empty one.
    """
    if not applied.uses or not output.strip():
        return Enforced(output)
    wanted = _wanted(applied)
    plain = flat(output)
    kept = {want: _accepted_spans(want, output, plain, applied.target) for want in wanted}
    closed = [span for spans in kept.values() for span in spans]
    closed += [match.span() for match in VERBATIM.finditer(output)]
    repairs: list[_Repair] = []
    unenforced: list[str] = []
    for want in wanted:
        missing = len(want.uses) - len(kept[want])
        made = list(_repairs(want, applied, alone, (output, plain), closed))[: max(missing, 0)] if missing > 0 else []
        closed += [repair.span for repair in made]
        repairs += made
        if not made and not kept[want]:
            unenforced.append(want.uses[0].found)
    return Enforced(_repaired(output, repairs, applied.target), tuple(dict.fromkeys(unenforced)))


# ---------------------------------------------------------------- what is wanted

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Want:
    """A term of the original with its uses."""

    entry: Entry
    uses: tuple[Use, ...]


def _wanted(applied: Applied) -> list[_Want]:
    """The terms, the longest names first, so that a part of a name does not take the whole one's place."""
    by_entry: dict[Entry, list[Use]] = {}
    for use in applied.uses:
        by_entry.setdefault(use.entry, []).append(use)
    wants = [_Want(entry, tuple(uses)) for entry, uses in by_entry.items()]
    return sorted(wants, key=lambda want: -len(want.entry.text(applied.target)))


def _accepted_spans(want: _Want, output: str, plain: str, target: Lang) -> list[_Span]:
    """Where the output has the fixed translation, an alias or another accepted form of it."""
    spans = sorted(
        (match.start(), -match.end())
        for pattern, form in _accepted(want.entry, target)
        for match in pattern.finditer(plain)
        if _accepts(want.entry, form, output[match.start() : match.end()])
    )
    apart: list[_Span] = []
    for start, end in spans:
        if not apart or start >= apart[-1][1]:
            apart.append((start, -end))
    return apart


def _accepts(entry: Entry, form: str, found: str) -> bool:
    """Whether the capitals are good enough: "cártel de Sinaloa" is, "el paso" is not."""
    if entry.kind in ("person", "city") or _SPANISH_ARTICLE.match(form) or " " not in form:
        return case_fits(entry, form, found)
    return form.islower() or any(letter.isupper() for letter in found)


@lru_cache(maxsize=4096)
def _accepted(entry: Entry, target: Lang) -> tuple[tuple[re.Pattern[str], str], ...]:
    forms = [entry.text(target), *entry.aliases.of(target), *entry.accept.of(target)]
    if entry.kind in ("person", "cartel"):  # "El Chapo", and Chapo
        forms += [_SPANISH_ARTICLE.sub("", form, count=1) for form in forms if _SPANISH_ARTICLE.match(form)]
    inflected = entry.is_common
    return tuple((re.compile(_inflected(form, target) if inflected else whole(form)), form) for form in forms)


def _inflected(form: str, language: Lang) -> str:
    """A common noun in any number, and in Spanish gender."""
    words = [_stem(word, language) for word in flat(form).split()]
    return r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)"


def _stem(word: str, language: Lang) -> str:
    if len(word) < 4:
        return re.escape(word)
    if language == "en":
        return re.escape(word.removesuffix("y")) + r"(?:y|ies|s|es|'s|s')?" if word[-1] != "s" else re.escape(word)
    return re.escape(re.sub(r"(?:[oae]s?|es)$", "", word)) + r"(?:[oae]?s?|es)"


# ---------------------------------------------------------------- repairs


@dataclass(frozen=True, slots=True)
class _Repair:
    """A place of the output and what belongs there."""

    span: _Span
    replacement: str
    entry: Entry


def _repairs(
    want: _Want, applied: Applied, alone: Mapping[str, str], output: tuple[str, str], closed: list[_Span]
) -> Iterator[_Repair]:
    """The places where the term surely stands in another form, the surest first."""
    text, plain = output
    taken = list(closed)
    for wrong, replacement, sure in _wrong_forms(want, applied, alone):
        spans = [match.span() for match in re.finditer(whole(wrong), plain)]
        spans = [span for span in spans if not any(span[0] < b and a < span[1] for a, b in taken)]
        if not sure and len(spans) > len(want.uses):
            continue  # some of them are another word's translation
        for span in spans:
            if text[slice(*span)] != replacement:
                taken.append(span)
                yield _Repair(span, replacement, want.entry)


def _wrong_forms(want: _Want, applied: Applied, alone: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """(wrong form, replacement, whether it can be nothing else): avoid, left over, without capitals, alone."""
    entry, target = want.entry, applied.target
    right, first = entry.text(target), want.uses[0].translation
    for form in entry.avoid.of(target):
        yield form, right, False
        if entry.group == "term":
            yield plural(form, target), plural(right, target), False
    accepted = {flat(form) for form in (right, *entry.aliases.of(target), *entry.accept.of(target))}
    for form, translation in _left_over(want, applied.source):
        if flat(form) not in accepted:
            yield form, translation, True
    if not right.islower() and not right.isupper() and not entry.word:
        yield right, first, True
    for use in want.uses:
        said = _rendering(alone.get(use.found, ""))
        if said and said not in accepted and not _said_elsewhere(use, applied):
            yield said, use.translation, False


def _said_elsewhere(use: Use, applied: Applied) -> bool:
    """Whether a word of the term stands in the original as another word too: "El Mayo fue detenido en mayo"."""
    plain = flat(applied.original)
    for other in reversed(applied.uses):
        plain = f"{plain[: other.start]} {plain[other.end :]}"
    words = {word for word in flat(use.found).split() if len(word) > _ALONE_LETTERS}
    return not words.isdisjoint(_WORDS.findall(plain))


def _left_over(want: _Want, source: Lang) -> Iterator[tuple[str, str]]:
    """The original's own words, as used first, each with its translation."""
    for use in want.uses:
        yield use.found, use.translation
    for form, translation in want.entry.originals(source):
        if len(form) >= _ALONE_LETTERS:
            yield form, translation


def _rendering(said: str) -> str:
    """An engine's rendering of a term alone, without article and punctuation; "" when it says too little."""
    said = _LEADING_ARTICLE.sub("", flat(said).strip(" .,;:!?¿¡\"'«»“”"))
    return said if sum(map(str.isalpha, said)) >= _ALONE_LETTERS else ""


def _repaired(output: str, repairs: Iterable[_Repair], target: Lang) -> str:
    for repair in sorted(repairs, key=lambda repair: -repair.span[0]):
        start, end = repair.span
        before, found, after = output[:start], output[start:end], output[end:]
        before = _before(before, repair, target)
        new = _cased(repair.replacement, found, before, output)
        if target == "es":
            after = re.sub(r"^['’]s(?!\w)", "", after)
        output = before + new + after
    return output


def _before(before: str, repair: _Repair, target: Lang) -> str:
    """The text before a repair, its article as the replacement wants it."""
    entry, new = repair.entry, repair.replacement
    if _SPANISH_ARTICLE.match(new) or (target == "es" and entry.group == "place"):
        return without_article(before, target)
    if target == "en":
        return with_a_or_an(before, new)
    return agreeing(before, gender(new, entry.gender))


def _cased(new: str, found: str, before: str, output: str) -> str:
    """Capitals for a shouting output, a first capital at the start of a sentence."""
    if found.isupper() and len(found) > 1 and output.isupper():
        return new.upper()
    if found[:1].isupper() and starts_sentence(before, len(before)):
        return new[0].upper() + new[1:]
    return new
