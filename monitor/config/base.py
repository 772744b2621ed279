"""What every section of feeds.yaml is made of."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """Base of every section: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, use_attribute_docstrings=True)


def _check_server_url(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"'{url}' is no http(s) address of a server; write for example http://127.0.0.1:5000")
    if parts.username or parts.password:
        raise ValueError("a user name or password does not belong into feeds.yaml; use api_key_env")
    return url.rstrip("/")


ServerUrl = Annotated[str, AfterValidator(_check_server_url)]
