"""`monitor …` in a process of its own, but without its start: a process that has made a digest already forks it.

Importing takes two seconds and reading what a digest needs (word lists, templates, gazetteer) another one, and the
tests run some hundreds of commands. What starts in earnest (the wheel, the daemon, the web pages) is started in earnest
by its own tests.
"""

import atexit
import gc
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Lock
from typing import IO, Any

PATIENCE_S = 120
_LONGEST = 1 << 18  # bytes of one request: arguments and environment
_ROOT = Path(__file__).parents[1]


class Child:
    """A command that runs; killed when its nursery closes, at the latest."""

    def __init__(self, line: socket.socket) -> None:
        pid = line.recv(16)
        assert pid, "the nursery has died"
        self._line, self.pid = line, int(pid)
        self._handle: int | None = os.pidfd_open(self.pid)  # means this process for ever, which its id does not
        self._signalling = Lock()

    def kill(self) -> None:
        """kill -9; nothing when it has ended by itself."""
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        with self._signalling, suppress(ProcessLookupError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Its exit code, negative for a signal. TimeoutError when it takes too long: then it is killed."""
        self._line.settimeout(timeout_s)
        try:
            code = self._line.recv(16)
        except TimeoutError:
            self.kill()
            raise
        finally:
            self._line.close()
            with self._signalling:
                if self._handle is not None:
                    os.close(self._handle)
                self._handle = None
        assert code, "the nursery has died"
        return int(code)


class Nursery:
    """The process that forks. `close` kills it and whatever still runs in it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=_ROOT,
                start_new_session=True,
            )
        self._line = ours

    def run(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout_s: float = PATIENCE_S
    ) -> subprocess.CompletedProcess[str]:
        """What `subprocess.run` gives. Raises TimeoutError."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = self.start(arguments, cwd=cwd, env=env, out=out, err=err).wait(timeout_s)
            texts = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
        return subprocess.CompletedProcess(["monitor", *arguments], code, *texts)

    def start(  # what a process has
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        out: IO[bytes],
        err: IO[bytes],
        first: tuple[Path, Mapping[str, Any]] | None = None,
    ) -> Child:
        """`monitor ARGUMENTS`; before it, `prepare(**…)` of the file `first`, which imports nothing of the tests."""
        job = {"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}
        return self._ask({**job, "first": [str(first[0]), first[1]] if first else None}, out, err)

    def talking(self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> tuple[Child, IO[str]]:
        """`monitor ARGUMENTS`, and all that it says, as it says it; the caller closes that."""
        read, write = os.pipe()
        with os.fdopen(write, "wb") as out:
            child = self.start(arguments, cwd=cwd, env=env, out=out, err=out)
        return child, os.fdopen(read, encoding="utf-8")

    def rehearse(self, arguments: Sequence[str], *, cwd: Path) -> None:
        """`monitor ARGUMENTS` in the nursery itself: what it loads, its children have."""
        with tempfile.TemporaryFile() as said:
            job = {"arguments": list(arguments), "cwd": str(cwd), "env": dict(os.environ), "rehearsal": True}
            code = self._ask(job, said, said).wait()
            said.seek(0)
            assert code == 0, said.read().decode()

    def _ask(self, job: Mapping[str, Any], out: IO[bytes], err: IO[bytes]) -> Child:
        request = json.dumps(job).encode()
        assert len(request) < _LONGEST
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            ours.settimeout(PATIENCE_S)
            socket.send_fds(self._line, [request], [out.fileno(), err.fileno(), theirs.fileno()])
        return Child(ours)

    def close(self) -> None:
        self._line.close()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@cache
def nursery() -> Nursery:
    """One for all tests of this process; it has made a digest of three of the sample feeds."""
    from tests.rehearsal import rehearse

    opened = Nursery()
    atexit.register(opened.close)
    rehearse(opened)
    return opened


# ---------------------------------------------------------------- in the nursery and in its children


class _Server:
    """Forks for each request, and tells the child's id at once and its exit code when it ends."""

    def __init__(self, line: socket.socket, main: Callable[[], None]) -> None:
        self._line, self._main = line, main
        self._children: dict[int, tuple[int, socket.socket]] = {}  # by the handle of the process
        self._poll = select.poll()
        self._poll.register(line, select.POLLIN)

    def serve(self) -> bool:
        """False when there are no more requests; True in each child."""
        while True:
            for ready, _ in self._poll.poll():
                if ready != self._line.fileno():
                    self._bury(ready)
                    continue
                request, fds, _, _ = socket.recv_fds(self._line, _LONGEST, 3)
                if not request:
                    return False
                if self._begin(json.loads(request), fds):
                    return True

    def _begin(self, job: Mapping[str, Any], fds: Sequence[int]) -> bool:
        asking = socket.socket(fileno=fds[2])
        if job.get("rehearsal"):
            asking.send(str(os.getpid()).encode())
            asking.send(str(self._rehearse(job, fds[:2])).encode())
            asking.close()
            return False
        child = os.fork()
        if child == 0:
            for held in (self._line, asking, *(line for _, line in self._children.values())):
                held.close()
            _become(job, fds[:2])
            return True
        for fd in fds[:2]:
            os.close(fd)
        handle = os.pidfd_open(child)
        self._children[handle] = (child, asking)
        self._poll.register(handle, select.POLLIN)
        asking.send(str(child).encode())
        return False

    def _bury(self, handle: int) -> None:
        self._poll.unregister(handle)
        child, asking = self._children.pop(handle)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with asking, suppress(BrokenPipeError):  # nobody waits for it any more
            asking.send(str(code).encode())
        os.close(handle)

    def _rehearse(self, job: Mapping[str, Any], fds: Sequence[int]) -> int:
        kept = [os.dup(number) for number in (1, 2)]
        env = dict(os.environ)
        _become(job, fds)
        code: Any = 0
        try:
            self._main()
        except SystemExit as exc:
            code = exc.code or 0
        sys.stdout.flush()
        sys.stderr.flush()
        _become({"arguments": [], "cwd": str(_ROOT), "env": env}, kept)
        gc.collect()
        gc.freeze()
        return int(code)


