"""The list `mail.dkim` of feeds.yaml: keys that mails are signed with."""

import re
from typing import Annotated

from pydantic import AfterValidator

from monitor.config.base import Section

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


def _check_selector(selector: str) -> str:
    if not _SELECTOR.fullmatch(selector.lower()) or len(selector) > 100:
        raise ValueError(f"'{selector}' is no selector; write letters, digits, - and dots, for example monitor2026")
    return selector.lower()


def _check_domain(domain: str) -> str:
    """In ASCII (IDNA); "" stays empty."""
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = "-"
    if domain and not _DOMAIN.fullmatch(ascii_domain):
        raise ValueError(f"'{domain}' is no domain; write for example example.org, or leave it out")
    return ascii_domain if domain else ""


class DkimConfig(Section):
    """A key that every mail is signed with (DKIM); `monitor check` prints the DNS record that belongs to it."""

    selector: Annotated[str, AfterValidator(_check_selector)]
    """Name of the key: its record is SELECTOR._domainkey.DOMAIN. A new key gets a new one."""
    domain: Annotated[str, AfterValidator(_check_domain)] = ""
    """Signing domain: the sender's, or one above it; empty: the sender's."""
    key_env: str = "MONITOR_DKIM_KEY"
    """Environment variable that holds the private key (PEM)."""
    key_file: str = ""
    """File that holds the private key (wins over key_env); relative to feeds.yaml, not readable by everybody."""

    def domain_for(self, sender_domain: str) -> str:
        """The domain that signs mails from `sender_domain`. ValueError ("problem; remedy") where none of them would
        count as the sender's (RFC 7489, 3.1.1; that a sibling domain may sign, too, is not known here)."""
        own = sender_domain.encode("idna").decode("ascii").lower()
        domain = self.domain or own
        if "." not in domain:
            raise ValueError(f"dkim: no one can verify a signature of '{domain}'; write a public address into sender")
        if own != domain and not own.endswith(f".{domain}"):
            remedy = f"use {own} or a domain above it, or leave domain out"
            raise ValueError(f"dkim: '{domain}' is not the sender's domain ({own}); {remedy}")
        return domain
