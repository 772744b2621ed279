"""A backup holds everything at one moment, and comes back without anybody getting anything twice."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.errors import BusyError, StorageError
from monitor.records import Edition
from monitor.store import SqlStore, open_store
from monitor.store.backups import Backup, Restored, back_up, restore
from monitor.store.checks import check_store
from monitor.store.copying import index_words
from tests.conftest import new_database
from tests.contracts.test_store import make_edition, make_envelope, make_judged
from tests.store.test_copying import content, silent
from tests.store.writes import CALM, EDITION, fill, open_at_noon


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite:///monitor.db"
    return new_database(request.getfixturevalue("postgres"), request.node.name)


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_at_noon(url, tmp_path)) as opened:
        fill(opened)
        yield opened


def backed_up(store: SqlStore, file: Path, *, replace: bool = False) -> Backup:
    return back_up(store, file, replace=replace, now=CALM, tell=silent)


def restored(url: str, folder: Path, file: Path, *, replace: bool = False) -> Restored:
    return restore(url, folder, file, replace=replace, now=CALM, tell=silent)


def test_a_backup_is_one_file_for_its_owner_and_restores_to_the_same_rows(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    store.claim("run", "the run under way", now=CALM, lease_s=60)
    for waiting in ("b", "d"):
        store.requeue(EDITION, [f"{waiting}@example.org"])
    made = backed_up(store, tmp_path / "safe.db")
    assert sorted(path.name for path in tmp_path.iterdir() if "monitor.db" not in path.name) == ["safe.db"]
    assert stat.S_IMODE(Path(made.file).stat().st_mode) == 0o600
    assert dict(made.rows)["articles"] == 40
    store.release("run", "the run under way")

    before = {each.table: each for each in content(store)}
    store.save_articles([make_judged(99)])
    done = restored(url, tmp_path, Path(made.file), replace=True)
    after = {each.table: each for each in content(store)}
    assert [name for name in before if before[name] != after[name]] == ["deliveries"], "what waited is unknown now"
    assert (done.newest_edition, done.rows) == (EDITION, made.rows)
    assert not [finding for finding in check_store(store) if finding.problem]


def test_what_waited_when_the_backup_was_made_is_not_sent_again_by_itself(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    """The lists of a second edition: two wait, one was sent."""
    edition = make_edition(9)
    store.save_edition(edition, [make_envelope(f"{name}@example.org", edition.edition) for name in "xyz"])
    waiting = {envelope.recipient for envelope in store.due_envelopes(now=CALM)}
    assert {"x@example.org", "y@example.org", "z@example.org"} <= waiting
    backed_up(store, tmp_path / "safe.db")
    done = restored(url, tmp_path, tmp_path / "safe.db", replace=True)
    assert done.waiting == len(waiting)
    assert store.due_envelopes(now=CALM) == ()
    said = {(r.state, r.detail) for r in store.receipts(edition.edition)}
    assert said == {("unknown", "waited when the backup safe.db was made: it may have been sent since")}
    assert store.requeue(edition.edition, ["x@example.org"]) == 1, "people can decide to send it"


def test_a_database_that_holds_something_is_left_alone_without_consent(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    backed_up(store, tmp_path / "safe.db")
    before = content(store)
    with pytest.raises(StorageError, match=r"not empty .*nothing was done; --yes"):
        restored(url, tmp_path, tmp_path / "safe.db")
    store.claim("run", "desk:7", now=CALM, lease_s=60)
    with pytest.raises(BusyError, match=r"under way in the database \(desk:7\)"):
        restored(url, tmp_path, tmp_path / "safe.db", replace=True)
    assert content(store) == before


def test_a_backup_restores_into_an_empty_database_of_either_kind(
    store: SqlStore, tmp_path: Path, postgres: str, request: pytest.FixtureRequest
) -> None:
    backed_up(store, tmp_path / "safe.db")
    for other in ("sqlite:///other.db", new_database(postgres, f"{request.node.name} other")):
        restored(other, tmp_path, tmp_path / "safe.db")
        with closing(open_store(other, folder=tmp_path)) as opened:
            assert opened.articles(since=CALM.replace(year=2020)) == store.articles(since=CALM.replace(year=2020))


def test_a_backup_made_while_others_write_has_whole_transactions_only(store: SqlStore, tmp_path: Path) -> None:
    """An edition and its messages are one transaction: no backup has one without the other."""
    stopped, started = threading.Event(), threading.Event()

    def write() -> None:
        for number in range(2000):
            name = f"p{number}/2026-03-08"
            edition = Edition(name, f"p{number}", CALM.date(), "", (), (), CALM, CALM, "")
            store.save_edition(edition, [make_envelope(f"{i}@example.org", name) for i in range(20)])
            started.set()
            if stopped.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert started.wait(30)
        sizes = [dict(backed_up(store, tmp_path / f"{number}.db").rows) for number in range(4)]
    finally:
        stopped.set()
        writer.join()
    assert all((rows["deliveries"] - 4) == 20 * (rows["editions"] - 1) for rows in sizes)
    assert sizes[-1]["editions"] > sizes[0]["editions"] - 1 > 0


def test_an_existing_file_is_not_overwritten_and_a_failure_leaves_none(store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "safe.db").write_text("mine")
    with pytest.raises(StorageError, match="is there already, so nothing was written"):
        backed_up(store, tmp_path / "safe.db")
    assert (tmp_path / "safe.db").read_text() == "mine"
    assert backed_up(store, tmp_path / "safe.db", replace=True).bytes > 10_000
    with pytest.raises(StorageError, match="there is no such folder, so nothing was written"):
        backed_up(store, tmp_path / "nowhere" / "safe.db")


@pytest.mark.parametrize("kind", ["missing", "text", "foreign", "newer"])
def test_what_is_no_backup_is_refused_before_anything_is_touched(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "safe.db"
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store, 3)
        if kind == "text":
            file.write_text("Dear diary")
        elif kind == "foreign":
            with closing(sqlite3.connect(file)) as other:
                other.execute("CREATE TABLE songs (name)")
        elif kind == "newer":
            backed_up(store, file)
            with closing(sqlite3.connect(file)) as other:
                other.execute("UPDATE alembic_version SET version_num = '9999'")
                other.commit()
        before = content(store)
        with pytest.raises(StorageError, match=r"does not exist|no database|no backup of this program|newer version"):
            restored("sqlite:///monitor.db", tmp_path, file, replace=True)
        assert content(store) == before


def test_a_damaged_database_is_moved_aside_and_the_backup_takes_its_place(tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store)
        backed_up(store, tmp_path / "safe.db")
        before = content(store)
    damage(tmp_path / "monitor.db")
    with pytest.raises(StorageError, match=r"monitor\.db is damaged; --yes moves it aside"):
        restored("sqlite:///monitor.db", tmp_path, tmp_path / "safe.db")
    done = restored("sqlite:///monitor.db", tmp_path, tmp_path / "safe.db", replace=True)
    assert done.moved_to == str(tmp_path / f"monitor.db.damaged-{CALM:%Y%m%dT%H%M%S}")
    assert Path(done.moved_to).stat().st_size > 100_000
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as store:
        assert {c.table for c, b in zip(content(store), before, strict=True) if c != b} <= {"deliveries"}


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 100_000)


def spoil(path: Path, *statements: str) -> None:
    """Damage that SQLite's own look at the pages does not see."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount
        connection.commit()


