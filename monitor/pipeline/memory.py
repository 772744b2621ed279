"""A run's translations: headlines at hand, sentences read from the translation memory where they are shown."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from monitor.language.translate import Wanted
from monitor.protocols import Store
from monitor.records import EngineReport, Translation, Translations

_AT_HAND = 2_000  # sentences; those of an edition's cards are fewer


class Remembered(Mapping[str, Translation]):
    """The translations of `keys`: those in `held`, and what the store's memory of that recipe has of the others."""

    def __init__(self, store: Store, recipe: str, held: Translations, keys: Iterable[str]) -> None:
        self._store, self._recipe, self._held = store, recipe, held
        self._keys = np.unique(np.fromiter((int(key, 16) for key in keys), dtype=np.uint64))  # 8 bytes each
        self._at_hand: dict[str, Translation] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return (f"{number:016x}" for number in self._keys.tolist())

    def __getitem__(self, key: str) -> Translation:
        found = self._held.get(key) or self._at_hand.get(key) or self.these([key]).get(key)
        if found is None:
            raise KeyError(key)
        return found

    def these(self, keys: Collection[str]) -> Translations:
        """The translations of some keys, read at once."""
        held = {key: self._held[key] for key in keys if key in self._held}
        asked = [key for key in keys if key not in held and self._is_wanted(key)]
        read = self._store.recall(self._recipe, asked) if asked else {}
        if len(self._at_hand) + len(read) > _AT_HAND:
            self._at_hand.clear()
        if len(read) <= _AT_HAND:
            self._at_hand |= read
        return held | read

    def _is_wanted(self, key: str) -> bool:
        number = np.uint64(int(key, 16))
        place = int(np.searchsorted(self._keys, number))
        return place < len(self._keys) and bool(self._keys[place] == number)


def these(translations: Translations, keys: Collection[str]) -> Translations:
    """At least those of `keys`, read at once where they have to be read."""
    return translations.these(keys) if isinstance(translations, Remembered) else translations


@dataclass(slots=True)
class Recalling:
    """What the memory has of the texts that a run wants, and what it lacks. Most of what it has is only counted."""

    store: Store
    recipe: str
    corrected: frozenset[str]  # keys of an analyst's wordings: they win over the memory
    keys: set[str] = field(default_factory=set)
    headlines: set[str] = field(default_factory=set)
    missing: dict[str, Wanted] = field(default_factory=dict)
    held: dict[str, Translation] = field(default_factory=dict)
    remembered: int = 0
    hard: int = 0
    soft: int = 0
    unenforced: set[str] = field(default_factory=set)

    def look_up(self, wanted: Iterable[Wanted], headlines: Iterable[str]) -> None:
        """Look up some texts; `headlines` are the keys of those that are held."""
        self.headlines.update(headlines)
        new = {item.key: item for item in wanted if item.text.strip() and item.key not in self.keys}
        self.keys.update(new)
        asked = new.keys() - self.corrected
        found = self.store.recall(self.recipe, asked) if asked else {}
        self.missing |= {key: item for key, item in new.items() if key not in found}
        for translation in found.values():
            self.hard += translation.status == "original"
            self.soft += translation.status == "check"
            self.unenforced.update(translation.unenforced)
        self.remembered += len(found)
        self.hold(found)

    def hold(self, found: Translations) -> None:
        """Keep headlines, what must not be shown, and what the memory does not have."""
        for key, translation in found.items():
            if key in self.headlines or translation.status == "original" or not translation.recipe:
                self.held[key] = translation

    def counted_in(self, report: EngineReport) -> EngineReport:
        """The engine's report on what was missing, with what was remembered."""
        return replace(
            report,
            remembered=report.remembered + self.remembered,
            flagged_hard=report.flagged_hard + self.hard,
            flagged_soft=report.flagged_soft + self.soft,
            unenforced=tuple(sorted({*report.unenforced, *self.unenforced})),
        )
