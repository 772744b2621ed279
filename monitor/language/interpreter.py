"""The translation of a run or a command: one engine, one glossary, an analyst's wordings, and a second way.

Nothing is opened before something has to be translated, and everything is given back afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from monitor.config.models import TranslationConfig
from monitor.errors import EngineError, MonitorError
from monitor.language.corrections import term_entries
from monitor.language.engines.choose import choose_engine, fallback_specs, open_healthy, open_translator
from monitor.language.glossary import load_glossary
from monitor.language.translate import Translated, Wanted, Way, recipe_of, translate_texts, way_of
from monitor.protocols import Translator
from monitor.records import Correction, EngineSpec, Lang, Translation


class Interpreter:
    """Translates texts the way the configuration says. Raises ConfigError or EngineError when made, never later."""

    def __init__(self, options: TranslationConfig, glossary_path: Path, corrections: Iterable[Correction] = ()) -> None:
        self._options = options
        self._glossary_path = glossary_path
        self._corrections = tuple(corrections)
        self.glossary = load_glossary(glossary_path).plus(term_entries(self._corrections))
        self.chosen = choose_engine(options, glossary_path)

    @property
    def recipe(self) -> str:
        """The name of the translation memory that this engine, glossary and guards fill."""
        return recipe_of(self.chosen.name, self.glossary)

    def translate(self, wanted: Sequence[Wanted], remembered: Mapping[str, Translation]) -> Translated:
        """Every wanted text, from the corrections, from `remembered` (by text_key), or translated now."""
        known = {*remembered, *(c.key for c in self._corrections if c.kind == "sentence")}
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
        terms = tuple(c for c in self._corrections if c.kind == "term")
        try:
            translator = open_translator(replace(spec, corrections=terms))
        except EngineError as exc:
            return _Unusable(self.chosen.name, exc)
        return opened.enter_context(closing(translator))

    def _second_way(self, opened: ExitStack) -> Way | None:
        """The next engine that works here; else Argos by its single best guess at each word; else none."""
        for other in fallback_specs(self._options, self._glossary_path, after=self.chosen):
            try:
                translator = open_healthy(other.spec)
            except MonitorError:
                continue  # an engine that does not work here: the next one
            return way_of(opened.enter_context(closing(translator)), other)
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
