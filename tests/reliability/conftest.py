"""One set of feeds and one run that nobody killed, for all tests of a process."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from monitor.demo.server import SampleServer
from tests.nursery import nursery
from tests.reliability.newsroom import Newsroom, feeds_of_today, kinds, open_newsroom
from tests.reliability.victims import Moment

Open = Callable[..., AbstractContextManager[Newsroom]]


@dataclass(frozen=True)
class Clean:
    """What a run that lives comes to, and the stories and reports that it shows."""

    moments: tuple[Moment, ...]  # the first of each kind
    shown: object
    copies: int


@pytest.fixture(scope="session")
def feeds() -> Iterator[SampleServer]:
    with feeds_of_today() as server:
        yield server


@pytest.fixture
def newsroom(tmp_path: Path, feeds: SampleServer) -> Open:
    """Opens a newsroom in the test's folder; what `open_newsroom` takes may be given."""
    return partial(open_newsroom, tmp_path, nursery(), feeds)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory, feeds: SampleServer) -> Clean:
    with open_newsroom(tmp_path_factory.mktemp("clean"), nursery(), feeds) as room:
        moments = kinds(room.run().moments())
        room.finish(again=False)
        assert room.problems == []
        return Clean(tuple(moments), room.shown(), len(room.office.messages) - len(room.people))
