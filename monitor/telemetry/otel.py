"""Spans for an OpenTelemetry collector, by OTLP over HTTP (the extra `otel`).

OpenTelemetry's own variables hold: OTEL_EXPORTER_OTLP_ENDPOINT, …_HEADERS, …_CERTIFICATE, OTEL_SERVICE_NAME,
OTEL_TRACES_SAMPLER. A collector that is away costs a run a few seconds at its end, one line, and nothing else.
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status, StatusCode

from monitor import __version__
from monitor.telemetry.spans import Value

_log = logging.getLogger(__name__)
_PATIENCE_S = 5  # for the collector, at the end of a run
_PREFIX = "border_monitor."


class OtelTracing:
    """Hands spans over in the background; `close` hands over the last ones."""

    def __init__(self, exporter: SpanExporter) -> None:
        name = os.environ.get("OTEL_SERVICE_NAME") or "border-monitor"
        resource = Resource.create({SERVICE_NAME: name, SERVICE_VERSION: __version__})
        self._exporter = _Counted(exporter)
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter, export_timeout_millis=_PATIENCE_S * 1000))
        self._tracer = self._provider.get_tracer("border-monitor", __version__)

    @contextmanager
    def span(self, name: str, attributes: dict[str, Value]) -> Iterator[None]:
        with self._tracer.start_as_current_span(name, attributes=_named(attributes)):
            yield

    def past_span(self, name: str, seconds: float, attributes: dict[str, Value], error: str) -> None:
        ended_ns = time.time_ns()
        started_ns = ended_ns - round(seconds * 1e9)
        made = self._tracer.start_span(name, attributes=_named(attributes), start_time=started_ns)
        if error:
            made.set_status(Status(StatusCode.ERROR, error))
        made.end(ended_ns)

    def close(self) -> None:
        self._provider.shutdown()
        if self._exporter.lost:
            _log.warning("the collector did not take %d spans of this run", self._exporter.lost)


class _Counted(SpanExporter):
    """Counts what was not taken; the exporter would say so in several lines for each try."""

    def __init__(self, exporter: SpanExporter) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._exporter = exporter
        self.lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        self.lost += 0 if result is SpanExportResult.SUCCESS else len(spans)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def open_exporter(endpoint: str) -> SpanExporter:
    """To a collector's address ("http://127.0.0.1:4318"); "": to the one that the environment names."""
    return OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces" if endpoint else None, timeout=_PATIENCE_S)


def _named(attributes: Mapping[str, Value]) -> dict[str, Value]:
    return {_PREFIX + key: value for key, value in attributes.items()}
