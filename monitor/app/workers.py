"""Where the work of a run is done, as feeds.yaml says, and whether it can be done there."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from monitor.config import Config
from monitor.executors import (
    Cluster,
    ProcessExecutor,
    SerialExecutor,
    ThreadExecutor,
    default_workers,
    open_cluster,
    open_executor,
)
from monitor.executors.errand import release
from monitor.protocols import Embedder, Executor
from monitor.stories.embedders import open_embedder
from monitor.stories.embedders.handed_out import HandedOutEmbedder, embed_batch

if TYPE_CHECKING:
    from monitor.executors.dask import DaskExecutor

_PRELOAD = ("monitor.intake.preload",)


def open_workers(config: Config) -> "SerialExecutor | ThreadExecutor | ProcessExecutor | DaskExecutor":
    """Not started and not connected: work does that. MonitorError when Dask is wanted and not installed."""
    count = config.executor.workers or default_workers()
    match config.executor.kind:
        case "threads":
            return ThreadExecutor(count)
        case "processes":
            return ProcessExecutor(count, preload=_PRELOAD)
        case "dask":
            return open_cluster(cluster_of(config))
    return open_executor(preload=_PRELOAD)


def cluster_of(config: Config) -> Cluster:
    """The cluster that feeds.yaml names; its files are relative to that."""
    options = config.executor
    ca_file, cert_file, key_file = (
        str(config.folder / name) if name else "" for name in (options.ca_file, options.cert_file, options.key_file)
    )
    return Cluster(options.address, ca_file, cert_file, key_file, options.timeout_s)


def all_to_workers(config: Config) -> bool:
    """Whether every batch goes to the workers, and not only when there is very much."""
    return config.executor.kind != "auto"


def texts_to_workers(config: Config) -> bool:
    """Whether they translate and embed, too; threads gain nothing, for engines are at work on all processors."""
    return config.executor.kind in ("processes", "dask")


def placed_embedder(config: Config, executor: Executor) -> Embedder:
    """The embedder that feeds.yaml asks for, at work where it says. EngineError."""
    wish, folder = config.stories.embedder, config.folder
    own = open_embedder(wish, folder)
    return HandedOutEmbedder(own, executor, wish, folder) if texts_to_workers(config) else own


@dataclass(frozen=True, slots=True)
class WorkersSeen:
    """What `monitor check` says of the workers."""

    detail: str
    problems: tuple[str, ...] = ()


def look_at_workers(config: Config, questions: tuple[Callable[[], object], ...] = ()) -> WorkersSeen:
    """How many there are. Each of a cluster is asked these questions; MonitorError when it cannot be reached."""
    options = config.executor
    if options.kind != "dask":
        count = options.workers or default_workers()
        what = {"auto": "processes at most", "processes": "processes", "threads": "threads"}[options.kind]
        return WorkersSeen(f"{options.kind}: {count} {what} on this machine")
    asked: tuple[Callable[[], object], ...] = (release, *questions)
    with closing(open_cluster(cluster_of(config))) as cluster:
        states = [cluster.ask(question) for question in asked]
    threads = _several(sum(state.threads for state in states[0]), "thread")
    detail = f"{_several(len(states[0]), 'worker')} with {threads} at {options.address}"
    return WorkersSeen(detail, tuple(dict.fromkeys(s.problem for answers in states for s in answers if s.problem)))


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def embedding_question(config: Config) -> Callable[[], object]:
    """What a worker can be asked, to see whether it embeds as it is done here."""
    wish, folder = config.stories.embedder, config.folder
    return partial(embed_batch, wish, str(folder.absolute()), open_embedder(wish, folder).name, ("frontera",))
