"""Where the glossary's terms stand in a text, and in which sense. Pure functions.

The longest of several overlapping terms is found. A form with several senses, or one that is an ordinary word too, is
told by the words around it; where these do not decide, the term is in doubt and nothing is done about it.

Known gaps: context words are looked for in the whole text, so a text about two countries is in doubt; a name in lower
case is found only where the glossary lists it so; nothing is found inside addresses, hashtags and file names.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from monitor.language.glossary import Entry, Glossary
from monitor.records import Lang

_TOKEN = re.compile(r"\w+")
VERBATIM = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\w[\w.]*|(?<!\w)[@#]\w+|\w+\.(?:com|org|gov|mil|mx)\b")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;¿¡\"“«(|•—–\n]|(?<!\w)-)\s*[\"“«(¿¡'‘]*$")
_LOOSE_KINDS = ("agency", "programme", "organisation", "office", "cartel")
_ARTICLES = ("el", "la", "los", "las")


@dataclass(frozen=True, slots=True)
class Use:
    """A place in a text where a term stands."""

    found: str  # as the text has it
    start: int
    end: int
    entry: Entry
    translation: str  # the target form; a plural for a plural


@dataclass(frozen=True, slots=True)
class Found:
    """The terms of one text, in order, and the forms whose sense its words do not tell."""

    uses: tuple[Use, ...] = ()
    doubts: tuple[str, ...] = ()


def flat(text: str) -> str:
    """Lower case without accents, of the same length as the text."""
    return text.translate(_FLAT)


def _flat_table() -> dict[int, str]:
    """Latin letters -> their unaccented lower case; typographic apostrophes and blanks -> plain ones."""
    table = {ord("’"): "'", ord("‘"): "'", 0xA0: " ", 0x202F: " "}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250)):
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(base) == 1:
            table[code] = base
    return table


_FLAT = _flat_table()


def whole(form: str) -> str:
    """The pattern of a form in flat text: whole words, any white space between them."""
    return r"(?<!\w)" + re.escape(flat(form)).replace(r"\ ", r"\s+") + r"(?!\w)"


def find_uses(text: str, source: Lang, glossary: Glossary, *, context: str = "") -> Found:
    """The glossary's terms in `text`; `context` is the whole text when `text` is one sentence of it."""
    if not text or not glossary.entries:
        return Found()
    finder = _finder(glossary, source)
    return finder.find(text, flat(context or text))


def starts_sentence(text: str, at: int) -> bool:
    """Whether a sentence, a quotation or a part behind a colon begins at `at`."""
    return bool(_SENTENCE_START.search(text[:at]))


# ---------------------------------------------------------------- forms


@dataclass(frozen=True, slots=True)
class _Sense:
    """An entry that has a form, and that form as the entry writes it."""

    form: str
    entry: Entry
    translation: str


@dataclass(frozen=True, slots=True)
class _Form:
    """Words of the source language, and what they may mean."""

    plain: str  # flat
    senses: tuple[_Sense, ...]


@dataclass(frozen=True, slots=True)
class _Finder:
    """The forms of one source language by their first word, the longest first."""

    source: Lang
    by_word: dict[str, tuple[_Form, ...]]

    def find(self, text: str, context: str) -> Found:
        uses: list[Use] = []
        doubts: list[str] = []
        plain, at = flat(text), 0
        closed = [match.span() for match in VERBATIM.finditer(text)]
        for token in _TOKEN.finditer(plain):
            start = token.start()
            if start < at or any(a <= start < b for a, b in closed):
                continue
            for form, end in self._forms_at(plain, start):
                found = text[start:end]
                starts = starts_sentence(text, start)
                senses = [sense for sense in form.senses if case_fits(sense.entry, sense.form, found)]
                if self.source == "es" and found.istitle() and not starts:
                    senses = [sense for sense in senses if _may_be_capital(sense)]
                meant = _meant(senses, self.source, context, starts=starts)
                if not meant:
                    continue
                at = end
                if len(meant) == 1:
                    uses.append(Use(found, start, end, meant[0].entry, meant[0].translation))
                else:
                    doubts.append(found)
                break
        return Found(tuple(uses), tuple(dict.fromkeys(doubts)))

    def _forms_at(self, plain: str, start: int) -> Iterator[tuple[_Form, int]]:
        word = _TOKEN.match(plain, start)
        for form in self.by_word.get(word.group(), ()) if word else ():
            match = _pattern(form.plain).match(plain, start)
            if match:
                yield form, match.end()


