"""The part `executor` of feeds.yaml: where batches are parsed, judged, translated and embedded."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from monitor.config.base import Section

_OF_A_CLUSTER = ("address", "ca_file", "cert_file", "key_file")
_TLS_FILES = _OF_A_CLUSTER[1:]


class ExecutorConfig(Section):
    """Where the work is done. The results are the same everywhere."""

    kind: Literal["auto", "threads", "processes", "dask"] = "auto"
    """auto: in this process, in others when there is much of it; threads or processes: always in those; dask: on the
    workers of a Dask cluster."""
    workers: int | None = Field(default=None, ge=1, le=64)
    """Threads or processes; empty: one for each processor, at most four."""
    address: str = ""
    """dask: the scheduler's address, for example tls://scheduler.example.org:8786."""
    ca_file: str = ""
    """dask: certificate (PEM) of who signed those of scheduler and workers; relative to feeds.yaml."""
    cert_file: str = ""
    """dask: this machine's own certificate (PEM)."""
    key_file: str = ""
    """dask: the key of that certificate (PEM)."""
    timeout_s: float = Field(default=30, gt=0, le=3600)
    """dask: seconds to wait for the scheduler, and for a worker when there is none."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "dask" and not self.address:
            raise ValueError("kind dask needs the address of a scheduler; write for example tcp://127.0.0.1:8786")
        given = [name for name in _OF_A_CLUSTER if getattr(self, name)]
        if self.kind != "dask" and given:
            raise ValueError(f"{given[0]} is for kind dask; remove it, or choose that")
        if self.kind not in ("threads", "processes") and self.workers:
            raise ValueError("workers is for kind threads and processes; remove it, or choose one of them")
        return self

    @model_validator(mode="after")
    def _address_and_certificates_agree(self) -> Self:
        parts = urlsplit(self.address)
        if self.address and (parts.scheme not in ("tcp", "tls") or not parts.hostname):
            raise ValueError(f"'{self.address}' is no tcp or tls address; write for example tcp://127.0.0.1:8786")
        missing = [name for name in _TLS_FILES if not getattr(self, name)]
        if parts.scheme == "tls" and missing:
            raise ValueError(f"a tls address needs {', '.join(_TLS_FILES)}; there is no {missing[0]}")
        if parts.scheme != "tls" and len(missing) < len(_TLS_FILES):
            raise ValueError("certificates are for a tls address; write tls:// in place of tcp://")
        return self

    @property
    def is_open(self) -> bool:
        """Whether others on the network can run code on the cluster, and read what is sent there."""
        parts = urlsplit(self.address)
        return parts.scheme == "tcp" and parts.hostname not in ("localhost", "127.0.0.1", "::1")