SPOILT_TEXT = "UPDATE editions SET subject = CAST(x'ff00aa' AS TEXT)"
SPOILT_JSON = "UPDATE editions SET story_ids = '[1, '"
SPOILT_INDEX = "UPDATE search_index_data SET block = zeroblob(length(block))"


def lose_entries(path: Path) -> None:
    """An index that does not have the rows of its table, written while the database did not know of it."""
    name = "ix_members_article_id"
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT * FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    steps: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("DELETE FROM sqlite_master WHERE name = ?", (name,)),
        ("UPDATE members SET article_id = article_id || '-'", ()),
        ("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", kept),
    )
    for statement, values in steps:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            assert connection.execute(statement, values).rowcount
            connection.commit()


def test_a_database_whose_indexes_are_damaged_makes_way_for_the_backup(tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store)
        backed_up(store, tmp_path / "safe.db")
    lose_entries(tmp_path / "monitor.db")
    done = restored("sqlite:///monitor.db", tmp_path, tmp_path / "safe.db", replace=True)
    assert Path(done.moved_to).is_file()
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as store:
        assert not [finding for finding in check_store(store) if finding.problem]


@pytest.mark.parametrize("spoilt", [SPOILT_TEXT, SPOILT_JSON], ids=["text", "json"])
def test_a_backup_with_a_spoilt_value_is_refused_before_anything_is_touched(spoilt: str, tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store)
        backed_up(store, tmp_path / "safe.db")
        spoil(tmp_path / "safe.db", spoilt)
        before = content(store)
        with pytest.raises(StorageError, match=r"safe\.db is damaged: a value in editions .* → name another backup"):
            restored("sqlite:///monitor.db", tmp_path, tmp_path / "safe.db", replace=True)
        assert content(store) == before


