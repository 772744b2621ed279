"""Templates and strings: the user's folder wins over the bundled one, file by file (strings: key by key).

The only place of this room that reads the disk. Everything is read and compiled at once, so that a broken template is
known before the first feed is fetched, and rendering needs no disk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import yaml
from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    UndefinedError,
    select_autoescape,
)

from monitor.digest.phrases import Phrases, Strings
from monitor.errors import RenderError
from monitor.records import LANGUAGES, Lang
from monitor.resources import bundled, parse_yaml

HTML_TEMPLATE, TEXT_TEMPLATE = "digest.html.j2", "digest.txt.j2"
_LINE_CHARS = 78  # RFC 5322 recommends it
_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})


@dataclass(frozen=True, slots=True)
class Templates:
    """Compiled templates and the interface's words, ready to render."""

    environment: Environment
    phrases: Mapping[Lang, Phrases]


def load_templates(folder: Path | None = None, *, part: str = "") -> Templates:
    """The bundled templates, with those of `folder` in their place where it has them; `part` is a folder within both.

    Raises RenderError, naming file and line, for a template that does not compile or a strings file that is wrong.
    """
    folders = [root / part for root in (bundled("templates"), folder) if root and (root / part).is_dir()]
    files = {path.name: path for root in folders for path in sorted(root.glob("*.j2"))}
    environment = _environment({name: (_read(path), str(path)) for name, path in files.items()})
    for name in files:
        _compile(environment, name)
    return Templates(environment, {language: _phrases(folders, language) for language in LANGUAGES})


def _environment(sources: Mapping[str, tuple[str, str]]) -> Environment:
    def find(name: str) -> tuple[str, str, Any] | None:
        source = sources.get(name)
        return (*source, None) if source else None

    environment = Environment(
        loader=FunctionLoader(find),
        autoescape=select_autoescape(disabled_extensions=("txt.j2", "md.j2"), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrapped"] = wrapped
    return environment


def wrapped(text: str, indent: int = 0, hang: int | None = None) -> str:
    """`text` in lines of at most 78 characters where words allow; a URL is never broken.

    `indent` blanks before the first line, `hang` (default: the same) before the others.
    """
    lines = wrap(
        text,
        width=_LINE_CHARS,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hang is None else hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def _compile(environment: Environment, name: str) -> None:
    try:
        environment.get_template(name)
    except TemplateSyntaxError as exc:
        raise RenderError(f"{exc.filename or name}: line {exc.lineno}: {exc.message}") from exc
    except TemplateError as exc:
        raise RenderError(f"{name}: {exc}") from exc


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise RenderError(f"{path}: cannot be read: {exc}; save it as UTF-8 text") from exc


def fill(template: Template, context: Mapping[str, object]) -> str:
    """Render, with every error of a template as a RenderError that names its file and line."""
    try:
        return template.render(context)
    except (TemplateError, LookupError, AttributeError, TypeError, ValueError, ArithmeticError) as exc:
        what = exc.message if isinstance(exc, UndefinedError) else str(exc)
        raise RenderError(f"{_where(exc, template)}: {what}; docs/templates.md lists what there is") from exc


def _where(exc: BaseException, template: Template) -> str:
    """File and line of the innermost template frame of a traceback."""
    found = f"{template.filename}: line 1"
    frame = exc.__traceback__
    while frame:
        if frame.tb_frame.f_code.co_filename.endswith(".j2"):
            found = f"{frame.tb_frame.f_code.co_filename}: line {frame.tb_lineno}"
        frame = frame.tb_next
    return found


# ---------------------------------------------------------------- strings


def _phrases(folders: list[Path], language: Lang) -> Phrases:
    paths = [path for root in folders if (path := root / f"strings.{language}.yaml").exists()]
    strings: dict[str, str | Mapping[str, str]] = {}
    for path in paths:
        found = _strings(path)
        if strings and (unknown := sorted(set(found) - set(strings))):
            raise RenderError(f"{path}: unknown string '{unknown[0]}'; the bundled {path.name} lists those there are")
        strings.update(found)
    return Phrases(language, strings, str(paths[-1]) if paths else f"strings.{language}.yaml")


def _strings(path: Path) -> Strings:
    try:
        loaded = parse_yaml(_read(path)) or {}
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise RenderError(f"{path}: line {line}: {exc.problem}") from exc
    if not isinstance(loaded, dict):
        raise RenderError(f"{path}: line 1: a mapping of strings is expected")
    for key, value in loaded.items():
        if not _is_phrase(value):
            raise RenderError(f"{path}: '{key}': a text, or plural forms with at least 'other', is expected")
    return loaded


def _is_phrase(value: object) -> bool:
    if isinstance(value, dict):
        return "other" in value and value.keys() <= _PLURALS and all(isinstance(form, str) for form in value.values())
    return isinstance(value, str)
