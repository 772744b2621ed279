"""The words of data/guard-words.yaml, and how a word takes another's place in a text."""

import random
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).with_name("data") / "guard-words.yaml"


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The whole file."""
    loaded: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=64)
def siblings(kind: str, language: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row.split()) for row in words()["siblings"][kind][language])


def another_sibling(kind: str, language: str, text: str, dice: random.Random) -> str:
    """The text with one word of the kind changed to another of its row; "" when there is none."""
    found = [
        (match, row)
        for row in siblings(kind, language)
        for match in re.finditer(any_word(row), text, 0 if row[0][0].isupper() else re.IGNORECASE)
    ]
    if not found:
        return ""
    match, row = dice.choice(found)
    new = dice.choice([word for word in row if word.lower() != match.group().lower()])
    return replaced(match, text, like(match.group(), new))


@lru_cache(maxsize=256)
def any_word(options: tuple[str, ...]) -> str:
    return r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(options, key=len, reverse=True))) + r")(?![\w-])"


def like(old: str, new: str) -> str:
    """The new word with the old one's capital."""
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def replaced(match: re.Match[str], text: str, by: str) -> str:
    """The text with the match replaced, and its blanks, commas and first capital in order."""
    result = tidy(text[: match.start()] + by + text[match.end() :])
    return result[0].upper() + result[1:] if text[0].isupper() and result else result


def tidy(text: str) -> str:
    text = re.sub(r"\s{2,}", " ", text)
    text = re.sub(r"\s+([.,;:?!])", r"\1", text)
    return re.sub(r"^[,;:]\s*", "", text).strip()
