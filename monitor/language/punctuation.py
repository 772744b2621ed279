"""Quotes, question and exclamation marks, dashes, dots: plain for the engine, in the target's way afterwards.

Pure functions. Known gaps: an apostrophe at a word's start or end may be taken for a quote ("rock 'n' roll"); of two
questions in one sentence without a stop the second one gets no opening mark.
"""

import re
from dataclasses import dataclass

from monitor.records import Lang

_DOUBLE = re.compile(r"«\s*|\s*»|[“”„‟]|''|``")
_SINGLE = str.maketrans("‘’‚‛´`", "''''''")
_SINGLE_QUOTED = re.compile(r"(?<!\w)'(?=[^\W\d])([^'\"]{2,120}?)'(?![\w])")
_PAIRED = re.compile(r'"([^"\n]*)"')
_OPENS_BEFORE = "([{¿¡—–-/“‘"


@dataclass(frozen=True, slots=True)
class Quotes:
    """How an original quotes: with curly marks, and with single ones."""

    curly: bool = False
    single: bool = False


def quotes_of(text: str) -> Quotes:
    """The way of quoting to keep; straight double quotes when there are none."""
    single = bool(_SINGLE_QUOTED.search(text.translate(_SINGLE))) and not re.search(r"[\"“”«»„]", text)
    return Quotes(bool(re.search("[“”«»„]", text)) or (single and "‘" in text), single)


def plain_quotes(text: str) -> str:
    """Straight quotes only, double ones around a quotation: what engines have read most."""
    text = _DOUBLE.sub('"', text).translate(_SINGLE)
    return text if '"' in text else _SINGLE_QUOTED.sub(r'"\1"', text)


@dataclass(frozen=True, slots=True)
class Balanced:
    """A sentence whose double quotes come in pairs: an engine drops or repeats a lonely one.

    `before` was taken off its start; `opened`, `closed`: a quote was added at the start or the end.
    """

    text: str
    before: str = ""
    opened: bool = False
    closed: bool = False

    def undo(self, output: str) -> str:
        """The output with the same lonely quote as the sentence had."""
        if self.opened:
            output = re.sub(r'^([¿¡]?)["“]\s*', r"\1", output)
        if self.closed:
            output = re.sub(r'\s*(?:"([.,;!?…]*)|([.,;!?…]+)")$', lambda m: m[1] or m[2] or "", output)
        return self.before + output


def balanced(text: str) -> Balanced:
    """The sentence with its odd quote taken off the start, or given a partner."""
    if text.count('"') % 2 == 0:
        return Balanced(text)
    if text[0] == '"' and len(text) > 1:
        return Balanced(text[1:].lstrip(), '"')
    last = text.rindex('"')
    if last == 0 or text[last - 1].isspace() or text[last - 1] in _OPENS_BEFORE:
        return Balanced(text + '"', closed=True)
    return Balanced('"' + text, opened=True)


def requoted(text: str, quotes: Quotes, target: Lang) -> str:
    """The whole output with quotes as the original had them; commas inside them in English, behind them in Spanish."""
    text = _DOUBLE.sub('"', text) if quotes.curly or "«" in text or "“" in text else text
    if target == "en":
        text = re.sub(r"(?<=[\w%)])\"([,.])(?=\s|$)", r'\1"', text)
    else:
        text = re.sub(r"(?<=[\w%)]),\"(?=\s)", '",', text)
    if quotes.single and target == "en":
        text = _PAIRED.sub(lambda m: f"'{m.group(1)}'" if "'" not in m.group(1) else m.group(), text)
    return _curly(text) if quotes.curly else text


def _curly(text: str) -> str:
    text = re.sub(r"(?<!\w)'(?=\w)([^'\n]{1,120}?)'(?!\w)", r"‘\1’", text)
    out = [
        ("“" if at == 0 or text[at - 1].isspace() or text[at - 1] in _OPENS_BEFORE else "”") if c == '"' else c
        for at, c in enumerate(text)
    ]
    return "".join(out)


