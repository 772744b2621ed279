"""Texts as an engine gets them: none too long for it, none twice."""

from collections.abc import Callable, Sequence

PIECE_CHARS = 600  # some 100 words: the time for a piece grows with its square, and decoders stop at 256 tokens
_CLAUSE_ENDS = (",", ";", ":", ".", "!", "?", "…", "—", ")")


def bounded_pieces(text: str, limit: int = PIECE_CHARS) -> list[str]:
    """The words of a text in pieces of at most `limit` characters, cut behind a clause that ends in the second half.

    A longer word (a hash, a data URL) is a piece of its own. An empty text has no piece.
    """
    pieces: list[list[str]] = [[]]
    for word in text.split():
        while pieces[-1] and _length(pieces[-1]) + 1 + len(word) > limit:
            pieces[-1:] = _cut_at_clause(pieces[-1])
        pieces[-1].append(word)
    return [" ".join(piece) for piece in pieces if piece]


def _length(words: Sequence[str]) -> int:
    return sum(map(len, words)) + len(words) - 1


def _cut_at_clause(words: list[str]) -> list[list[str]]:
    """The words up to the end of their last clause, and the others; all of them when none ends in the second half."""
    ends = [i for i in range(len(words) // 2, len(words)) if words[i].endswith(_CLAUSE_ENDS)]
    stop = ends[-1] + 1 if ends else len(words)
    return [words[:stop], words[stop:]]


def translate_in_pieces(texts: Sequence[str], translate: Callable[[Sequence[str]], Sequence[str]]) -> list[str]:
    """One output per text, in order; `translate` gets each distinct piece of them once. An empty text stays empty.

    A word that is too long to be one is handed back as it is: there is nothing in it to translate.
    """
    pieces = [bounded_pieces(text) for text in texts]
    distinct = dict.fromkeys(piece for parts in pieces for piece in parts)
    spoken = [piece for piece in distinct if len(piece) <= PIECE_CHARS]
    said = dict(zip(spoken, translate(spoken), strict=True)) if spoken else {}
    return [" ".join(said.get(piece, piece) for piece in parts) for parts in pieces]
