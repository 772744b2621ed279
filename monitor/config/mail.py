"""The section `mail` of feeds.yaml: how the digest leaves, and where it is returned to (`bounces.py`).

The two sections look alike, but each says of its own server what the same key means there: they share no fields.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from monitor.config.base import AddressOrNone, PageUrl, Section, split_sender
from monitor.config.bounces import BouncesConfig
from monitor.config.dkim import DkimConfig


def _check_sender(sender: str) -> str:
    split_sender(sender)
    return sender


Sender = Annotated[str, AfterValidator(_check_sender)]


class MailConfig(Section):
    """How the digest is mailed. Leave out host and folder to only write the archive."""

    sender: Sender = "Border Monitor <digest@localhost>"
    """From: address, with or without a name."""
    transport: Literal["smtp", "files", "maildir"] = "smtp"
    """smtp: to the server `host`; files: into `folder` as .eml files, to try things out; maildir: into the Maildir
    `folder`."""
    folder: str = ""
    """Where mails go by files and maildir; relative to feeds.yaml."""
    host: str = ""
    """SMTP server; empty: no mail is sent, the archive is written."""
    port: int = Field(default=587, ge=1, le=65535)
    """587 for starttls, 465 for tls, 25 or 1025 for none."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted. Certificates are always checked."""
    username: str = ""
    """Login; empty: none."""
    password_env: str = "MONITOR_SMTP_PASSWORD"  # noqa: S105 - a variable's name
    """Environment variable that holds the password."""
    password_file: str = ""
    """File that holds the password (wins over password_env), for example /run/secrets/smtp."""
    ca_file: str = ""
    """Additional CA certificate (PEM) for a private mail server; relative to feeds.yaml."""
    auth: Literal["login", "xoauth2"] = "login"
    """login: the password is a password; xoauth2: it is an OAuth2 access token, as Google and Microsoft want it."""
    timeout_s: float = Field(default=30, gt=0)
    """Seconds to wait for the server; the reply after the message may take 10 minutes."""
    connections: int = Field(default=4, ge=1, le=32)
    """Connections at a time, at most; a second one is opened for more than eight messages."""
    deliver_hours: float = Field(default=20, gt=0, le=24 * 14)
    """Hours for which a message is tried again; later it is no news, and is given up."""
    base_url: PageUrl = ""
    """Public https address of the digests folder, for links from the mail to the archive."""
    unsubscribe: AddressOrNone = ""
    """Address for "mailto:" unsubscription; empty: the sender's address."""
    bounces: BouncesConfig | None = None
    """The mailbox of mails that could not be delivered; leave it out if nobody reads them."""
    dkim: tuple[DkimConfig, ...] = ()
    """Keys that mails are signed with, one signature each; empty: the mail server signs, or nobody does."""

    @property
    def sender_name(self) -> str:
        return split_sender(self.sender)[0]

    @property
    def sender_address(self) -> str:
        return split_sender(self.sender)[1]

    @model_validator(mode="after")
    def _signatures_are_the_senders(self) -> Self:
        for key in self.dkim:
            key.domain_for(self.sender_address.rpartition("@")[2])
        return self

    @model_validator(mode="after")
    def _a_folder_where_one_is_needed(self) -> Self:
        if self.transport != "smtp" and not self.folder:
            raise ValueError(f"transport '{self.transport}' needs a folder; write for example folder: outgoing")
        if self.transport == "smtp" and self.folder:
            raise ValueError("folder is for the transports files and maildir; remove it, or choose one of them")
        return self

    @model_validator(mode="after")
    def _login_needs_encryption(self) -> Self:
        if self.username and self.security == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a login over an unencrypted connection would show the password; use security: starttls")
        return self
