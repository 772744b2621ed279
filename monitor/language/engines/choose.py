"""Which engine translates: what is installed, what is healthy, and what the user asked for."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from monitor.config.models import TranslationConfig
from monitor.errors import EngineError, MonitorError
from monitor.language.engines import argos, firefox, offline
from monitor.language.engines.canary import Health, examine, remembered_health
from monitor.language.engines.none import NoTranslator
from monitor.protocols import Translator
from monitor.records import EngineSpec

GROUP = "monitor.translators"
PREFERENCE = ("firefox", "argos", "offline")  # best first; measured on news of both languages


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """One engine on this machine: the line of `monitor models list` and `monitor check`."""

    kind: str
    name: str  # engine + model + version; the kind when it is not installed
    installed: bool
    healthy: bool | None  # None: not examined
    reason: str = ""  # what is missing or what failed
    remedy: str = ""
    size_mb: float = 0.0  # of its models on disk
    label: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The engine of a run, before it is opened."""

    spec: EngineSpec
    name: str
    label: str = ""
    limits: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    build: Callable[[EngineSpec], Translator]
    missing: Callable[[Path], list[str]]
    folders: Callable[[Path], list[Path]]
    label: str
    limits: str = ""


_BUILT_IN: Mapping[str, _Kind] = {
    "firefox": _Kind(
        firefox.FirefoxTranslator,
        firefox.missing_parts,
        lambda root: [firefox.direction_dir(root, s, t) for s, t in firefox.DIRECTIONS],
        firefox.LABEL,
    ),
    "argos": _Kind(
        argos.ArgosTranslator,
        argos.missing_parts,
        lambda root: [argos.packages_dir(root)],
        argos.LABEL,
    ),
    "offline": _Kind(
        offline.OfflineTranslator,
        lambda _: offline.missing_parts(),
        lambda _: [folder for d in ("pten", "enpt") if (folder := offline.model_dir(d))],
        offline.LABEL,
        offline.LIMITS,
    ),
}


def models_dir_of(options: TranslationConfig, environ: Mapping[str, str] = os.environ) -> Path:
    """Where models are kept: the configured folder, else `border-monitor/models` in the user's data folder."""
    if options.models_dir:
        return Path(options.models_dir).expanduser()
    data = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".local" / "share")
    return Path(data) / "border-monitor" / "models"


def spec_of(kind: str, options: TranslationConfig, glossary_path: Path | None, models_dir: Path) -> EngineSpec:
    """What a worker needs to build the engine."""
    return EngineSpec(
        kind=kind,
        models_dir=str(models_dir),
        beam_size=options.beam_size,
        threads=options.threads,
        glossary=str(glossary_path) if glossary_path else "",
    )


def open_translator(spec: EngineSpec) -> Translator:
    """Build the engine of a spec. EngineError, with the remedy, when it is unknown or lacks something."""
    if spec.kind == "none":
        return NoTranslator(spec)
    if spec.kind in _BUILT_IN:
        return _BUILT_IN[spec.kind].build(spec)
    plugin = _plugins().get(spec.kind)
    if plugin is None:
        raise EngineError(_unknown(spec.kind))
    try:
        engine = plugin.load()(spec)
    except MonitorError:
        raise
    except Exception as exc:
        raise EngineError(f"open the translation plug-in '{spec.kind}' ({plugin.value}): {exc}") from exc
    if not isinstance(engine, Translator):
        raise EngineError(f"the translation plug-in '{spec.kind}' ({plugin.value}) makes no Translator")
    return engine


