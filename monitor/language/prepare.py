"""What is done to a text around every engine: headlines recased, labels and datelines split off, sentences; and back.

`prepare` makes the pieces an engine reads, `finish` makes the text of its outputs, in the target language's own
casing, quotes and marks. What needs no engine never reaches one: labels, datelines, addresses, tags, emoji. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.language import casing_back, labels, money, punctuation, verbatim
from monitor.language.casing import sentence_case
from monitor.language.datelines import take_dateline
from monitor.language.glossary import Glossary
from monitor.records import Lang
from monitor.sentences import sentences
from monitor.text import clean, unescape_until_stable

MAX_PIECE = 600  # characters: longer sentences make engines repeat themselves
_CUT_AT = MAX_PIECE - 20
_MAX_LABELS = 3
_FURNITURE = re.compile(
    "(?:[•·▪■●◦►▶→*>»\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3]+\\s*"
    '|[–—-]{1,2}\\s*(?=[^\\W\\d_¿¡"“«])|\\[(?:…|\\.\\.\\.)\\]\\s*)+'
)
_GLUED = re.compile(r"(?<=[a-záéíóúñ]{3})([.!?])(?=[¿¡A-ZÁÉÍÓÚÑ][a-záéíóúñ]+\s)")
_DIVIDERS = ("; ", ": ", ", ", " ")
_NO_QUOTES = punctuation.Balanced("")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the finished text: `before` and what is kept as it is, or the output of piece number `piece`."""

    before: str
    kept: str = ""
    piece: int = -1
    source: str = ""  # the sentence as the engine reads it, but with its own quotes and verbatim spans
    quotes: punctuation.Balanced = _NO_QUOTES
    spans: tuple[str, ...] = ()
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text ready for an engine."""

    original: str
    reference: str  # the text cleaned, in sentence case, labels and dateline as in the output: what the guards see
    pieces: tuple[str, ...]  # what the engine gets, in order; () when nothing needs an engine
    parts: tuple[Part, ...] = ()
    source: Lang = "en"
    target: Lang = "es"


def prepare(text: str, source: Lang, target: Lang, glossary: Glossary) -> Prepared:
    """Cut a text in `source` into pieces of one sentence and at most `MAX_PIECE` characters. Never raises."""
    cleaned = clean(unescape_until_stable(text) if "&" in text else text)
    lines = [" ".join(_GLUED.sub(r"\1 ", line).split()) for line in cleaned.split("\n")]
    taken = [_take_apart(line, source, target, glossary) for line in lines if line]
    parts: list[Part] = []
    for number, line in enumerate(taken):
        first, *others = line.parts or (Part(""),)
        parts += [replace(first, before=("\n" if number else "") + first.before), *others]
    numbered = tuple(_numbered(parts))
    pieces = tuple(part.quotes.text for part in numbered if part.piece >= 0)
    reference = "\n".join(line.reference for line in taken)
    return Prepared(text, reference, pieces, numbered, source, target)


def finish(prepared: Prepared, outputs: Sequence[str], glossary: Glossary) -> str:
    """The text in the target language. Raises ValueError unless there is one output per piece."""
    if len(outputs) != len(prepared.pieces):
        raise ValueError(f"outputs: {len(outputs)}, pieces: {len(prepared.pieces)}")
    said = (_said(part, outputs, prepared, glossary) for part in prepared.parts)
    text = "".join(before + words for before, words in said)
    text = punctuation.requoted(text, punctuation.quotes_of(prepared.original), prepared.target)
    return text.strip()


# ---------------------------------------------------------------- before


@dataclass(frozen=True, slots=True)
class _Line:
    parts: tuple[Part, ...]
    reference: str


def _take_apart(line: str, source: Lang, target: Lang, glossary: Glossary) -> _Line:
    """A line's label, dateline, sentences and what stands behind them."""
    heads, body = _take_heads(line, source, target, glossary)
    tails, body = _take_tails(body, source)
    body = money.written_out(sentence_case(body, source, glossary), source)
    middle = list(_sentence_parts(body, source))
    middle = [replace(middle[0], before=""), *middle[1:]] if middle else middle
    parts = (*(Part("", kept) for kept in heads), *middle, *(Part("", kept) for kept in tails))
    return _Line(parts, "".join((*heads, body, *tails)).strip())


