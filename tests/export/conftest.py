"""A small archive of fictional editions, made of one that an earlier version of the program has stored."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from monitor.delivery import write_edition
from monitor.digest import Templates, load_templates
from monitor.export.pages import ArchiveNames
from monitor.export.stored import StoredEdition, read_stored
from monitor.pipeline.archive import refresh_archive
from monitor.records import DigestLang, InlineImage, RenderedDigest

STORED = Path(__file__).with_name("edition.json")
NOW = datetime(2026, 3, 8, 13, tzinfo=UTC)
NAMES = ArchiveNames("US–Mexico Border Digest", "Boletín Frontera México–EE. UU.")
LANGUAGES_OF: dict[DigestLang, list[str]] = {"en": ["en"], "es": ["es"], "both": ["en", "es"]}


@pytest.fixture(scope="session")
def edition() -> StoredEdition:
    return read_stored(STORED.read_text("utf-8"), "edition.json")


@pytest.fixture(scope="session")
def templates() -> Templates:
    return load_templates(part="archive")


@pytest.fixture(scope="session")
def mail() -> Templates:
    return load_templates()


def rendered(day: date, profile: str, language: DigestLang, **changes: Any) -> RenderedDigest:
    """An edition as a run would have frozen it; `changes` are made in its data."""
    document = json.loads(STORED.read_text("utf-8"))
    frozen = document.pop("frozen")
    document |= {"profile_id": profile, "date": day.isoformat(), "edition": f"{profile}/{day.isoformat()}"}
    document |= {"language": language, "languages": LANGUAGES_OF[language], **changes}
    subject = document.pop("subject", f"{frozen['subject']} ({day.isoformat()})")
    return RenderedDigest(
        edition=document["edition"],
        profile_id=profile,
        date=day,
        language=language,
        subject=subject,
        html=f'<!doctype html>\n<html lang="{language}"><head><title>Día</title></head><body><img src="cid:m"></body>',
        text="En breve\n",
        data=json.dumps(document),
        images=(InlineImage("m", b"\x89PNG", "mapa", 1, 1),),
        story_ids=(),
        cutoff_at=datetime.combine(day, time(13), UTC),
        degraded=bool(document["degraded"]),
    )


class Archive:
    """An archive's folder: editions go in, `refresh` is what a run does to it afterwards."""

    def __init__(self, folder: Path, templates: Templates, mail: Templates) -> None:
        self.folder = folder
        self.names = NAMES
        self._templates = templates
        self._mail = mail

    def put(self, day: str, profile: str = "english", language: DigestLang = "en", **changes: Any) -> Path:
        """Store an edition; the path of its page."""
        return write_edition(self.folder, rendered(date.fromisoformat(day), profile, language, **changes), b"eml")[0]

    def refresh(self, now: datetime = NOW, base_url: str = "") -> tuple[str, ...]:
        """The names of the files that changed."""
        names = replace(self.names, base_url=base_url)
        paths = refresh_archive(self.folder, names, templates=self._templates, mail=self._mail, now=now)
        return tuple(path.relative_to(self.folder).as_posix() for path in paths)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def json(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.text(name))
        return document


@pytest.fixture
def archive(tmp_path: Path, templates: Templates, mail: Templates) -> Archive:
    return Archive(tmp_path / "digests", templates, mail)


@pytest.fixture
def three_days(archive: Archive) -> Archive:
    """Two profiles, three days, one of them in another month and one quiet."""
    for day in ("2026-02-28", "2026-03-06", "2026-03-07"):
        archive.put(day)
        archive.put(day, "frontera", "both")
    archive.put("2026-03-08", stories=[], blind_spots=[], degraded=True, subject="Sun Mar 8: a quiet day")
    archive.refresh()
    return archive
