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
_TRUST_SUCCESS_S = 20 * 3600.0  # less than a day, so that each day's run asks again


@dataclass(frozen=True, slots=True)
class Canary:
    """A sentence, and patterns (any case) each of which its translation must contain."""

    text: str
    source: Lang
    target: Lang
    must: tuple[str, ...]


_NOT_EN = r"\b(?:not|no|never)\b|n['’]t\b"
_NOT_ES = r"\b(?:no|ni|nunca)\b"
_1250 = r"\b1[,.\s]?250\b|\bmil 250\b"
_HELD_EN = r"(?:arrest|detain|apprehend|captur|stopp|\bheld\b|catch|caught)\w*"
_HELD_ES = r"(?:arrest|deten|detuv|captur|aprehend)\w*"

CANARIES: tuple[Canary, ...] = (
    Canary("Hola, ¿cómo estás?", "es", "en", (r"how",)),
    Canary(
        "La Patrulla Fronteriza no confirmó la detención de 12 personas.", "es", "en",
        (r"\b(?:12|twelve)\b", _NOT_EN, r"patrol|patrulla", r"confirm"),
    ),
    Canary(
        "Agentes federales hallaron un túnel entre Tijuana y San Diego.", "es", "en",
        (r"\bTijuana\b", r"\bSan Diego\b", r"\btunnel\b", r"\b(?:agents|officers|officials)\b"),
    ),
    Canary(
        "El hombre fue detenido por la policía en Ciudad Juárez.", "es", "en",
        (rf"\bman\b.*{_HELD_EN}.*\bby\b.*\bpolice|\bpolice\b.*{_HELD_EN}.*\bman\b", r"Ju[aá]rez"),
    ),
    Canary(
        "Fueron deportados 1,250 migrantes a Honduras.", "es", "en",
        (_1250, r"deport|expel|remov|return", r"migrant", r"\bto\b.*\bHonduras\b"),
    ),
    Canary(
        "Nadie resultó herido en el puente.", "es", "en",
        (r"\b(?:nobody|no one|no-one|none|not|no)\b", r"\b(?:injur|hurt|wound|harm)", r"\bbridge\b"),
    ),
    Canary("Hello, how are you?", "en", "es", (r"hola|c[oó]mo|qu[eé] tal",)),
    Canary(
        "The Border Patrol did not confirm the arrest of 12 people.", "en", "es",
        (r"\b(?:12|doce)\b", _NOT_ES, r"patrulla|fronter", r"confirm"),
    ),
    Canary(
        "Federal agents found a tunnel between Tijuana and San Diego.", "en", "es",
        (r"\bTijuana\b", r"\bSan Diego\b", r"\bt[uú]nel\b", r"\b(?:agentes|oficiales|elementos)\b"),
    ),
    Canary(
        "The man was arrested by the police in Ciudad Juárez.", "en", "es",
        (rf"\bhombre\b.*{_HELD_ES}.*\bpor\b.*\bpolic[ií]a|\bpolic[ií]a\b.*{_HELD_ES}.*\bhombre\b", r"Ju[aá]rez"),
    ),
    Canary(
        "1,250 migrants were deported to Honduras.", "en", "es",
        (_1250, r"deport|expuls|repatri", r"migrante", r"\ba\b.*\bHonduras\b"),
    ),
    Canary(
        "Nobody was injured on the bridge.", "en", "es",
        (r"\b(?:nadie|ning[uú]n|no)\b", r"\b(?:herid|lesion|lastim)", r"\bpuente\b"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an engine passed, and if not, on which sentence and how."""

    healthy: bool
    reason: str = ""


def examine(translator: Translator, canaries: tuple[Canary, ...] = CANARIES) -> Health:
    """Translate every canary, a direction at a time; the first failure decides. EngineError means unhealthy."""
    for source, target in sorted({(canary.source, canary.target) for canary in canaries}):
        asked = [canary for canary in canaries if (canary.source, canary.target) == (source, target)]
        try:
            answers = translator.translate([canary.text for canary in asked], source, target)
        except EngineError as exc:
            return Health(False, str(exc))
        for canary, answer in zip(asked, answers, strict=True):
            fault = _fault(canary, answer)
            if fault:
                return Health(False, f'canary {source}→{target}: "{canary.text}" became "{_shown(answer)}" ({fault})')
    return Health(True)


def _shown(answer: str) -> str:
    return answer if len(answer) <= 60 else answer[:60] + "…"


def _fault(canary: Canary, answer: str) -> str:
    hard = HARD.intersection(check(canary.text, answer, canary.source, canary.target, Glossary()))
    if hard:
        return ", ".join(sorted(hard))
    missing = [pattern for pattern in canary.must if not re.search(pattern, answer, re.IGNORECASE)]
    return f"lacks {missing[0]}" if missing else ""


def remembered_health(
    name: str,
    examine_now: Callable[[], Health],
    cache_dir: Path,
    *,
    fresh: bool = False,
    now: Callable[[], float] = time.time,
) -> Health:
    """The verdict on the engine `name` (which changes with its model): from the cache, else examined and cached.

    A success is believed for 20 hours, a failure for an hour, neither when `fresh`; a cache that cannot be read or
    written is done without.
    """
    path = cache_dir / _CACHE_NAME
    verdicts = _read(path)
    entry = None if fresh else verdicts.get(name)
    if entry is not None and _is_fresh(entry, now()):
        return Health(bool(entry["healthy"]), str(entry.get("reason", "")))
    health = examine_now()
    kept = {other: verdict for other, verdict in verdicts.items() if _is_fresh(verdict, now())}
    _write(path, kept | {name: {"healthy": health.healthy, "reason": health.reason, "at": now()}})
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
