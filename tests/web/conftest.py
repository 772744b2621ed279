"""Two sample days in an archive of their own, and the pages over them on a free port."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from monitor.app import RunRequest, open_store_of, run_once
from monitor.config import Config
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.server import SampleServer, sample_config_feeds
from monitor.pipeline import NoProgress
from monitor.records import Lang, SearchDocument, Story, Translation, other_language
from monitor.web import Server, Site, create_app, open_site, open_socket
from monitor.web.site import bound_to

SECRET = "a secret for these tests only"
NOW = SAMPLE_DAYS[-1] + timedelta(hours=2)


def sample_config(folder: Path, feeds: SampleServer, **sections: Any) -> Config:
    return Config.model_validate(
        {
            "storage": {"url": f"sqlite:///{folder / 'monitor.db'}", "digests": str(folder / "digests")},
            "translation": {"engine": "none"},
            "stories": {"embedder": "hash"},
            "profiles": [{"id": "english", "language": "en"}, {"id": "espanol", "language": "es"}],
            "feeds": feeds.feeds(),
            **sections,
        }
    ).at(folder / "feeds.yaml")


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database and digests of two sample days; nobody writes to it."""
    folder = tmp_path_factory.mktemp("archive")
    with SampleServer() as feeds:
        config = sample_config(folder, feeds)
        for day in (SAMPLE_DAYS[-2], SAMPLE_DAYS[-1]):
            feeds.at = day
            run_once(config, RunRequest(day, sample=True), NoProgress())
    with open_store_of(config) as store:
        stories = store.stories(since=SAMPLE_DAYS[0] - timedelta(days=9))
        store.remember(_translated(story) for story in stories)
        for item in store.articles(since=SAMPLE_DAYS[0] - timedelta(days=9)):
            own, other = item.language, other_language(item.language)
            text = item.article.title
            store.index(
                [
                    SearchDocument(item.id, own, text, item.article.summary, original=True),
                    SearchDocument(item.id, other, _words(text, other), "", original=False),
                ]
            )
    return folder


def _words(text: str, language: Lang) -> str:
    """What stands for a translation: told apart from everything that an outlet wrote."""
    return f"[{language}] {text}"


def _translated(story: Story) -> Translation:
    """The headline of the story's first report; whoever has several has an untranslated one, too."""
    member = story.members[0]
    target = other_language(member.language)
    text = member.article.title
    return Translation(
        member.language, target, text, _words(text, target), "an engine", "ok", (), "tests", 0.95, "An Engine"
    )


@dataclass(frozen=True)
class Web:
    """A running server, what it serves, and a client that keeps no cookies of its own making."""

    client: httpx2.Client
    site: Site
    url: str

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers=headers)

    def page(self, path: str) -> str:
        """The HTML of a page that is there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text


@contextmanager
def serve(site: Site, *, host: str = "127.0.0.1") -> Iterator[Web]:
    with ExitStack() as stack:
        bound = bound_to(site, host)
        server = stack.enter_context(Server(create_app(bound), open_socket(host, 0)))
        client = stack.enter_context(httpx2.Client(base_url=server.url, timeout=20))
        yield Web(client, bound, server.url)


def config_of(folder: Path, **sections: Any) -> Config:
    """The configuration of an archive; its feeds are not read."""
    return sample_config(folder, _Feeds(), **sections)  # type: ignore[arg-type]  # only asked for its feeds


class _Feeds:
    def feeds(self) -> tuple[Any, ...]:
        return sample_config_feeds("http://127.0.0.1:9")


@pytest.fixture(scope="session")
def web(archive: Path) -> Iterator[Web]:
    """The pages over the sample days, for reading only."""
    environ = {"MONITOR_UNSUBSCRIBE_SECRET": SECRET}
    with open_site(config_of(archive), environ=environ, now=lambda: NOW) as site, serve(site) as served:
        yield served


@pytest.fixture(autouse=True)
def _forget_cookies(request: pytest.FixtureRequest) -> None:
    """Every test is a new reader."""
    if "web" in request.fixturenames:
        request.getfixturevalue("web").client.cookies.clear()


Opened = Callable[..., Any]


@pytest.fixture
def opened(archive: Path, tmp_path: Path) -> Opened:
    """`with opened(environ={…}, web={…}) as web`: pages over a copy of the archive, which may be written to."""

    @contextmanager
    def open_pages(
        environ: dict[str, str] | None = None, *, host: str = "127.0.0.1", now: datetime = NOW, **sections: Any
    ) -> Iterator[Web]:
        folder = tmp_path / "copy"
        if not folder.exists():
            shutil.copytree(archive, folder)
        with (
            open_site(config_of(folder, **sections), environ=environ or {}, now=lambda: now) as site,
            serve(site, host=host) as served,
        ):
            yield served

    return open_pages


def story_of(web: Web, *, languages: tuple[Lang, ...] = ("en", "es"), reports: int = 2) -> Story:
    """A story that was told in these languages by at least so many reports."""
    found = web.site.store.stories(since=SAMPLE_DAYS[0] - timedelta(days=9))
    return next(s for s in found if s.languages == languages and len(s.members) >= reports)
