"""The health check hears of success and failure, and can do a run no harm."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.schedule import ping


@contextmanager
def server(answer: bytes, *, drip: bool = False) -> Iterator[tuple[str, list[str]]]:
    """A server that gives this answer, and with `drip` bytes without an end; its address and what was asked of it."""
    asked: list[str] = []
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(65536).decode().splitlines()[0])
                connection.sendall(answer)
                while drip and not ended.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/ping/3f0c", asked
        finally:
            ended.set()
            thread.join(10)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


@pytest.mark.parametrize(("failed", "path"), [(False, "/ping/3f0c"), (True, "/ping/3f0c/fail")])
def test_success_calls_the_address_and_failure_the_one_below_it(failed: bool, path: str) -> None:
    with server(OK) as (url, asked):
        assert ping(url, failed=failed) == ""
    assert asked == [f"GET {path} HTTP/1.1"]


def test_a_query_stays_behind_the_path() -> None:
    with server(OK) as (url, asked):
        assert ping(f"{url}/?rid=7", failed=True) == ""
    assert asked == ["GET /ping/3f0c/fail?rid=7 HTTP/1.1"]


def test_a_refusal_is_said_by_its_number() -> None:
    with server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as (url, _):
        assert ping(url, failed=False) == "the health check answered 404"


def test_a_server_that_drips_its_answer_for_ever_is_given_up_and_the_secret_address_is_not_told() -> None:
    with server(b"HTTP/1.1 200 OK\r\nX-Slow: ", drip=True) as (url, _):
        problem = ping(url, failed=False, timeout_s=0.3)
        assert problem == "the health check did not answer within 0.3 s"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/secret", "http://[::secret/", "secret", "ftp://secret/"])
def test_an_address_that_cannot_be_called_is_said_without_telling_it(url: str) -> None:
    problem = ping(url, failed=True)
    assert "the health check cannot be reached" in problem
    assert "secret" not in problem
