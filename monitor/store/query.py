"""What people type into a search box, as clauses that any database can be asked for. Pure functions.

    drones tunel          both words, in whatever form, with or without accents
    "ports of entry"      these words side by side
    -cartel               reports without it; -"el paso" as well
    deport*               every word that begins so

Nothing is an error: what is no word is passed over, a quote that is never closed ends with the text. Function words are
left out unless they stand in quotes, or nothing else was typed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from monitor.store.words import Token, function_words, stems, tokens

_LONGEST = 500  # characters that are read
_MOST = 24  # words and phrases that are asked for
_SHORTEST_PREFIX = 3  # letters before a star: two would stand for half of the vocabulary
_MOST_OPTIONS = 8  # ways to say one thing

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_PIECE = re.compile(r'(?P<without>(?<!\S)[-−–])?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side, as the index holds them; of a prefix, the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False


Option = tuple[Phrase, ...]  # all of them


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing a report must have: any of its options, each of them whole."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report must have, and what it must not have."""

    clauses: tuple[Clause, ...] = ()
    without: tuple[Phrase, ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Everything that may have been found, each once."""
        return tuple(dict.fromkeys(p for clause in self.clauses for option in clause.options for p in option))


@dataclass(frozen=True, slots=True)
class _Piece:
    phrase: Phrase
    without: bool
    plain: bool  # one bare word, which may be part of a term of several words
    idle: bool  # nothing but function words, and not in quotes


@dataclass(frozen=True, slots=True)
class _Said:
    """A term as a query may have it: word by word, or without its function words."""

    words: tuple[str, ...]
    telling: tuple[str, ...]


def parse_query(text: str, synonyms: Iterable[tuple[str, str]] = ()) -> Wanted:
    """What `text` asks for. Of each pair of `synonyms`, the second may stand where the query has the first."""
    pieces = [p for m in _PIECE.finditer(text[:_LONGEST].translate(_QUOTES)) if (p := _piece(m))][:_MOST]
    telling = [p for p in pieces if not p.idle] or pieces
    without = tuple(p.phrase for p in telling if p.without)
    return Wanted(_clauses([p for p in telling if not p.without], synonyms), without)


def _piece(match: re.Match[str]) -> _Piece | None:
    """A word or a phrase of the query; None for what has no word."""
    quoted = match["quoted"] is not None
    written = match["quoted"] if quoted else match["bare"]
    found = list(tokens(written))
    if not found:
        return None
    prefix = not quoted and written.endswith("*") and len(found[-1].word) >= _SHORTEST_PREFIX
    words = [token.stem for token in found]
    if prefix:
        words[-1] = _beginning(found[-1])
    idle = not quoted and not prefix and all(token.word in function_words() for token in found)
    return _Piece(Phrase(tuple(words), prefix), bool(match["without"]), len(words) == 1 and not quoted, idle)


def _beginning(token: Token) -> str:
    """What all stems of words that begin like this one have in common: "frontera*" must find "frontera"."""
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(token.word, token.stem, strict=False))
    return "".join(letter for letter, _ in shared)


def _clauses(pieces: Sequence[_Piece], synonyms: Iterable[tuple[str, str]]) -> tuple[Clause, ...]:
    """A clause per piece; the pieces that a term of several words is made of are one clause."""
    terms = [(_Said(stems(said), _telling(said)), stems(also)) for said, also in synonyms]
    clauses: list[Clause] = []
    place = 0
    while place < len(pieces):
        length, others = _said_here(pieces[place:], terms)
        own = tuple(piece.phrase for piece in pieces[place : place + length])
        options = dict.fromkeys([own, *((Phrase(words),) for words in others)])
        clauses.append(Clause(tuple(options)[:_MOST_OPTIONS]))
        place += length
    return tuple(dict.fromkeys(clauses))


def _said_here(
    pieces: Sequence[_Piece], terms: Sequence[tuple[_Said, tuple[str, ...]]]
) -> tuple[int, list[tuple[str, ...]]]:
    """How many pieces the longest term takes that begins here, and what else it is called; one and nothing: none."""
    length, others = 1, list[tuple[str, ...]]()
    for said, also in terms:
        taken = _taken(pieces, said)
        if not (taken and also) or taken < length:
            continue
        if taken > length:
            length, others = taken, []
        others.append(also)
    return length, others


def _taken(pieces: Sequence[_Piece], said: _Said) -> int:
    """How many pieces make up a term: one quoted phrase, or as many bare words as tell; 0: they do not."""
    if pieces[0].phrase == Phrase(said.words):
        return 1
    run = pieces[: len(said.telling)]
    same = tuple(piece.phrase.words[0] for piece in run) == said.telling
    return len(run) if same and all(piece.plain and not piece.phrase.prefix for piece in run) else 0


def _telling(said: str) -> tuple[str, ...]:
    """The words of a term that a query keeps: "ports of entry" asks for ports and for entry."""
    found = list(tokens(said))
    return tuple(token.stem for token in found if token.word not in function_words()) or stems(said)
