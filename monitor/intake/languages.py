"""The language of one item, English or Spanish. Why this detector: docs/decisions/0003-language-detection.md.

Common words of each language vote; where they agree, and the more so with the feed's declared language, they decide.
Only for what they leave open py3langid is asked, and it votes with them. Alone it takes "ICE deports 200 migrants to
Ciudad Juárez" for Spanish: a name outweighs a short headline's grammar; so names lose their accents before it looks.
What is still open gets the declared language.

Known gaps: other languages come out as English or Spanish; a text in both gets the one that fills more of it.
"""

import math
import re
import tempfile
import unicodedata
from functools import cache
from typing import Any

from monitor.errors import StorageError
from monitor.records import Lang
from monitor.text import fold

_MAX_CHARS = 1_000
# Words that carry grammar in one language and are rare in the other one's news, folded. Not "el", "la", "los", "san",
# "del": they open place names in English news ("El Paso", "Las Cruces"); counted only in lower case, see `_votes`.
_WORDS: dict[Lang, frozenset[str]] = {
    "en": frozenset(
        "the of and to in for on with at by from after over as is are was were be been has have had will would could"
        " says said say new that this its it his her their not but who how what when where why which than into under"
        " against amid between before during about up out off more most us you your we they an a or if two three four"
        " five six seven eight nine ten near found killed arrested finds hits gets takes makes man woman men"
        " women".split()
    ),
    "es": frozenset(
        "el la los las un una unos unas de del al y e o en con por para que se su sus es son fue fueron ser ha han hay"
        " este esta estos estas como mas pero sin sobre entre tras ante desde hasta hacia contra segun durante cuando"
        " donde quien porque ya muy tambien asi lo le les nos dos tres cuatro cinco seis siete ocho nueve diez hombre"
        " mujer hombres mujeres dice dijo cerca".split()
    ),
}
_BOTH = frozenset({"a", "e", "o", "y", "son", "sin", "has", "he", "me", "no", "or", "ten", "once", "come", "use"})
_MOST_WORDS = 50_000  # remembered: more than a month's news has
_LONGEST = max(len(word) for words in _WORDS.values() for word in words)
_WORD_WEIGHT = 1.5  # in units of log odds; results are flat from 1 to 2
# Below this (in the same units) the text is left to the feed's language. Whole headlines are right from 0.1 to 0.8 even
# if the feed lies; of those cut to three words 0.8 halves the mistakes where it does not, which is nearly always.
_CLEAR = 0.8
# Votes that settle it without asking the model, in any feed and in one that declares that language. No labelled text
# for tuning has more votes for the wrong language than for its own, so these leave room for longer and stranger ones.
_DECIDED = 3
_DECIDED_AS_DECLARED = 1
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"\b[A-ZÁÉÍÓÚÜÑ][^\W\d_]*[áéíóúüñÁÉÍÓÚÜÑ]\w*|\b[ÁÉÍÓÚÜÑ]\w*")  # names keep accents in any language


def detect_language(text: str, declared: Lang) -> Lang:
    """The language a text is written in; `declared`, the feed's, only when the text leaves it open."""
    text = text[:_MAX_CHARS]
    votes = _votes(text)
    if voted := _decided(votes, declared):
        return voted
    evidence = _model_log_odds(text) + _WORD_WEIGHT * votes
    if abs(evidence) < _CLEAR:
        return declared
    return "es" if evidence > 0 else "en"


def decided_by_words(text: str, declared: Lang) -> Lang | None:
    """The language, if the votes of common words settle it; None: `detect_language` asks the model."""
    return _decided(_votes(text[:_MAX_CHARS]), declared)


def _decided(votes: int, declared: Lang) -> Lang | None:
    voted: Lang = "es" if votes > 0 else "en"
    return voted if abs(votes) >= (_DECIDED_AS_DECLARED if voted == declared else _DECIDED) else None


def _votes(text: str) -> int:
    """Spanish minus English grammar words.

    Spanish ones count in lower case only, unless all is capitals, and not inside a name ("Ciudad de México").
    """
    shouting = text.isupper()
    words = _WORD.findall(text)
    balance = 0
    for place, vote in enumerate(map(_VOTES.__getitem__, words)):
        if vote < 0:
            balance -= 1
        elif vote and (shouting or (words[place].islower() and not _in_name(words, place))):
            balance += 1
    return balance


class _Votes(dict[str, int]):
    """1 for a Spanish grammar word, -1 for an English one, 0 for any other and for those of both.

    Filled as words are met: those of a language come again and again.
    """

    def __missing__(self, word: str) -> int:
        plain = fold(word) if len(word) <= _LONGEST else ""
        vote = 0 if plain in _BOTH else (plain in _WORDS["es"]) - (plain in _WORDS["en"])
        if len(self) < _MOST_WORDS:
            self[word] = vote
        return vote


_VOTES = _Votes()


def _in_name(words: list[str], place: int) -> bool:
    """Between two capitalised words."""
    return 0 < place < len(words) - 1 and words[place - 1].istitle() and words[place + 1].istitle()


def _model_log_odds(text: str) -> float:
    probabilities = dict(_identifier().rank(_NAME.sub(lambda name: _without_accents(name[0]), text)))
    spanish = min(max(probabilities["es"], 1e-6), 1 - 1e-6)
    return math.log(spanish / (1 - spanish))


def _without_accents(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


@cache
def _identifier() -> Any:
    """py3langid for the two languages. Loaded once for each process, when first asked: that takes a second.

    It unpacks its model into the temporary folder. Raises StorageError when there is no room for it.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - 100 ms of import for every command

    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as exc:
        folder = tempfile.gettempdir()
        raise StorageError(
            f"load the language detector by way of {folder}: {exc.strerror or exc} → free space there, or set TMPDIR"
        ) from exc
    identifier.set_languages(["en", "es"])
    return identifier
