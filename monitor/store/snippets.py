"""Where the words of a query stand in a text, and the piece of it worth showing. Pure functions."""

from collections.abc import Iterator, Sequence

from monitor.records import SearchDocument, Snippet
from monitor.store.query import Phrase, Wanted
from monitor.store.words import stems, tokens

SNIPPET_CHARS = 240  # of a snippet, with the dots that stand for what was left out
_BEFORE = 60  # characters shown before the first word that was found
_DOTS = "…"

Ranges = tuple[tuple[int, int], ...]


def marks(text: str, wanted: Wanted) -> Ranges:
    """The [start, end) of what a query may have found in a text, in order; they do not overlap."""
    found = list(tokens(text)) if wanted.clauses else []
    words = [token.stem for token in found]
    taken = sorted({place for phrase in wanted.phrases for place in _places(words, phrase)})
    return tuple((found[place].start, found[place].end) for place in taken)


def _places(words: Sequence[str], phrase: Phrase) -> Iterator[int]:
    """The places of the words that belong to a phrase."""
    if not phrase.prefix and not all(word in words for word in phrase.words):
        return
    length = len(phrase.words)
    head, last = [*phrase.words[:-1]], phrase.words[-1]
    for end in range(length - 1, len(words)):
        ends = words[end].startswith(last) if phrase.prefix else words[end] == last
        if ends and [*words[end - length + 1 : end]] == head:
            yield from range(end - length + 1, end + 1)


def best_document(documents: Sequence[SearchDocument], wanted: Wanted) -> SearchDocument:
    """The language version that has the most of what was asked for; the original where they are even."""
    return max(documents, key=lambda d: (_distinct(d, wanted), d.original)) if documents[1:] else documents[0]


def _distinct(document: SearchDocument, wanted: Wanted) -> int:
    """How many of the words and phrases a document has."""
    fields = (stems(document.title), stems(document.text))
    return sum(any(True for words in fields for _ in _places(words, phrase)) for phrase in wanted.phrases)


def make_snippet(document: SearchDocument, wanted: Wanted) -> Snippet:
    """The words that were found with what stands around them.

    From the text; where only the headline has them, the text's beginning; the headline where there is no text.
    """
    text = " ".join((document.text or document.title).split())
    found = marks(text, wanted)
    start, end = _window(text, found)
    head, tail = _DOTS * (start > 0), _DOTS * (end < len(text))
    shift = len(head) - start
    shown = tuple((a + shift, b + shift) for a, b in found if start <= a and b <= end)
    return Snippet(document.language, head + text[start:end] + tail, shown)


def _window(text: str, found: Ranges) -> tuple[int, int]:
    """The stretch with the most marks, the first of those, cut between words."""
    if len(text) <= SNIPPET_CHARS:
        return 0, len(text)
    room = SNIPPET_CHARS - 2 * len(_DOTS)
    start = min(_best_start(found, room), len(text) - room)
    end = start + room
    if start and not text[start - 1].isspace():
        start = _after_blank(text, start, end)
    if end < len(text) and not text[end].isspace():
        end = _before_blank(text, start, end)
    return start, end


def _best_start(found: Ranges, room: int) -> int:
    """Where most marks follow within `room` characters, with some of what stands before the first."""
    best, most, last = 0, 0, 0
    for first, (start, _) in enumerate(found):
        begin = max(0, start - _BEFORE)
        while last < len(found) and found[last][1] <= begin + room:
            last += 1
        if last - first > most:
            best, most = begin, last - first
    return best


def _after_blank(text: str, start: int, end: int) -> int:
    blank = text.find(" ", start, min(end, start + _BEFORE))
    return start if blank < 0 else blank + 1


def _before_blank(text: str, start: int, end: int) -> int:
    blank = text.rfind(" ", max(start, end - _BEFORE), end)
    return end if blank < 0 else blank
