"""All editions of an archive in short: what its index and its feed of editions list.

The catalog is kept as `editions.json`, so that a run reads only the editions it does not know. Without it, it is made
anew from the folder; no name changes by that.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import unescape

from pydantic import TypeAdapter, ValidationError

from monitor.export.stored import StoredEdition, urn_uuid
from monitor.records import DigestLang, Lang, read_slot, slot_date, slot_name, slot_time
from monitor.serialise import to_json

CATALOG_VERSION = 1
_HEADLINES = 3  # of each edition, in each of its languages
_PAGE = re.compile(r"(\d{4})/(\d\d)/(\d\d(?:T\d{4})?)-(.+)\.html")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ShortHeadline:
    """A story's headline as an edition has it; `language` is that of the text, `reader` whom it is shown to."""

    reader: Lang
    language: Lang
    text: str
    machine: bool  # a machine's translation


@dataclass(frozen=True, slots=True)
class Entry:
    """One edition. `path` is its .html, relative to the archive; `files` are the suffixes that lie beside it.

    `stamp` tells size and time of the .json it was read from: another one is read again.
    """

    path: str
    uid: str
    profile_id: str
    date: date
    language: DigestLang
    subject: str
    at: datetime
    stories: int | None  # None: its data cannot be read
    headlines: tuple[ShortHeadline, ...] = ()
    sample: bool = False
    degraded: bool = False
    files: tuple[str, ...] = ()
    stamp: str = ""

    @property
    def slot(self) -> str:
        """The slot it was made for, see `slot_name`, as its path tells it."""
        match = _PAGE.fullmatch(self.path)
        return "-".join(match.groups()[:3]) if match else slot_name(self.date)

    @property
    def time_of_day(self) -> time | None:
        """Which of several editions of its date it is; None where there is one a day."""
        return slot_time(self.slot)

    @property
    def languages(self) -> tuple[Lang, ...]:
        return ("en", "es") if self.language == "both" else (self.language,)

    def headlines_for(self, reader: Lang) -> tuple[ShortHeadline, ...]:
        return tuple(headline for headline in self.headlines if headline.reader == reader)


@dataclass(frozen=True, slots=True)
class Catalog:
    """`id` names the archive for ever; the newest edition stands first."""

    id: str = ""
    editions: tuple[Entry, ...] = ()
    version: int = CATALOG_VERSION


_ADAPTER = TypeAdapter(Catalog)


def entry_of(edition: StoredEdition, path: str) -> Entry:
    """An edition in short."""
    return Entry(
        path=path,
        uid=edition.uid,
        profile_id=edition.profile_id,
        date=edition.date,
        language=edition.language,
        subject=edition.frozen.subject,
        at=edition.frozen.cutoff_at,
        stories=len(edition.cards),
        headlines=tuple(_headlines(edition)),
        sample=edition.sample,
        degraded=edition.degraded,
    )


def _headlines(edition: StoredEdition) -> Iterable[ShortHeadline]:
    for reader in edition.languages:
        for card in edition.cards[:_HEADLINES]:
            fragment = card.headlines.for_reader(reader).fragment
            machine = fragment.provenance in ("machine", "check")
            yield ShortHeadline(reader, fragment.language, fragment.text, machine)


def entry_of_page(path: str, html: str) -> Entry | None:
    """An edition whose .json cannot be read, as far as its name and page tell; None for a page that is no edition."""
    match = _PAGE.fullmatch(path)
    if not match:
        return None
    year, month, day, profile = match.groups()
    try:
        slot = read_slot(f"{year}-{month}-{day}")
    except ValueError:
        return None
    title = _TITLE.search(html)
    subject = " ".join(unescape(title[1]).split()) if title else ""
    spanish = '<html lang="es"' in html
    on = slot_date(slot)
    at = datetime.combine(on, slot_time(slot) or time(12), UTC)
    return Entry(path, urn_uuid(path, subject), profile, on, "es" if spanish else "en", subject, at, stories=None)


def read_catalog(text: str) -> Catalog:
    """The catalog in this text; an empty one when it is none of ours: it is made anew then."""
    try:
        catalog = _ADAPTER.validate_json(text)
    except ValidationError:
        return Catalog()
    return catalog if catalog.version == CATALOG_VERSION else Catalog(id=catalog.id)


def write_catalog(catalog: Catalog) -> str:
    return to_json(catalog) + "\n"


def merged(old: Catalog, found: Sequence[Entry], *, archive_id: str = "") -> Catalog:
    """The catalog of the editions that were found, the newest first.

    Its name stays: that of `old`, else `archive_id` (from the feed, when the catalog was lost), else it is taken from
    the oldest edition.
    """
    by_profile = sorted(found, key=lambda entry: entry.path)
    editions = tuple(sorted(by_profile, key=lambda entry: entry.slot, reverse=True))
    fresh = urn_uuid("archive", editions[-1].uid) if editions else ""
    return Catalog(old.id or archive_id or fresh, editions)
