"""The hostile day, read once; and a newsroom that has stored, archived and served it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.app import open_store_of
from monitor.config import Config
from monitor.config.models import DigestConfig
from monitor.delivery import write_edition
from monitor.digest import archive_message, compose, edition_links, load_templates, render
from monitor.intake import load_lexicon
from monitor.pipeline.archive import archive_names, refresh_archive
from monitor.pipeline.search_index import documents_of
from monitor.protocols import Store
from monitor.records import DigestLang, Edition, RenderedDigest
from monitor.resources import bundled
from tests.hostile.day import NOW, ZONE, HostileDay, hostile_day
from tests.hostile.payloads import load_payloads

PROFILES: tuple[DigestLang, ...] = ("both",)


@pytest.fixture(scope="session")
def day() -> HostileDay:
    return hostile_day(load_payloads(), load_lexicon(bundled("lexicon.yaml")))


@dataclass(frozen=True)
class Newsroom:
    """A user's folder after that day."""

    config: Config
    day: HostileDay
    editions: tuple[RenderedDigest, ...]


@pytest.fixture(scope="session")
def newsroom(day: HostileDay, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    config = _config(tmp_path_factory.mktemp("newsroom"), day)
    editions = tuple(_edition(config, day, language) for language in PROFILES)
    with open_store_of(config) as store:
        _fill(store, day)
        for rendered in editions:
            paths = write_edition(config.digests_dir, rendered, archive_message(rendered, config.mail))
            store.save_edition(_stored(rendered, paths[0].relative_to(config.digests_dir)), ())
    archive = load_templates(part="archive")
    refresh_archive(config.digests_dir, archive_names(config), templates=archive, mail=load_templates(), now=NOW)
    return Newsroom(config, day, editions)


def _config(folder: Path, day: HostileDay) -> Config:
    feeds = [
        {"id": s.id, "name": _as_configured(s.name), "url": s.url, "language": s.language} for s in day.sources.values()
    ]
    document: dict[str, Any] = {
        "storage": {"url": f"sqlite:///{folder / 'monitor.db'}", "digests": str(folder / "digests")},
        "mail": {"base_url": "https://digests.monitor.example"},
        "profiles": [{"id": language, "language": language, "max_stories": 200} for language in PROFILES],
        "feeds": feeds,
    }
    return Config.model_validate(document).at(folder / "feeds.yaml")


def _as_configured(name: str) -> str:
    """A feeds.yaml with lone surrogates is refused."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _edition(config: Config, day: HostileDay, language: DigestLang) -> RenderedDigest:
    """As large as it gets."""
    profile = next(p for p in config.profile_records() if p.id == language)
    profile = replace(profile, max_stories=10_000)
    digest = compose(day.material(), profile, DigestConfig(max_html_kb=100), zone=ZoneInfo(ZONE))
    return render(digest, load_templates(), links=edition_links(digest, config.mail))


def _fill(store: Store, day: HostileDay) -> None:
    store.save_articles(report.judged for report in day.reports)
    store.save_stories(day.stories)
    translations = day.material().translations
    store.remember(translations.values())
    store.index(document for report in day.reports for document in documents_of(report.judged, translations, 3))


def _stored(rendered: RenderedDigest, path: Path) -> Edition:
    return Edition(
        edition=rendered.edition,
        profile_id=rendered.profile_id,
        date=rendered.date,
        subject=rendered.subject,
        story_ids=rendered.story_ids,
        article_ids=(),
        cutoff_at=NOW,
        created_at=NOW,
        path=str(path),
    )