@lru_cache(maxsize=4096)
def _pattern(plain: str) -> re.Pattern[str]:
    """Compiled when a text has the first word: most forms are never needed."""
    return re.compile(whole(plain))


@lru_cache(maxsize=8)
def _finder(glossary: Glossary, source: Lang) -> _Finder:
    senses: dict[str, list[_Sense]] = {}
    for entry in glossary.entries:
        if entry.counts_from(source):
            for form, translation in entry.originals(source):
                known = senses.setdefault(flat(form), [])
                if all(sense.entry is not entry or sense.form != form for sense in known):
                    known.append(_Sense(form, entry, translation))
    by_word: dict[str, list[_Form]] = {}
    for plain, meant in sorted(senses.items(), key=lambda item: (-len(item[0]), item[0])):
        first = _TOKEN.search(plain)
        if first:
            by_word.setdefault(first.group(), []).append(_Form(plain, tuple(meant)))
    return _Finder(source, {word: tuple(forms) for word, forms in by_word.items()})


def case_fits(entry: Entry, form: str, found: str) -> bool:
    """Whether the capitals of `found` allow it to be `form`: names need theirs, acronyms all of them.

    Agencies and programmes need only the first one ("Border patrol"), unless they begin with an article.
    """
    if form.islower():
        return True
    if form.isupper():
        return sum(map(str.isupper, found)) >= sum(map(str.isupper, form))
    pairs = list(zip(form.split(), found.split(), strict=False))
    capitals = [theirs[:1].isupper() for own, theirs in pairs if own[:1].isupper()]
    if entry.kind in _LOOSE_KINDS and len(pairs) > 1 and pairs[0][0].lower() not in _ARTICLES:
        return any(capitals[:1])
    return all(capitals)


# ---------------------------------------------------------------- senses


def _may_be_capital(sense: _Sense) -> bool:
    """Spanish writes no common noun with a capital: "el Halcón" is somebody or something else than a lookout."""
    return not (sense.entry.is_common and sense.entry.conditional("es"))


_NO_NAME = _Sense("", Entry("", ""), "")  # the other thing that the words of a name may be


def _meant(senses: Iterable[_Sense], source: Lang, context: str, *, starts: bool) -> list[_Sense]:
    """What a form may mean here: one sense when the context tells it, none when it is no term, several in doubt."""
    told = [(sense, _holds(sense, source, context, starts=starts)) for sense in senses]
    sure = _distinct(sense for sense, holds in told if holds and sense.entry.conditional(source))
    if sure:
        return sure
    default = [sense for sense, _ in told if not sense.entry.conditional(source)]
    if default:
        return default[:1]
    open_names = [sense for sense, holds in told if holds is None and not sense.entry.is_common]
    return [*open_names, _NO_NAME] if open_names else []


def _distinct(senses: Iterable[_Sense]) -> list[_Sense]:
    """One sense per translation."""
    return list({sense.translation: sense for sense in senses}.values())


def _holds(sense: _Sense, source: Lang, context: str, *, starts: bool) -> bool | None:
    """Whether an entry's conditions hold; None when nothing tells. An alias is no ordinary word."""
    entry, form = sense.entry, sense.form
    when, unless = entry.when.of(source), entry.unless.of(source)
    if unless and _shows(unless, context, form):
        return False
    if when:
        return True if _shows(when, context, form) else None
    return None if starts and source in entry.word and form == entry.text(source) else True


def _shows(words: Sequence[str], context: str, form: str) -> bool:
    """Whether a context word stands in the context; a term is no context of itself."""
    return any(match.group() != flat(form) for match in _any_word(words).finditer(context))


@lru_cache(maxsize=512)
def _any_word(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the context words in flat text; `word*` stands for all that begin so."""
    return re.compile("|".join(_word_pattern(word) for word in words))


def _word_pattern(word: str) -> str:
    begin = "".join(takewhile(lambda c: c != "*", word))
    pattern = whole(begin)
    return pattern if begin == word else pattern.removesuffix(r"(?!\w)") + r"\w*"
