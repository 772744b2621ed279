"""Text without accents, character for character."""

import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "‑": "-", "\u00a0": " "})


def plain(text: str) -> str:
    """The text without accents, in its own case and of its own length: offsets still point into the original."""
    text = text.translate(_QUOTES)
    if text.isascii():
        return text
    return "".join(c if c.isascii() else unicodedata.normalize("NFD", c)[0] for c in text)
