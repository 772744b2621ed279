"""Write the generated pages of the documentation: `python -m docs.generate`, or `make docs`, which builds the site.

With `--check` nothing is written, and the pages that are not what the program says now are named (exit code 1).
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docs.generators import benchmarks, cli, decides, feeds_yaml

FOLDER = Path(__file__).parent
PAGES: Mapping[str, Callable[[], str]] = {
    "benchmarks.md": benchmarks.page,
    "cli.md": cli.page,
    "feeds-yaml.md": feeds_yaml.page,
    "how-it-decides.md": decides.page,
}


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write or check the pages in `folder`. The exit code: 1 when `--check` found one that is not up to date."""
    pages = {folder / name: page() for name, page in PAGES.items()}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"docs/{path.name} is not what the program says now: run make docs\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
        sys.stdout.write(f"docs/{path.name} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
