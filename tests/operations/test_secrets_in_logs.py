"""No secret is in a log, in the numbers for Prometheus or in a trace, whatever goes well or wrong."""

import json
from collections.abc import Iterator

import pytest

from tests.app.conftest import desk
from tests.delivery.conftest import authority, ca_file, serve
from tests.deploy.test_secrets import MARKS, Office, end, leaks, lines_until, office, start
from tests.operations.test_traces import Collector

__all__ = ["authority", "ca_file", "desk", "office", "serve"]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector().open() as opened:
        yield opened


def test_a_run_that_goes_well_and_one_that_fails_log_no_secret(office: Office, collector: Collector) -> None:
    """Everything is on: a JSON log, a metrics file, a collector that wants a key."""
    key = "mark-of-the-collector-7Qx"
    office.marks += (key,)
    office.environ |= {
        "MONITOR_LOG_FORMAT": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{key}",
    }
    office.desk.document["operations"] = {"metrics_file": "monitor.prom"}
    office.desk.write()
    done = office.run("run", "--ping")
    assert done.returncode in (0, 3)
    assert all(json.loads(line) for line in done.stderr.splitlines())
    office.server.script.login = ("digest", "another one")
    assert office.run("run", "--since", "24h").returncode == 1
    assert MARKS["MONITOR_SMTP_PASSWORD"] in office.server.passwords, "it was shown to the server alone"
    office.desk.document["mail"]["port"] = 9
    office.desk.write()
    assert office.run("run", "--since", "48h").returncode == 1
    assert (office.desk.folder / "monitor.prom").exists()
    assert office.leaks() == []
    spans = b"".join(one.SerializeToString() for one in collector.spans)
    assert spans
    assert leaks("spans", spans, office.marks) == []


@pytest.mark.parametrize("form", ["console", "json"])
def test_the_daemon_logs_no_secret_of_a_digest_that_failed(office: Office, form: str) -> None:
    """The archive is in the way; the mail server refuses its password."""
    office.environ["MONITOR_LOG_FORMAT"] = form
    office.server.script.login = ("digest", "another one")
    (office.desk.folder / "digests").write_text("in the way", encoding="utf-8")
    daemon = start(office, "schedule")
    said = lines_until(daemon, "digest of .* failed")
    office.said.append(("schedule", "".join(said + end(daemon))))
    assert office.leaks() == []
