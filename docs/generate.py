"""Write the generated pages of the documentation: `python -m docs.generate`, or `make docs`, which builds the site.

With `--check` nothing is written, and the pages that are not what the program says now are named (exit code 1).
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.generators import benchmarks, cli, decides, feeds_yaml

FOLDER = Path(__file__).parent
PAGES: Mapping[str, Callable[[], str]] = {
    "benchmarks.md": benchmarks.page,
    "cli.md": cli.page,
    "feeds-yaml.md": feeds_yaml.page,
    "how-it-decides.md": decides.page,
}


def main(arguments: list[str]) -> int:
    stale = [name for name, page in PAGES.items() if page() != _committed(name)]
    if "--check" in arguments:
        for name in stale:
            sys.stderr.write(f"docs/{name} is not what the program says now: run make docs\n")
        return bool(stale)
    for name in stale:
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
        sys.stdout.write(f"docs/{name} written\n")
    return 0


def _committed(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
