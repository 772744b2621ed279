"""Freeze an edition into a message: equal input gives equal bytes, so that a second attempt is the same mail.

Boundaries, Message-ID and Date come from the edition, never from a clock or a random source.
"""

import unicodedata
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote

from monitor.config.mail import MailConfig
from monitor.digest.model import Digest, Links
from monitor.digest.render import header_text
from monitor.records import LANGUAGES, DigestLang, Envelope, RenderedDigest, content_id

_NAME_CHARS = 80
_UNFOLDED = frozenset({"to", "list-unsubscribe", "list-unsubscribe-post", "message-id", "list-id"})
_WORDS_LINE = 76  # with its default, 78, `Header` makes encoded-words of 76: one too many (RFC 2047, 2)
_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_LONGEST_URL = 900  # of a one-click address; it cannot be folded
_LONGEST_WORD = 60
_UNQUOTABLE = str.maketrans("", "", '"\\')
_DASHES = str.maketrans("\u2013\u2014", "--")


class _MailPolicy(EmailPolicy):
    """SMTP line ends, and headers of machine-read tokens as they are.

    The standard library folds a long URL into encoded-words (RFC 2047), which no client decodes in List-Unsubscribe:
    one-click unsubscription would be lost. It folds a subject with a quotation in it so that blanks between its
    encoded-words vanish ("ElNopal"), and a very long word, or a sender's name, into encoded-words that are longer than
    allowed; the older `Header` does neither. And it begins a long From or Subject with an empty line.
    """

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if name.lower() in _UNFOLDED:
            return f"{name}: {self._in_lines(name, str(value))}{self.linesep}"
        if name.lower() == "from":
            (sender,) = value.addresses
            shown = self._in_words(name, sender.display_name) if sender.display_name else ""
            return f"{name}: {shown}{f'<{sender.addr_spec}>' if shown else sender.addr_spec}{self.linesep}"
        if name.lower() == "subject":
            return f"{name}: {self._subject(name, str(value))}{self.linesep}"
        return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]  # a private hook, not in typeshed

    def _in_lines(self, name: str, value: str) -> str:
        """A value as it is; between two addresses a line may end, and must where it were too long."""
        return value if len(name) + len(value) + 2 <= _LONGEST_LINE else value.replace(">, <", f">,{self.linesep} <")

    def _in_words(self, name: str, phrase: str) -> str:
        """A name before an address, quoted or encoded, and what separates them."""
        if phrase.isascii():
            return str(Address(display_name=phrase)).removesuffix("<>")
        return f"{self._encoded(name, phrase)}{self.linesep} "

    def _subject(self, name: str, text: str) -> str:
        if not _folds_at_blanks(text):
            return self._encoded(name, text)
        return Header(text, "us-ascii", maxlinelen=_WORDS_LINE, header_name=name).encode(linesep=self.linesep)

    def _encoded(self, name: str, text: str) -> str:
        return Header(text, "utf-8", maxlinelen=_WORDS_LINE, header_name=name).encode(linesep=self.linesep)


def _folds_at_blanks(text: str) -> bool:
    return text.isascii() and all(len(word) <= _LONGEST_WORD for word in text.split())


_POLICY = _MailPolicy(linesep=SMTP.linesep, cte_type="7bit")


def edition_links(digest: Digest, mail: MailConfig, pages_url: str = "") -> Links:
    """The addresses an edition's footer shows, the same for all its recipients.

    The archive is the folder's page where the folder is public, else the page of `monitor web` at `pages_url`.
    """
    year, month, day = digest.slot.split("-")
    base, pages = mail.base_url.rstrip("/"), pages_url.rstrip("/")
    in_folder = f"{base}/{year}/{month}/{day}-{quote(digest.profile_id)}.html" if base else ""
    on_pages = f"{pages}/editions/{quote(digest.profile_id)}/{digest.slot}" if pages else ""
    return Links(
        archive=in_folder or on_pages,
        archive_path=f"digests/{year}/{month}/{day}-{digest.profile_id}.txt",
        unsubscribe=_mailto(mail, digest.profile_id),
    )


def build_envelope(
    rendered: RenderedDigest, recipient: str, mail: MailConfig, *, list_name: str = "", unsubscribe_url: str = ""
) -> Envelope:
    """The edition as one message to one recipient.

    `unsubscribe_url` is this recipient's own https address (subscription.py): it takes the place of the mailto link
    in the footer and makes one-click unsubscription possible (RFC 8058); one too long for a header line is left out.
    Raises ValueError for a recipient that is no address.
    """
    message = _message(rendered, mail, key=recipient, list_name=list_name)
    message["To"] = _address(recipient)
    one_click = unsubscribe_url if unsubscribe_url.startswith("https://") and _fits(unsubscribe_url) else ""
    targets = [f"<{target}>" for target in (one_click, _mailto(mail, rendered.profile_id)) if target]
    message["List-Unsubscribe"] = ", ".join(targets)
    if one_click:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _fill(message, rendered, unsubscribe=(_mailto(mail, rendered.profile_id), one_click))
    return Envelope(
        edition=rendered.edition,
        recipient=recipient,
        message_id=str(message["Message-ID"]),
        sender=_return_to(mail).addr_spec,
        message=_as_bytes(message),
    )


