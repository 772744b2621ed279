"""What every section of feeds.yaml is made of."""

import re
import unicodedata
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

_LOCAL = r"[\w!#$%&'*+/=?^`{|}~.-]+"  # RFC 5321, 4.1.2, Dot-string, and RFC 6531: letters of any script
_DOMAIN = r"[^@\s<>,;:()\[\]\\\"]+"
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}\.[^@\s<>,;:()\[\]\\\".]+|{_LOCAL}@localhost")
_SENDER = re.compile(r'(?:"(?P<quoted>[^<>"]*)"|(?P<name>[^<>"]*?)) *<(?P<address>[^<>"]*)>|(?P<bare>[^<>"]*)')
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SLUG_CHARS = 64  # a List-Id is made of it, which has 255 at most (RFC 2919, 2)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")


class Section(BaseModel):
    """Base of every section: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, use_attribute_docstrings=True)


def _check_server_url(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    if parts.username or parts.password:  # before anything that shows the address
        raise ValueError(
            "a user name or password does not belong into feeds.yaml; use api_key_env, for a collector"
            " $OTEL_EXPORTER_OTLP_HEADERS"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"'{url}' is no http(s) address of a server; write for example http://127.0.0.1:5000")
    return url.rstrip("/")


ServerUrl = Annotated[str, AfterValidator(_check_server_url)]


def check_address(address: str) -> str:
    """The address, if mail can be sent to it. Raises ValueError with "problem; remedy" otherwise."""
    if any(unicodedata.category(char) == "Cf" for char in address):  # as copied from a page or a mail
        raise ValueError(f"{address!a} has a character that cannot be seen; type the address anew")
    if not _ADDRESS.fullmatch(address) or "=?" in address:
        raise ValueError(f"'{address}' is no e-mail address; write for example analyst@example.org")
    try:
        address.rpartition("@")[2].encode("idna")
    except UnicodeError:
        raise ValueError(f"'{address}' has a domain that cannot exist; correct what follows the @") from None
    return address


def _check_address_if_any(address: str) -> str:
    return address and check_address(address)


def _check_page_url(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise ValueError(f"'{url}' is no http(s) address; write for example https://digests.example.org")
    return url


def split_sender(sender: str) -> tuple[str, str]:
    """The name, "" where there is none, and the address of `Name <address>`. ValueError ("problem; remedy") if none."""
    found = _SENDER.fullmatch(sender.strip())
    if not found or _CONTROLS.search(sender):
        raise ValueError(f"'{sender}' is no sender; write for example Border Monitor <digest@example.org>")
    name = found["quoted"] or found["name"] or ""
    return name, check_address(found["address"] or found["bare"] or "")


def _check_slug(slug: str) -> str:
    if len(slug) > _SLUG_CHARS:
        raise ValueError(f"'{slug[:20]}…' is longer than {_SLUG_CHARS}; shorten it")
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"'{slug}' may only have a-z, 0-9, - and _, for example border-report")
    return slug


Address = Annotated[str, AfterValidator(check_address)]
AddressOrNone = Annotated[str, AfterValidator(_check_address_if_any)]
PageUrl = Annotated[str, AfterValidator(_check_page_url)]
Slug = Annotated[str, AfterValidator(_check_slug)]
