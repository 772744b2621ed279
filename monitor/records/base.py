"""What every record is made of: languages and content ids."""

from hashlib import blake2b
from typing import Literal

Lang = Literal["en", "es"]
LANGUAGES: tuple[Lang, Lang] = ("en", "es")
LANGUAGE_NAMES: dict[Lang, str] = {"en": "English", "es": "Spanish"}
DigestLang = Literal["en", "es", "both"]
Tier = Literal["core", "context"]
Scope = Literal["on_topic", "general", "official"]


def other_language(language: Lang) -> Lang:
    """The language an item in `language` has to be translated into."""
    return "es" if language == "en" else "en"


def content_id(*parts: str) -> str:
    """16 hex digits (blake2b-64 over the parts, NUL-separated): equal content, equal id, everywhere."""
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
