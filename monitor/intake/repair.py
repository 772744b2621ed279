"""Text that software damaged on its way: put right where only one reading is possible, told where not. Pure functions.

Two kinds of damage. *Read in the wrong charset*: UTF-8 taken for Windows-1252, once or twice ("MigraciÃ³n", "â€œ"); the
characters still hold all bytes, so the repair is exact. *Exported through a narrow charset*: each accented letter and
curly quote became `_` ("Migraci_n", "_No cruzar_n_"); what a word was is looked up among endings and words that have
one reading only (`data/accented_words.txt`), and a quote is known by its place.

Known gaps: accents that became `?` or were dropped; words outside the list, and those with two readings ("est_"), keep
their `_`; of the letters Á, Í and Ñ read in the wrong charset, those whose second byte was thrown away; a name between
underscores, as in markdown, becomes a quotation.
"""

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "accented_words.txt"

# ---------------------------------------------------------------- UTF-8 read as Windows-1252

_BYTES = {bytes([n]).decode("cp1252", "ignore") or chr(n): n for n in range(128, 256)}
_BYTES |= {chr(n): n for n in range(128, 160)}  # as Latin-1 has them
_FOLLOWING = "".join(re.escape(c) for c, n in _BYTES.items() if n < 0xC0)
# Only the first bytes of Latin letters, quotes and dashes: "CAFÉ»" is no damage, though it could be read as some.
_MISREAD = re.compile(f"[ÂÃ][{_FOLLOWING}]|â[€\x80‚\x82„\x84][{_FOLLOWING}]|Å[“\x93]|Ë[œ\x9c]")
_LOST_SECOND = re.compile(r"(?<=[a-zñ])Ã(?=[a-zñ\s,.;:<]|$)")  # í: its second byte is a soft hyphen, which gets lost
_PASSES = 2


def mend_charset(text: str) -> str:
    """The text with UTF-8 that was read as Windows-1252 read as UTF-8; a text without such damage stays as it is."""
    for _ in range(_PASSES):
        if not ("Ã" in text or "Â" in text or "â" in text):
            break
        text = _MISREAD.sub(_reread, text)
    return _LOST_SECOND.sub("í", text) if "Ã" in text else text


def _reread(found: re.Match[str]) -> str:
    try:
        return bytes(_BYTES[character] for character in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


# ---------------------------------------------------------------- "_" for what a charset had not

_WORD = re.compile(r"(?<![\w@#/.&=?-])[^\W\d]*_[^\W\d]*(?![\w@/=])")  # not in handles, tags, addresses or file names
_ENDINGS = (
    (re.compile(r"(?<=[a-z]{2}[cs]i)_(?=n$)", re.IGNORECASE), "ó"),  # -ción, -sión
    (re.compile(r"(?<=[a-z]{3}r)_(?=n$)"), "á"),  # cruzarán, dirán: the future; -rén is rare and no verb
    (re.compile(r"(?<=[a-z]{3}[ai]st)_(?=ic[oa]s?$)"), "í"),  # -ístico
    (re.compile(r"(?<=[a-z]{3})_(?=logos?$)"), "ó"),
)
_APOSTROPHE = re.compile(r"(?<=[a-zA-Z])_(?=(?:s|t|re|ve|ll|d|m)$)")
_QUOTED = re.compile(r"(?<![\w_@#/])_(?=\w)([^_\n]{2,300}?)(?<=[\w.,!?…])_(?![\w_])")
_DAMAGED = re.compile(r"(?<![\w@#/.&=?-])[^\W\d_]+_[^\W\d_]+(?![\w@/=.])")
_MOST_UNDERSCORES = 2_000  # a text with more is a drawing


def mend_underscores(text: str) -> str:
    """The text with `_` put back to the letter, apostrophe or quotes that it can only have been."""
    if "_" not in text or text.count("_") > _MOST_UNDERSCORES:
        return text
    return _QUOTED.sub(r"“\1”", _WORD.sub(_mended_word, text))


def may_be_damaged(text: str) -> bool:
    """Whether a text has a character that the repairs look for."""
    return "_" in text or "Ã" in text or "Â" in text or "â" in text


def is_damaged(text: str) -> bool:
    """Whether characters are lost for good: `_` inside a word of a running text, or the sign for an unreadable byte."""
    return "\ufffd" in text or ("_" in text and bool(_DAMAGED.search(text)))


def _mended_word(found: re.Match[str]) -> str:
    word = found[0]
    # A quote may stand before or behind: "_No cruzar_n_" has one of each.
    for inner in (word, word.removesuffix("_"), word.removeprefix("_"), word.strip("_")):
        if "_" in inner and (mended := _mended_letters(inner)) != inner:
            return word.replace(inner, mended, 1)
    return word


def _mended_letters(word: str) -> str:
    known = _accented().get(word.lower())
    if known:
        return known.upper() if word.isupper() else known.capitalize() if word[0].isupper() else known
    for pattern, letter in _ENDINGS:
        word = pattern.sub(letter.upper() if word.isupper() else letter, word)
    return _APOSTROPHE.sub("’", word)


@lru_cache(maxsize=1)
def _accented() -> dict[str, str]:
    """Words by what the export made of them."""
    words = _FILE.read_text(encoding="utf-8").split()
    return {re.sub(r"[^a-z]", "_", word): word for word in words}
