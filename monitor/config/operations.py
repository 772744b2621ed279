"""The section `operations` of feeds.yaml: what is told to those who run the program, and where."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from monitor.config.base import Section, ServerUrl


def _check_metrics_file(name: str) -> str:
    if name and not name.endswith(".prom"):
        raise ValueError(f"'{name}' does not end in .prom; node_exporter reads no other files")
    return name


class OperationsConfig(Section):
    """Log, metrics and traces (docs/operations.md)."""

    log_format: Literal["", "console", "json"] = ""
    """One line per feed, stage, edition and failure on standard error: console (for people) or json; empty: no
    log, commands say what they do in lines for people. --log-format and $MONITOR_LOG_FORMAT win."""
    metrics_file: Annotated[str, AfterValidator(_check_metrics_file)] = ""
    """File that gets the numbers for Prometheus after each run, for node_exporter's textfile collector; relative to
    feeds.yaml. `monitor web` serves the same numbers at /metrics."""
    otlp_endpoint: ServerUrl = ""
    """OpenTelemetry collector (OTLP over HTTP) that gets a trace of each run, http://127.0.0.1:4318; needs
    pip install 'border-monitor[otel]'. $OTEL_EXPORTER_OTLP_ENDPOINT wins."""
