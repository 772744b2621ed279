"""A whole run elsewhere: every stored row and every file is that of a run here, also when a worker is killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from benchmarks.dask_run import NOW, one_run
from benchmarks.intake_bench.server import Running
from benchmarks.world.cluster import local_dask
from benchmarks.world.config import write_config
from benchmarks.world.outlets import World
from benchmarks.world.sameness import results
from benchmarks.world.server import publishing
from monitor.app import RunRequest, open_store_of, run_once
from monitor.config import load_config
from monitor.doctor import examine
from monitor.errors import MonitorError
from monitor.pipeline import NoProgress
from tests.executors.needs import needs_dask
from tests.language.conftest import needs_apertium

FEEDS, ITEMS = 10, 8


@pytest.fixture(scope="module")
def press() -> Iterator[Running]:
    with publishing(World(FEEDS, ITEMS), 0.0) as server:
        yield server


@pytest.fixture(scope="module")
def local(press: Running) -> dict[str, str]:
    """What a run leaves that does everything here."""
    _, left = one_run(press, 0, "auto")
    assert any(name.endswith("both.html") for name in left)
    assert "table translations" in left
    return left


@needs_dask
@pytest.mark.slow
def test_a_run_on_a_cluster_leaves_the_same_though_a_worker_is_killed(press: Running, local: dict[str, str]) -> None:
    run, left = one_run(press, 2, "auto", kill=True, warm=False)
    assert run["new"] == FEEDS * ITEMS
    assert left == local


@pytest.mark.slow
def test_a_run_in_processes_leaves_the_same(press: Running, local: dict[str, str], tmp_path: Path) -> None:
    more = {"executor": {"kind": "processes", "workers": 2}}
    run_once(
        load_config(write_config(tmp_path, press.urls, engine="auto", more=more)), RunRequest(now=NOW), NoProgress()
    )
    assert results(tmp_path) == local


@needs_dask
def test_a_run_without_its_cluster_ends_before_anything_is_read(press: Running, tmp_path: Path) -> None:
    more = {"executor": {"kind": "dask", "address": "tcp://127.0.0.1:9", "timeout_s": 1}}
    config = load_config(write_config(tmp_path, press.urls, engine="none", more=more))
    with pytest.raises(MonitorError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run_once(config, RunRequest(now=NOW), NoProgress())
    with open_store_of(config) as store:
        assert store.feed_states() == {}


# ---------------------------------------------------------------- monitor check


def line_of_workers(folder: Path, executor: dict[str, object], engine: str = "none") -> tuple[str, str, str]:
    """Level, detail and remedy of the line that tells of the workers."""
    document = {
        "version": 1,
        "executor": executor,
        "translation": {"engine": engine},
        "stories": {"embedder": "hash"},
        "feeds": [{"id": "sun", "name": "Sun", "url": "https://sun.example/feed", "language": "en"}],
    }
    path = folder / "feeds.yaml"
    path.write_text(yaml.safe_dump(document))
    (found,) = (finding for finding in examine(str(path)) if finding.what == "workers")
    return found.level, found.detail, found.remedy


def test_check_tells_where_the_work_is_done(tmp_path: Path) -> None:
    level, detail, _ = line_of_workers(tmp_path, {"kind": "threads", "workers": 3})
    assert (level, detail) == ("ok", "threads: 3 threads on this machine")


@needs_dask
@needs_apertium
@pytest.mark.slow
def test_check_counts_the_workers_of_a_cluster_and_has_each_translate_and_embed(tmp_path: Path) -> None:
    with local_dask(1) as cluster:
        options: dict[str, object] = {"kind": "dask", "address": cluster.address}
        level, detail, _ = line_of_workers(tmp_path, options)
        assert (level, detail) == ("ok", f"1 worker with 1 thread at {cluster.address}")
        cluster.start_worker(environ={"PATH": "/nowhere"})
        cluster.wait_for_workers(2)
        level, detail, remedy = line_of_workers(tmp_path, options, "offline")
        assert level == "error"
        assert detail.startswith(f"2 workers with 2 threads at {cluster.address}: the worker tcp://")
        assert "the offline engine lacks Apertium" in detail
        assert remedy == "see docs/scaling.md"


@needs_dask
def test_check_says_that_no_scheduler_answers(tmp_path: Path) -> None:
    options: dict[str, object] = {"kind": "dask", "address": "tcp://127.0.0.1:9", "timeout_s": 1}
    level, detail, remedy = line_of_workers(tmp_path, options)
    assert level == "error"
    assert detail.startswith("no Dask scheduler answers at tcp://127.0.0.1:9")
    assert "executor.kind: auto" in remedy
