"""Search in either language, as a page, as CSV and as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from starlette.responses import Response

from monitor.digest.model import Bilingual
from monitor.export.hits import hits_table
from monitor.pipeline import in_both_languages
from monitor.pipeline.dossier import headlines_in_both
from monitor.records import LANGUAGES, Found, Lang, Place, SearchQuery
from monitor.serialise import to_json
from monitor.stories.gazetteer import gazetteer
from monitor.text import fold
from monitor.web.asked import Asked, ParameterError, as_language
from monitor.web.pages import page
from monitor.web.site import Site

_PER_PAGE = 20
_MOST_PAGES = 500
_EXPORTED = 1000  # reports in an export; the newest or best ones


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet; `found` when it is one of the words that were looked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found, with its headlines as each language's reader gets them, by the report's id."""

    found: Found
    headlines: Mapping[str, Bilingual]
    number: int
    last: int

    @property
    def first_shown(self) -> int:
        return (self.number - 1) * _PER_PAGE + 1


def page_of_hits(site: Site, asked: Asked) -> Response:
    """The form and, when something is asked, what was found."""
    query = read_query(asked)
    number = asked.number("page", 1, most=_MOST_PAGES)
    results = _results(site, query, number) if _asks(asked) else None
    values = {
        "query": query,
        "results": results,
        "outlets": sorted(site.outlets.items(), key=lambda pair: fold(pair[1])),
        "places": places_on_the_border(asked.language),
        "pieces": pieces,
    }
    return page(site, asked, "search.html.j2", values, section="search")


def as_json(site: Site, asked: Asked) -> Response:
    """At most a thousand reports, with the names of `SearchHit`."""
    found = _export(site, asked)
    return Response(to_json(found) + "\n", media_type="application/json", headers=_as_file("json"))


def as_csv(site: Site, asked: Asked) -> Response:
    """At most a thousand reports, a row each; safe to open in a spreadsheet."""
    text = hits_table(_export(site, asked).hits, site.outlets)
    marked = f"\ufeff{text}"  # without it, spreadsheets take UTF-8 for something else
    return Response(marked, media_type="text/csv; charset=utf-8", headers=_as_file("csv"))


def read_query(asked: Asked) -> SearchQuery:
    """What is looked for. Raises ParameterError for what cannot be read."""
    languages = tuple(language for value in asked.several("language") if (language := as_language(value)))
    since, until = asked.day("since"), asked.day("until")
    if since and until and since > until:
        raise ParameterError("until")
    return SearchQuery(
        text=asked.words("q"),
        languages=() if len(languages) == len(LANGUAGES) else languages,
        since=since,
        until=until,
        outlets=asked.several("outlet"),
        places=asked.several("place"),
        limit=_PER_PAGE,
    )


def pieces(text: str, marked: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """A text cut at its marks; marks that overlap or lie outside are put right."""
    cut, at = list[Piece](), 0
    for start, end in sorted(marked):
        start, end = max(start, at), min(end, len(text))  # noqa: PLW2901 - the same mark, within bounds
        if start < end:
            cut += [Piece(text[at:start], found=False), Piece(text[start:end], found=True)]
            at = end
    cut.append(Piece(text[at:], found=False))
    return tuple(piece for piece in cut if piece.text)


@lru_cache(maxsize=2)
def places_on_the_border(language: Lang) -> tuple[tuple[str, str], ...]:
    """Id and name of the towns and crossings on the border, by name."""
    towns = (p for p in gazetteer().places.values() if p.region and p.kind in ("city", "crossing"))
    return tuple(sorted(((place.id, _name(place, language)) for place in towns), key=lambda pair: fold(pair[1])))


def _name(place: Place, language: Lang) -> str:
    return place.name_en if language == "en" else place.name_es


def _asks(asked: Asked) -> bool:
    """Whether the form was sent, be it empty: then everything is shown, the newest first."""
    return any(name in asked.parameters for name in ("q", "language", "since", "until", "outlet", "place", "page"))


def _results(site: Site, query: SearchQuery, number: int) -> Results:
    found = _find(site, query, offset=(number - 1) * _PER_PAGE, limit=_PER_PAGE)
    return Results(found, headlines_of(site, found), number, min(max(1, -(-found.total // _PER_PAGE)), _MOST_PAGES))


def headlines_of(site: Site, found: Found) -> dict[str, Bilingual]:
    """Where each headline that was found comes from: what the index holds does not say how good a translation is."""
    return headlines_in_both(site.store, ((hit.article, hit.language) for hit in found.hits))


def _export(site: Site, asked: Asked) -> Found:
    return _find(site, read_query(asked), offset=0, limit=_EXPORTED)


def _find(site: Site, query: SearchQuery, *, offset: int, limit: int) -> Found:
    """The reports, also those that say it in the other language and have no translation."""
    return site.store.search(replace(in_both_languages(query, site.glossary), offset=offset, limit=limit))


def _as_file(kind: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="search.{kind}"'}
