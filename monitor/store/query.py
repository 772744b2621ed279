"""What people type into a search box, as clauses that any database can be asked for. Pure functions.

    drones tunel          both words, in whatever form, with or without accents
    "ports of entry"      these words side by side
    -cartel               reports without it; -"el paso" as well
    deport*               every word that begins so

Nothing is an error: what is no word is passed over, a quote that is never closed ends with the text. Function words are
left out unless they stand in quotes, or nothing else was typed.

A report that was translated answers in either language by its own words. For those that were not, the caller may say
what the query's words are called on the other side; such words count in these reports only, so that they add answers
where there would be none and no noise where a translation says it better.
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
UNTRANSLATED = Phrase(("untranslated=",))  # the facet of reports that the index has in one language only


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing a report must have: any of its options."""

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
    plain: bool  # one bare word without a star
    idle: bool  # nothing but function words, and not in quotes


def parse_query(text: str, synonyms: Iterable[tuple[str, str]] = ()) -> Wanted:
    """What `text` asks for.

    Of each pair of `synonyms`, the second may stand where the query has the first, in reports without a translation; it
    may end in a star.
    """
    pieces = [p for m in _PIECE.finditer(text[:_LONGEST].translate(_QUOTES)) if (p := _piece(m))][:_MOST]
    telling = [p for p in pieces if not p.idle] or pieces
    without = tuple(p.phrase for p in telling if p.without)
    return Wanted(_clauses([p for p in telling if not p.without], synonyms), without)


def _piece(match: re.Match[str]) -> _Piece | None:
    """A word or a phrase of the query; None for what has no word."""
    quoted = match["quoted"] is not None
    written = match["quoted"] if quoted else match["bare"]
    phrase = _phrase(written, may_be_prefix=not quoted)
    if phrase is None:
        return None
    idle = not (quoted or phrase.prefix) and not telling_stems(written)
    return _Piece(phrase, bool(match["without"]), not (quoted or phrase.prefix) and len(phrase.words) == 1, idle)


def _phrase(written: str, *, may_be_prefix: bool = True) -> Phrase | None:
    """Words as the index holds them; None when there are none."""
    found = list(tokens(written))
    if not found:
        return None
    words = [token.stem for token in found]
    prefix = may_be_prefix and written.endswith("*") and len(found[-1].word) >= _SHORTEST_PREFIX
    if prefix:
        words[-1] = _beginning(found[-1])
    return Phrase(tuple(words), prefix)


def _beginning(token: Token) -> str:
    """What all stems of words that begin like this one have in common: "frontera*" must find "frontera"."""
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(token.word, token.stem, strict=False))
    return "".join(letter for letter, _ in shared)


def telling_stems(text: str) -> tuple[str, ...]:
    """The words that a query keeps, as the index holds them: "ports of entry" asks for ports and for entry."""
    return tuple(token.stem for token in tokens(text) if token.word not in function_words())


def _clauses(pieces: Sequence[_Piece], synonyms: Iterable[tuple[str, str]]) -> tuple[Clause, ...]:
    """A clause per piece. What a term of several words is called as well is an option for each of its words."""
    options: list[list[Option]] = [[(piece.phrase,)] for piece in pieces]
    for said, also in synonyms:
        if phrase := _phrase(also):
            for place in _places(pieces, said):
                options[place].append((phrase, UNTRANSLATED))
    return tuple(dict.fromkeys(Clause(tuple(dict.fromkeys(ways))[:_MOST_OPTIONS]) for ways in options))


def _places(pieces: Sequence[_Piece], said: str) -> set[int]:
    """The pieces that a term covers: it is one quoted phrase, or bare words one after the other."""
    whole, words = Phrase(stems(said)), telling_stems(said) or stems(said)
    found = {place for place, piece in enumerate(pieces) if piece.phrase == whole}
    for start in range(len(pieces) - len(words) + 1 if words else 0):
        run = pieces[start : start + len(words)]
        if all(piece.plain and piece.phrase.words[0] == word for piece, word in zip(run, words, strict=True)):
            found |= {*range(start, start + len(words))}
    return found
