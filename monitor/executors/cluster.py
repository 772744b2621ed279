"""Where a cluster is, and the way to it: what can be said without Dask being installed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.executors.dask import DaskExecutor


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the scheduler is and how it is reached: tcp://host:8786, or tls://host:8786 with three PEM files."""

    address: str
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    timeout_s: float = 30.0  # for the scheduler to answer, and for a worker to be there


def open_cluster(cluster: Cluster) -> "DaskExecutor":
    """Its executor, not connected yet. MonitorError, with the remedy, when Dask is not installed here."""
    try:
        from monitor.executors.dask import DaskExecutor  # noqa: PLC0415 - an extra, and half a second
    except ImportError as exc:
        raise MonitorError(f"executor: Dask cannot be used ({exc}) → pip install 'border-monitor[dask]'") from exc
    return DaskExecutor(cluster)
