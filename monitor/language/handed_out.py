"""An engine whose work is done by an executor's workers, with all that is done before and after it.

What comes back is what this process would have made: a worker that would make something else raises EngineError.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TypeVar

from monitor.language.attempt import Wanted, Way
from monitor.language.work import Job, attempt_batch, translate_batch
from monitor.protocols import Executor
from monitor.records import Lang, Translation

T = TypeVar("T")
R = TypeVar("R")
_AT_ONCE = 32  # texts: one or two seconds of a worker


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A Translator of that name, and a whole attempt; `job` says how the workers build it."""

    name: str
    executor: Executor
    job: Callable[[Way], Job]

    def attempt(self, items: Sequence[Wanted], way: Way) -> list[Translation]:
        """One judged translation per item, in order."""
        return list(self._map(partial(attempt_batch, self.job(way)), items))

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """What the engine alone makes of the texts."""
        return list(self._map(partial(translate_batch, self.job(Way(self)), source, target), texts))

    def close(self) -> None:
        """The workers keep what they have built: for the next run."""

    def _map(self, work: Callable[[Sequence[T]], list[R]], items: Sequence[T]) -> Iterator[R]:
        batches = (tuple(items[start : start + _AT_ONCE]) for start in range(0, len(items), _AT_ONCE))
        return chain.from_iterable(self.executor.map(work, batches))
