"""The texts of reports in English, by our own offline engine; remembered in a file, as translating takes minutes."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stories_bench.baselines import NotInstalled
from monitor.errors import EngineError
from monitor.language.engines.offline import OfflineTranslator
from monitor.records import EngineSpec, content_id
from monitor.stories.embed import embedding_text
from tests.eval.stories_data import Item

_BATCH = 100


@dataclass(frozen=True, slots=True)
class InEnglish:
    """Texts by article id, and how many of them no engine could translate."""

    texts: Mapping[str, str]
    untranslated: int


def default_memory() -> Path:
    """Where translations are remembered: the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "border-monitor" / "benchmark-translations.json"


def in_english(items: Sequence[Item], memory: Path) -> InEnglish:
    """Headline and lead of each report. Only Spanish is translated: the engine reads no third language.

    NotInstalled when the engine cannot run here.
    """
    texts = {item.judged.id: embedding_text(item.judged.article, item.judged.language) for item in items}
    spanish = sorted({texts[item.judged.id] for item in items if item.judged.language == "es"})
    english = _translated(spanish, memory) if spanish else {}
    others = sum(item.judged.language not in ("en", "es") for item in items)
    translated = {
        item.judged.id: english[texts[item.judged.id]] if item.judged.language == "es" else texts[item.judged.id]
        for item in items
    }
    return InEnglish(translated, others)


def _translated(texts: Sequence[str], memory: Path) -> dict[str, str]:
    try:
        engine = OfflineTranslator(EngineSpec("offline"))
    except EngineError as exc:
        raise NotInstalled(f"not installed: {exc}") from exc
    try:
        known = _remembered(memory)
        keys = {text: content_id(engine.name, text) for text in texts}
        missing = [text for text in texts if keys[text] not in known]
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            known |= {keys[text]: out for text, out in zip(batch, engine.translate(batch, "es", "en"), strict=True)}
            _remember(memory, known)
        return {text: known[keys[text]] for text in texts}
    finally:
        engine.close()


def _remembered(memory: Path) -> dict[str, str]:
    """What the file holds; nothing when it is missing or was cut off."""
    try:
        found = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(text) for key, text in found.items()} if isinstance(found, dict) else {}


def _remember(memory: Path, known: Mapping[str, str]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    part = memory.with_name(f"{memory.name}.{os.getpid()}")
    part.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    part.replace(memory)
