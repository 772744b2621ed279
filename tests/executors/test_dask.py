"""A Dask cluster, genuine processes on loopback: what breaks costs time, or ends the work with what to do about it."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from benchmarks.world.cluster import LocalDask, local_dask
from monitor.errors import ConfigError, MonitorError
from monitor.executors import Cluster, open_cluster
from monitor.executors.errand import differences, packed, release, run_errand
from tests.executors.needs import needs_dask

pytestmark = needs_dask

# Workers import what they call, and cannot import this file: functions of the standard library serve.
compute: Callable[[str], int] = eval
die: Callable[[int], None] = os._exit
SLOWLY = [f"__import__('time').sleep(0.05) or {number}" for number in range(40)]
QUICK = 3.0  # seconds to wait for what never comes


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalDask]:
    """One scheduler for all; workers come and go."""
    with local_dask(0) as running:
        yield running


@pytest.fixture(autouse=True)
def _workers_end_with_their_test(cluster: LocalDask) -> Iterator[None]:
    yield
    for worker in cluster.workers:
        worker.kill()
        worker.wait(20)
    cluster.workers.clear()


def at(cluster: LocalDask, timeout_s: float = 60.0) -> Cluster:
    return Cluster(cluster.address, timeout_s=timeout_s)


# ---------------------------------------------------------------- deaths


def test_a_worker_that_is_killed_in_the_middle_costs_nothing_but_time() -> None:
    with local_dask(2) as own, open_cluster(at(own)) as executor:
        results = executor.map(compute, SLOWLY)
        first = [next(results) for _ in range(5)]
        own.workers[0].kill()
        assert first + list(results) == list(range(40))
        assert own.workers[0].wait(20) < 0
        assert len(executor.ask(os.getpid)) == 1


def test_a_batch_that_ends_its_workers_is_an_error_with_a_remedy_and_the_next_map_works() -> None:
    """How many is Dask's to say; here it is one."""
    fragile = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with local_dask(1, environ=fragile) as own, open_cluster(at(own)) as executor:
        with pytest.raises(MonitorError, match=r"one batch ended 1 worker .* → they may have run out of memory"):
            list(executor.map(die, [1]))
        own.start_worker()
        assert list(executor.map(compute, ["1", "2"])) == [1, 2]


def test_when_all_workers_are_gone_for_too_long_the_map_ends(cluster: LocalDask) -> None:
    worker = cluster.start_worker()
    with open_cluster(at(cluster)) as executor:
        executor.prepare()
    with open_cluster(at(cluster, QUICK)) as executor:
        results = executor.map(compute, ["1", "__import__('time').sleep(60)"])
        assert next(results) == 1
        worker.terminate()  # in order: the batch is given back, and nobody takes it
        with pytest.raises(MonitorError, match=r"has had no worker for 3 s → start some with `dask worker tcp://"):
            next(results)


def test_a_scheduler_that_dies_ends_the_map_and_a_new_one_is_found_by_the_next() -> None:
    with local_dask(1) as first, open_cluster(at(first)) as executor:
        results = executor.map(compute, SLOWLY)
        assert next(results) == 0
        first.scheduler.kill()
        with pytest.raises(MonitorError, match=r"scheduler at tcp://.* went away → .*the next run goes on"):
            list(results)
        first.scheduler.wait(20)
        port = first.address.rpartition(":")[2]
        first.start_scheduler("--port", port)
        first.start_worker()
        assert list(executor.map(compute, ["1"])) == [1]


# ---------------------------------------------------------------- what is not as it should be


def test_where_no_scheduler_answers_the_error_says_what_to_do() -> None:
    with (
        open_cluster(Cluster("tcp://127.0.0.1:9", timeout_s=QUICK)) as executor,
        pytest.raises(MonitorError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9 .*→ start one"),
    ):
        executor.prepare()


def test_a_scheduler_without_workers_is_an_error_that_says_how_to_start_one(cluster: LocalDask) -> None:
    with (
        open_cluster(at(cluster, QUICK)) as executor,
        pytest.raises(MonitorError, match=r"no worker for 3 s → start some"),
    ):
        executor.prepare()


def test_a_worker_with_another_version_of_a_package_that_decides_is_refused(cluster: LocalDask, tmp_path: Path) -> None:
    other = tmp_path / "numpy-0.1.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    cluster.start_worker(environ={"PYTHONPATH": str(tmp_path)})
    with (
        open_cluster(at(cluster)) as executor,
        pytest.raises(MonitorError, match=r"worker tcp://.* it has numpy 0\.1, here .* → install the same release"),
    ):
        executor.prepare()


def test_a_worker_that_lacks_the_program_is_refused(cluster: LocalDask, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['monitor'] = None\n")
    cluster.start_worker(environ={"PYTHONPATH": str(tmp_path)})
    with (
        open_cluster(at(cluster)) as executor,
        pytest.raises(MonitorError, match=r"worker tcp://.* lacks border-monitor .*→ install this release"),
    ):
        executor.prepare()


def test_what_is_left_early_is_not_worked_on_any_further(cluster: LocalDask) -> None:
    cluster.start_worker()
    with open_cluster(at(cluster)) as executor:
        results = executor.map(compute, ["1", *["__import__('time').sleep(0.2)"] * 50])
        assert next(results) == 1
        results.close()  # type: ignore[attr-defined] # it is a generator
        started = time.monotonic()
        assert list(executor.map(compute, ["2"])) == [2]
        assert time.monotonic() - started < 50 * 0.2


# ---------------------------------------------------------------- errands


def test_an_errand_of_another_release_is_not_done_here() -> None:
    with pytest.raises(MonitorError, match=r"border-monitor .*, here 9"):
        run_errand("border-monitor=9 python=3.11", packed(compute), packed("1"))
    assert run_errand(release(), packed(compute), packed("1")) == 1


def test_differences_name_what_differs_and_nothing_else() -> None:
    assert differences("a=1 b=2", "a=1 b=3") == "b 3, here 2"
    assert differences("a=1 b=2", "a=1") == "b missing, here 2"


# ---------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """An authority's certificate; one that it signed for this machine; and its key."""
    folder = tmp_path_factory.mktemp("tls")
    authority, paths = trustme.CA(), [folder / name for name in ("ca.pem", "cert.pem", "key.pem")]
    signed = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(str(paths[0]))
    signed.cert_chain_pems[0].write_to_path(str(paths[1]))
    signed.private_key_pem.write_to_path(str(paths[2]))
    ca_file, cert_file, key_file = map(str, paths)
    return ca_file, cert_file, key_file


def test_with_certificates_everything_is_encrypted_and_without_them_nobody_gets_in(
    certificates: tuple[str, str, str],
) -> None:
    ca_file, cert_file, key_file = certificates
    tls = ("--tls-ca-file", ca_file, "--tls-cert", cert_file, "--tls-key", key_file)
    with local_dask(1, tls=tls) as own:
        assert own.address.startswith("tls://")
        with open_cluster(Cluster(own.address, ca_file, cert_file, key_file)) as executor:
            assert list(executor.map(compute, ["1", "2"])) == [1, 2]
        plain = own.address.replace("tls://", "tcp://")
        with (
            open_cluster(Cluster(plain, timeout_s=QUICK)) as executor,
            pytest.raises(MonitorError, match=r"no Dask scheduler answers"),
        ):
            executor.prepare()


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "ca.pem")
    with (
        open_cluster(Cluster("tls://127.0.0.1:9", missing, missing, missing)) as executor,
        pytest.raises(ConfigError, match=r"ca\.pem.* → name PEM files"),
    ):
        executor.prepare()
