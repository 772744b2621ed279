"""A Dask cluster on this machine: a scheduler and workers, each a process of its own on a loopback port."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_START_S = 60.0
_END_S = 20.0
_ORPHAN = "600"  # seconds after which they end by themselves, when whoever started them was killed
_SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(slots=True)
class LocalDask:
    """What runs; `workers` may be killed, and further ones started."""

    folder: Path
    tls: tuple[str, ...]
    scheduler: subprocess.Popen[bytes] = field(init=False)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_scheduler(self, *options: str, environ: Mapping[str, str] | None = None) -> None:
        protocol = ["--protocol", "tls"] if self.tls else []
        listen = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self._file)]
        orphan = ["--idle-timeout", _ORPHAN]
        self.scheduler = self._start("dask_scheduler", [*listen, *orphan, *protocol, *self.tls, *options], environ)

    def start_worker(self, *, threads: int = 1, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Without a nanny, which would start it again when it dies."""
        local = ["--no-nanny", "--no-dashboard", "--nthreads", str(threads), "--local-directory", str(self.folder)]
        local += ["--death-timeout", _ORPHAN]
        worker = self._start("dask_worker", [self.address, "--host", "127.0.0.1", *local, *self.tls], environ)
        self.workers.append(worker)
        return worker

    def wait_for_workers(self, count: int) -> None:
        """Until so many are at work."""
        from distributed import Client  # noqa: PLC0415 - an extra

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=_START_S)

    @property
    def address(self) -> str:
        """The scheduler's; waits until it is known."""
        give_up_at = time.monotonic() + _START_S
        while not (self._file.exists() and self._file.stat().st_size):
            if self.scheduler.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"the scheduler did not start:\n{self.log('dask_scheduler')}")
            time.sleep(0.05)
        address: str = json.loads(self._file.read_text())["address"]
        return address

    def log(self, program: str) -> str:
        return "\n".join(path.read_text() for path in self.folder.glob(f"{program}-*.log"))

    def end(self) -> None:
        """Kill what still runs."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait(_END_S)

    @property
    def _file(self) -> Path:
        return self.folder / "scheduler.json"

    def _start(
        self, program: str, arguments: Sequence[str], environ: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", f"distributed.cli.{program}", *arguments]
        with (self.folder / f"{program}-{time.monotonic_ns()}.log").open("wb") as log:
            return subprocess.Popen(
                argv,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=Path(__file__).parents[2],
                env={**os.environ, **_SINGLE_THREAD, **(environ or {})},
            )


@contextmanager
def local_dask(
    workers: int, *, tls: tuple[str, ...] = (), environ: Mapping[str, str] | None = None
) -> Iterator[LocalDask]:
    """A scheduler, in that environment, with so many workers of one thread; `tls` are options of Dask's commands."""
    with tempfile.TemporaryDirectory(prefix="dask-") as folder:
        cluster = LocalDask(Path(folder), tls)
        cluster.start_scheduler(environ=environ)
        try:
            for _ in range(workers):
                cluster.start_worker()
            yield cluster
        finally:
            cluster.end()
