"""The words of planted reports: made up, but distributed like those of news."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.records import LANGUAGES, Lang

Ints = npt.NDArray[np.int64]

_TITLE, _LEAD = 9, 30  # words, about as many as the labelled reports have
_WORDS = 20_000
_ZIPF = 1.1
_SUBJECT_WORDS, _EVENT_WORDS = 150, 12
_QUOTES = 0.15  # of the reports: they quote the sentence that others of the event quote, too
_OF_A_FORM = 5  # releases, in four days
_SYLLABLES = [
    onset + vowel
    for onset in "b br c d f g gr l m n p pr qu r s st t tr v z".split()
    for vowel in "a e i o u ai ei".split()
]
_ENDINGS: dict[Lang, tuple[str, ...]] = {"en": ("", "er", "ing", "ed"), "es": ("o", "a", "ción", "ado")}
_NOUNS: dict[Lang, tuple[str, ...]] = {
    "en": (
        "migrants", "pounds of fentanyl", "rifles", "people", "agents", "trucks", "soldiers", "kilos of cocaine",
        "flights", "bodies",
    ),
    "es": (
        "migrantes", "libras de fentanilo", "rifles", "personas", "agentes", "camiones", "soldados",
        "kilos de cocaína", "vuelos", "cuerpos",
    ),
}  # fmt: skip
_DAYS: dict[Lang, tuple[str, ...]] = {
    "en": ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
    "es": ("el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"),
}
_IN: dict[Lang, str] = {"en": "in", "es": "en"}
_SAID: dict[Lang, str] = {"en": "said", "es": "dijo"}
_PLUGS: dict[Lang, tuple[str, ...]] = {
    "en": ("Sign up for our morning newsletter.", "By Staff Reporter.", "Read the full story on our site."),
    "es": ("Suscríbete a nuestro boletín matutino.", "Por la Redacción.", "Lee la nota completa en nuestro sitio."),
}
_TOWNS = (
    "Tijuana", "El Paso", "Laredo", "Reynosa", "Ciudad Juárez", "Nogales", "Mexicali", "Brownsville", "Matamoros",
    "San Diego", "Nuevo Laredo", "Eagle Pass", "McAllen", "Piedras Negras", "Calexico", "Tucson", "Monterrey",
    "Chihuahua", "Hermosillo", "Del Rio", "Yuma", "Ciudad Acuña", "San Luis Río Colorado", "Agua Prieta", "Tapachula",
)  # fmt: skip
_COUNT, _PLACE, _WHO, _WHEN = 0.6, 0.8, 0.4, 0.4  # how many reports say how many, where, who and when
_OTHER_COUNT = 0.1  # of the counts: another one, a tenth more


@dataclass(frozen=True, slots=True)
class _Facts:
    """What happened."""

    number: int
    noun: int
    town: str
    person: str
    day: int
    words: Ints  # numbers of the event's own words
    form: int  # of the release; -1 when it is none


class Writer:
    """Texts of events."""

    def __init__(self, subjects: Ints, releases: npt.NDArray[np.bool_], rng: np.random.Generator) -> None:
        self._rng = rng
        self._subjects = subjects
        self._words = {language: _vocabulary(language, rng) for language in LANGUAGES}
        forms = 4 + int(releases.sum()) // _OF_A_FORM
        self._forms = rng.zipf(_ZIPF, (forms, _LEAD)) % _WORDS
        self._facts = _facts(np.where(releases, rng.integers(0, forms, len(releases)), -1), self._words["es"], rng)

    def texts(self, of_event: Ints, told: Ints, copy_of: Sequence[int]) -> Iterator[tuple[str, str]]:
        """Headline and lead by report; a copy stands after its original."""
        made: list[tuple[str, str]] = []
        common = self._rng.zipf(_ZIPF, (len(told), _TITLE + _LEAD)) % _WORDS
        source = self._rng.random((len(told), _TITLE + _LEAD))
        quotes: dict[tuple[int, int], str] = {}
        for k, key in enumerate(zip(of_event.tolist(), told.tolist(), strict=True)):
            language = LANGUAGES[key[1]]
            if copy_of[k] >= 0:
                made.append(self._copied(made[copy_of[k]], language))
                continue
            words = self._drawn(key[0], language, common[k], source[k])
            title, lead = self._report(self._facts[key[0]], language, words)
            if self._rng.random() < _QUOTES:
                lead = f"{lead} “{quotes.setdefault(key, ' '.join(words[-12:]))}”."
            made.append((title, lead))
        yield from made

    def _drawn(self, event: int, language: Lang, common: Ints, source: npt.NDArray[np.float64]) -> list[str]:
        """Words of the language by Zipf's law, a fifth of them the subject's, a sixth the event's."""
        first = 200 + int(self._subjects[event]) * 7919
        of_subject = 200 + (first + common % _SUBJECT_WORDS * 131) % (_WORDS - 200)
        of_event = self._facts[event].words[common % _EVENT_WORDS]
        chosen = np.where(source > 0.84, of_event, np.where(source < 0.2, of_subject, common))
        return [self._words[language][k] for k in chosen.tolist()]

    def _report(self, facts: _Facts, language: Lang, words: Sequence[str]) -> tuple[str, str]:
        if facts.form >= 0:
            return self._release(facts, language)
        chance = self._rng.random(5)
        number = facts.number + (facts.number // 10 if chance[4] < _OTHER_COUNT else 0)
        said = [
            f"{number} {_NOUNS[language][facts.noun]}" if chance[0] < _COUNT else "",
            f"{_IN[language]} {facts.town}" if chance[1] < _PLACE else "",
            f"{_SAID[language]} {facts.person}" if chance[2] < _WHO else "",
            _DAYS[language][facts.day] if chance[3] < _WHEN else "",
        ]
        first = _sentence([*words[_TITLE : _TITLE + 14], *filter(None, said)])
        return _sentence(words[:_TITLE])[:-1], f"{first} {_sentence(words[_TITLE + 14 :])}"

    def _release(self, facts: _Facts, language: Lang) -> tuple[str, str]:
        """An agency's: its form, filled in."""
        words = [self._words[language][k] for k in self._forms[facts.form].tolist()]
        count, where = f"{facts.number} {_NOUNS[language][facts.noun]}", f"{_IN[language]} {facts.town}"
        title = _sentence([*words[:4], count, where])[:-1]
        first = _sentence([*words[:7], count, *words[7:14], where, *words[14:18], _DAYS[language][facts.day]])
        return title, f"{first} {_sentence(words[18:])}"

    def _copied(self, text: tuple[str, str], language: Lang) -> tuple[str, str]:
        """What desks do with a text: another headline, its end cut off, words exchanged, a plug."""
        rng, words, (title, lead) = self._rng, self._words[language], text
        tokens = lead.split()
        if rng.random() < 0.6:
            title = _sentence([words[k] for k in (rng.zipf(_ZIPF, _TITLE) % _WORDS).tolist()])[:-1]
        if rng.random() < 0.5:
            tokens = tokens[: max(12, int(len(tokens) * rng.uniform(0.4, 0.95)))]
        if rng.random() < 0.3:
            for k in rng.integers(0, len(tokens), 2).tolist():
                tokens[k] = words[int(rng.integers(200, _WORDS))]
        plug = [_PLUGS[language][int(rng.integers(3))]] if rng.random() < 0.4 else []
        return title, " ".join([*plug, *tokens] if rng.random() < 0.3 else [*tokens, *plug])


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(words)
    return f"{text[:1].upper()}{text[1:]}."


def _facts(forms: Ints, names: Sequence[str], rng: np.random.Generator) -> list[_Facts]:
    """By event. Numbers are as often of one order of magnitude as of another; few towns and names are very common."""
    events = len(forms)
    numbers = np.exp(rng.uniform(np.log(3), np.log(3000), events)).astype(np.int64)
    towns = rng.zipf(1.2, events)
    known = rng.random(events) < 0.5
    first, last = rng.integers(0, 300, events), rng.zipf(1.2, events) % 5000
    nouns, days = rng.integers(0, len(_NOUNS["en"]), events), rng.integers(0, 7, events)
    words = rng.integers(200, _WORDS, (events, _EVENT_WORDS))
    return [
        _Facts(
            number=int(numbers[k]),
            noun=int(nouns[k]),
            town=_TOWNS[int(towns[k]) % len(_TOWNS)] if known[k] else f"San {names[int(towns[k]) % 3000].title()}",
            person=f"{names[3000 + first[k]].title()} {names[4000 + last[k]].title()}",
            day=int(days[k]),
            words=words[k],
            form=int(forms[k]),
        )
        for k in range(events)
    ]


def _vocabulary(language: Lang, rng: np.random.Generator) -> list[str]:
    """Words that look like those of a language; one in five has the same stem in the other. The commonest are short."""
    own, shared = (
        source.integers(0, len(_SYLLABLES), (_WORDS, 3)).tolist() for source in (rng, np.random.default_rng(11))
    )
    words = []
    for k in range(_WORDS):
        syllables = (own if k % 5 else shared)[k][: 1 if k < 60 else 2 + k % 2]
        words.append("".join(_SYLLABLES[s] for s in syllables) + _ENDINGS[language][k % 4])
    return words