def archive_message(rendered: RenderedDigest, mail: MailConfig, *, list_name: str = "") -> bytes:
    """The edition as a message to nobody in particular: the archive's .eml."""
    message = _message(rendered, mail, key="archive", list_name=list_name)
    message["To"] = "undisclosed-recipients:;"
    _fill(message, rendered, unsubscribe=("", ""))
    return _as_bytes(message)


# ---------------------------------------------------------------- headers


def _message(rendered: RenderedDigest, mail: MailConfig, *, key: str, list_name: str) -> EmailMessage:
    """The headers that do not depend on how the recipient may unsubscribe."""
    sender = _sender(mail)
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["Subject"] = header_text(rendered.subject, len(rendered.subject))
    message["Date"] = format_datetime(rendered.cutoff_at)
    message["Message-ID"] = f"<{content_id(rendered.edition, key)}.{rendered.slot.replace('-', '')}@{sender.domain}>"
    name = _fold_ascii(header_text(list_name, _NAME_CHARS)).translate(_UNQUOTABLE).strip()
    list_id = f"<{rendered.profile_id}.digest.{sender.domain}>"
    message["List-Id"] = f'"{name}" {list_id}' if name else list_id
    message["Auto-Submitted"] = "auto-generated"
    return message


def _fits(url: str) -> bool:
    return len(url) <= _LONGEST_URL and url.isascii()


def _fold_ascii(text: str) -> str:
    """Without accents and other non-ASCII: List-Id allows no encoded-words."""
    return unicodedata.normalize("NFKD", text.translate(_DASHES)).encode("ascii", "ignore").decode()


def _content_language(language: DigestLang) -> str:
    return ", ".join(LANGUAGES) if language == "both" else language


def _sender(mail: MailConfig) -> Address:
    return _address(mail.sender_address, header_text(mail.sender_name, _NAME_CHARS))


def _return_to(mail: MailConfig) -> Address:
    """Whom the envelope names as its sender: mail that cannot be delivered goes back there."""
    own = mail.bounces.address if mail.bounces else None
    return _address(own) if own else _sender(mail)


def _address(address: str, name: str = "") -> Address:
    """An address with its domain in IDNA: a server without SMTPUTF8 takes it, too."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or header_text(address, len(address)) != address:
        raise ValueError(f"{address!r} is no e-mail address")
    try:
        return Address(display_name=name, username=local, domain=domain.encode("idna").decode("ascii"))
    except UnicodeError as exc:
        raise ValueError(f"{address!r} has a domain that cannot be written in IDNA: {exc}") from exc


def _mailto(mail: MailConfig, profile_id: str) -> str:
    """Where "unsubscribe" goes by mail; the profile tells which list."""
    address = mail.unsubscribe or _sender(mail).addr_spec
    return f"mailto:{quote(address, safe='@')}?subject={quote(f'unsubscribe {profile_id}')}"


# ---------------------------------------------------------------- bodies


def _fill(message: EmailMessage, rendered: RenderedDigest, *, unsubscribe: tuple[str, str]) -> None:
    """Text, HTML and images; the link `unsubscribe[0]` of the footer becomes `unsubscribe[1]` when there is one."""
    shared, own = unsubscribe
    text, html = rendered.text, rendered.html
    if own:
        text, html = text.replace(shared, own), html.replace(escape(shared), escape(own))
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    page = list(message.iter_parts())[1]
    assert isinstance(page, EmailMessage)
    for image in rendered.images:
        page.add_related(
            image.png,
            "image",
            "png",
            cid=f"<{image.cid}>",
            disposition="inline",
            filename=f"{image.cid.split('.')[0]}.png",
        )
    message["Content-Language"] = _content_language(rendered.language)  # after the content, which clears Content-*
    _fix_boundaries(message, rendered.edition)


def _fix_boundaries(message: EmailMessage, edition: str) -> None:
    """Boundaries from the content instead of a random source; `=_` cannot occur in quoted-printable or base64."""
    parts = [part for part in message.walk() if part.is_multipart()]
    for n, part in enumerate(parts):
        part.set_boundary(f"=_{content_id(edition, str(n))}")


def _as_bytes(message: EmailMessage) -> bytes:
    """In UTF-8 where an address has accents: only a server with SMTPUTF8 takes that (RFC 6532); else in ASCII."""
    international = not all(
        address.addr_spec.isascii() for name in ("From", "To") for address in message[name].addresses
    )
    return message.as_bytes(policy=_POLICY.clone(utf8=international))
