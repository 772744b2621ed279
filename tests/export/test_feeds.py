"""The feed of editions is valid Atom, that of stories valid JSON Feed; ids stay, translations are marked."""

import re
from datetime import datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest

from monitor.digest import Templates
from monitor.export.atom import atom_feed
from monitor.export.catalog import Catalog, Entry
from monitor.text import is_web_link
from tests.export.conftest import NAMES, NOW, Archive

ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
BASE = "https://digest.example.org/border"


def feed_of(archive: Archive) -> ET.Element:
    return ET.fromstring(archive.text("editions.xml"))


def only(element: ET.Element, name: str) -> str:
    """The text of a child that must be there exactly once."""
    (child,) = element.findall(ATOM + name)
    assert child.text
    return child.text


# ---------------------------------------------------------------- Atom


def test_the_feed_has_what_rfc_4287_asks_for(three_days: Archive) -> None:
    """One id, title and updated each, an author, a link to each edition; every id once; dates of RFC 3339."""
    feed = feed_of(three_days)
    assert feed.tag == f"{ATOM}feed"
    assert [author.findtext(f"{ATOM}name") for author in feed.findall(f"{ATOM}author")]
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 7
    for element in (feed, *entries):
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", only(element, "id"))
        assert only(element, "title")
        assert RFC_3339.fullmatch(only(element, "updated"))
        assert len(element.findall(f"{ATOM}link[@rel='alternate']")) == 1
    assert len({only(element, "id") for element in (feed, *entries)}) == 8
    assert only(feed, "updated") == max(only(entry, "updated") for entry in entries)
    assert [only(entry, "updated") for entry in entries] == sorted((only(e, "updated") for e in entries), reverse=True)


def test_a_feed_reader_takes_it_without_complaint(three_days: Archive) -> None:
    parsed = feedparser.parse((three_days.folder / "editions.xml").read_bytes())
    assert not parsed.bozo
    assert [entry.tags[0].term for entry in parsed.entries][:3] == ["english", "english", "frontera"]
    assert parsed.entries[2].summary.splitlines()[1].startswith("4 notas · ¿Quién paga los vuelos perdidos?")


def test_addresses_are_absolute_when_the_archive_has_one(three_days: Archive) -> None:
    three_days.refresh(base_url=f"{BASE}/")
    (link,) = feed_of(three_days).findall(f"{ATOM}link[@rel='self']")
    assert link.get("href") == f"{BASE}/editions.xml"
    assert {str(link.get("href"))[: len(BASE)] for link in feed_of(three_days).iter(f"{ATOM}link")} == {BASE}


def test_addresses_are_relative_when_it_has_none(three_days: Archive) -> None:
    links = [str(link.get("href")) for link in feed_of(three_days).iter(f"{ATOM}link")]
    assert not feed_of(three_days).findall(f"{ATOM}link[@rel='self']")
    assert all((three_days.folder / link).is_file() for link in links)


def test_ids_stay_when_the_archive_moves_or_is_made_anew(three_days: Archive) -> None:
    def ids() -> list[str]:
        return [element.text or "" for element in feed_of(three_days).iter(f"{ATOM}id")]

    before = ids()
    for name in ("editions.json", "editions.xml"):
        (three_days.folder / name).unlink()
    three_days.names = type(NAMES)("Another title", "Otro título")
    three_days.refresh(base_url=BASE)
    assert ids() == before


HOSTILE = ["]]>", "<script>", "a\x00b\x0bc\ufffe", "\ud800", "&amp;&nope;", "\u202e" * 3, "x" * 5000]


@pytest.mark.parametrize("words", HOSTILE)
def test_any_words_make_a_feed_that_can_be_read(words: str, templates: Templates) -> None:
    day = NOW.date()
    entry = Entry("2026/03/08-x.html", "urn:uuid:1", words, day, "en", words, NOW, 1)
    document = atom_feed(Catalog("urn:uuid:0", (entry,)), NAMES, templates.phrases)
    root = ET.fromstring(document.encode())
    assert [element.tag for element in root.iter() if not element.tag.startswith(ATOM)] == []


