"""Which agency or group of titles a report speaks for, and where that stands. Pure, but for the reading of the list.

An agency counts where a desk credits it: in the dateline ("WASHINGTON (AP) —", "EFE.-"), in the byline ("By Ann Lee,
Associated Press"), in the credit line at the end ("Con información de AFP"), in the section of the address
(".../ap-texas-news/..."), or as the outlet itself. Known gaps: a feed's author field is not kept, so a byline counts
only where it is part of the text; an agency named in a sentence ("told Reuters") never counts, even where the text is
its own; two agencies credited together, and one that "contributed to this report", are the desk's own work.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from monitor.records import Article, Source
from monitor.resources import read_yaml
from monitor.stories.plain import plain

_FILE = Path(__file__).with_name("data") / "wires.yaml"
_SHORT = 4  # letters: an abbreviation counts only as it is written; "efe" is a letter, "dpa" a firm
_HEAD, _TAIL = 200, 240  # characters in which a dateline or byline, and a credit line, stand
_AGGREGATORS = frozenset({"news.google.com"})
_Where = Literal["dateline", "byline", "credit", "headline", "section", "outlet", "address"]


@dataclass(frozen=True, slots=True)
class Wire:
    """A family that one report speaks for. `kind`: an agency ("wire") or titles of one owner ("titles")."""

    id: str
    name: str
    kind: Literal["wire", "titles"]
    where: _Where
    found: str  # the words or the part of the address that say so

    @property
    def credited(self) -> bool:
        """Whether the report itself says so, and not only who published it."""
        return self.where in ("dateline", "byline", "credit", "headline", "section")


def wire_of(article: Article, source: Source | None = None) -> Wire | None:
    """The family a report belongs to: the one it credits, else the one its outlet belongs to; None for neither."""
    credit = next(_credits(article), None)
    return credit or next(_outlets(article, source), None)


def voice_of(article: Article, source: Source | None) -> str:
    """Who is speaking, for counting voices: the credited agency, else `family` of feeds.yaml, else the outlet's.

    An aggregator's outlet is the publisher it names, in the form that ids of feeds.yaml have ("el-paso-matters").
    """
    wire = wire_of(article, source)
    if wire and wire.credited:
        return wire.id
    if source and source.family:
        return source.family
    if wire:
        return wire.id
    return "-".join(re.findall(r"[a-z0-9]+", plain(article.publisher).lower())) or article.source_id


# ---------------------------------------------------------------- credits in the text


def _credits(article: Article) -> Iterator[Wire]:
    """What the report itself says, the surest first."""
    names = _names()
    yield from names.find(names.dateline_only, "dateline", article.dateline)
    for text in dict.fromkeys((article.summary, article.body)):
        yield from _text_credits(text, names)
    yield from names.find(names.headline, "headline", article.title)
    yield from _sections(article.link or article.url, names)


def credit_ends(text: str) -> str:
    """What is read of a text for its credits: its first and its last lines."""
    return text if len(text) <= _HEAD + _TAIL else text[:_HEAD] + text[-_TAIL:]


def _text_credits(text: str, names: "_Names") -> Iterator[Wire]:
    head, tail = text[:_HEAD].lstrip(), text[-_TAIL:].rstrip()
    dateline = names.dateline.match(plain(head))
    if dateline and _is_dateline(dateline):
        yield names.wire(dateline, "dateline", head)
    yield from names.find(names.sign, "dateline", head)
    yield from names.find(names.byline, "byline", head)
    for pattern in (names.credit, names.closing, names.first_ran):
        yield from names.find(pattern, "credit", tail)
    if _DESK.search(plain(tail)):
        yield names.families["reuters"].found("credit", "(Reporting by …; Editing by …)")


def _is_dateline(match: re.Match[str]) -> bool:
    """Whether what stands before the brackets is a place: two letters stand for too much behind anything else."""
    place = (match["place"] or "").strip()
    shouted = any(word.isupper() and len(word) > 2 for word in re.findall(r"\w+", place))
    return not place or shouted or "," in place or len(match["credit"]) > 2


def _sections(url: str, names: "_Names") -> Iterator[Wire]:
    for part in urlsplit(url).path.lower().split("/")[1:-1]:
        id_ = names.of_section.get(part) or names.of_section.get(_SECTION_ENDING.sub("", part), "")
        if id_:
            yield names.families[id_].found("section", part)


_SECTION_ENDING = re.compile(
    r"-(?:arizona|business|california|feed|headlines|health|international|latam|mexico|mundo|national|new|news|noticias"
    r"|online|politics|regional|spanish|stories|texas|top|us|usa|wire|world)(?:-.*)?$"
)
_DESK = re.compile(  # how Reuters ends a report
    r"\((?:Reporting by [^()]{3,160}[;,.] ?Editing by|Reporte de [^()]{3,160}[;,.] ?Editado (?:en espanol )?por)"
    r"[^()]{3,80}\)"
)


# ---------------------------------------------------------------- outlets


def _outlets(article: Article, source: Source | None) -> Iterator[Wire]:
    """The family of the publisher that an aggregator names, of the address, or of the feed."""
    names = _names()
    if article.publisher:
        yield from names.of_outlet(article.publisher)
    for url in (article.url, article.link, source.url if source else ""):
        yield from names.of_address(url)
    if source and not article.publisher:
        yield from names.of_outlet(source.name)


# ---------------------------------------------------------------- the list


@dataclass(frozen=True, slots=True)
class _Family:
    id: str
    name: str
    kind: Literal["wire", "titles"]

    def found(self, where: _Where, words: str) -> Wire:
        return Wire(self.id, self.name, self.kind, where, words)


@dataclass(frozen=True, slots=True)
class _Names:
    """The list, ready for searching text without accents."""

    families: Mapping[str, _Family]
    of_credit: Mapping[str, str]  # names in lower case -> family
    of_title: Mapping[str, str]
    of_host: Mapping[str, str]
    of_section: Mapping[str, str]
    dateline: re.Pattern[str]  # a place, brackets, and a dash
    dateline_only: re.Pattern[str]  # the same, already taken off the text
    sign: re.Pattern[str]  # the name and a dash
    byline: re.Pattern[str]
    credit: re.Pattern[str]  # "with information from …"
    closing: re.Pattern[str]  # the name alone behind the last sentence
    first_ran: re.Pattern[str]  # "originally published by …"
    headline: re.Pattern[str]

    def find(self, pattern: re.Pattern[str], where: _Where, text: str) -> Iterator[Wire]:
        match = pattern.search(plain(text))
        if match:
            yield self.wire(match, where, text)

    def wire(self, match: re.Match[str], where: _Where, text: str) -> Wire:
        """What a match in the text without accents says, as the text has it."""
        words = " ".join(text[match.start() : match.end()].split()).strip(" .:-—–|/")
        return self.families[self.of_credit[match["credit"].lower()]].found(where, words)

    def of_outlet(self, name: str) -> Iterator[Wire]:
        words = _spelled(name)
        longest = [words, *(" ".join(words.split()[:n]) + " *" for n in range(len(words.split()) - 1, 0, -1))]
        for id_ in filter(None, map(self.of_title.get, longest)):
            yield self.families[id_].found("outlet", name)

    def of_address(self, url: str) -> Iterator[Wire]:
        host = (urlsplit(url).hostname or "") if url else ""
        parts = host.split(".")
        for start in range(len(parts) - 1):
            id_ = self.of_host.get(".".join(parts[start:]))
            if id_ and host not in _AGGREGATORS:
                yield self.families[id_].found("address", host)


def _spelled(name: str) -> str:
    """A title's name for comparison: small letters without accents and brackets."""
    return " ".join(re.findall(r"[\w+&*.]+", re.sub(r"\([^()]*\)", " ", plain(name).lower())))


