"""The section `mail.bounces` of feeds.yaml: where mail comes back that could not be delivered."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from monitor.config.base import Address, Section

# Printable ASCII that needs no escaping between quotes: what every IMAP server takes as it is.
MailboxName = Annotated[str, Field(pattern=r"^[ !#-\[\]-~]{0,200}$")]


class BouncesConfig(Section):
    """The mailbox that `monitor bounces` reads: a folder on this machine, or an IMAP server. One of its own is best."""

    address: Address | None = None
    """Where mail is returned to (the envelope's sender, SPF looks at it); empty: the sender's address."""
    folder: str = ""
    """Maildir, or mbox file, on this machine; relative to feeds.yaml. Empty: the IMAP server."""
    host: str = ""
    """IMAP server."""
    port: int = Field(default=993, ge=1, le=65535)
    """993 for tls, 143 for starttls and none."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """How the connection is encrypted. Certificates are always checked."""
    username: str = ""
    """Login of the IMAP server."""
    password_env: str = "MONITOR_BOUNCES_PASSWORD"  # noqa: S105 - a variable's name
    """Environment variable that holds the password."""
    password_file: str = ""
    """File that holds the password (wins over password_env); relative to feeds.yaml."""
    ca_file: str = ""
    """Additional CA certificate (PEM) for a private server; relative to feeds.yaml."""
    auth: Literal["login", "xoauth2"] = "login"
    """login: the password is a password; xoauth2: it is an OAuth2 access token."""
    mailbox: MailboxName = "INBOX"
    """Name of the mailbox on the server, in ASCII."""
    move_to: MailboxName = ""
    """Mailbox on the server that bounces are moved to when they are done; empty: they are marked as read."""
    timeout_s: float = Field(default=30, gt=0, le=600)
    """Seconds to wait for the server."""
    max_age_days: int = Field(default=30, ge=1, le=365)
    """A bounce of a mail that is older takes nobody off a list."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.folder) == bool(self.host):
            raise ValueError("name either a folder (Maildir or mbox) or an IMAP host")
        if self.host and not (self.username and self.mailbox):
            raise ValueError("an IMAP server wants a username and the name of a mailbox; add them")
        if self.security == "none" and self.host not in ("", "localhost", "127.0.0.1", "::1"):
            raise ValueError("an unencrypted login would show the password; use security: tls")
        return self
