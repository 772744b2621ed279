"""Word lists of the offline engine: what the newsroom means, where a translator takes the everyday sense.

`newsroom.tsv` maps Spanish to Portuguese, `portuguese.tsv` Portuguese to Spanish, `english.tsv` English to Spanish.
Known gaps: tenses beyond present, preterite, imperfect, future, participle, infinitive and gerund; verbs with clitics.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from monitor.language.engines.spans import Spans
from monitor.language.glossary import any_of

_FOLDER = Path(__file__).parent
_PARTICIPLE = ("o", "a", "os", "as")
# they …, he …, they …ed, he …ed, infinitive, gerund, they will …, he will …, they used to …, he used to …
_SPANISH = {
    "ar": ("an", "a", "aron", "ó", "ar", "ando", "arán", "ará", "aban", "aba", *(f"ad{e}" for e in _PARTICIPLE)),
    "er": ("en", "e", "ieron", "ió", "er", "iendo", "erán", "erá", "ían", "ía", *(f"id{e}" for e in _PARTICIPLE)),
    "ir": ("en", "e", "ieron", "ió", "ir", "iendo", "irán", "irá", "ían", "ía", *(f"id{e}" for e in _PARTICIPLE)),
}
_PORTUGUESE = {
    "ar": ("am", "a", "aram", "ou", "ar", "ando", "arão", "ará", "avam", "ava", *(f"ad{e}" for e in _PARTICIPLE)),
    "er": ("em", "e", "eram", "eu", "er", "endo", "erão", "erá", "iam", "ia", *(f"id{e}" for e in _PARTICIPLE)),
    "ir": ("em", "e", "iram", "iu", "ir", "indo", "irão", "irá", "iam", "ia", *(f"id{e}" for e in _PARTICIPLE)),
}
_VERB = re.compile(r"(\w+)-(ar|er|ir)\b(.*)")


@dataclass(frozen=True, slots=True)
class WordList:
    """Forms of one language, in lower case, and what to say for them in the other."""

    words: Mapping[str, str]
    pattern: re.Pattern[str]

    def say(self, text: str, spans: Spans) -> str:
        """The text with every listed form replaced by a span that holds its counterpart, capitalised alike."""
        return self.pattern.sub(lambda m: spans.take(like(m.group(), self.words[m.group().lower()])), text)


def like(model: str, word: str) -> str:
    """`word` with a capital if `model` has one."""
    return word[0].upper() + word[1:] if model[0].isupper() else word


@lru_cache(maxsize=1)
def spanish_words() -> WordList:
    """Spanish → Portuguese."""
    words = parse_list((_FOLDER / "newsroom.tsv").read_text(encoding="utf-8"), _SPANISH, _PORTUGUESE)
    return WordList(words, any_of(words, re.IGNORECASE))


@lru_cache(maxsize=1)
def portuguese_words() -> WordList:
    """Portuguese → Spanish, and the Spanish that `english_words` puts into a text."""
    copied = {word.lower(): word for word in english_words().words.values()}
    words = copied | parse_list((_FOLDER / "portuguese.tsv").read_text(encoding="utf-8"), _PORTUGUESE, _SPANISH)
    return WordList(words, any_of(words, re.IGNORECASE))


@lru_cache(maxsize=1)
def english_words() -> WordList:
    """English → Spanish."""
    words = parse_list((_FOLDER / "english.tsv").read_text(encoding="utf-8"), {}, {})
    return WordList(words, any_of(words, re.IGNORECASE))


def parse_list(text: str, left: Mapping[str, tuple[str, ...]], right: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Form -> counterpart, verbs written out with the two tables of endings. The first row of a form counts."""
    forms: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        mine, _, theirs = line.partition("\t")
        for form, counterpart in zip(_forms(mine, left), _forms(theirs, right), strict=True):
            forms.setdefault(form.lower(), counterpart)
    return forms


def _forms(cell: str, endings: Mapping[str, tuple[str, ...]]) -> list[str]:
    verb = _VERB.fullmatch(cell)
    if verb is None:
        return [form.strip() for form in cell.split("|")]
    return [verb.group(1) + ending + verb.group(3) for ending in endings[verb.group(2)]]