@lru_cache(maxsize=1)
def _names() -> _Names:
    """The shipped list, read once per process."""
    return parse_wires(read_yaml(_FILE))


def parse_wires(document: Mapping[str, Any]) -> _Names:
    """The list from the document of `data/wires.yaml` (its head describes the format)."""
    families: dict[str, _Family] = {}
    fields: dict[str, dict[str, str]] = {"credits": {}, "outlets": {}, "hosts": {}, "sections": {}}
    for section, kind in (("wires", "wire"), ("titles", "titles")):
        for id_, row in document[section].items():
            families[id_] = _Family(id_, row["name"], "wire" if kind == "wire" else "titles")
            for field, known in fields.items():
                known.update(dict.fromkeys(row.get(field, ()), id_))
    of_credit = {plain(name): id_ for name, id_ in fields["credits"].items()}
    titles = {f.name: f.id for f in families.values()} | fields["credits"] | fields["outlets"]
    name = rf"(?P<credit>{_any_of(of_credit)})(?!\w)"
    return _Names(
        families=families,
        of_credit={name.lower(): id_ for name, id_ in of_credit.items()},
        of_title={_spelled(name): id_ for name, id_ in titles.items()},
        of_host=fields["hosts"],
        of_section=fields["sections"],
        **_patterns(name),
    )


