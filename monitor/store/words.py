"""What the search index makes of a text: folded words without their endings, alike in English and Spanish. Pure.

A reader asks without saying in which language, so one stemmer serves both: it takes off what both languages put behind
a word for plurals, and of each the endings that news is full of (English -ed, -ing; Spanish gender of participles and
of adjectives). It joins what is the same word more often than it joins two different ones: benchmarks/search_words.py
has the words, and how Snowball's two stemmers do on them.

The index holds these words, so whoever changes what comes out here adds a migration that empties the index
(`search_reports`, `search_documents`, `search_index`); the next runs fill it again. A test holds samples.

Known gaps: other forms of verbs (detuvieron, detener; caught, catch) are words of their own: a star finds them
(detuv*, deten*); feminines of persons (jueza, alcaldesa) and of four letters (niña) too; a name that ends like a plural
("Reynosas") is taken for one; other languages keep their endings.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from monitor.text import fold

_LONGEST = 64  # characters of a word: what is longer is no word, and databases have limits
_REMEMBERED = 65_536  # pieces of text whose tokens are kept at hand: about the vocabulary of a year of news

_MARKS = "\u0300-\u036f"
_TOKEN = re.compile(
    r"(?=[^\W_])(?:"  # most places are seen to begin no word at once
    rf"(?P<states>\b[eE]{{2}}\.?\s?[uU]{{2}}\b\.?)"  # EE.UU., EE. UU., EEUU: one word
    r"|(?P<initials>\b[^\W\d_](?:\.[^\W\d_])+\b\.?)"  # U.S., F.G.R.
    r"|(?P<number>\d+(?:[.,]\d+)*)"  # 1,200 and 1.200 are the same in the index
    rf"|(?P<word>(?:[^\W_]|[{_MARKS}])+)(?:['’][sS]\b)?)"
)
_STATES_APART = re.compile(r"\b[eE]{2}\.?\s[uU]{2}\b\.?")  # the only token with a blank in it
_PIECE = re.compile(r"\S+")
_NO_WORD = re.compile(r"[\W_]+")


class Token(NamedTuple):
    """A word of a text: where it stands, and what the index makes of it."""

    start: int
    end: int
    word: str  # folded
    stem: str


def tokens(text: str) -> Iterator[Token]:
    """The words of a text from left to right; offsets are those of the text as it is."""
    if _STATES_APART.search(text):
        yield from _read(text)
        return
    for piece in _PIECE.finditer(text):
        at = piece.start()
        for start, end, word, root in _tokens_of(piece[0]):
            yield Token(at + start, at + end, word, root)


def stems(text: str) -> tuple[str, ...]:
    """What the index holds of a text, in order: the stems of its tokens."""
    pieces = _STATES_APART.sub("EEUU ", text).split()
    return tuple(token.stem for piece in pieces for token in _tokens_of(piece))


def _tokens_of(piece: str) -> tuple[Token, ...]:
    """The tokens of what stands between two blanks: most of it comes again."""
    return _remembered(piece) if len(piece) <= _LONGEST else tuple(_read(piece))


@lru_cache(maxsize=_REMEMBERED)
def _remembered(piece: str) -> tuple[Token, ...]:
    return tuple(_read(piece))


def _read(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or "word"
        folded, root = _word_and_stem(match[group])
        if folded:
            yield Token(match.start(), match.end(group), folded, root)


def _word_and_stem(token: str) -> tuple[str, str]:
    word = _NO_WORD.sub("", fold(unicodedata.normalize("NFC", token)))[:_LONGEST]
    return word, stem(word)


# ---------------------------------------------------------------- endings

_SHORTEST = 3  # letters that stay
_GENDER = re.compile(r"(?:[aiou]d|[aiu]n|[iu]z|[eo]r|[aiou]s|iv|ic|ident)[oa]$")
_DOUBLED = re.compile(r"([bdfgmnpstz])\1|(.)\2$")


def stem(word: str) -> str:
    """A folded word without its endings: "drones", "drone", "dron" are "dron"; "detenidas", "detenido" "detenid"."""
    if len(word) <= _SHORTEST or not word.isalpha():
        return word
    return _without_gender(_written_once(_without_tense(_singular(word))))


def _singular(word: str) -> str:
    """Without the s or es of a plural and the e that singulars end in, so that both languages' forms meet."""
    if word.endswith(("ies", "ie")) and len(word) > 4:
        return word.removesuffix("s")[:-2] + "y"  # cities, city; especies, especie
    if word.endswith(("ces", "ce")):
        return word.removesuffix("s")[:-2] + "z"  # luces, luz; forces, force
    if word.endswith("eses") and len(word) > 6:
        return word[:-4]  # ingleses, ingles
    if word.endswith("es") and len(word) > 4:
        return word[:-2]
    if word.endswith("s") and word[-2] not in "sui":  # not: cross, campus, crisis
        return word[:-1]
    return word[:-1] if word.endswith("e") else word


def _without_tense(word: str) -> str:
    """Without English -ed and -ing, and the k that -ick has before them: "trafficking"."""
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) > _SHORTEST:
            word = word.removesuffix(ending)
            break
    return word[:-1] if word.endswith("ck") and len(word) > 5 else word


def _written_once(word: str) -> str:
    """With one letter where English has two and Spanish never: "stopped", and "tunnel" as in "túnel"."""
    return _DOUBLED.sub(r"\1\2", word) if len(word) > 4 else word


def _without_gender(word: str) -> str:
    """Without the o or a of a Spanish participle or adjective; "puerto" and "puerta" stay two words."""
    return word[:-1] if len(word) > 5 and _GENDER.search(word) else word


# ---------------------------------------------------------------- function words


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Words of either language that say nothing about a report's matter, folded."""
    lines = Path(__file__).with_name("function_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
