"""`monitor …` in a process of its own, but without its start: a process that has imported everything forks it.

Importing takes two seconds, and the tests run some hundreds of commands. What starts in earnest (the wheel, the daemon,
the web pages, runs that are killed) is started in earnest by its own tests.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_LONGEST = 1 << 18  # bytes of one request: arguments and environment


class Nursery:
    """The process that forks; one command at a time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
                start_new_session=True,
            )
        self._socket = ours

    def run(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout_s: float
    ) -> subprocess.CompletedProcess[str]:
        """What `subprocess.run` gives. Raises TimeoutError; the nursery is of no use after that."""
        request = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}).encode()
        assert len(request) < _LONGEST
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            self._socket.settimeout(timeout_s)
            socket.send_fds(self._socket, [request], [out.fileno(), err.fileno()])
            code = int(self._socket.recv(16))
            texts = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
        return subprocess.CompletedProcess(["monitor", *arguments], code, *texts)

    def close(self) -> None:
        self._socket.close()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@cache
def nursery() -> Nursery:
    """One for all tests of this process."""
    opened = Nursery()
    atexit.register(opened.close)
    return opened


def _serve(line: socket.socket) -> bool:
    """Fork for each request and tell how it ended. False when there are no more; True in each child."""
    while True:
        request, fds, _, _ = socket.recv_fds(line, _LONGEST, 2)
        if not request:
            return False
        child = os.fork()
        if child == 0:
            line.close()
            _become(json.loads(request), fds)
            return True
        for fd in fds:
            os.close(fd)
        line.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


def _become(job: Mapping[str, object], fds: Sequence[int]) -> None:
    """Folder, environment, arguments and outputs as asked for."""
    arguments, env = job["arguments"], job["env"]
    assert isinstance(arguments, list)
    assert isinstance(env, dict)
    os.chdir(str(job["cwd"]))
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["monitor", *arguments]
    for number, fd in enumerate(fds, 1):
        os.dup2(fd, number)
        os.close(fd)


if __name__ == "__main__":
    import gc

    sys.path[0] = str(Path.cwd())
    import click

    from monitor.cli import cli, main

    context = click.Context(cli)
    for command in cli.list_commands(context):
        cli.get_command(context, command)  # is imported, before anybody waits for it
    gc.freeze()
    if _serve(socket.socket(fileno=int(sys.argv[1]))):
        main()
