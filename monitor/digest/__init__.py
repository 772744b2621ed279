"""Room 4: from ranked stories to an edition that can be read, mailed and kept.

compose (what is said) | render (how it looks) | message (how it travels)
"""

from monitor.digest.compose import card_of, compose, in_both
from monitor.digest.message import archive_message, build_envelope, edition_links
from monitor.digest.model import Digest, Links
from monitor.digest.render import render
from monitor.digest.templates import Templates, load_templates
from monitor.digest.wishes import unknown_wishes, wants

__all__ = [
    "Digest",
    "Links",
    "Templates",
    "archive_message",
    "build_envelope",
    "card_of",
    "compose",
    "edition_links",
    "in_both",
    "load_templates",
    "render",
    "unknown_wishes",
    "wants",
]
