"""Text without accents, character for character."""

import unicodedata

_QUOTES = {"’": "'", "‘": "'", "–": "-", "—": "-", "‑": "-", "\u00a0": " "}


class _Bare(dict[int, str]):
    """What stands for each character; worked out when it is first met, as text is folded a dozen times a report."""

    def __missing__(self, code: int) -> str:
        self[code] = unicodedata.normalize("NFD", chr(code))[0]
        return self[code]


_BARE = _Bare({ord(character): bare for character, bare in _QUOTES.items()})


def plain(text: str) -> str:
    """The text without accents, in its own case and of its own length: offsets still point into the original."""
    return text if text.isascii() else text.translate(_BARE)
