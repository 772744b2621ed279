"""Sign messages, so that others can tell that they are ours and unchanged: DKIM (RFC 6376), with the extra `dkim`.

The one-click address of RFC 8058 counts only where a signature covers both of its headers. Equal message and key give
an equal signature: its time is the message's Date, and neither RSA (PKCS #1 v1.5) nor Ed25519 draws lots.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from monitor.errors import ConfigError, Problem

Algorithm = Literal["rsa", "ed25519"]
SIGNED = tuple(
    b"From To Cc Reply-To Subject Date Message-ID List-Id List-Unsubscribe List-Unsubscribe-Post Auto-Submitted"
    b" Content-Language MIME-Version Content-Type Content-Transfer-Encoding".split()
)  # each once more than it occurs, so that none can be added above ours (RFC 6376, 8.15)
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \1-----", re.DOTALL)
_ED25519_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410, 7: what precedes the 32 bytes
_RSA_OID = bytes.fromhex("06092a864886f70d010101")  # 1.2.840.113549.1.1.1
_RSA_BITS = range(2048, 4097)  # RFC 8301, 3.2: less should not be signed with, more need not be verified
_TXT_CHARS = 255  # a string of a TXT record (RFC 1035, 3.3.14)
_NEW_KEY = "make one with: openssl genrsa -out dkim.pem 2048 && chmod 600 dkim.pem"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key with its place in the DNS."""

    selector: str
    domain: str
    algorithm: Algorithm
    secret: bytes = field(repr=False)  # as dkimpy wants it
    public: str  # base64

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record_value(self) -> str:
        return f"v=DKIM1; k={self.algorithm}; p={self.public}"

    @property
    def record(self) -> str:
        """The line of a zone file."""
        value = self.record_value
        strings = [f'"{value[start : start + _TXT_CHARS]}"' for start in range(0, len(value), _TXT_CHARS)]
        return f"{self.record_name}. IN TXT ( {' '.join(strings)} )"


@dataclass(frozen=True, slots=True)
class Signer:
    """Puts one signature per key in front of a message."""

    keys: tuple[Key, ...]

    def sign(self, message: bytes) -> bytes:
        """`message`, which has CRLF line ends, below its signatures, the first key's on top."""
        return b"".join(_signature(key, message) for key in self.keys) + message


def load_key(text: str, selector: str, domain: str, where: str) -> Key:
    """The private key in `text`: RSA (PKCS #1 or PKCS #8), or Ed25519 (PKCS #8, or as `dknewkey` writes it).

    Line ends may be lost, as in a variable of a container. Raises ConfigError, which names `where` it comes from, when
    it is none, is too short or too long, or when what reads it is not installed.
    """
    _need("dkim", where)
    found = _PEM.search(text.replace("\\n", "\n"))
    if found and found.group(1) == "ENCRYPTED PRIVATE KEY":
        raise _wrong(where, "is locked with a passphrase", "write it without one: openssl pkey -in OLD -out dkim.pem")
    der = _decoded(found.group(2) if found else text)
    if len(der) == 32 and not found:
        return _ed25519(der, selector, domain, where)
    if der.startswith(_ED25519_PKCS8):
        return _ed25519(der[len(_ED25519_PKCS8) :], selector, domain, where)
    return _rsa(der if found else b"", selector, domain, where)


def check_record(key: Key, look_up: Callable[[bytes], bytes | None]) -> str:
    """Whether the DNS has the key: "published", "missing" or "another key"; `look_up` gets a name in ASCII."""
    told = look_up(f"{key.record_name}.".encode())
    if not told:
        return "missing"
    published = dict(tag.strip().partition("=")[::2] for tag in told.decode("ascii", "replace").split(";"))
    return "published" if "".join(published.get("p", "").split()) == key.public else "another key"


# ---------------------------------------------------------------- keys


def _rsa(der: bytes, selector: str, domain: str, where: str) -> Key:
    from dkim.crypto import UnparsableKeyError, parse_private_key  # noqa: PLC0415 - an extra

    try:
        numbers = parse_private_key(der)
    except (UnparsableKeyError, ValueError, AssertionError) as exc:
        raise _wrong(where, "is no private key that can sign mail (RSA or Ed25519, PEM)", _NEW_KEY) from exc
    bits = numbers["modulus"].bit_length()
    if bits not in _RSA_BITS:
        raise _wrong(where, f"is an RSA key of {bits} bits; it takes {_RSA_BITS[0]} to {_RSA_BITS[-1]}", _NEW_KEY)
    pem = b"-----BEGIN KEY-----\n" + b64encode(der) + b"\n-----END KEY-----\n"
    public = _public_rsa(numbers["modulus"], numbers["publicExponent"])
    return Key(selector, domain, "rsa", pem, b64encode(public).decode())


def _ed25519(seed: bytes, selector: str, domain: str, where: str) -> Key:
    _need("nacl", where)
    from nacl.signing import SigningKey  # noqa: PLC0415 - an extra

    public = bytes(SigningKey(seed).verify_key)
    return Key(selector, domain, "ed25519", b64encode(seed), b64encode(public).decode())


def _decoded(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        return b""


def _need(module: str, where: str) -> None:
    """ConfigError unless a module of the extra is there."""
    try:
        __import__(module)
    except ImportError as exc:
        what = "dkimpy is not installed" if module == "dkim" else "is an Ed25519 key, and PyNaCl is not installed"
        raise _wrong(where, what, "pip install 'border-monitor[dkim]'") from exc


def _wrong(where: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(where, "DKIM key", problem, remedy))


def _public_rsa(modulus: int, exponent: int) -> bytes:
    """SubjectPublicKeyInfo (RFC 5280, 4.1; RFC 8017, A.1.1), which is what the record holds (RFC 6376, 3.6.1)."""
    numbers = _der(0x30, _integer(modulus), _integer(exponent))
    return _der(0x30, _der(0x30, _RSA_OID, _der(0x05)), _der(0x03, b"\0", numbers))


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, *parts: bytes) -> bytes:
    """A value in the distinguished encoding of ASN.1 (X.690, 8.1)."""
    content = b"".join(parts)
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return bytes([tag, *([] if size < 128 else [128 + len(length)]), *length]) + content


# ---------------------------------------------------------------- signatures


def _signature(key: Key, message: bytes) -> bytes:
    """One DKIM-Signature header, with its line end."""
    import dkim  # noqa: PLC0415 - an extra

    class Dated(dkim.DKIM):  # type: ignore[misc]  # the library has no types
        """Signs with the message's time instead of the clock's."""

        def gen_header(self, fields: Sequence[tuple[bytes, bytes]], *rest: Any, **options: Any) -> bytes:
            dated = [(name, _time_of(message) if name == b"t" else value) for name, value in fields]
            return bytes(super().gen_header(dated, *rest, **options))

    signing = Dated(message, signature_algorithm=f"{key.algorithm}-sha256".encode())
    present = [name.lower() for name, _ in signing.headers]
    return bytes(
        signing.sign(
            key.selector.encode(),
            key.domain.encode(),
            key.secret,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in SIGNED for _ in range(present.count(name.lower()) + 1)],
        )
    )


def _time_of(message: bytes) -> bytes:
    """Seconds since 1970 of the Date header."""
    date = message_from_bytes(message.partition(b"\r\n\r\n")[0])["Date"]
    return str(int(parsedate_to_datetime(date).timestamp())).encode()
