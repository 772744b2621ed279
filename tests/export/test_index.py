"""The archive's index lists every edition in both languages, works from any folder, and is always whole."""

import errno
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import date, timedelta
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from jinja2 import meta, nodes

from monitor.digest import Templates, load_templates
from monitor.errors import RenderError, StorageError
from monitor.pipeline.archive import read_archive, refresh_archive
from monitor.resources import bundled
from tests.export.conftest import NAMES, NOW, Archive


class Page(HTMLParser):
    """What a page consists of: tags, addresses, texts by the language they are in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text: list[tuple[str, str]] = []
        self._languages: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= given.keys()
        self.links += [str(given["href"])] if "href" in given else []
        if tag not in ("meta", "link"):
            inherited = self._languages[-1][1] if self._languages else ""
            self._languages.append((tag, str(given.get("lang", inherited))))

    def handle_endtag(self, tag: str) -> None:
        while self._languages and self._languages.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self._languages and self._languages[-1][0] != "style":
            self.text.append((self._languages[-1][1], " ".join(data.split())))


def test_every_edition_is_listed_by_month_the_newest_first(three_days: Archive) -> None:
    html = three_days.text("index.html")
    pages = [link for link in Page(html).links if re.fullmatch(r"\d{4}/\d\d/.*\.html", link)]
    assert list(dict.fromkeys(pages)) == [
        "2026/03/08-english.html",
        "2026/03/07-english.html",
        "2026/03/07-frontera.html",
        "2026/03/06-english.html",
        "2026/03/06-frontera.html",
        "2026/02/28-english.html",
        "2026/02/28-frontera.html",
    ]
    assert [
        text for language, text in Page(html).text if language == "es" and re.fullmatch(r"[a-z]+ de 2026", text)
    ] == [
        "marzo de 2026",
        "febrero de 2026",
    ]
    assert ("en", "March 2026") in Page(html).text


def test_several_editions_of_a_day_stand_the_newest_first_each_with_its_time_also_when_their_data_is_lost(
    archive: Archive,
) -> None:
    page = archive.put("2026-03-06")
    for at in ("0630", "1800"):
        page.with_name(f"06T{at}-english.html").write_bytes(page.read_bytes())
    archive.put("2026-03-05")
    archive.refresh()
    paths = [entry.path for entry in read_archive(archive.folder).editions]
    assert paths == [
        *(f"2026/03/{name}-english.html" for name in ("06T1800", "06T0630", "06", "05")),
    ]
    html = archive.text("index.html").replace("\u00a0", " ")
    assert html.count("<b>6:00 PM</b>") == html.count("<b>6:30 AM</b>") == 1
    times = [entry.time_of_day for entry in read_archive(archive.folder).editions]
    assert [at and f"{at:%H%M}" for at in times] == ["1800", "0630", None, None]


def test_headlines_stand_in_their_language_and_translations_are_marked(three_days: Archive) -> None:
    three_days.put("2026-03-09", "redaccion", "es", stories=[], blind_spots=three_days_blind_spots(three_days, "en"))
    three_days.refresh()
    text = Page(three_days.text("index.html")).text
    assert ("es", "¿Quién paga los vuelos perdidos? Piden audiencia en el Congreso por el cierre en El Paso") in text
    assert ("en", "Texas lawmakers seek hearing on who ordered El Paso airspace closed") in text
    at = text.index(("es", "Cámaras fotografiar peatones saliendo de Estados Unidos en San Ysidro"))
    assert text[at + 1] == ("es", "[traducción automática]")


def three_days_blind_spots(archive: Archive, language: str) -> list[object]:
    document = archive.json("2026/03/07-english.json")
    return [spot for spot in document["blind_spots"] if spot["language"] == language]


def test_no_name_of_a_region_is_in_two_languages_at_once(three_days: Archive) -> None:
    """A region is named by its heading, whose words say their language; an attribute cannot."""
    html = three_days.text("index.html")
    assert "aria-label=" not in html
    named, ids = (set(re.findall(rf'{name}="([^"]+)"', html)) for name in ("aria-labelledby", " id"))
    assert named
    assert named <= ids


def test_a_quiet_and_an_incomplete_day_say_so(three_days: Archive) -> None:
    text = [words for _, words in Page(three_days.text("index.html")).text]
    assert "Quiet day" in text
    assert "incomplete" in text


def test_every_address_leads_to_a_file_of_the_archive(three_days: Archive) -> None:
    """Also from file://, and also from the page of a year."""
    for name in ("index.html", "2026/index.html"):
        page = three_days.folder / name
        links = [link for link in Page(three_days.text(name)).links if not link.startswith("#")]
        assert len(links) > 20
        for link in links:
            assert (page.parent / unquote(link)).is_file(), link


