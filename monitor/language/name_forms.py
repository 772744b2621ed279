"""How names are called in the other language, and which words are no names: the tables behind the guard of names.

`name_forms.tsv` holds places, bodies, persons and institutions' words in both languages; a glossary adds its own rows.
`common_words.txt` holds words of each language that mostly stand in lower case. Matching is on folded text.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from monitor.language.glossary import Entry, Glossary
from monitor.records import Lang
from monitor.text import fold

Kind = Literal["country", "region", "city", "derived", "body", "person", "either", "word"]
PLACES: frozenset[str] = frozenset({"country", "region", "city"})
_LONGEST = 6  # words in a form
_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, without a possessive ending."""

    text: str
    folded: str
    at: int
    opens: bool  # it stands where any word would have a capital
    owns: bool  # it ends in 's

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a thing. `row` is shared by all that mean the same; `open_ended`: any ending may follow."""

    words: tuple[str, ...]
    row: int
    kind: Kind
    open_ended: bool
    shout: bool  # an acronym: stands for its row in capitals only
    named: bool  # a place, or an English body of one word: stands for its row with a capital only

    def begins_at(self, words: Sequence[Word], at: int, *, cased: bool) -> bool:
        """Whether these are the words of a text from `at` on, the first of which is known to fit.

        `cased`: the text's capitals can be relied on; a headline in capitals has lost some.
        """
        end = at + len(self.words)
        if end > len(words) or (self.shout and not words[at].text.isupper()):
            return False
        if self.named and cased and not any(word.capital for word in words[at:end]):
            return False
        if end == at + 1:
            return True
        last = words[end - 1].folded
        fits = last.startswith(self.words[-1]) if self.open_ended else last == self.words[-1]
        return fits and all(
            own == word.folded for own, word in zip(self.words[1:-1], words[at + 1 : end - 1], strict=True)
        )


@dataclass(frozen=True, slots=True)
class Forms:
    """All forms of one language. `starting`: the forms that may begin with a folded word, remembered."""

    starting: Callable[[str], tuple[Form, ...]]

    def at(self, words: Sequence[Word], at: int, *, cased: bool = True) -> tuple[Form, ...]:
        """The forms that begin at a word, the longest first."""
        return tuple(form for form in self.starting(words[at].folded) if form.begins_at(words, at, cased=cased))


@lru_cache(maxsize=8)
def forms_of(glossary: Glossary, language: Lang) -> Forms:
    """The table's forms and the glossary's in one language."""
    by_word: dict[str, list[Form]] = {}
    by_stem: dict[str, list[Form]] = {}
    for form in (*_table()[language], *_glossary_forms(glossary, language)):
        single = form.open_ended and len(form.words) == 1
        (by_stem if single else by_word).setdefault(form.words[0], []).append(form)

    @lru_cache(maxsize=4096)
    def starting(word: str) -> tuple[Form, ...]:
        stems = (by_stem.get(word[:end], []) for end in range(_SHORTEST_STEM, len(word) + 1))
        found = [*by_word.get(word, []), *(form for each in stems for form in each)]
        return tuple(sorted(found, key=lambda form: -len(form.words)))

    return Forms(starting)


@lru_cache(maxsize=1)
def _table() -> Mapping[Lang, tuple[Form, ...]]:
    found: dict[Lang, list[Form]] = {"en": [], "es": []}
    lines = Path(__file__).with_name("name_forms.tsv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("#") or not line.strip():
            continue
        kind, en, es = line.split("\t")
        found["en"] += _forms(en, number, cast(Kind, kind), "en")
        found["es"] += _forms(es, number, cast(Kind, kind), "es")
    return {language: tuple(forms) for language, forms in found.items()}


def _forms(cell: str, row: int, kind: Kind, language: Lang) -> list[Form]:
    own, _, derived = cell.partition(" / ")
    pairs: list[tuple[str, Kind]] = [(text, kind) for text in own.split(";")]
    pairs += [(text, "derived") for text in derived.split(";")]
    return [form(text.strip(), row, which, language) for text, which in pairs if text.strip()]


def form(text: str, row: int, kind: Kind, language: Lang) -> Form:
    """A form as the table writes it: `*` at its end opens it; capitals only make it an acronym."""
    bare = text.removesuffix("*")
    words = tuple(fold(bare).replace("'s", "").replace("'", "").replace("-", " ").replace(".", "").split())
    in_capitals = kind in PLACES or (kind == "body" and language == "en" and len(words) == 1)
    named = in_capitals and text[:1].isupper()
    return Form(words[:_LONGEST], row, kind, text.endswith("*"), bare.isupper() and " " not in bare, named)


def _glossary_forms(glossary: Glossary, language: Lang) -> Iterator[Form]:
    for number, entry in enumerate(glossary.entries):
        texts = (entry.text(language), *entry.aliases.of(language), *entry.accept.of(language))
        for found in (form(text, -1 - number, _kind_of(entry, language), language) for text in texts):
            if found.words:
                yield found


_KINDS: dict[str, Kind] = {
    "city": "city",
    "crossing": "city",
    "place": "city",
    "state": "region",
    "country": "country",
    "term": "word",
    "office": "word",
}


def _kind_of(entry: Entry, language: Lang) -> Kind:
    if language in entry.word:
        return "either"  # a name, or a word
    return _KINDS.get(entry.kind, "body")


@lru_cache(maxsize=1)
def _common_words() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {"en": set(), "es": set()}
    for line in Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").splitlines():
        language, mark, words = line.partition(": ")
        if mark and language in found:
            found[language].update(words.split())
    return {language: frozenset(words) for language, words in found.items()}


def common_words(language: Lang) -> frozenset[str]:
    """The folded words of a language that mostly stand in lower case."""
    return _common_words()[language]


_ENDINGS: dict[Lang, re.Pattern[str]] = {
    "en": re.compile(r"(?:e?s|e?d|ing|e?rs?|ly|al)$"),
    "es": re.compile(
        r"(?:e?s|d[oa]s?|mente|r?(?:l[aeo]s?|me|se|nos)|[ao]|[ae]?n|[aei]?mos|aba[ns]?|aban|i?a|ian|io|ieron|aron|e|r[ae][ns]?|remos|ria[ns]?|ste"
        r"|i?endo|ando|ar|er|ir)$"
    ),
}
_REPAIRS: dict[Lang, tuple[str, ...]] = {"en": ("", "e"), "es": ("", "o", "a", "e", "ar", "er", "ir", "r")}


@lru_cache(maxsize=4096)
def is_common(folded: str, language: Lang) -> bool:
    """Whether a folded word, or the word it was made from by a usual ending, is common in a language."""
    known = _common_words()[language]
    if folded in known:
        return True
    for start in range(3, len(folded)):
        if _ENDINGS[language].fullmatch(folded, start) and any(
            folded[:start] + end in known for end in _REPAIRS[language]
        ):
            return True
    return False
