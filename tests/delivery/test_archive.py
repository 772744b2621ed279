"""The archive is readable without this program, whole or not there, and stays inside its folder."""

import errno
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.delivery import check_writable, find_edition, newest_edition, read_edition, restore_edition, write_edition
from monitor.delivery.writing import safe_name, write_atomically
from monitor.errors import StorageError
from monitor.records import InlineImage, RenderedDigest, content_id

DAY = date(2026, 3, 8)
PNG = b"\x89PNG fake"


def rendered(profile: str = "prensa", images: int = 1) -> RenderedDigest:
    tags = "".join(f'<img src="cid:chart{number}" alt="gráfica">' for number in range(images))
    return RenderedDigest(
        edition=f"{profile}/2026-03-08",
        profile_id=profile,
        date=DAY,
        language="es",
        subject="Boletín",
        html=f"<p>¡Buenos días! Write to cid:chart0 literally.</p>{tags}",
        text="¡Buenos días!",
        data='{\n "edition": "ñ \\u003cb\\u003e"\n}\n',
        images=tuple(
            InlineImage(f"chart{number}", PNG + bytes([number]), "gráfica", 10, 10) for number in range(images)
        ),
        story_ids=(),
        cutoff_at=datetime(2026, 3, 8, 12, tzinfo=UTC),
    )


def test_an_edition_lies_under_its_local_date_and_profile(tmp_path: Path) -> None:
    paths = write_edition(tmp_path, rendered(), b"From: x\r\n\r\n")
    assert [str(path.relative_to(tmp_path)) for path in paths] == [
        f"2026/03/08-prensa.{suffix}" for suffix in ("html", "png", "txt", "eml", "json")
    ]
    assert paths[2].read_text() == "¡Buenos días!"
    assert paths[3].read_bytes() == b"From: x\r\n\r\n"
    assert json.loads(paths[4].read_text())["edition"] == "ñ <b>"


def test_the_page_shows_its_pictures_from_the_files_beside_it(tmp_path: Path) -> None:
    page, *others = write_edition(tmp_path, rendered(images=2), b"")
    html = page.read_text()
    assert 'src="08-prensa.png"' in html
    assert 'src="08-prensa-2.png"' in html
    assert "Write to cid:chart0 literally." in html
    assert others[0].read_bytes() == PNG + b"\0"
    assert others[1].read_bytes() == PNG + b"\1"


def test_an_edition_is_found_by_date_and_profile_once_it_is_written(tmp_path: Path) -> None:
    assert find_edition(tmp_path, DAY.isoformat(), "prensa") is None
    page = write_edition(tmp_path, rendered(), b"")[0]
    assert find_edition(tmp_path, DAY.isoformat(), "prensa") == page
    assert find_edition(tmp_path, DAY.isoformat(), "other") is None


def test_the_newest_edition_is_that_of_the_last_date(tmp_path: Path) -> None:
    assert newest_edition(tmp_path, "prensa") is None
    for day in (date(2025, 12, 31), date(2026, 3, 8), date(2026, 3, 7)):
        write_edition(tmp_path, replace(rendered(), date=day), b"")
    write_edition(tmp_path, replace(rendered("other"), date=date(2026, 4, 1)), b"")
    assert newest_edition(tmp_path, "prensa") == tmp_path / "2026/03/08-prensa.html"
    assert newest_edition(tmp_path, "[a-z]*") is None


def test_several_editions_of_a_date_lie_beside_each_other_and_the_date_alone_finds_the_last_one(tmp_path: Path) -> None:
    evening, morning, other = (
        write_edition(tmp_path, replace(rendered(profile), edition=f"{profile}/2026-03-08T{at}"), b"")
        for profile, at in (("prensa", "1800"), ("prensa", "0630"), ("other-prensa", "2330"))
    )
    assert [path.name for path in morning] == [
        f"08T0630-prensa.{suffix}" for suffix in ("html", "png", "txt", "eml", "json")
    ]
    assert len({*morning, *evening, *other}) == 15
    assert 'src="08T1800-prensa.png"' in evening[0].read_text()
    assert find_edition(tmp_path, "2026-03-08T0630", "prensa") == morning[0]
    assert find_edition(tmp_path, "2026-03-08", "prensa") == newest_edition(tmp_path, "prensa") == evening[0]
    assert find_edition(tmp_path, "2026-03-08T0700", "prensa") is None
    assert read_edition(evening[0]).slot == "2026-03-08T1800"
    next_day = write_edition(tmp_path, replace(rendered(), edition="prensa/2026-03-09", date=date(2026, 3, 9)), b"")
    assert newest_edition(tmp_path, "prensa") == next_day[0]