def test_it_works_from_a_plain_file_server(three_days: Archive) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_about: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(three_days.folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            base = f"http://127.0.0.1:{server.server_port}/"
            for link in dict.fromkeys(Page(three_days.text("index.html")).links):
                with urllib.request.urlopen(urljoin(base, link), timeout=10) as answer:
                    assert answer.status == 200
        finally:
            server.shutdown()
            thread.join()


def test_nothing_in_it_runs_or_is_loaded(three_days: Archive) -> None:
    for name in ("index.html", "2026/index.html"):
        page = Page(three_days.text(name))
        assert not page.tags & {"script", "img", "iframe", "object", "form", "base"}
        assert not [name for name in page.attributes if name.startswith("on") or name == "src"]
        assert not [link for link in page.links if ":" in link or link.startswith("//")]
        assert "default-src 'none'" in three_days.text(name)


HOSTILE = [
    "<script>alert(1)</script>",
    "]]><script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %}",
    "a\x00b\x1b[31m",
    "\u202egnp.exe",
    "x" * 5000,
]


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_words_stay_words(archive: Archive, title: str) -> None:
    archive.put("2026-03-07", stories=[], blind_spots=[], developing=[], subject=title)
    path = archive.put("2026-03-08", stories=[], blind_spots=[], subject=title)
    path.with_suffix(".json").unlink()  # the index then shows the page's own title
    path.write_text(f"<html><head><title>{title}</title></head></html>", "utf-8", "replace")
    archive.refresh()
    page = Page(archive.text("index.html"))
    assert not page.tags & {"script", "img"}
    assert not [name for name in page.attributes if name.startswith("on")]


def test_a_hostile_profile_is_a_name_and_a_working_address(archive: Archive) -> None:
    archive.put("2026-03-08", "../x?y#z&<b>")
    archive.refresh()
    (link,) = {link for link in Page(archive.text("index.html")).links if link.startswith("2026/03/")} - {
        link for link in Page(archive.text("index.html")).links if not link.endswith(".html")
    }
    assert (archive.folder / unquote(link)).is_file()


def test_the_first_page_stays_short_and_the_years_have_everything(archive: Archive) -> None:
    days = [date(2025, 11, 1) + timedelta(days=7 * week) for week in range(20)]
    for day in days:
        archive.put(day.isoformat(), stories=[], blind_spots=[])
    archive.refresh()
    listed = {
        name: {link for link in Page(archive.text(name)).links if link.endswith("-english.html")}
        for name in ("index.html", "2025/index.html", "2026/index.html")
    }
    assert {link[:7] for link in listed["index.html"]} == {"2026/01", "2026/02", "2026/03"}
    assert listed["2025/index.html"] | listed["2026/index.html"] == {
        f"../{day.year}/{day.month:02}/{day.day:02}-english.html" for day in days
    }


def test_a_second_run_writes_nothing_and_a_new_edition_only_what_it_changes(three_days: Archive) -> None:
    assert three_days.refresh() == ()
    three_days.put("2026-03-09")
    assert set(three_days.refresh()) == {
        "editions.json",
        "editions.xml",
        "stories.en.json",
        "stories.es.json",
        "index.html",
        "2026/index.html",
    }


@pytest.mark.parametrize(
    "lost", [("editions.json",), ("editions.json", "index.html", "stories.en.json"), ("editions.xml",)]
)
def test_what_is_missing_is_made_anew_and_names_stay(three_days: Archive, lost: tuple[str, ...]) -> None:
    before = {name: three_days.text(name) for name in ("index.html", "editions.xml", "editions.json")}
    for name in lost:
        (three_days.folder / name).unlink()
    three_days.refresh()
    assert {name: three_days.text(name) for name in before} == before


def test_the_archives_name_outlives_its_oldest_edition(three_days: Archive) -> None:
    before = three_days.json("editions.json")["id"]
    for path in (three_days.folder / "2026/02").iterdir():
        path.unlink()
    three_days.refresh()
    assert three_days.json("editions.json")["id"] == before
    assert before in three_days.text("editions.xml")
    assert "2026/02" not in three_days.text("index.html")


def test_an_archive_of_an_older_version_gets_an_index(archive: Archive) -> None:
    """Editions without data, with data that is damaged, and whole ones."""
    archive.put("2026-03-05")
    damaged, bare = archive.put("2026-03-06"), archive.put("2026-03-07", "redaccion", "es")
    damaged.with_suffix(".json").write_text("{")
    for suffix in (".json", ".txt", ".eml"):
        bare.with_suffix(suffix).unlink()
    archive.refresh()
    entries = {entry.path: entry for entry in read_archive(archive.folder).editions}
    assert entries["2026/03/05-english.html"].stories == 4
    assert entries["2026/03/06-english.html"].stories is None
    assert entries["2026/03/07-redaccion.html"].language == "es"
    assert entries["2026/03/07-redaccion.html"].files == ()
    assert "Día" in archive.text("index.html")


def test_an_edition_that_was_written_again_is_read_again(archive: Archive) -> None:
    archive.put("2026-03-07")
    archive.refresh()
    archive.put("2026-03-07", stories=[], blind_spots=[])
    archive.refresh()
    assert [entry.stories for entry in read_archive(archive.folder).editions] == [0]


def test_files_of_others_are_left_out_and_left_alone(three_days: Archive) -> None:
    strange = {
        "2026/03/notes.html",
        "2026/03/99-x.html",
        "2026/13/01-x.html",
        "old/01/01-x.html",
        "2026/03/a.txt",
        "2026/03/01-a b\udcff.html",
    }
    for name in strange:
        path = three_days.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    assert three_days.refresh() == ()
    assert {three_days.text(name) for name in strange} == {"mine"}


def test_an_empty_archive_gets_no_index(archive: Archive) -> None:
    assert archive.refresh() == ()
    assert not archive.folder.exists()


def test_what_killed_runs_left_is_swept_away_once_it_is_old(three_days: Archive) -> None:
    names = (".0123456789ab.tmp", "2026/.0123456789ab.tmp", "2026/03/.0123456789ab.tmp", "2026/03/.mine.tmp")
    for name in names:
        (three_days.folder / name).write_text("half")
        os.utime(three_days.folder / name, (NOW.timestamp() - 7200, NOW.timestamp() - 7200))
    young = three_days.folder / "2026/03/.ba9876543210.tmp"
    young.write_text("being written")
    os.utime(young, (NOW.timestamp(), NOW.timestamp()))
    three_days.refresh()
    assert [name for name in names if (three_days.folder / name).exists()] == ["2026/03/.mine.tmp"]
    assert young.exists()


def test_a_full_disk_leaves_the_old_index_whole(three_days: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before = three_days.text("index.html")
    three_days.put("2026-03-09")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"No space left on device → make the folder writable"):
        three_days.refresh()
    assert three_days.text("index.html") == before
    assert not list(three_days.folder.rglob(".*.tmp"))


WRITER = """
import sys
from pathlib import Path
from monitor.delivery import write_shelf_files
number = 0
while True:
    number += 1
    write_shelf_files(Path(sys.argv[1]), {"index.html": f"{number:09}" * 50_000})
    print(number, flush=True)
"""


def test_a_reader_never_sees_half_a_page_not_even_of_a_run_that_was_killed(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            try:
                writer.stdout.readline()
                ends = time.monotonic() + 0.3
                while time.monotonic() < ends:
                    assert_whole(page)
            finally:
                writer.send_signal(signal.SIGKILL)
        assert_whole(page)


def assert_whole(page: Path) -> None:
    text = page.read_text()
    assert len(text) == 450_000
    assert text == text[:9] * 50_000


def test_a_users_template_wins_and_its_mistakes_are_named(three_days: Archive, tmp_path: Path, mail: Templates) -> None:
    folder = tmp_path / "templates" / "archive"
    folder.mkdir(parents=True)
    (folder / "index.html.j2").write_text("one\n{{ names.title('es') }} {{ months|length }}\n", "utf-8")
    (folder / "strings.es.yaml").write_text("archive: Hemeroteca\n", "utf-8")
    own = load_templates(folder.parent, part="archive")
    refresh_archive(three_days.folder, NAMES, templates=own, mail=mail, now=NOW)
    assert three_days.text("index.html") == "one\nBoletín Frontera México–EE. UU. 2"
    assert own.phrases["es"]("archive") == "Hemeroteca"
    (folder / "index.html.j2").write_text("one\n{{ weather }}\n", "utf-8")
    with pytest.raises(RenderError, match=r"archive/index\.html\.j2: line 2: .*weather"):
        refresh_archive(
            three_days.folder, NAMES, templates=load_templates(folder.parent, part="archive"), mail=mail, now=NOW
        )


def test_a_users_string_with_an_unknown_placeholder_is_named(
    three_days: Archive, tmp_path: Path, mail: Templates
) -> None:
    folder = tmp_path / "templates" / "archive"
    folder.mkdir(parents=True)
    (folder / "strings.es.yaml").write_text("feed.stories.title: 'Notas {weather}'\n", "utf-8")
    own = load_templates(folder.parent, part="archive")
    with pytest.raises(RenderError, match=r"strings\.es\.yaml: 'feed\.stories\.title' has a placeholder .*'weather'"):
        refresh_archive(three_days.folder, NAMES, templates=own, mail=mail, now=NOW)


USED_BY_PHRASES = {"format.day_short"}


def test_every_string_is_in_both_languages_and_used() -> None:
    folder = bundled("templates") / "archive"
    used = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.j2")))
    modules = [*sorted((bundled("monitor") / "export").glob("*.py")), bundled("monitor") / "pipeline" / "announce.py"]
    used += "".join(path.read_text("utf-8") for path in modules)
    phrases = load_templates(part="archive").phrases
    assert phrases["en"].strings.keys() == phrases["es"].strings.keys()
    for key in phrases["en"].strings:
        assert f'"{key}"' in used or f'"{key.rsplit(".", 1)[0]}." ~' in used or key in USED_BY_PHRASES, key


def test_every_variable_and_attribute_of_the_templates_is_documented() -> None:
    text = "".join((bundled("docs") / name).read_text("utf-8") for name in ("archive.md", "templates.md"))
    documented = set(re.findall(r"`(?:\w+\.)?([a-z_]+)(?:\(|`)", text))
    environment = load_templates(part="archive").environment
    of_jinja_and_python = {"first", "last", "strftime", "name_en", "name_es"}
    for path in sorted((bundled("templates") / "archive").glob("*.j2")):
        tree = environment.parse(path.read_text("utf-8"))
        names = meta.find_undeclared_variables(tree) | {node.attr for node in tree.find_all(nodes.Getattr)}
        assert sorted(names - documented - of_jinja_and_python) == [], path.name