def _take_heads(line: str, source: Lang, target: Lang, glossary: Glossary) -> tuple[list[str], str]:
    """What stands before the sentences, in the target language; and the rest."""
    heads: list[str] = []
    for _ in range(_MAX_LABELS):
        bullet = _FURNITURE.match(line)
        if bullet and bullet.end() < len(line):
            heads.append(bullet.group())
            line = line[bullet.end() :]
        tag = labels.tag_before(line, source) or verbatim.cut_start(line)
        if tag:
            heads.append(tag)
            line = line[len(tag) :]
        label = labels.take_before(line, source)
        if label is None:
            break
        heads.append(label.said)
        line = label.rest
    dateline = take_dateline(line, source, target, glossary)
    return (heads, line) if dateline is None else ([*heads, f"{dateline.said} "], dateline.rest)


def _take_tails(body: str, source: Lang) -> tuple[list[str], str]:
    """What stands behind the sentences, in the target language and in order; and the rest."""
    tails: list[str] = []
    for _ in range(_MAX_LABELS):
        cut = verbatim.cut_end(body)
        if cut.tail:
            tails.insert(0, cut.tail)
            body = cut.text
        label = labels.take_behind(body, source)
        if label is None:
            break
        tails.insert(0, label.said)
        body = label.rest
    return tails, body


def _sentence_parts(body: str, source: Lang) -> Iterator[Part]:
    for sentence in sentences(body, source):
        if not verbatim.speaks(sentence):
            yield Part(" ", sentence)
            continue
        shielded = verbatim.shield(punctuation.plain_quotes(sentence))
        for number, (glue, chunk) in enumerate(_chunks(shielded.text)):
            quotes = punctuation.balanced(chunk)
            before = glue if number else " "
            yield Part(before, piece=0, source=sentence, quotes=quotes, spans=shielded.values, opens=number == 0)


def _chunks(sentence: str) -> Iterator[tuple[str, str]]:
    """A sentence in pieces of at most `_CUT_AT` characters, cut at ";", ":", "," or a blank, with what joins them."""
    glue = ""
    while len(sentence) > _CUT_AT:
        window = sentence[:_CUT_AT]
        at = next((i + len(d) for d in _DIVIDERS if (i := window.rfind(d)) > _CUT_AT // 3), _CUT_AT)
        yield glue, sentence[:at].rstrip()
        glue, sentence = (" " if sentence[at - 1].isspace() else ""), sentence[at:].lstrip()
    if sentence:
        yield glue, sentence


def _numbered(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts with their pieces counted through."""
    count = 0
    for part in parts:
        if part.piece >= 0:
            yield replace(part, piece=count)
            count += 1
        else:
            yield part


# ---------------------------------------------------------------- afterwards


def _said(part: Part, outputs: Sequence[str], prepared: Prepared, glossary: Glossary) -> tuple[str, str]:
    """What stands before a part and what it says; nothing at all when the engine said nothing."""
    if part.piece < 0:
        return part.before, part.kept
    output = " ".join(outputs[part.piece].split())
    if not output:
        return ("\n" if "\n" in part.before else ""), ""
    piece = prepared.pieces[part.piece]
    output = money.kept(piece, output, prepared.source, prepared.target)
    output = punctuation.with_marks(punctuation.like_source(output, part.source), piece, prepared.target)
    output = casing_back.cased(output, piece, prepared.target, glossary, opens=part.opens)
    return part.before, part.quotes.undo(verbatim.unshield(output, part.spans, piece))
