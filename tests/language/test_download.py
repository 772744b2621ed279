"""Fetching a large file over a bad line: never the wrong bytes, no byte twice without need, a clear word at the end."""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from monitor.errors import EngineError
from monitor.language.models.download import Line, NotThereError, download, require_space
from tests.language.model_server import ModelServer, serving

BODY = Random(3).randbytes(400_000)
OTHER = Random(4).randbytes(400_000)
NAME = "m.bin"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ModelServer]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / NAME).write_bytes(BODY)
    with serving(folder) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    path.mkdir()
    return path


def fetch(server: ModelServer, folder: Path, *, pauses: list[float] | None = None, sha256: str = "") -> bytes:
    sleep = (pauses if pauses is not None else []).append
    return download(f"{server.url}/{NAME}", folder, Line(sleep=sleep), sha256=sha256).read_bytes()


def broken_off(server: ModelServer, folder: Path, *, sha256: str = "") -> None:
    """A download that ended for good after its first 100,000 bytes."""
    server.cuts, server.statuses = [100_000], []

    def then_fail(_: float) -> None:
        server.statuses = [500]

    with pytest.raises(EngineError, match="goes on where it stopped"):
        download(f"{server.url}/{NAME}", folder, Line(sleep=then_fail), sha256=sha256)
    server.statuses, server.requests = [], []


def test_a_file_comes_whole_and_its_note_goes(server: ModelServer, folder: Path) -> None:
    assert fetch(server, folder) == BODY
    assert [path.name for path in folder.iterdir()] == ["m.bin.part"]
    assert server.encodings == {"identity"}  # what is packed for the way cannot be continued


def test_a_broken_connection_is_taken_up_where_it_broke(server: ModelServer, folder: Path) -> None:
    server.cuts = [150_000, 100_000]
    assert fetch(server, folder) == BODY
    assert server.asked(NAME) == ["", "bytes=150000-", "bytes=250000-"]
    assert all(held for _, _, held in server.requests[1:])


def test_a_line_that_breaks_often_but_brings_something_each_time_gets_there(server: ModelServer, folder: Path) -> None:
    server.cuts = [60_000] * 6
    assert fetch(server, folder) == BODY
    assert len(server.requests) == 7


def test_a_date_will_do_where_there_is_no_etag(server: ModelServer, folder: Path) -> None:
    server.validator = ""
    server.headers = {"Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"}
    broken_off(server, folder)
    assert fetch(server, folder)[:100_000] == BODY[:100_000]
    assert server.requests[0][1:] == ("bytes=100000-", "Mon, 02 Mar 2026 08:00:00 GMT")


def test_the_next_call_goes_on_too(server: ModelServer, folder: Path) -> None:
    broken_off(server, folder)
    assert fetch(server, folder) == BODY
    assert server.asked(NAME) == ["bytes=100000-"]


def test_a_file_that_changed_is_never_glued_to_the_old_half(server: ModelServer, folder: Path) -> None:
    broken_off(server, folder)
    (server.folder / NAME).write_bytes(OTHER)
    assert fetch(server, folder) == OTHER


@pytest.mark.parametrize("validator", ["", 'W/"{}"'])
def test_without_a_strong_validator_it_begins_anew_unless_the_hash_is_known(
    validator: str, server: ModelServer, folder: Path
) -> None:
    server.validator = validator
    broken_off(server, folder)
    assert fetch(server, folder) == BODY
    assert server.asked(NAME) == [""]
    (folder / "m.bin.part").unlink()
    broken_off(server, folder, sha256="known")
    assert fetch(server, folder, sha256="known") == BODY
    assert server.asked(NAME) == ["bytes=100000-"]


def test_half_a_file_from_another_address_is_not_continued(server: ModelServer, folder: Path) -> None:
    broken_off(server, folder)
    (server.folder / "mirror").mkdir()
    shutil.copy(server.folder / NAME, server.folder / "mirror" / NAME)
    assert download(f"{server.url}/mirror/{NAME}", folder, Line()).read_bytes() == BODY
    assert server.asked(f"mirror/{NAME}") == [""]


def test_a_server_without_ranges_is_read_from_the_start(server: ModelServer, folder: Path) -> None:
    server.ranges = False
    server.cuts = [150_000]
    assert fetch(server, folder) == BODY


def test_another_range_than_was_asked_for_is_thrown_away(server: ModelServer, folder: Path) -> None:
    server.cuts, server.shift = [150_000], 7
    assert fetch(server, folder) == BODY
    assert server.asked(NAME) == ["", "bytes=150000-", ""]


def test_what_is_complete_already_is_not_fetched_again(server: ModelServer, folder: Path) -> None:
    broken_off(server, folder)
    (folder / "m.bin.part").write_bytes(BODY)
    assert fetch(server, folder) == BODY
    assert server.asked(NAME) == ["bytes=400000-"]


def test_a_busy_server_is_asked_again_after_longer_and_longer_pauses(server: ModelServer, folder: Path) -> None:
    pauses: list[float] = []
    server.statuses = [503, 429, 500]
    assert fetch(server, folder, pauses=pauses) == BODY
    assert pauses == sorted(set(pauses))


@pytest.mark.parametrize(("status", "tries", "says"), [(500, 4, "4 times over"), (403, 1, "status 403")])
def test_a_server_that_goes_on_refusing_is_an_error_with_a_way_out(
    server: ModelServer, folder: Path, status: int, tries: int, says: str
) -> None:
    server.statuses = [status] * 9
    with pytest.raises(EngineError, match=rf"{says}.*--from"):
        fetch(server, folder)
    assert len(server.requests) == tries


def test_a_file_that_is_not_there_is_told_apart(server: ModelServer, folder: Path) -> None:
    with pytest.raises(NotThereError, match="status 404"):
        download(f"{server.url}/other.bin", folder, Line())


def test_a_page_in_the_place_of_the_file_is_refused(server: ModelServer, folder: Path) -> None:
    server.headers = {"Content-Type": "text/html; charset=utf-8"}
    with pytest.raises(EngineError, match="web page"):
        fetch(server, folder)
    assert not list(folder.iterdir())


def test_what_is_packed_for_the_way_arrives_unpacked(server: ModelServer, folder: Path) -> None:
    (server.folder / NAME).write_bytes(gzip.compress(BODY))
    server.headers = {"Content-Encoding": "gzip"}
    assert fetch(server, folder) == BODY


def test_no_server_at_all_is_an_error_with_a_way_out(folder: Path) -> None:
    pauses: list[float] = []
    with pytest.raises(EngineError, match=r"try again later.*--from"):
        download("http://127.0.0.1:9/m.bin", folder, Line(sleep=pauses.append))
    assert len(pauses) == 3
    with pytest.raises(EngineError, match="is the address right"):
        download("http://[::1/m.bin", folder, Line(sleep=pauses.append))


def test_progress_is_told_up_to_the_end(server: ModelServer, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    server.cuts = [150_000]
    line = Line(lambda _, done, total: told.append((done, total)), lambda _: None)
    download(f"{server.url}/{NAME}", folder, line)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {len(BODY)}
    assert told[-1][0] == len(BODY)


def test_what_is_no_model_by_its_size_is_not_begun(server: ModelServer, folder: Path) -> None:
    server.headers = {"Content-Length": "3000000000"}
    with pytest.raises(EngineError, match=r"3\.0 GB is no translation model"):
        fetch(server, folder)


def test_a_full_disk_is_told_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(EngineError, match=r"MB are free; make room, or set translation\.models_dir"):
        require_space(folder, 10**15)