def _patterns(name: str) -> Mapping[str, re.Pattern[str]]:
    dash = r"(?:\.\s?-+|\s?-{1,2}\s|-{2})"  # `plain` makes one kind of all dashes
    person = r"[A-Z][\w.'-]*(?:,? (?:and|y|de|del|la|[A-Z][\w.'-]*)){0,8}"
    desk = r"(?:Agencias?|Redaccion|Staff|De la Redaccion)"
    agency = r"(?:[Tt]he |[Ll]a |[Aa]gencia |[Ll]a [Aa]gencia )?"
    end = r"[\s.)\]]*$"
    return {
        "dateline": re.compile(
            rf"(?P<place>[A-Z](?:[^()\n.]|\.(?=[ ,]?[\w(])){{1,50}}?(?:\([A-Z][\w .]{{2,24}}\)[^()\n]{{0,24}})?)?"
            rf"\(\s*{name}\s*\)\s*(?:-|\.\s?-|:|\.\s|\s(?=[A-Z]))"
        ),
        "dateline_only": re.compile(rf"^.*\(\s*{name}\s*\)\W*$"),
        "sign": re.compile(rf"^(?:{desk}\s?[/|,-]\s?)?\(?{name}\)?\s*(?:{dash}|[/|])\s*(?=[\"“«¿¡]?[A-Z0-9])"),
        "byline": re.compile(
            rf"^(?:(?:By|BY|Por|POR)[ :]\s*(?:{person}(?:,\s|\s?[|/]\s?|\s-\s|\n))?|{desk}\s?[/|]\s?)"
            rf"{agency}{name}(?=\s*(?:$|\n|[|/.]|\s-\s|[A-Z]))"
        ),
        "credit": re.compile(
            r"(?i:con (?:informacion|datos|material|reportes)(?: adicional)?"
            r"|(?:with|additional) (?:information|reporting|files|material))"
            rf" ?(?i:de|del|from|by|of)?:? {agency}{name}{end}"
        ),
        "closing": re.compile(
            r"(?:^|\n|[.!?…\"”»)]\s+|[.!?…\"”»]\s?[-/(]\s?|\s[/|]\s?)"
            r"\(?(?:(?:©|Copyright)[ \d©,]*|(?i:fuente|source|agencia|texto)\s?:\s?)?"
            rf"{agency}{name}(?:[.,] (?:All rights reserved|Todos los derechos reservados))?{end}"
        ),
        "first_ran": re.compile(
            r"(?i:(?:originally|first) (?:appeared|published|ran)(?: \w+)? ?(?:in|on|by|at)?"
            rf"|(?:publicad[oa]|aparecio|apareció) originalmente (?:en|por)) {agency}{name}"
        ),
        "headline": re.compile(rf"(?:\s\|\s|\s\((?=[^()]+\)\s*$)){agency}{name}\)?\s*$"),
    }


def _any_of(names: Iterable[str]) -> str:
    """The names, longest first; a short one only as it is written, a longer one in capitals, too."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(re.escape(n) if len(n) <= _SHORT else f"(?:{re.escape(n)}|{re.escape(n.upper())})" for n in ordered)
