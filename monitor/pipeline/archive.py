"""The archive as a whole: its index, its feed of editions and its feeds of stories, brought up to date after each run.

All of it is made from the files of the editions, so that an archive of an older version, or one that lost its index,
gets it at the next run.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.config import Config
from monitor.delivery import Shelved, read_shelf_file, restore_edition, shelved_editions, sweep, write_shelf_files
from monitor.digest import Templates
from monitor.digest.phrases import PhraseError
from monitor.errors import RenderError, StorageError
from monitor.export.atom import atom_feed, feed_id
from monitor.export.catalog import Catalog, Entry, entry_of, entry_of_page, merged, read_catalog, write_catalog
from monitor.export.jsonfeed import story_feed
from monitor.export.pages import ATOM, ArchiveNames, index_pages, story_feed_name
from monitor.export.stored import StoredEdition, read_stored
from monitor.pipeline.publish import Published
from monitor.pipeline.tools import Plan, Tools
from monitor.records import LANGUAGES

CATALOG = "editions.json"
_FEED_DAYS = 7  # of editions, back from the newest one, whose stories are in the feeds
_LOOKED_AFTER = 30  # editions, of all profiles, whose pages are looked for by each run
_DEBRIS_AGE = timedelta(hours=1)


def indexed(tools: Tools, plan: Plan, made: Published) -> Published:
    """Bring the archive's index and feeds up to date. What goes wrong is a notice: the digest goes out all the same."""
    if not plan.editions:
        return made
    try:
        if tools.digests_dir == tools.config.digests_dir:
            _restore(tools)
        refresh_archive(
            tools.digests_dir,
            archive_names(tools.config),
            templates=tools.archive_templates,
            mail=tools.templates,
            now=plan.now,
        )
    except (StorageError, RenderError) as exc:
        return replace(made, notices=(*made.notices, f"the archive's index is not up to date: {exc}"))
    return made


def _restore(tools: Tools) -> None:
    """Editions that were sent and whose page was lost since come back from their .eml.

    Only those that the database knows: files of another one were left by a run that died before it was sent.
    """
    for edition in tools.store.editions(limit=_LOOKED_AFTER):
        page = tools.digests_dir / edition.path
        if not page.is_file():
            restore_edition(page)


def archive_names(config: Config) -> ArchiveNames:
    """What the archive is called and where it can be had."""
    return ArchiveNames(config.digest.title_en, config.digest.title_es, config.mail.base_url)


def refresh_archive(
    folder: Path, names: ArchiveNames, *, templates: Templates, mail: Templates, now: datetime
) -> tuple[Path, ...]:
    """Bring the archive's index and feeds up to date; the files that changed. An archive without editions gets none.

    `templates` are the archive's, `mail` the digest's own. Raises StorageError, or RenderError when a template is
    wrong, or its strings; every file is then whole, as before or as after.
    """
    try:
        return _refresh(folder, names, templates=templates, mail=mail, now=now)
    except PhraseError as exc:
        raise RenderError(f"{exc}; docs/archive.md lists what there is") from exc


def _refresh(
    folder: Path, names: ArchiveNames, *, templates: Templates, mail: Templates, now: datetime
) -> tuple[Path, ...]:
    sweep(folder, before=now - _DEBRIS_AGE)
    catalog = read_archive(folder)
    if not catalog.editions:
        return ()
    recent = _recent(folder, catalog)
    feeds = {
        story_feed_name(language): story_feed(recent, language, names, templates=templates, mail=mail)
        for language in LANGUAGES
    }
    return write_shelf_files(
        folder,
        {
            CATALOG: write_catalog(catalog),
            ATOM: atom_feed(catalog, names, templates.phrases),
            **feeds,
            **index_pages(catalog, names, templates),
        },
    )


def read_archive(folder: Path) -> Catalog:
    """The catalog as it should be now: editions that it knows already are not read again."""
    old = read_catalog(read_shelf_file(folder, CATALOG))
    known = {entry.path: entry for entry in old.editions}
    found = (_entry(folder, shelved, known.get(shelved.path)) for shelved in shelved_editions(folder))
    archive_id = "" if old.id else feed_id(read_shelf_file(folder, ATOM))
    return merged(old, [entry for entry in found if entry], archive_id=archive_id)


def _entry(folder: Path, shelved: Shelved, known: Entry | None) -> Entry | None:
    """An edition in short, from the catalog if it is the same as then, else from its files."""
    if known and known.stamp and known.stamp == shelved.stamp:
        return known if known.files == shelved.files else replace(known, files=shelved.files)
    edition = _edition(folder, shelved.path)
    entry = entry_of(edition, shelved.path) if edition else _without_data(folder, shelved.path)
    return replace(entry, files=shelved.files, stamp=shelved.stamp if edition else "") if entry else None


def _without_data(folder: Path, path: str) -> Entry | None:
    return entry_of_page(path, read_shelf_file(folder, path))


def _edition(folder: Path, path: str) -> StoredEdition | None:
    """The edition of a page; None when its data is missing or damaged, which costs only its headlines in the index."""
    data = f"{path.removesuffix('.html')}.json"
    try:
        return read_stored(read_shelf_file(folder, data), data)
    except StorageError:
        return None


def _recent(folder: Path, catalog: Catalog) -> Sequence[tuple[str, StoredEdition]]:
    """The editions of the last days, the newest first, each with the path of its page."""
    newest = catalog.editions[0].date
    entries = [entry for entry in catalog.editions if newest - entry.date < timedelta(days=_FEED_DAYS)]
    found = ((entry.path, _edition(folder, entry.path)) for entry in entries)
    return [(path, edition) for path, edition in found if edition]
