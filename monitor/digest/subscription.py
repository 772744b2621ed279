"""The address by which one recipient leaves one profile's list (RFC 8058): signed, so that nobody leaves for another.

The address holds list and recipient, and a code that only who knows the secret can make; nothing is kept of it, so that
it works for as long as the secret stays, in old mails as well. Both are only encoded, not hidden: whoever has the mail
has the address it went to.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

_LONGEST = 1000  # characters of a token; an address has 254 at most
_CODE_CHARS = 32  # 128 bits


@dataclass(frozen=True, slots=True)
class Subscription:
    """One recipient of one profile."""

    profile_id: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """Makes and reads these addresses."""

    base_url: str  # https, without a slash at its end; empty: there are no public pages
    secret: str = field(repr=False)

    def url(self, subscription: Subscription) -> str:
        """The https address; "" without public pages."""
        return f"{self.base_url}/unsubscribe/{self.token(subscription)}" if self.base_url else ""

    def token(self, subscription: Subscription) -> str:
        payload = f"{subscription.profile_id}\0{subscription.recipient}".encode()
        return f"{urlsafe_b64encode(payload).decode().rstrip('=')}.{self._code(payload)}"

    def read(self, token: str) -> Subscription | None:
        """Whose token this is; None unless this secret made it. A wrong code takes as long as a right one."""
        encoded, _, code = token.partition(".")
        if len(token) > _LONGEST or not token.isascii():
            return None
        try:
            payload = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
            profile_id, found, recipient = payload.decode().partition("\0")
        except ValueError:
            return None
        if not hmac.compare_digest(code.encode(), self._code(payload).encode()) or not found:
            return None
        return Subscription(profile_id, recipient)

    def _code(self, payload: bytes) -> str:
        return hmac.new(self.secret.encode(), b"unsubscribe\0" + payload, sha256).hexdigest()[:_CODE_CHARS]
