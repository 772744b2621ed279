"""The translation of a run or a command: one engine, one glossary, an analyst's wordings, and a second way.

Nothing is opened before something has to be translated, and everything is given back afterwards.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from monitor.config.models import TranslationConfig
from monitor.errors import EngineError, MonitorError
from monitor.language.corrections import term_entries
from monitor.language.engines.choose import choose_engine, fallback_specs, open_healthy, open_translator
from monitor.language.glossary import load_glossary
from monitor.language.handed_out import HandedOut
from monitor.language.translate import Translated, Wanted, Way, recipe_of, translate_texts, way_of
from monitor.language.work import Job, attempt_batch
from monitor.protocols import Executor, Translator
from monitor.records import Correction, EngineSpec, Lang, Translation

_SERVERS = frozenset({"libretranslate"})  # engines that are elsewhere already


class Interpreter:
    """Translates texts the way the configuration says. Raises ConfigError or EngineError when made, never later."""

    def __init__(
        self,
        options: TranslationConfig,
        glossary_path: Path,
        corrections: Iterable[Correction] = (),
        executor: Executor | None = None,
    ) -> None:
        """With an executor its workers translate; a LibreTranslate server is elsewhere already and asked from here."""
        self._options = options
        self._executor = executor
        self._glossary_path = glossary_path
        self._corrections = tuple(corrections)
        self.glossary = load_glossary(glossary_path).plus(term_entries(self._corrections))
        self.chosen = choose_engine(options, glossary_path)

    @property
    def recipe(self) -> str:
        """The name of the translation memory that this engine, glossary and guards fill."""
        return recipe_of(self.chosen.name, self.glossary)

    @property
    def worded(self) -> frozenset[str]:
        """The keys of the texts that an analyst has worded."""
        return frozenset(c.key for c in self._corrections if c.kind == "sentence")

    def translate(self, wanted: Sequence[Wanted], remembered: Mapping[str, Translation]) -> Translated:
        """Every wanted text, from the corrections, from `remembered` (by text_key), or translated now."""
        known = {*remembered, *self.worded}
        with ExitStack() as opened:
            needed = any(item.key not in known for item in wanted)
            return translate_texts(
                wanted,
                remembered,
                self._open(self.chosen.spec, opened) if needed else None,
                chosen=self.chosen,
                glossary=self.glossary,
                corrections=self._corrections,
                second_way=lambda: self._second_way(opened),
            )

    def _open(self, spec: EngineSpec, opened: ExitStack) -> Translator:
        """The engine of a spec; one that cannot be opened fails at its first text, as one that dies does."""
        spec = self._opened_spec(spec)
        try:
            translator = open_translator(spec)
        except EngineError as exc:
            return _Unusable(self.chosen.name, exc)
        return self._placed(opened.enter_context(closing(translator)), spec)

    def _opened_spec(self, spec: EngineSpec) -> EngineSpec:
        return replace(spec, corrections=tuple(c for c in self._corrections if c.kind == "term"))

    def _placed(self, translator: Translator, spec: EngineSpec) -> Translator:
        """The engine itself, or one of the same name whose work is done by the workers."""
        if self._executor is None or spec.kind in _SERVERS:
            return translator

        return HandedOut(translator.name, self._executor, partial(self._job, spec))

    def _job(self, spec: EngineSpec, way: Way) -> Job:
        return Job(
            replace(spec, glossary=""),
            recipe_of(way.translator.name, self.glossary),
            self._glossary_path.read_text(encoding="utf-8"),
            self._corrections,
            way.terms,
            way.label,
            way.basic,
            way.by_clause,
        )

    def question(self) -> Callable[[], object] | None:
        """What a worker can be asked, to see whether it translates as it is done here (EngineError: it does not).

        None when workers do not translate: a server does, or nobody.
        """
        if self.chosen.spec.kind in ("none", *_SERVERS):
            return None
        with ExitStack() as opened:
            way = way_of(self._open(self.chosen.spec, opened), self.chosen)
            job = self._job(self._opened_spec(self.chosen.spec), way)
        return partial(attempt_batch, job, (Wanted("frontera", "es", "en"),))

    def _second_way(self, opened: ExitStack) -> Way | None:
        """The next engine that works here; else Argos by its single best guess at each word; else none."""
        for other in fallback_specs(self._options, self._glossary_path, after=self.chosen):
            try:
                translator = open_healthy(other.spec)
            except MonitorError:
                continue  # an engine that does not work here: the next one
            return way_of(self._placed(opened.enter_context(closing(translator)), other.spec), other)
        if self.chosen.spec.kind == "argos" and self.chosen.spec.beam_size > 1:
            return way_of(self._open(replace(self.chosen.spec, beam_size=1), opened), self.chosen)
        return None


class _Unusable:
    """Stands for an engine that could not be opened."""

    def __init__(self, name: str, error: EngineError) -> None:
        self._name, self._error = name, error

    @property
    def name(self) -> str:
        return self._name

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """Raises what happened at opening."""
        del texts, source, target
        raise self._error

    def close(self) -> None:
        """Nothing to give back."""
