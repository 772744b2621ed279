"""No engine: every text comes back as it is. The translate stage knows the name and flags the originals."""

from collections.abc import Sequence

from monitor.records import EngineSpec, Lang

NAME = "none"


class NoTranslator:
    """Stands in when nothing is installed, or the user wants no machine translation."""

    def __init__(self, spec: EngineSpec | None = None) -> None:
        del spec

    @property
    def name(self) -> str:
        return NAME

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """The texts, untranslated."""
        del source, target
        return list(texts)

    def close(self) -> None:
        """Nothing to give back."""
