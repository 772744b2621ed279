"""Where the words of a query stand in a text, and the piece of it worth showing. Pure functions."""

from collections.abc import Iterable, Sequence

from monitor.records import SearchDocument, Snippet
from monitor.store.query import Phrase, Wanted
from monitor.store.words import Token, tokens

SNIPPET_CHARS = 240  # of a snippet, with the dots that stand for what was left out
_BEFORE = 60  # characters shown before the first word that was found
_DOTS = "…"

Ranges = tuple[tuple[int, int], ...]


def marks(text: str, wanted: Wanted) -> Ranges:
    """The [start, end) of what a query may have found in a text, in order; they do not overlap."""
    found = list(tokens(text))
    taken = sorted({place for phrase in wanted.phrases for place in _places(found, phrase)})
    return tuple((found[place].start, found[place].end) for place in taken)


def _places(found: Sequence[Token], phrase: Phrase) -> Iterable[int]:
    """The numbers of the tokens that belong to a phrase."""
    length = len(phrase.words)
    head, last = phrase.words[:-1], phrase.words[-1]
    for end in range(length - 1, len(found)):
        stem = found[end].stem
        if (stem.startswith(last) if phrase.prefix else stem == last) and all(
            found[end - length + 1 + k].stem == word for k, word in enumerate(head)
        ):
            yield from range(end - length + 1, end + 1)


def best_document(documents: Sequence[SearchDocument], wanted: Wanted) -> SearchDocument:
    """The language version that has the most of what was asked for; the original where they are even."""
    return max(documents, key=lambda d: (_distinct(d, wanted), d.original))


def _distinct(document: SearchDocument, wanted: Wanted) -> int:
    found = [*tokens(document.title), *tokens(document.text)]
    return sum(any(True for _ in _places(found, phrase)) for phrase in wanted.phrases)


def make_snippet(document: SearchDocument, wanted: Wanted) -> Snippet:
    """The words that were found with what stands around them.

    From the text; where only the headline has them, the text's beginning; the headline where there is no text.
    """
    text = document.text or document.title
    flat = " ".join(text.split())
    start, end = _window(flat, marks(flat, wanted))
    head, tail = _DOTS * (start > 0), _DOTS * (end < len(flat))
    shown = head + flat[start:end] + tail
    found = marks(flat[start:end], wanted)
    return Snippet(document.language, shown, tuple((a + len(head), b + len(head)) for a, b in found))


def _window(text: str, found: Ranges) -> tuple[int, int]:
    """The stretch with the most marks, the first of those, cut between words."""
    if len(text) <= SNIPPET_CHARS:
        return 0, len(text)
    room = SNIPPET_CHARS - 2 * len(_DOTS)
    starts = [max(0, a - _BEFORE) for a, _ in found] or [0]
    start = max(starts, key=lambda s: (sum(s <= a and b <= s + room for a, b in found), -s))
    start = min(start, len(text) - room)
    end = start + room
    if start and not text[start - 1].isspace():
        start = _after_blank(text, start, end)
    if end < len(text) and not text[end].isspace():
        end = _before_blank(text, start, end)
    return start, end


def _after_blank(text: str, start: int, end: int) -> int:
    blank = text.find(" ", start, min(end, start + _BEFORE))
    return start if blank < 0 else blank + 1


def _before_blank(text: str, start: int, end: int) -> int:
    blank = text.rfind(" ", max(start, end - _BEFORE), end)
    return end if blank < 0 else blank