def engine_statuses(
    options: TranslationConfig,
    *,
    glossary_path: Path | None = None,
    examined: bool = True,
    fresh: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> tuple[EngineStatus, ...]:
    """Every engine, best first, then plug-ins. `examined=False` leaves out the canaries (`healthy` is None);
    `fresh` runs them even if the models passed before.
    """
    root = models_dir_of(options, environ)
    kinds = (*PREFERENCE, *sorted(_plugins()))
    specs = (spec_of(kind, options, glossary_path, root) for kind in kinds)
    return tuple(engine_status(spec, examined=examined, fresh=fresh) for spec in specs)


def engine_status(spec: EngineSpec, *, examined: bool = True, fresh: bool = False) -> EngineStatus:
    """One engine. `fresh` asks the canaries again whatever the cache says."""
    built_in = _BUILT_IN.get(spec.kind)
    root = Path(spec.models_dir)
    missing = built_in.missing(root) if built_in else []
    status = EngineStatus(
        kind=spec.kind,
        name=spec.kind,
        installed=not missing,
        healthy=None,
        label=built_in.label if built_in else spec.kind,
        limits=built_in.limits if built_in else "",
    )
    if missing:
        return replace(status, reason=f"lacks {'; '.join(missing)}", remedy=_remedy(missing))
    size_mb = sum(_size_mb(folder) for folder in built_in.folders(root)) if built_in else 0.0
    status = replace(status, size_mb=round(size_mb, 1))
    return _with_health(status, spec, fresh=fresh) if examined else status


def _with_health(status: EngineStatus, spec: EngineSpec, *, fresh: bool) -> EngineStatus:
    """The status after the canaries, with the engine's full name."""
    try:
        engine = open_translator(spec)
    except MonitorError as exc:
        return replace(status, healthy=False, reason=str(exc))
    try:
        name = engine.name
        health: Health = (
            examine(engine) if fresh else remembered_health(name, lambda: examine(engine), Path(spec.models_dir))
        )
    finally:
        engine.close()
    remedy = (
        ""
        if health.healthy
        else f"install its models again, or set translation.engine to one of {', '.join(PREFERENCE)}"
    )
    return replace(status, name=name, healthy=health.healthy, reason=health.reason, remedy=remedy)


def choose_engine(
    options: TranslationConfig, glossary_path: Path | None = None, *, environ: Mapping[str, str] = os.environ
) -> Chosen:
    """The engine of a run. `auto`: the first installed and healthy one of `PREFERENCE`, else none.

    Raises EngineError with the remedy when an engine asked for by name is unknown, missing or fails its canaries.
    """
    root = models_dir_of(options, environ)
    if options.engine == "none":
        return _chosen_none(spec_of("none", options, glossary_path, root), "machine translation is switched off")
    if options.engine != "auto":
        return _chosen_by_name(spec_of(options.engine, options, glossary_path, root))
    passed_over: list[str] = []
    for kind in PREFERENCE:
        spec = spec_of(kind, options, glossary_path, root)
        status = engine_status(spec)
        if status.installed and status.healthy:
            return _chosen(spec, status, "; ".join((f"auto: {kind} is the best engine that works here", *passed_over)))
        passed_over.append(f"{kind} {status.reason}")
    return _chosen_none(spec_of("none", options, glossary_path, root), "auto: " + "; ".join(passed_over))


def _chosen_by_name(spec: EngineSpec) -> Chosen:
    if spec.kind not in _BUILT_IN and spec.kind not in _plugins():
        raise EngineError(_unknown(spec.kind))
    status = engine_status(spec)
    if not status.installed:
        raise EngineError(f"the translation engine '{spec.kind}' {status.reason}")
    if not status.healthy:
        raise EngineError(f"the translation engine '{spec.kind}' is not healthy: {status.reason}; {status.remedy}")
    return _chosen(spec, status, f"asked for: translation.engine is {spec.kind}")


def _chosen(spec: EngineSpec, status: EngineStatus, reason: str) -> Chosen:
    return Chosen(spec, status.name, status.label, status.limits, reason)


def _chosen_none(spec: EngineSpec, reason: str) -> Chosen:
    return Chosen(spec, "none", "", "none", reason)


def _plugins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in _BUILT_IN}


def _unknown(kind: str) -> str:
    known = ", ".join(("auto", *PREFERENCE, "none", *sorted(_plugins())))
    return f"translation.engine: there is no engine '{kind}'; there is: {known}"


def _remedy(missing: list[str]) -> str:
    """What stands in brackets behind each missing part."""
    return "; ".join(part.partition("(")[2].rstrip(")") or part for part in missing)


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
