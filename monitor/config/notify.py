"""The section `notify` of feeds.yaml: chat channels that are told when a digest is out, or when a run failed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from monitor.config.base import Section
from monitor.records import Lang

Occasion = Literal["digest", "failure"]


class ChannelConfig(Section):
    """One chat channel, by the name of the secret that holds its Apprise address (slack://…, tgram://…, json://…)."""

    url_env: str = ""
    """Environment variable that holds the address; several are separated by blanks."""
    url_file: str = ""
    """File that holds the address (wins over url_env); relative to feeds.yaml."""
    profiles: tuple[str, ...] = ()
    """Profiles whose digests are told of; empty: all."""
    events: Annotated[tuple[Occasion, ...], Field(min_length=1)] = ("digest", "failure")
    """digest: one is out; failure: a run failed."""
    language: Lang = "en"
    """Language in which a failure is told; a digest is told of in its own."""

    @model_validator(mode="after")
    def _address_is_somewhere(self) -> Self:
        if not (self.url_env or self.url_file):
            raise ValueError("there is no address; name a variable in url_env, or a url_file")
        if "://" in self.url_env:
            raise ValueError("an address is a secret; put it into a variable and name that in url_env")
        return self

    @property
    def name(self) -> str:
        """What people and the ledger call it; never the address."""
        return self.url_file or f"${self.url_env}"
