"""Traces: a span for the run, each stage and each feed, as a collector gets them; without one nothing differs."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from monitor.telemetry.spans import past_span, span
from tests.app.conftest import Desk

HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
"""


class Collector:
    """Takes traces by OTLP over HTTP on a port of loopback, as a collector does."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.headers: list[dict[str, str]] = []
        self.services: set[str] = set()
        self.spans: list[Span] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.take(self.path, dict(self.headers), body)
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        assert path == "/v1/traces"
        self.headers.append(headers)
        plain = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        for resource in ExportTraceServiceRequest.FromString(plain).resource_spans:
            names = (a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
            self.services.update(names)
            self.spans += (one for scope in resource.scope_spans for one in scope.spans)

    @contextmanager
    def open(self) -> Iterator["Collector"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def named(self, name: str) -> list[Span]:
        return [one for one in self.spans if one.name == name]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector().open() as opened:
        yield opened


def attributes(one: Span) -> dict[str, object]:
    kinds = {a.key: a.value.WhichOneof("value") for a in one.attributes}
    return {a.key.removeprefix("border_monitor."): getattr(a.value, str(kinds[a.key])) for a in one.attributes}


def test_a_run_is_one_trace_of_its_stages_and_feeds(desk: Desk, collector: Collector) -> None:
    desk.document["feeds"][0]["url"] = "http://127.0.0.1:9/feed"
    dead = desk.document["feeds"][0]["id"]
    desk.document["operations"] = {"otlp_endpoint": collector.url}
    desk.write()
    report = desk.report("run")
    assert collector.services == {"border-monitor"}
    assert len({one.trace_id for one in collector.spans}) == 1
    (run,) = collector.named("run")
    assert attributes(run) == {"run_id": report["run_id"]}
    stages = [one for one in collector.spans if one.parent_span_id == run.span_id]
    assert [one.name for one in stages] == [stage["name"] for stage in report["stages"]]
    for one, told in zip(stages, report["stages"], strict=True):
        seconds = (one.end_time_unix_nano - one.start_time_unix_nano) / 1e9
        assert seconds == pytest.approx(told["seconds"], abs=0.25)
        assert attributes(one)["items"] == told["items_in"]
    feeds = {str(attributes(one)["feed"]): one for one in collector.named("feed")}
    assert set(feeds) == {feed["source_id"] for feed in report["feeds"]}
    (fetch,) = collector.named("fetch")
    for name, one in feeds.items():
        assert one.parent_span_id == fetch.span_id
        assert (one.status.code == Status.STATUS_CODE_ERROR) == (name == dead)
    assert feeds[dead].status.message == "connection"


def test_opentelemetrys_own_variables_win(desk: Desk, collector: Collector) -> None:
    desk.document["operations"] = {"otlp_endpoint": "http://127.0.0.1:9"}
    desk.write()
    done = desk.monitor(
        "run", "--json", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_SERVICE_NAME="newsroom",
        OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20mark-of-a-key-7Qx",
    )  # fmt: skip
    assert done.returncode == 0
    assert collector.services == {"newsroom"}
    assert collector.headers[0]["authorization"] == "Bearer mark-of-a-key-7Qx"
    assert "mark-of-a-key-7Qx" not in done.stdout + done.stderr


def test_a_collector_that_is_away_costs_one_line_and_no_digest(desk: Desk) -> None:
    desk.document["operations"] = {"otlp_endpoint": "http://127.0.0.1:9"}
    desk.write()
    done = desk.monitor("run", "--json")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("the collector did not take ")
    assert len(desk.mailbox.messages_to("desk@newsroom.example")) == 1


def test_a_collector_that_refuses_is_told_of_likewise(desk: Desk) -> None:
    with Collector(status=400).open() as refusing:
        desk.document["operations"] = {"otlp_endpoint": refusing.url}
        desk.write()
        done = desk.monitor("run", "--json")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert "the collector did not take" in done.stderr


def test_without_a_collector_nothing_of_opentelemetry_is_imported(desk: Desk) -> None:
    desk.write()
    code = (
        "import sys; from monitor.cli import cli; sys.argv = ['monitor', 'run', '--json']; "
        "import contextlib\nwith contextlib.suppress(SystemExit): cli()\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'opentelemetry', 'structlog'}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk.folder, capture_output=True, text=True, check=False, timeout=90
    )
    assert done.stderr.splitlines() == ["[]"], done.stderr


@pytest.mark.parametrize(("how", "code"), [("variable", 0), ("feeds.yaml", 2), ("disabled", 0)])
def test_where_the_extra_is_missing_only_our_own_setting_is_a_mistake(desk: Desk, how: str, code: int) -> None:
    """The variable may be there for other programs."""
    if how != "variable":
        desk.document["operations"] = {"otlp_endpoint": "http://127.0.0.1:9"}
    desk.write()
    environ = {
        "variable": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
        "disabled": {"OTEL_SDK_DISABLED": "true"},
    }
    run = f"{HIDE}\nfrom monitor.cli import main\nsys.argv = ['monitor', 'run']\nmain()"

    done = subprocess.run(
        [sys.executable, "-c", run], cwd=desk.folder, env={**os.environ, **environ.get(how, {})},
        capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert ("border-monitor[otel]" in done.stderr) == (how == "feeds.yaml")


def test_a_span_without_tracing_is_nothing() -> None:
    with span("stage", items=3):
        past_span("feed", seconds=1.0, feed="x")
