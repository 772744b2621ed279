"""Where pure work functions run: here, in threads, in processes, or on a Dask cluster, behind the `Executor` seam.

`local` has what needs this machine alone, `cluster` the way to `dask`, `errand` what a worker there is sent.
"""

from monitor.executors.cluster import Cluster, open_cluster
from monitor.executors.local import (
    ProcessExecutor,
    SerialExecutor,
    ThreadExecutor,
    default_workers,
    give_back,
    open_executor,
    settled_heap,
)

__all__ = [
    "Cluster",
    "ProcessExecutor",
    "SerialExecutor",
    "ThreadExecutor",
    "default_workers",
    "give_back",
    "open_cluster",
    "open_executor",
    "settled_heap",
]
