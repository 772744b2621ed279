"""Tell a chat channel, through Apprise (the extra `notify`), which speaks to about a hundred services.

A channel's address is a secret: it stands in no message, log or error of ours.
"""

import logging
from dataclasses import dataclass, field

from monitor.config.notify import Occasion
from monitor.records import Lang
from monitor.text import clean, one_line, shorten

_TITLE_CHARS = 120
_BODY_CHARS = 600  # the shortest limits of the services are near 1,000


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of feeds.yaml with its address; `name` is what people may read."""

    name: str
    addresses: str = field(repr=False)  # one, or several separated by blanks or commas; "" when there is none
    profiles: tuple[str, ...] = ()  # empty: all
    events: tuple[Occasion, ...] = ("digest", "failure")
    language: Lang = "en"

    def wants(self, profile_id: str) -> bool:
        return "digest" in self.events and (not self.profiles or profile_id in self.profiles)


def unusable(channel: Channel) -> str:
    """Why nothing can be told to the channel, with what to do; "" when it can be tried. Nothing is sent."""
    if not channel.addresses:
        return "it has no address → set the variable or the file that feeds.yaml names"
    try:
        import apprise  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        return "Apprise is not installed → pip install 'border-monitor[notify]'"
    with apprise.LogCapture(level=logging.WARNING):  # type: ignore[no-untyped-call]  # what it logs has the secret in it
        told = apprise.Apprise()
        understood = told.add(channel.addresses) and len(told)
    return "" if understood else "its address is none that Apprise understands → see https://appriseit.com"


def tell(channel: Channel, title: str, body: str) -> str:
    """Hand a short text to the channel, once. "" when it was taken, else why not, in one line; never raises for that.

    Names are kept from becoming mentions: a headline must not ring everybody's phone.
    """
    if problem := unusable(channel):
        return problem
    import apprise  # noqa: PLC0415 - as above

    told = apprise.Apprise()
    told.add(channel.addresses)
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as log:  # type: ignore[no-untyped-call]
        taken = told.notify(title=_harmless(title, _TITLE_CHARS), body=_harmless(body, _BODY_CHARS))
        said = one_line(log.getvalue(), limit=200)
    return "" if taken else f"it did not take the message: {said or 'no reason was given'}"


def _harmless(text: str, limit: int) -> str:
    """Without controls, and without what chat services take for a mention or a command."""
    return shorten(clean(text).replace("@", "＠").replace("<", "‹").replace(">", "›"), limit)
