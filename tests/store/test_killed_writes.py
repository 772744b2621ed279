"""Kill -9 in the middle of every write: what had returned is there, what had not is wholly there or not at all."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from inspect import getmembers, isfunction
from pathlib import Path

import pytest

from monitor.protocols import Store
from monitor.store import SqlStore, tables
from monitor.store.checks import check_store
from monitor.store.copying import Content, content_of, snapshot
from tests.conftest import new_database
from tests.store.doomed import POINTS
from tests.store.test_copying import found
from tests.store.writes import WRITES, fill, open_at_noon

ROOT = Path(__file__).parents[2]
READS = {
    "articles", "bodies", "close", "corrections", "decisions", "due_envelopes", "editions", "feed_pasts", "feed_states",
    "find_article", "find_story", "handed_over", "indexed", "known_articles", "publications", "recall", "recall_any",
    "receipts", "runs", "search", "slots", "stories", "suppressions", "tally", "unindexed", "vectors",
}  # fmt: skip


def everything(store: SqlStore) -> tuple[Content, ...]:
    """Leases as well."""
    with snapshot(store.engine) as db:
        return content_of(db, tables.metadata.sorted_tables)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Content, ...], ...]:
    """What a store holds before the first write, and after each of them."""
    with closing(open_at_noon("sqlite:///calm.db", tmp_path_factory.mktemp("calm"))) as store:
        states = [everything(store)]
        for _, write in WRITES:
            write(store)
            states.append(everything(store))
    return tuple(states)


@pytest.fixture(scope="module")
def doomed() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, ROOT / "tests/store/doomed.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def test_every_method_that_writes_is_among_the_writes() -> None:
    methods = {name for name, _ in getmembers(Store, isfunction) if not name.startswith("_")}
    assert {name for name, _ in WRITES} == methods - READS


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_write_that_is_killed_anywhere_is_whole_or_not_there_and_can_be_repeated(
    kind: str,
    undisturbed: tuple[tuple[Content, ...], ...],
    doomed: subprocess.Popen[str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Each write dies twice before its commit and once after it; then it is done again, and the next one follows."""
    url = "sqlite:///monitor.db"
    if kind == "postgresql":
        url = new_database(request.getfixturevalue("postgres"), request.node.name)
    open_at_noon(url, tmp_path).close()
    for number, (name, write) in enumerate(WRITES):
        for point in POINTS:
            perform(doomed, url, tmp_path, number, point)
            expected = undisturbed[number + (point == POINTS[-1])]
            with closing(open_at_noon(url, tmp_path)) as store:
                assert everything(store) == expected, f"{name}, killed {point}"
                if point == POINTS[-1]:
                    write(store)
                    assert everything(store) == expected, f"{name}, done again"
    with closing(open_at_noon(url, tmp_path)) as store:
        assert not [finding for finding in check_store(store) if finding.problem]
        with closing(open_at_noon("sqlite:///calm.db", tmp_path)) as calm:
            fill(calm)
            assert found(store) == found(calm)


def perform(doomed: subprocess.Popen[str], url: str, folder: Path, number: int, point: str) -> None:
    assert doomed.stdin is not None
    assert doomed.stdout is not None
    print(json.dumps([url, str(folder), number, point]), file=doomed.stdin, flush=True)
    assert doomed.stdout.readline().strip() == str(int(signal.SIGKILL)), "it was killed where it was meant to be"
