"""What the words of a search are called in the other language, by the glossary and by the list of common words. Pure.

For reports that have no translation: whoever asks for "frontera" is also told of "border". The glossary's terms that
mean one thing only in some texts ("Guard") are left out, for a query has no such text.

Known gaps: verbs, names of persons and whatever neither list has; a word of two meanings gets both.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from monitor.language.glossary import Glossary
from monitor.language.wordlists import PhraseIndex, read_rows, tokens
from monitor.records import LANGUAGES, other_language

MOST = 24  # pairs
_LONGEST_TERM = 6  # words
_TELLING = 5  # letters before a star: fewer would stand for other words as well
_WORD_PAIRS = Path(__file__).with_name("word_pairs.tsv")


def counterparts(text: str, glossary: Glossary) -> tuple[tuple[str, str], ...]:
    """Pairs of what `text` says and what that is called in the other language, terms before words, at most `MOST`.

    "drones en la frontera" gives ("frontera", "border*"); a star stands for any ending.
    """
    words = tokens(text)
    found = dict.fromkeys([*_by_glossary(words, glossary), *_by_list(words)])
    return tuple(pair for pair in found if pair[0] != pair[1])[:MOST]


def _by_glossary(words: Sequence[str], glossary: Glossary) -> Iterator[tuple[str, str]]:
    """The longest terms first."""
    terms = _terms(glossary)
    for length in range(min(_LONGEST_TERM, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            said = " ".join(words[start : start + length])
            yield from ((said, also) for also in terms.get(said, ()))


@lru_cache(maxsize=2)
def _terms(glossary: Glossary) -> Mapping[str, Sequence[str]]:
    """Folded forms of either language and what they are called in the other."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for source in LANGUAGES:
        for entry in glossary.rows(source):
            others = (entry.text(other_language(source)), *entry.aliases.of(other_language(source)))
            for form, _ in entry.originals(source):
                found[" ".join(tokens(form))] += [" ".join(tokens(other)) for other in others]
    return found


def _by_list(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    rows, indexes = _pairs()
    for column, index in enumerate(indexes):
        for hit in index.rows(words):
            said = " ".join(words[hit.start : hit.end])
            yield from ((said, _ending(also)) for also in rows[hit.row][1 - column].split("|"))


@lru_cache(maxsize=1)
def _pairs() -> tuple[Sequence[Sequence[str]], tuple[PhraseIndex, PhraseIndex]]:
    """The rows of the list, and where their words of either column stand."""
    rows = list(read_rows(_WORD_PAIRS, 2))
    return rows, (PhraseIndex.of(row[0] for row in rows), PhraseIndex.of(row[1] for row in rows))


def _ending(word: str) -> str:
    """A listed word with its star, unless what is before the star is too short to tell."""
    return word if len(word.rstrip("*")) >= _TELLING else word.rstrip("*")