def _become(job: Mapping[str, Any], fds: Sequence[int]) -> None:
    """Folder, environment, arguments and outputs as asked for."""
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    tempfile.tempdir = None  # as the environment says
    sys.argv = ["monitor", *job["arguments"]]
    for number, fd in enumerate(fds, 1):
        os.dup2(fd, number)
        os.close(fd)
    if job.get("first"):
        path, arguments = job["first"]
        spec = spec_from_file_location("first", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.prepare(**arguments)


def remember_what_is_compiled() -> None:
    """Templates and patterns that the rehearsal compiled are not compiled by every child again."""
    from jinja2 import Environment

    compile_template = Environment.compile

    @cache
    def compiled(name: str | None, filename: str | None, source: str) -> Any:
        return compile_template(environment[0], source, name, filename)

    def compile_once(self: Environment, source: Any, name: Any = None, filename: Any = None, **more: Any) -> Any:
        if more or not isinstance(source, str):
            return compile_template(self, source, name, filename, **more)
        environment[:] = [self]
        return compiled(name, filename, source)

    environment: list[Environment] = []
    Environment.compile = compile_once  # type: ignore[assignment,method-assign]
    re._MAXCACHE = 10_000  # type: ignore[attr-defined]  # else 512, and a run has more


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    remember_what_is_compiled()
    import click

    from monitor.cli import cli, main

    context = click.Context(cli)
    for command in cli.list_commands(context):
        cli.get_command(context, command)  # is imported, before anybody waits for it
    gc.freeze()
    if _Server(socket.socket(fileno=int(sys.argv[1])), main).serve():
        main()
