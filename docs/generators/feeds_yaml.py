"""docs/feeds-yaml.md: every key of feeds.yaml, from the models of monitor/config and the examples beside this module.

`feeds_examples.yaml` holds whole configurations, each valid; the first that has a key gives its example.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from docs.generators.markdown import code, plain, table
from monitor.config.models import Config
from monitor.config.schema import json_schema

_EXAMPLES = Path(__file__).with_name("feeds_examples.yaml")
_SCALARS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
_BOUNDS = (("minimum", "from {}"), ("exclusiveMinimum", "above {}"), ("maximum", "up to {}"))
_OF_A_VARIABLE = re.compile(r"^Environment variable (?:that holds|with) ")
_CLOCK_TIME = re.compile(r"'?\b(\d\d:\d\d)\b'?")  # quotes are asked for, as other readers of YAML take it for a number
_HEAD = """# feeds.yaml, key by key

<!-- Written by python -m docs.generate from monitor/config and docs/generators/feeds_examples.yaml. -->

`monitor init` writes a feeds.yaml in which most of these keys stand with a comment; this page has all of them. A key
that is left out has its default. Unknown keys and values that make no sense are refused, all of them at once, each with
its line and what to write instead; `monitor check` looks without running. Editors that know YAML schemas complete and
check the file by `feeds.schema.json`. Relative paths start from the folder of feeds.yaml.
"""
_SECRETS = """## Secrets

No password, token or key stands in feeds.yaml. Each comes from an environment variable, whose name can be changed by
the key, or from the file that the key ending in `_file` beside it names, which wins.
"""

Schema = Mapping[str, Any]


def page() -> str:
    """The page as it is committed."""
    schema = json_schema()
    examples = load_examples()
    lines = [_HEAD, *_section("", schema, schema["$defs"], examples), _SECRETS, *_secrets(schema)]
    lines += ["## A whole file", "", "```yaml", _whole_file(), "```"]
    return "\n".join(lines).rstrip() + "\n"


def load_examples() -> tuple[Schema, ...]:
    """The configurations of the examples. ConfigError's cause, ValidationError, when one of them is not valid."""
    documents = tuple(yaml.safe_load_all(_EXAMPLES.read_text(encoding="utf-8")))
    for document in documents:
        Config.model_validate(document)
    return documents


def keys_without_example() -> tuple[str, ...]:
    """Paths of keys, like mail.host, that no example has."""
    schema = json_schema()
    examples = load_examples()
    return tuple(path for path, _ in _keys("", schema, schema["$defs"]) if not _examples_of(path, examples))


def _whole_file() -> str:
    """The first of the examples, with its comments."""
    return _EXAMPLES.read_text(encoding="utf-8").split("\n---\n")[0].partition("\n\n")[2].strip()


# ---------------------------------------------------------------- sections and their keys


def _section(path: str, section: Schema, defs: Schema, examples: Iterable[Schema]) -> Iterator[str]:
    """The table of a section, then its own sections."""
    examples = tuple(examples)
    if path:
        depth = path.count(".") + 2
        yield from (f"{'#' * depth} {path}", "", plain(section.get("description", "")), "")
    rows = []
    for name, value in section["properties"].items():
        own = f"{path}.{name}" if path else name
        rows.append(_row(own, name, value, section, defs, examples))
    yield from table(("key", "meaning", "type", "default", "example"), rows)
    for name, value in section["properties"].items():
        below = _section_of(value, defs)
        if below:
            yield from _section(f"{path}.{name}" if path else name, below, defs, examples)


def _row(
    path: str, name: str, value: Schema, section: Schema, defs: Schema, examples: Iterable[Schema]
) -> tuple[str, str, str, str, str]:
    below = _section_of(value, defs)
    meaning = plain(value.get("description", below.get("description", "") if below else ""))
    if below:
        kind = f"[{'list of sections' if _is_list(value) else 'section'}](#{_anchor(path)})"
        return code(name), meaning, kind, "required" if name in section.get("required", ()) else "", ""
    shown = next(iter(_examples_of(path, examples)), None)
    default = "**required**" if name in section.get("required", ()) else code(_yaml(value.get("default")))
    return code(name), meaning, _type(value), default, code(_yaml(shown))


def _keys(path: str, section: Schema, defs: Schema) -> Iterator[tuple[str, Schema]]:
    """Every key that holds a value, by its path."""
    for name, value in section["properties"].items():
        own = f"{path}.{name}" if path else name
        below = _section_of(value, defs)
        if below:
            yield from _keys(own, below, defs)
        else:
            yield own, value


def _section_of(value: Schema, defs: Schema) -> Schema | None:
    """The section that a key holds, or a list of them, or None."""
    for option in (value, value.get("items", {}), *value.get("anyOf", ())):
        if "$ref" in option:
            found: Schema = defs[option["$ref"].rpartition("/")[2]]
            return found
    return None


def _is_list(value: Schema) -> bool:
    return value.get("type") == "array"


def _anchor(path: str) -> str:
    return path.replace(".", "").lower()


# ---------------------------------------------------------------- types, values, examples


def _type(value: Schema) -> str:
    options = [option for option in value.get("anyOf", (value,)) if option.get("type") != "null"]
    return " or ".join(map(_one_type, options))


def _one_type(value: Schema) -> str:
    if "const" in value:
        return code(str(value["const"]))
    if "enum" in value:
        return ", ".join(code(_yaml(choice) or '""') for choice in value["enum"])
    if value.get("type") == "array":
        return f"list of {_type(value['items'])}"
    if value.get("type") == "object":
        return f"names with {_type(value['additionalProperties'])}"
    bounds = [words.format(f"{value[key]:g}") for key, words in _BOUNDS if key in value]
    return " ".join([_SCALARS[value["type"]], *bounds])


def _yaml(value: object) -> str:
    """A value as it is written in feeds.yaml; "" for nothing, which is what "" and an empty list mean there."""
    if value in (None, "", [], {}, ()):
        return ""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1000, sort_keys=False)
    return _CLOCK_TIME.sub(r'"\1"', text.removesuffix("\n").removesuffix("\n..."))


def _examples_of(path: str, examples: Iterable[Schema]) -> list[object]:
    """What the examples have under this path, in their order."""
    found: list[object] = list(examples)
    for name in path.split("."):
        inner = [item for value in found for item in (value if isinstance(value, list) else [value])]
        found = [value[name] for value in inner if isinstance(value, dict) and name in value]
    return found


# ---------------------------------------------------------------- secrets


def _secrets(schema: Schema) -> Iterator[str]:
    rows = []
    for path, value in _keys("", schema, schema["$defs"]):
        if path.endswith("_env"):
            name, meaning = value.get("default"), _OF_A_VARIABLE.sub("", value["description"])
            rows.append((code(f"${name}") if name else "none by default", code(path), plain(meaning)))
    return table(("variable", "key", "what it holds"), rows)
