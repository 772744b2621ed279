"""docs/benchmarks.md: what is measured, by which command, against what; from the benchmarks' own docstrings."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from docs.generators.markdown import plain, table

_ROOT = Path(__file__).parents[2]
_DOCS = _ROOT / "docs"
_NO_RESULTS = ("benchmarks.md", "architecture.md", "index.md")
_AGAINST = Path(__file__).with_suffix(".yaml")
_COMMAND = re.compile(r"^ {4}python ", re.MULTILINE)
_TERM = re.compile(r"(`[^`]+`(?:, `[^`]+`)*) {2,}(.*)")  # what a key of the result means, in two columns
_HEAD = """# Benchmarks

<!-- Written by python -m docs.generate from the docstrings in benchmarks/ and docs/generators/benchmarks.yaml. -->

Each benchmark is a command that needs no network and prints one line of JSON last. No results stand on this page: they
stand where they decided something, beside the command that prints them, on the pages linked here.

    make bench       # all of them
    make benchall    # installs the libraries that some compare with, then all of them

How to read them:

- **Against what?** A time alone says little. Most benchmarks run something else on the same input beside ours: a
  library, a simpler way, or our own code with a part left out. A ratio says how many times faster ours is; below 1 it
  is slower.
- **Growth.** `growth_exponent` is the slope of seconds over size on logarithmic scales: 1 is linear, 2 quadratic.
- **Processor seconds** are used where a busy machine would spoil the clock. Where readers wait it is the clock.
- **Memory** is the peak of a process of its own, with its workers.
- **Quality** is measured on labelled texts with a *dev* part, which rules were made with, and a *test* part, which is
  only scored. The test part's number is what to expect.
- Threads are pinned to one where libraries would start more (`OMP_NUM_THREADS=1`, as `make bench` does).
"""


def page() -> str:
    """The page as it is committed."""
    against: dict[str, str] = yaml.safe_load(_AGAINST.read_text(encoding="utf-8"))
    documented = dict(_documented())
    lines = [_HEAD, *_overview(documented, against)]
    for name, told in documented.items():
        lines += [f"## {name}", "", *_as_markdown(told), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _documented() -> Iterator[tuple[str, str]]:
    """Names and docstrings of the benchmarks: the modules whose docstring has their command."""
    for path in sorted((_ROOT / "benchmarks").glob("*.py")):
        told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if _COMMAND.search(told) and "JSON" in told:
            yield path.stem, told


def _overview(documented: Mapping[str, str], against: Mapping[str, str]) -> Iterator[str]:
    rows = [
        (f"[{name}](#{name})", plain(told.split("\n\n")[0]), plain(against.get(name, "")), ", ".join(_results(name)))
        for name, told in documented.items()
    ]
    return table(("benchmark", "what", "against", "results"), rows)


def _results(name: str) -> Iterator[str]:
    """Links to the decisions and pages that name the benchmark's command."""
    command = re.compile(rf"benchmarks[/.]{name}(?:\.py\b|\b(?!_))")
    for path in [*sorted(_DOCS.glob("decisions/*.md")), *sorted(_DOCS.glob("*.md"))]:
        if path.name not in _NO_RESULTS and command.search(path.read_text(encoding="utf-8")):
            label = str(int(path.name[:4])) if path.parent.name == "decisions" else path.stem
            yield f"[{label}]({path.relative_to(_DOCS)})"


def _as_markdown(docstring: str) -> Iterator[str]:
    """A docstring's paragraphs and commands; keys of the result in two columns become a list."""
    for paragraph in docstring.split("\n\n"):
        yield ""
        if _TERM.match(paragraph):
            yield from _terms(paragraph)
        elif paragraph.startswith("    "):
            yield paragraph
        else:
            yield plain(paragraph)


def _terms(paragraph: str) -> Iterator[str]:
    for line in paragraph.split("\n"):
        match = _TERM.match(line)
        yield f"- {match[1]}: {match[2]}" if match else f"  {line.strip()}"
