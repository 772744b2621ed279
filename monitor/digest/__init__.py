"""Room 4: from ranked stories to an edition that can be read, mailed and kept.

compose (what is said) | render (how it looks) | message (how it travels)
"""

from monitor.digest.compose import compose, wants
from monitor.digest.message import archive_message, build_envelope, edition_links
from monitor.digest.model import Digest, Links
from monitor.digest.render import render
from monitor.digest.templates import Templates, load_templates

__all__ = [
    "Digest",
    "Links",
    "Templates",
    "archive_message",
    "build_envelope",
    "compose",
    "edition_links",
    "load_templates",
    "render",
    "wants",
]