@pytest.mark.parametrize("lost", [".eml", ".json"])
def test_a_page_cannot_be_restored_without_the_mail_and_the_data(tmp_path: Path, lost: str) -> None:
    page = write_edition(tmp_path, rendered(), b"Subject: x\r\n\r\nx")[0]
    page.with_suffix(lost).unlink()
    page.unlink()
    assert not restore_edition(page)
    assert not page.exists()


def test_a_mail_that_is_not_the_editions_restores_nothing(tmp_path: Path) -> None:
    page = write_edition(tmp_path, rendered(), b"Subject: x\r\n\r\nx")[0]
    page.unlink()
    assert not restore_edition(page)


@pytest.mark.parametrize("images", [0, 1, 2])
def test_an_edition_is_read_as_it_was_written(tmp_path: Path, images: int) -> None:
    edition = replace(rendered(images=images), story_ids=("s1", "s2"), degraded=True)
    assert read_edition(write_edition(tmp_path, edition, b"")[0]) == edition


@pytest.mark.parametrize("suffix", [".html", ".txt", ".json", ".png"])
def test_an_edition_with_a_missing_or_damaged_file_is_named_with_a_remedy(tmp_path: Path, suffix: str) -> None:
    page = write_edition(tmp_path, rendered(), b"")[0]
    page.with_suffix(suffix).unlink()
    with pytest.raises(StorageError, match=r"read the edition .*08-prensa\.html: .* → restore"):
        read_edition(page)


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"frozen": {"images": [1]}}', '{"frozen": {"images": []}}'])
def test_an_edition_whose_data_was_changed_is_refused_with_a_remedy(tmp_path: Path, document: str) -> None:
    page = write_edition(tmp_path, rendered(), b"")[0]
    page.with_suffix(".json").write_text(document)
    with pytest.raises(StorageError, match="→ restore"):
        read_edition(page)


def test_writing_an_edition_again_replaces_it_and_leaves_nothing_else(tmp_path: Path) -> None:
    first = write_edition(tmp_path, rendered(), b"")
    write_edition(tmp_path, replace(rendered(), text="otra vez"), b"")
    assert first[2].read_text() == "otra vez"
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(first)


def test_the_data_can_stand_inside_a_page(tmp_path: Path) -> None:
    hostile = replace(rendered(), subject="</script><script>")
    assert "<" not in write_edition(tmp_path, hostile, b"")[4].read_text()


def test_a_hostile_profile_name_stays_inside_the_folder(tmp_path: Path) -> None:
    for path in write_edition(tmp_path / "in", rendered("../../../etc/x"), b""):
        assert (tmp_path / "in") in path.resolve().parents


def test_a_folder_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for attempt in (
        lambda: write_edition(tmp_path / "file", rendered(), b""),
        lambda: check_writable(tmp_path / "file"),
    ):
        with pytest.raises(StorageError, match=r"/file: .* → make the folder writable"):
            attempt()


def test_a_full_disk_leaves_no_page_and_no_debris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_edition(tmp_path, rendered(), b"")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_checking_a_folder_creates_it_and_leaves_it_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "new/digests")
    assert list((tmp_path / "new/digests").iterdir()) == []


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep/file"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("everyone", "everyone"),
        ("ana+digest@example.org", "ana+digest@example.org"),
        ("a/b", f"a_b-{content_id('a/b')}"),
        ("..", content_id("..")),
        ("ñ", f"_-{content_id('ñ')}"),
        ("", content_id("")),
    ],
)
def test_names_are_safe_and_distinct_texts_keep_distinct_names(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_a_long_name_is_cut_and_stays_distinct() -> None:
    one, two = safe_name("x" * 500 + "1"), safe_name("x" * 500 + "2")
    assert one != two
    assert len(one) < 130