# ---------------------------------------------------------------- ? and !

_END_MARKS = re.compile(r"[?!]+")
_START = re.compile(r"(?:^|(?<=[.:;!?…])\s+|(?<=[—–(\[])\s*|(?:^|(?<=[\s(]))\"(?=\w))[\s\"“—–-]*")
_ASKS = re.compile(
    r"(?<=, )(?:(?:a|de|en|con|por|para|desde|hasta) )?(?:qué|quién|quiénes|cómo|cuándo|dónde|cuál|cuáles|cuánto|cuánta"
    r"|cuántos|cuántas|adónde|no es así|verdad|no)\b",
    re.IGNORECASE,
)
_OPENING = {"?": "¿", "!": "¡"}
_LAST = re.compile(r"([?!]+)[\"'”’»)\]]*$")
_STOP_AT_END = re.compile(r"(?<![.\s])\.([\"'”’)\]]*)$")
_BARE_END = re.compile(r"(?<=[\w%)])([\"'”’)\]]*)$")
_SHORTENED_END = re.compile(r"(?:\b[^\W\d_]{1,2}|\.[^\W\d_]{1,2}|\b(?:Inc|Corp|Ltd|etc|Jr|Sr|Cía))\.[\"'”’)\]]*$")
_LOOSE = re.compile(r"\s+(?=[,;:?!)\]](?:\s|$)|\.(?:\s|$))|(?<=[¿¡(\[])\s+")
_FULL_STOP = re.compile(r"\.?([\"'”’)\]]*)$")


def with_marks(output: str, source: str, target: Lang) -> str:
    """A sentence of the output that asks or exclaims as its source does; ¿ and ¡ in Spanish, none in English."""
    asked = _LAST.search(source)
    if asked and output and asked[1][0] not in output and not output.endswith(("…", "...")):
        output = _FULL_STOP.sub(rf"{asked[1][0]}\1", output, count=1)
    output = _stopped(output, source)
    if target == "en":
        return output.replace("¿", "").replace("¡", "") if "¿" in output or "¡" in output else output
    return _opened(output) if "?" in output or "!" in output else output


def _stopped(output: str, source: str) -> str:
    """A sentence keeps its full stop, a headline gets none; a stop that belongs to a shortening says nothing."""
    if _SHORTENED_END.search(source) or _SHORTENED_END.search(output):
        return output
    if _STOP_AT_END.search(source):
        return _BARE_END.sub(r".\1", output, count=1)
    return _STOP_AT_END.sub(r"\1", output) if _BARE_END.search(source) else output


def _opened(output: str) -> str:
    """Spanish with an opening mark for every closing one."""
    done, rest = "", output
    while match := _END_MARKS.search(rest):
        clause, marks = rest[: match.start()], "".join(dict.fromkeys(match.group()))
        missing = [_OPENING[mark] for mark in marks if _OPENING[mark] not in clause]
        if missing and re.search(r"\w[^(]*$", clause):
            clause = _with_opening(clause, "".join(reversed(missing)) if len(missing) > 1 else missing[0])
        done, rest = done + clause + match.group(), rest[match.end() :]
    return done + rest


def _with_opening(clause: str, marks: str) -> str:
    """Before the question word behind a comma, else where the sentence, or its quotation, starts."""
    asks = [match.start() for match in _ASKS.finditer(clause)]
    starts = [match.end() for match in _START.finditer(clause) if re.search(r"\w", clause[match.end() :])]
    at = max([*starts[-1:], *(asks[-1:] if marks == "¿" else []), 0])
    return clause[:at] + marks + clause[at:]


# ---------------------------------------------------------------- dashes and dots


def like_source(output: str, source: str) -> str:
    """The output's dashes and dots as the source has them, and no blanks before its stops."""
    output = _LOOSE.sub("", output)
    if "--" in output:
        output = re.sub(r"(?<!-)--(?!-)", "—", output)
    if "…" in source and "..." in output:
        return output.replace("...", "…")
    return output.replace("…", "...") if "..." in source and "…" in output else output
