"""The section `web` of feeds.yaml: the pages of `monitor web`, and how a recipient leaves by one click."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from monitor.config.base import Section, ServerUrl

_HOST = re.compile(r"\[?[0-9a-z:.-]+\]?", re.IGNORECASE)


def _check_public_url(url: str) -> str:
    """Empty, or https: a one-click address in a mail must not be http, and a token must not travel in the clear."""
    if url and urlsplit(url).scheme != "https":
        raise ValueError(f"'{url}' is no https address; put a proxy with a certificate in front of `monitor web`")
    return url


def _check_host(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise ValueError(f"'{host}' is no host name; write for example monitor.example.org")
    return host.lower()


PublicUrl = Annotated[ServerUrl, AfterValidator(_check_public_url)]
HostName = Annotated[str, AfterValidator(_check_host)]


class WebConfig(Section):
    """The web pages: archive, search, stories, unsubscription."""

    host: HostName = "127.0.0.1"
    """Address to listen on; 127.0.0.1: this machine only. Set a token before you listen elsewhere."""
    port: int = Field(default=8650, ge=0, le=65535)
    """Port to listen on; 0: any free one."""
    base_url: PublicUrl = ""
    """Public https address of these pages, for links in the mail and one-click unsubscription; empty: none."""
    hosts: tuple[HostName, ...] = ()
    """Other names under which the pages may be asked for, besides those of base_url and of this machine."""
    token_env: str = "MONITOR_WEB_TOKEN"  # noqa: S105 - a variable's name
    """Environment variable that holds the token readers need; not set: everybody who can connect may read."""
    token_file: str = ""
    """File that holds the token (wins over token_env)."""
    secret_env: str = "MONITOR_UNSUBSCRIBE_SECRET"  # noqa: S105 - a variable's name
    """Environment variable with the secret that signs the unsubscribe addresses; never change it without need."""
    secret_file: str = ""
    """File that holds this secret (wins over secret_env); readable by its owner only."""