# ---------------------------------------------------------------- JSON Feed


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_stories_have_what_json_feed_1_1_asks_for(three_days: Archive, language: str) -> None:
    three_days.refresh(base_url=BASE)
    feed = three_days.json(f"stories.{language}.json")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == language
    assert feed["feed_url"] == f"{BASE}/stories.{language}.json"
    assert feed["home_page_url"] == f"{BASE}/index.html"
    assert feed["title"]
    assert len(feed["items"]) == 4
    assert len({item["id"] for item in feed["items"]}) == 4
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert is_web_link(item["url"])
        assert item["content_html"]
        assert all(isinstance(tag, str) for tag in item["tags"])
        for name in ("date_published", "date_modified"):
            assert RFC_3339.fullmatch(item[name])
            assert datetime.fromisoformat(item[name]).tzinfo
        extension = item["_border_monitor"]
        assert {outlet["language"] for outlet in extension["outlets"]} == set(extension["languages"])
        assert extension["edition_page"].startswith(f"{BASE}/2026/03/")


def test_a_reader_is_told_what_a_machine_translated(three_days: Archive) -> None:
    items = three_days.json("stories.es.json")["items"]
    assert items[3]["title"] == (
        "Cámaras fotografiar peatones saliendo de Estados Unidos en San Ysidro"
        " [traducción automática básica, consulte el original]"
    )
    assert items[3]["_border_monitor"]["headlines"]["es"]["provenance"] == "check"
    assert "[traducción automática básica]" in items[0]["summary"]
    assert "[basic machine translation" in three_days.json("stories.en.json")["items"][2]["title"]


def test_texts_in_another_language_say_so(three_days: Archive) -> None:
    item = three_days.json("stories.en.json")["items"][0]
    assert '<span lang="es">¿Quién paga los vuelos perdidos?' in item["content_html"]
    assert item["content_html"].startswith('<div lang="en">')
    assert item["language"] == "en"


def test_a_story_keeps_its_id_and_shows_what_the_last_edition_told(archive: Archive) -> None:
    archive.put("2026-03-07")
    document = archive.json("2026/03/07-english.json")
    archive.refresh()
    before = archive.json("stories.en.json")["items"]
    first = document["stories"][0] | {"day": 5}
    archive.put("2026-03-08", stories=[first], blind_spots=[], now="2026-03-08T07:00:00-06:00")
    archive.refresh()
    after = archive.json("stories.en.json")["items"]
    assert {item["id"] for item in after} == {item["id"] for item in before}
    assert after[0]["_border_monitor"]["day"] == 5
    assert after[0]["date_published"] == before[0]["date_published"]
    assert after[0]["date_modified"] > before[0]["date_modified"]


def test_a_picture_is_that_of_the_first_report_with_one(archive: Archive) -> None:
    archive.put("2026-03-07")
    story = archive.json("2026/03/07-english.json")["stories"][0]
    story["coverage"][0]["reports"][1]["image"] = "https://sunbowlherald.example/a.jpg"
    archive.put("2026-03-08", stories=[story])
    archive.refresh()
    items = archive.json("stories.en.json")["items"]
    assert items[0]["image"] == "https://sunbowlherald.example/a.jpg"
    assert all("image" not in item for item in items[1:])


def test_hostile_words_are_words_in_the_content_too(archive: Archive) -> None:
    archive.put("2026-03-07")
    story = archive.json("2026/03/07-english.json")["stories"][0]
    hostile = '"><img src=x onerror=alert(1)><script>'
    story["headlines"]["en"]["fragment"]["text"] = hostile
    story["coverage"][0]["reports"][0] |= {"title": hostile, "source": hostile, "url": ""}
    archive.put("2026-03-08", stories=[story], blind_spots=[])
    archive.refresh()
    (item,) = (item for item in archive.json("stories.en.json")["items"] if item["title"] == hostile)
    assert not re.search(r"<(img|script)", item["content_html"])


def test_only_the_stories_of_the_last_week_are_in_the_feed(archive: Archive) -> None:
    archive.put("2026-02-01")
    archive.put("2026-03-08", stories=[], blind_spots=[])
    archive.refresh()
    assert archive.json("stories.en.json")["items"] == []