@pytest.mark.parametrize("spoilt", [SPOILT_TEXT, SPOILT_JSON], ids=["text", "json"])
def test_a_damaged_database_is_not_backed_up_in_place_of_a_good_backup(spoilt: str, tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store)
        backed_up(store, tmp_path / "safe.db")
        good = (tmp_path / "safe.db").read_bytes()
        spoil(tmp_path / "monitor.db", spoilt)
        with pytest.raises(StorageError, match=r"a value in editions cannot be read"):
            backed_up(store, tmp_path / "safe.db", replace=True)
    assert (tmp_path / "safe.db").read_bytes() == good
    assert not list(tmp_path.glob(".*"))


def test_a_check_tells_of_a_spoilt_text_and_looks_at_the_rest_all_the_same(tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store)
        spoil(tmp_path / "monitor.db", SPOILT_TEXT, SPOILT_INDEX)
        found = {finding.what: finding.problem for finding in check_store(store)}
        with pytest.raises(StorageError, match="the file is damaged: restore a backup"):
            store.editions()
    assert "a value in editions cannot be read" in found["rows"]
    assert found["search"] == "the index is damaged → `monitor db reindex` makes the index anew"
    assert (found["references"], found["stories"], found["outbox"]) == ("", "", "")


@pytest.mark.parametrize("blocks", ["id > 0", "id > 10"])
def test_a_damaged_index_of_words_which_just_finds_nothing_is_told_and_made_anew(blocks: str, tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store)
        spoil(tmp_path / "monitor.db", f"{SPOILT_INDEX} WHERE {blocks}")
        assert [found.what for found in check_store(store) if "index is damaged" in found.problem] == ["search"]
        assert index_words(store.engine, CALM)
        assert not [finding for finding in check_store(store) if finding.problem]


def test_a_check_finds_damage_lost_rows_and_empty_messages(tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///monitor.db", tmp_path)) as store:
        fill(store)
        assert [finding.problem for finding in check_store(store)] == [""] * 7
        with closing(sqlite3.connect(tmp_path / "monitor.db")) as connection:
            connection.execute("DELETE FROM articles WHERE guid = 'guid-1'")
            connection.execute("UPDATE deliveries SET message = x'' WHERE state = 'queued'")
            connection.execute("UPDATE stories SET absorbed_into = 'gone' WHERE id = 's1'")
            connection.execute("UPDATE editions SET story_ids = '[1, '")
            connection.commit()
        found = {finding.what: finding.problem for finding in check_store(store)}
    assert "of members.article_id with nothing to refer to" in found["references"]
    assert found["outbox"].endswith("without contents: 1 → restore a backup")
    assert found["stories"] == "1 led to a story that is not there"
    assert "a value in editions cannot be read" in found["rows"]
    damage(tmp_path / "monitor.db")
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as store:
        (only,) = check_store(store)
    assert "restore a backup: `monitor db restore FILE`" in only.problem
