"""What takes how long, as spans: a run, its stages, each feed that is asked. Kept only where somebody wants them.

Without a `Tracing` (`monitor.telemetry.otel` has one) nothing is measured and nothing is imported.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol

Value = str | int | float | bool


class Tracing(Protocol):
    """Takes spans; one that is begun while another one lasts is part of it."""

    def span(self, name: str, attributes: dict[str, Value]) -> AbstractContextManager[None]:
        """Lasts as long as the block; an exception that leaves it is noted."""

    def past_span(self, name: str, seconds: float, attributes: dict[str, Value], error: str) -> None:
        """One that has just ended; `error` says what failed, "" if nothing."""


_TRACING: ContextVar[Tracing | None] = ContextVar("tracing", default=None)


@contextmanager
def traced_by(tracing: Tracing | None) -> Iterator[None]:
    """Spans of this thread, and of tasks that it begins, are taken by `tracing`."""
    token = _TRACING.set(tracing)
    try:
        yield
    finally:
        _TRACING.reset(token)


@contextmanager
def span(name: str, **attributes: Value) -> Iterator[None]:
    """The block as a span. Names are few; what differs from run to run is an attribute."""
    tracing = _TRACING.get()
    if tracing is None:
        yield
    else:
        with tracing.span(name, attributes):
            yield


def past_span(name: str, *, seconds: float, error: str = "", **attributes: Value) -> None:
    """A span of what took `seconds` until now."""
    if tracing := _TRACING.get():
        tracing.past_span(name, seconds, attributes, error)
