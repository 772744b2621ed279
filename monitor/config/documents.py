"""YAML files that people edit: read with line numbers, checked against a model, all problems at once."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.errors import ConfigError, Problem

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]
_Composer: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads a long file in a tenth of the time


class Document:
    """One YAML file: its path, its name for people, and the place of every value in it."""

    def __init__(self, text: str, path: str, *, example: str) -> None:
        """Raises ConfigError when `text` is no YAML mapping; `example` says where a right one comes from."""
        self.path, self._example = path, example
        try:
            self._root: yaml.Node | None = yaml.compose(text.lstrip("\ufeff"), Loader=_Composer)
            self.value = _construct(self._root)
        except yaml.YAMLError as exc:
            raise ConfigError(self._yaml_problem(exc)) from exc
        if not isinstance(self.value, dict):
            problem = "is empty" if self.value is None else "does not hold keys and values"
            raise ConfigError(Problem(path, "line 1", problem, example))

    def checked(self, model: type[M]) -> M:
        """The document as a `model`. Raises ConfigError with every problem, each with line, key and remedy."""
        try:
            return model.model_validate(self.value)
        except ValidationError as exc:
            found = _without_echoes(exc.errors())
            raise ConfigError(*(self.problem(tuple(e["loc"]), *self._explain(e, model)) for e in found)) from exc

    def problem(self, location: Location, problem: str, remedy: str) -> Problem:
        """A problem of the value at `location`."""
        node = _node_at(self._root, location)
        line = f"line {node.start_mark.line + 1}, " if node else ""
        return Problem(self.path, f"{line}{_dotted(location) or Path(self.path).name}", problem, remedy)

    def _yaml_problem(self, exc: yaml.YAMLError) -> Problem:
        mark = getattr(exc, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"
        what = getattr(exc, "problem", None) or str(exc)
        return Problem(
            self.path, where, f"not valid YAML: {what}", "check indentation (blanks, no tabs), quotes and colons"
        )

    def _explain(self, error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
        """Problem and remedy of one pydantic error, in words of somebody who edits a file."""
        kind, location = error["type"], tuple(error["loc"])
        if kind == "extra_forbidden":
            near = get_close_matches(str(location[-1]), _keys_of(model, location[:-1]), n=1)
            return f"unknown key '{location[-1]}'", f"did you mean '{near[0]}'?" if near else "remove it"
        if kind == "missing":
            return "is missing", "add it"
        if kind == "too_short" and not error["input"]:
            return "is empty", f"add at least one; {self._example}"
        message = error["msg"].removeprefix("Value error, ")
        problem, _, remedy = message.partition("; ")
        given = error["input"]
        if kind != "value_error" and isinstance(given, str | int | float | bool):
            problem = f"{problem[0].lower()}{problem[1:]} (it says {given!r})"
        return problem, remedy or self._example


def read_text(path: Path, remedy: str) -> str:
    """The text of a file. Raises ConfigError saying what is wrong with it; `remedy` is for one that does not exist."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(Problem(str(path), "file", "does not exist", remedy)) from None
    except UnicodeDecodeError as exc:
        raise ConfigError(Problem(str(path), f"byte {exc.start}", "is not UTF-8", "save the file as UTF-8")) from exc
    except OSError as exc:
        raise ConfigError(Problem(str(path), "file", f"cannot be read ({exc.strerror})", "check its path")) from exc


class _UniqueKeyLoader(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"key '{key.value}' stands twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _construct(root: yaml.Node | None) -> Any:
    if root is None:
        return None
    loader = _UniqueKeyLoader("")
    try:
        return loader.construct_document(root)
    finally:
        loader.dispose()


def _without_echoes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without "too short" of a list whose items are wrong: pydantic counts only the items that are right."""
    places = [error["loc"] for error in errors]

    def is_echo(error: ErrorDetails) -> bool:
        here = error["loc"]
        return error["type"] == "too_short" and any(len(p) > len(here) and p[: len(here)] == here for p in places)

    return [error for error in errors if not is_echo(error)]


def _keys_of(model: Any, location: Location) -> list[str]:
    """The keys that exist at a place of a model."""
    for step in location:
        if isinstance(step, int) or not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        annotation = model.model_fields[step].annotation if step in model.model_fields else None
        inner = getattr(annotation, "__args__", ())
        model = next((arg for arg in inner if isinstance(arg, type) and issubclass(arg, BaseModel)), annotation)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return list(model.model_fields)


def _dotted(location: Location) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).lstrip(".")


def _node_at(root: yaml.Node | None, location: Location) -> yaml.Node | None:
    """The YAML node at a path, or the nearest one above it (for a missing key)."""
    node = root
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                return node
            node = found[1] if isinstance(found[1], yaml.CollectionNode) else found[0]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            return node
    return node
