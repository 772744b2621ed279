"""Reading feeds.yaml: YAML with line numbers, validation, and all problems at once."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.models import Config
from monitor.errors import ConfigError, Problem

DEFAULT_NAME = "feeds.yaml"
ENVIRONMENT_NAME = "MONITOR_CONFIG"


def find_config(given: str | Path | None, environ: Mapping[str, str]) -> Path:
    """The configuration file: `--config`, else $MONITOR_CONFIG, else ./feeds.yaml. It need not exist."""
    return Path(given or environ.get(ENVIRONMENT_NAME) or DEFAULT_NAME).absolute()


def load_config(path: Path) -> Config:
    """Read and check feeds.yaml. Raises ConfigError with every problem found, each with file, line, key and remedy."""
    root = _read_yaml(path)
    document = _construct(root, path)
    if not isinstance(document, dict):
        problem = "is empty" if document is None else "does not hold keys and values"
        raise ConfigError(Problem(str(path), "line 1", problem, "run `monitor init` for a commented example"))
    try:
        return Config.model_validate(document).at(path)
    except ValidationError as exc:
        raise ConfigError(*(_problem(path, root, error) for error in _without_echoes(exc.errors()))) from exc


def _without_echoes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without "too short" of a list whose items are wrong: pydantic counts only the items that are right."""
    places = [error["loc"] for error in errors]

    def is_echo(error: ErrorDetails) -> bool:
        here = error["loc"]
        return error["type"] == "too_short" and any(len(p) > len(here) and p[: len(here)] == here for p in places)

    return [error for error in errors if not is_echo(error)]


def resolve_secret(*, env: str, file: str, folder: Path, environ: Mapping[str, str] = os.environ) -> str:
    """A secret from its file, else from its environment variable; "" when neither is set.

    Raises ConfigError when the file is named but cannot be read.
    """
    if file:
        try:
            return (folder / file).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise ConfigError(
                Problem(file, "secret", f"cannot be read ({exc.strerror})", "check the path and its permissions")
            ) from exc
    return environ.get(env, "")


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


def _read_yaml(path: Path) -> yaml.Node | None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            Problem(str(path), "file", "does not exist", "run `monitor init` here, or name it with --config FILE")
        ) from None
    except UnicodeDecodeError as exc:
        raise ConfigError(Problem(str(path), f"byte {exc.start}", "is not UTF-8", "save the file as UTF-8")) from exc
    except OSError as exc:
        raise ConfigError(Problem(str(path), "file", f"cannot be read ({exc.strerror})", "check its path")) from exc
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exc:
        raise ConfigError(_yaml_problem(path, exc)) from exc


def _construct(root: yaml.Node | None, path: Path) -> Any:
    if root is None:
        return None
    loader = _UniqueKeyLoader("")
    try:
        return loader.construct_document(root)
    except yaml.YAMLError as exc:
        raise ConfigError(_yaml_problem(path, exc)) from exc
    finally:
        loader.dispose()


def _yaml_problem(path: Path, exc: yaml.YAMLError) -> Problem:
    mark = getattr(exc, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"
    what = getattr(exc, "problem", None) or str(exc)
    return Problem(
        str(path), where, f"not valid YAML: {what}", "check indentation (blanks, no tabs), quotes and colons"
    )


def _problem(path: Path, root: yaml.Node | None, error: ErrorDetails) -> Problem:
    location = tuple(error["loc"])
    node = _node_at(root, location)
    line = f"line {node.start_mark.line + 1}, " if node else ""
    where = f"{line}{_dotted(location) or 'feeds.yaml'}"
    return Problem(str(path), where, *_explain(error, location))


def _explain(error: ErrorDetails, location: tuple[int | str, ...]) -> tuple[str, str]:
    """Problem and remedy of one pydantic error, in words of somebody who edits a file."""
    kind = error["type"]
    if kind == "extra_forbidden":
        near = get_close_matches(str(location[-1]), _keys_of(location[:-1]), n=1)
        return f"unknown key '{location[-1]}'", f"did you mean '{near[0]}'?" if near else "remove it"
    if kind == "missing":
        return "is missing", "add it"
    message = error["msg"].removeprefix("Value error, ")
    problem, _, remedy = message.partition("; ")
    given = error["input"]
    if kind != "value_error" and isinstance(given, str | int | float | bool):
        problem = f"{problem[0].lower()}{problem[1:]} (it says {given!r})"
    return problem, remedy or "see the comments in the feeds.yaml that `monitor init` writes"


def _keys_of(location: tuple[int | str, ...]) -> list[str]:
    """The keys that exist at a place of the configuration."""
    model: Any = Config
    for step in location:
        if isinstance(step, int) or not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        annotation = model.model_fields[step].annotation if step in model.model_fields else None
        inner = getattr(annotation, "__args__", ())
        model = next((arg for arg in inner if isinstance(arg, type) and issubclass(arg, BaseModel)), annotation)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return list(model.model_fields)


def _dotted(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).lstrip(".")


def _node_at(root: yaml.Node | None, location: tuple[int | str, ...]) -> yaml.Node | None:
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
