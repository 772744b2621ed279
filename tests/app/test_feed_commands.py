"""Feeds come into feeds.yaml and go out of it from the command line; the file stays the user's own."""

import json
import shutil
from collections.abc import Iterator

import pytest
import yaml

from tests.app.conftest import Desk
from tests.intake.conftest import Site, run_site

COMMENT = "# ours: do not touch\n"


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """A feeds.yaml with a comment in it."""
    path = desk.write()
    path.write_text(COMMENT + path.read_text(encoding="utf-8"), encoding="utf-8")
    return desk


def feeds_of(desk: Desk) -> list[dict[str, object]]:
    text = (desk.folder / "feeds.yaml").read_text(encoding="utf-8")
    assert text.startswith(COMMENT)
    found: list[dict[str, object]] = yaml.safe_load(text)["feeds"]
    return found


def test_an_exported_list_comes_back_whole_and_what_is_there_is_left_alone(shelf: Desk) -> None:
    assert shelf.monitor("feeds", "export", "all.opml").returncode == 0
    again = shelf.monitor("feeds", "import", "all.opml")
    assert again.returncode == 0
    assert "0 added, 3 left out" in again.stdout
    before = feeds_of(shelf)
    document = shelf.document | {"feeds": shelf.document["feeds"][:1]}
    (shelf.folder / "feeds.yaml").write_text(COMMENT + yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert "2 added, 1 left out" in shelf.monitor("feeds", "import", "all.opml").stdout
    assert feeds_of(shelf) == before


def test_a_foreign_list_needs_a_language_and_a_dry_run_writes_nothing(shelf: Desk) -> None:
    (shelf.folder / "reader.opml").write_text(
        "<opml version='2.0'><body><outline text='El Cañón' xmlUrl='https://canon.example/rss'/>"
        "<outline text='Broken' xmlUrl='notaurl' language='en'/></body></opml>",
        encoding="utf-8",
    )
    refused = shelf.monitor("feeds", "import", "reader.opml")
    assert refused.returncode == 3
    assert "--language en or --language es" in refused.stdout
    dry = shelf.monitor("feeds", "import", "reader.opml", "--language", "es", "--dry-run")
    assert "added     el-canon: El Cañón (es)" in dry.stdout
    assert len(feeds_of(shelf)) == 3
    told = json.loads(shelf.monitor("feeds", "import", "reader.opml", "--language", "es", "--json").stdout)
    assert [feed["id"] for feed in told["added"]] == ["el-canon"]
    assert [left["name"] for left in told["left"]] == ["Broken"]
    assert feeds_of(shelf)[-1] == {
        "id": "el-canon", "name": "El Cañón", "url": "https://canon.example/rss", "language": "es",
    }  # fmt: skip


def test_what_is_no_opml_is_a_usage_error(shelf: Desk) -> None:
    (shelf.folder / "no.opml").write_text("<rss/>", encoding="utf-8")
    done = shelf.monitor("feeds", "import", "no.opml")
    assert done.returncode == 2
    assert "not <opml>" in done.stderr


def test_a_feed_is_added_by_its_address_once_with_what_it_says_of_itself(shelf: Desk) -> None:
    other = next(feed for feed in shelf.feeds.feeds() if feed.id == "mesquite-wire")
    done = shelf.monitor("feeds", "add", other.url, "--allow-private", "--scope", "on_topic")
    assert done.returncode == 0, done.stderr
    added = feeds_of(shelf)[-1]
    assert (added["url"], added["language"], added["scope"]) == (other.url, "en", "on_topic")
    assert "feeds.yaml has it already" in shelf.monitor("feeds", "add", other.url, "--allow-private").stdout
    assert len(feeds_of(shelf)) == 4


def test_an_address_without_a_feed_adds_nothing_and_says_where_was_looked(shelf: Desk) -> None:
    nowhere = shelf.document["feeds"][0]["url"].rsplit("/", 1)[0] + "/nothing-here"
    done = shelf.monitor("feeds", "add", nowhere, "--allow-private")
    assert done.returncode == 2
    assert "no feed was found there" in done.stderr
    assert len(feeds_of(shelf)) == 3
    told = shelf.monitor("feeds", "discover", nowhere, "--allow-private", "--json")
    assert told.returncode == 3
    assert json.loads(told.stdout)["feeds"] == []


def test_discover_tells_how_each_feed_is(shelf: Desk) -> None:
    url = str(shelf.document["feeds"][0]["url"])
    told = json.loads(shelf.monitor("feeds", "discover", url, "--allow-private", "--json").stdout)
    assert [feed["url"] for feed in told["feeds"]] == [url]
    assert told["feeds"][0]["report"]["items"] > 0
    assert "Feeds found: 1, addresses read: 1" in shelf.monitor("feeds", "discover", url, "--allow-private").stdout


def test_a_feeds_yaml_that_cannot_be_written_stays_as_it_was(shelf: Desk) -> None:
    shelf.monitor("feeds", "export", "all.opml")
    flow = shelf.folder / "flow"
    flow.mkdir()
    shutil.copy(shelf.folder / "all.opml", flow)
    text = "feeds: [{id: one, name: One, url: 'https://one.example/', language: en}]\n"
    (flow / "feeds.yaml").write_text(text, encoding="utf-8")
    done = shelf.monitor("feeds", "import", "all.opml", "--config", str(flow / "feeds.yaml"))
    assert done.returncode == 2
    assert "by hand" in done.stderr
    assert (flow / "feeds.yaml").read_text(encoding="utf-8") == text


@pytest.fixture
def site() -> Iterator[Site]:
    yield from run_site()


def test_a_feed_that_has_moved_and_one_that_was_withdrawn_are_told_wherever_feeds_are(desk: Desk, site: Site) -> None:
    site.serve(b"", path="/old", status=301, Location="/new")
    site.serve(path="/new")
    site.serve(b"", path="/withdrawn", status=410)
    for name in ("old", "withdrawn"):
        feed = {"id": name, "name": f"El {name}", "url": site.url(f"/{name}"), "language": "es", "allow_private": True}
        desk.document["feeds"].append(feed)
    desk.write()
    advice = f"moved for good to {site.url('/new')}: change its url"
    for told in (desk.monitor("feeds", "check"), desk.monitor("run"), desk.monitor("status")):
        text = " ".join(told.stdout.split())
        assert advice in text
        assert "not asked again until its url is changed" in text
    asked = [request.path for request in site.requests].count("/withdrawn")
    report = desk.report("run")
    assert [request.path for request in site.requests].count("/withdrawn") == asked
    assert next(feed for feed in report["feeds"] if feed["source_id"] == "withdrawn")["outcome"] == "gone"
    desk.monitor("feeds", "check", "withdrawn")
    assert [request.path for request in site.requests].count("/withdrawn") == asked + 1
    for suffix in ("txt", "html"):
        page = next((desk.folder / "digests").rglob("*.txt")).with_suffix(f".{suffix}")
        assert site.url("/new") in page.read_text(encoding="utf-8")


def test_the_table_of_a_check_has_outcome_items_newest_item_seconds_quirks_and_what_to_do(
    desk: Desk, site: Site
) -> None:
    """Of a feed that has no validators and is told to be a web page, and of one that is not there."""
    site.serve(Content_Type="text/html")
    site.serve(b"", path="/lost", status=404)
    for name, path in (("gaceta", "/feed"), ("lost", "/lost")):
        feed = {"id": name, "name": name, "url": site.url(path), "language": "es", "allow_private": True}
        desk.document["feeds"].append(feed | {"low_volume": True})  # its only entry grows old
    desk.write()
    done = desk.monitor("feeds", "check", "gaceta", "lost")
    assert done.returncode == 3, done.stderr
    head, gaceta, *rest = done.stdout.splitlines()  # a long cell goes on in the next line
    assert head.split() == ["feed", "lang", "outcome", "items", "newest", "seconds", "quirks", "what", "to", "do"]
    assert gaceta.split()[:6] == ["gaceta", "es", "ok", "1", "2026-11-20", "08:00"]
    assert "no ETag or Last-Modified: always read whole" in gaceta
    lost = next(line for line in rest if line.split()[:1] == ["lost"])
    assert lost.split()[:3] == ["lost", "es", "http_error"]
    assert "404 after 1 try → the feed has moved or was" in lost
    reports = json.loads(desk.monitor("feeds", "check", "gaceta", "lost", "--json").stdout)
    assert [bool(report["quirks"]) for report in reports] == [True, False]
