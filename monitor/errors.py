"""The exceptions of the project; everything else that escapes is a bug.

::

    MonitorError
    ├── ConfigError          feeds.yaml, lexicon, glossary or a secret is wrong     (exit code 2)
    ├── StorageError         the database or digests/ cannot be read or written     (exit code 1)
    ├── NetworkError         this machine reaches none of its feeds             (exit code 1)
    ├── EngineError          a translation engine is missing, unhealthy or died     (upstream: the original is shown)
    ├── RenderError          a template is wrong                                    (exit code 1)
    ├── ExportError          a stored edition cannot be had in another format       (exit code 1)
    ├── DeliveryError        the mail server refuses to talk to us at all           (exit code 1)
    └── BusyError            another run holds the lock                             (exit code 1)

Expected failures of one feed, article or recipient are values (`FetchFailed`, `Translation.flags`, `Receipt`), never
exceptions. Exceptions keep their raw arguments in `args` and format in `__str__`, so that they pickle.
"""

from dataclasses import dataclass


class MonitorError(Exception):
    """Something expected went wrong; `str()` is a sentence for the user that says what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file: where it is, what it is and how to cure it."""

    path: str
    where: str  # "line 12, feeds[3].url", or a key when there is no line
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        cure = f" → {self.remedy}" if self.remedy else ""
        return f"{self.path}: {self.where}: {self.problem}{cure}"


class ConfigError(MonitorError):
    """All problems of the configuration at once, one line each."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.args

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class StorageError(MonitorError):
    """The database or the archive folder cannot be read or written."""


class NetworkError(MonitorError):
    """No feed's host can be looked up: it is this machine that has no network, and no digest is made of that."""


class EngineError(MonitorError):
    """A translation engine is not installed, not healthy, or died."""


class RenderError(MonitorError):
    """A template or a strings file is wrong; names the file and line."""


class ExportError(MonitorError):
    """A stored edition cannot be written in another format: a program for it is missing or failed."""


class DeliveryError(MonitorError):
    """The mail server cannot be used at all (unreachable, login refused); nobody was sent anything by this attempt."""


class BusyError(MonitorError):
    """Another run holds the lock; nothing was done."""
