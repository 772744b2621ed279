"""Spans a rule-based translator must not touch: each is replaced by a word it cannot know, and put back afterwards."""

import re

_DIGITS = "abcdefghij"
PLACEHOLDER = re.compile(r"Xq([a-j]+)zq", re.IGNORECASE)


class Spans:
    """The spans taken out of one text."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def take(self, value: str) -> str:
        """A made-up word that stands for `value`: letters only, so that no tokenizer splits it."""
        self._values.append(value)
        return "Xq" + "".join(_DIGITS[int(digit)] for digit in str(len(self._values) - 1)) + "zq"

    def replace(self, pattern: re.Pattern[str], text: str) -> str:
        """Take out every match, word for word."""
        return pattern.sub(lambda m: m.group() if PLACEHOLDER.search(m.group()) else self.take(m.group()), text)

    def restore(self, text: str) -> str:
        """The text with every made-up word replaced by its span."""
        return PLACEHOLDER.sub(self._value_of, text)

    def _value_of(self, match: re.Match[str]) -> str:
        index = int("".join(str(_DIGITS.index(letter)) for letter in match.group(1).lower()))
        return self._values[index] if index < len(self._values) else match.group()
