"""The part `executor` of feeds.yaml: what does not go together is refused with a remedy."""

import pytest
from pydantic import ValidationError

from monitor.config import ExecutorConfig

FILES = {"ca_file": "ca.pem", "cert_file": "cert.pem", "key_file": "key.pem"}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"kind": "processes", "workers": 2},
        {"kind": "threads"},
        {"kind": "dask", "address": "tcp://127.0.0.1:8786"},
        {"kind": "dask", "address": "tls://scheduler.example.org:8786", **FILES},
    ],
)
def test_what_fits_is_taken(options: dict[str, object]) -> None:
    assert ExecutorConfig.model_validate(options).kind == options.get("kind", "auto")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"kind": "dask"}, "needs the address of a scheduler; write"),
        ({"address": "tcp://127.0.0.1:8786"}, "address is for kind dask; remove it"),
        ({"kind": "dask", "address": "tcp://127.0.0.1:8786", "workers": 2}, "workers is for kind threads"),
        ({"workers": 2}, "workers is for kind threads"),
        ({"kind": "dask", "address": "127.0.0.1:8786"}, "is no tcp or tls address; write"),
        ({"kind": "dask", "address": "tls://s.example.org:8786"}, "there is no ca_file"),
        ({"kind": "dask", "address": "tls://s.example.org:8786", **FILES, "key_file": ""}, "there is no key_file"),
        ({"kind": "dask", "address": "tcp://s.example.org:8786", **FILES}, "write tls:// in place of tcp://"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_remedy(options: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ExecutorConfig.model_validate(options)


@pytest.mark.parametrize(
    ("address", "is_open"),
    [("tcp://127.0.0.1:8786", False), ("tcp://scheduler.example.org:8786", True), ("", False)],
)
def test_a_plain_connection_to_another_machine_is_open(address: str, is_open: bool) -> None:
    options = {"kind": "dask", "address": address} if address else {}
    assert ExecutorConfig.model_validate(options).is_open is is_open
