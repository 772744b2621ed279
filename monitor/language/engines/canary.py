"""Canaries: a few sentences whose translation must hold certain words, before an engine may speak to readers.

A package that loads is not yet one that works: a published es→en package answers every text with one endless word.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import EngineError
from monitor.language.glossary import Glossary
from monitor.language.guards import HARD, check
from monitor.protocols import Translator
from monitor.records import Lang

_CACHE_NAME = "canary.json"
_TRUST_FAILURE_S = 3600.0  # a failure may have been the machine's: ask again
_TRUST_SUCCESS_S = 30 * 86_400.0
_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class Canary:
    """A sentence, and patterns (any case) each of which its translation must contain."""

    text: str
    source: Lang
    target: Lang
    must: tuple[str, ...]


CANARIES: tuple[Canary, ...] = (
    Canary("Hola, ¿cómo estás?", "es", "en", (r"how",)),
    Canary(
        "La Patrulla Fronteriza no confirmó la detención de 12 personas.", "es", "en",
        (r"\b(?:12|twelve)\b", r"\b(?:not|no|never)\b|n['’]t\b", r"border|patrol"),
    ),
    Canary("Hello, how are you?", "en", "es", (r"hola|c[oó]mo|qu[eé] tal",)),
    Canary(
        "The Border Patrol did not confirm the arrest of 12 people.", "en", "es",
        (r"\b(?:12|doce)\b", r"\b(?:no|ni|nunca)\b", r"patrulla|fronter"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an engine passed, and if not, on which sentence and how."""

    healthy: bool
    reason: str = ""


def examine(translator: Translator, canaries: tuple[Canary, ...] = CANARIES) -> Health:
    """Translate every canary; the first failure decides. An engine that raises EngineError is unhealthy."""
    for canary in canaries:
        try:
            answer = translator.translate([canary.text], canary.source, canary.target)[0]
        except EngineError as exc:
            return Health(False, str(exc))
        fault = _fault(canary, answer)
        if fault:
            shown = answer if len(answer) <= 60 else answer[:60] + "…"
            return Health(False, f'canary {canary.source}→{canary.target}: "{canary.text}" became "{shown}" ({fault})')
    return Health(True)


def _fault(canary: Canary, answer: str) -> str:
    hard = HARD.intersection(check(canary.text, answer, canary.source, canary.target, Glossary()))
    if hard:
        return ", ".join(sorted(hard))
    if len(answer) > _MAX_CHARS:
        return "too long"
    missing = [pattern for pattern in canary.must if not re.search(pattern, answer, re.IGNORECASE)]
    return f"lacks {missing[0]}" if missing else ""


def remembered_health(
    name: str, examine_now: Callable[[], Health], cache_dir: Path, *, now: Callable[[], float] = time.time
) -> Health:
    """The verdict on the engine `name` (which changes with its model): from the cache, else examined and cached.

    A success is believed for 30 days, a failure for an hour; a cache that cannot be read or written is done without.
    """
    path = cache_dir / _CACHE_NAME
    verdicts = _read(path)
    entry = verdicts.get(name)
    if entry is not None and _is_fresh(entry, now()):
        return Health(bool(entry["healthy"]), str(entry.get("reason", "")))
    health = examine_now()
    verdicts[name] = {"healthy": health.healthy, "reason": health.reason, "at": now()}
    _write(path, verdicts)
    return health


def _is_fresh(entry: dict[str, object], now: float) -> bool:
    at = entry.get("at")
    age = now - at if isinstance(at, int | float) else -1.0
    return 0 <= age < (_TRUST_SUCCESS_S if entry.get("healthy") else _TRUST_FAILURE_S)


def _read(path: Path) -> dict[str, dict[str, object]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in document.items() if isinstance(v, dict)} if isinstance(document, dict) else {}


def _write(path: Path, verdicts: dict[str, dict[str, object]]) -> None:
    temporary = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(verdicts, ensure_ascii=False, indent=1), encoding="utf-8")
        temporary.replace(path)
    except OSError:
        return
