"""Where the spans of a run go: to the collector that the environment or feeds.yaml names, if there is one."""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from monitor.config import Config
from monitor.errors import ConfigError, Problem
from monitor.telemetry import Event, tell
from monitor.telemetry.spans import traced_by

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_INSTALL = "pip install 'border-monitor[otel]'"


@contextmanager
def traced(config: Config, environ: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Spans of the block go to the collector, if one is wanted.

    Raises ConfigError where feeds.yaml names one and the extra is not installed; a variable, which may be set for other
    programs, is passed over then.
    """
    named_by_environment = any(environ.get(name) for name in _ENDPOINTS)
    disabled = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if disabled or not (named_by_environment or config.operations.otlp_endpoint):
        yield
        return
    try:
        from monitor.telemetry.otel import OtelTracing, open_exporter  # noqa: PLC0415 - an extra
    except ImportError as exc:
        if not named_by_environment:
            where = "operations.otlp_endpoint"
            raise ConfigError(Problem(str(config.path), where, "OpenTelemetry is not installed", _INSTALL)) from exc
        tell(Event("notice", "warning", {"text": f"no traces: OpenTelemetry is not installed; {_INSTALL}"}))
        yield
        return
    exporter = open_exporter("" if named_by_environment else config.operations.otlp_endpoint)
    with closing(OtelTracing(exporter)) as tracing, traced_by(tracing):
        yield
