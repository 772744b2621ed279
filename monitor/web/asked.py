"""What a request asks: the reader's language, the address, and parameters within bounds. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

from starlette.requests import Request

from monitor.records import LANGUAGES, Lang
from monitor.text import clean

LANGUAGE_COOKIE = "monitor_lang"
_LONGEST = 200  # characters of a parameter
_MOST = 20  # values of one parameter
_DEEPEST = 8  # parts of a path; no page lies deeper than three
_PREFERENCE = re.compile(r"^\s*([a-z]{1,8})[-a-z0-9]*\s*(?:;\s*q=([0-9.]{1,5}))?\s*$", re.IGNORECASE)


class ParameterError(ValueError):
    """A parameter of the address cannot be read; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read. `slots` are the parts of the path that vary."""

    path: str
    language: Lang
    chosen: bool  # the reader switched to `language` just now
    slots: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The way from this page to "/": relative, so that the pages work behind any proxy and under any path."""
        depth = self.path.count("/") - 1
        return "/" if depth > _DEEPEST else "../" * depth or "./"

    @property
    def page(self) -> str:
        """The way from this page to itself, without its query; "./" so that no part of it is taken for a scheme."""
        return f"./{quote(self.path.rpartition('/')[2], safe='')}"

    def words(self, name: str) -> str:
        """A parameter as one line; "" without one. Raises ParameterError when it is too long."""
        given = self.parameters.get(name, ("",))[0]
        if len(given) > _LONGEST:
            raise ParameterError(name)
        return " ".join(clean(given).split())

    def several(self, name: str) -> tuple[str, ...]:
        """Every value of a parameter that is not empty, each once. Raises ParameterError for too many or too long."""
        given = tuple(dict.fromkeys(value for value in self.parameters.get(name, ()) if value))
        if len(given) > _MOST or any(len(value) > _LONGEST for value in given):
            raise ParameterError(name)
        return given

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 1 to `most`. Raises ParameterError for anything else."""
        given = self.words(name)
        if not given:
            return default
        if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= most):
            raise ParameterError(name)
        return int(given)

    def day(self, name: str) -> date | None:
        """A date, YYYY-MM-DD; None without one. Raises ParameterError for anything else."""
        return read_day(self.words(name), name)

    def query(self, **changes: object) -> str:
        """The query of this request with some parameters changed ("" takes one away); without `lang`."""
        kept = {name: values for name, values in self.parameters.items() if name != "lang" and name not in changes}
        new = {name: (str(value),) for name, value in changes.items() if value != ""}
        return urlencode({name: [v for v in values if v] for name, values in {**kept, **new}.items()}, doseq=True)


def read_day(text: str, name: str) -> date | None:
    """`text` as a date, None when it is empty. Raises ParameterError(name)."""
    if not text:
        return None
    try:
        if len(text) != len("2026-03-05"):
            raise ParameterError(name)
        return date.fromisoformat(text)
    except ValueError:
        raise ParameterError(name) from None


def read_request(request: Request) -> Asked:
    """The request as the pages see it. The language: as just chosen, as chosen before, as the browser prefers."""
    parameters: dict[str, tuple[str, ...]] = {}
    for name, value in request.query_params.multi_items()[:100]:
        parameters[name] = (*parameters.get(name, ()), value)
    wanted = parameters.get("lang", ("",))[0]
    chosen = as_language(wanted)
    language = chosen or as_language(request.cookies.get(LANGUAGE_COOKIE, ""))
    return Asked(
        path=request.scope["path"],
        language=language or preferred(request.headers.get("accept-language", "")),
        chosen=chosen is not None,
        slots=dict(request.path_params),
        parameters=parameters,
    )


def as_language(text: str) -> Lang | None:
    return next((language for language in LANGUAGES if language == text), None)


def preferred(header: str) -> Lang:
    """The first of our languages in an Accept-Language header (RFC 9110, 12.5.4), by weight; English without one."""
    weights: dict[Lang, float] = {}
    for part in header[:500].split(","):
        match = _PREFERENCE.match(part)
        language = as_language(match[1].lower()) if match else None
        if match and language:
            weights[language] = max(weights.get(language, 0.0), _weight(match[2]))
    liked = [language for language in weights if weights[language] > 0]
    return max(liked, key=lambda language: weights[language], default=LANGUAGES[0])


def _weight(text: str | None) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
