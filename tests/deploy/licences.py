"""Which packages a default installation brings, under which licences: writes docs/licences.md (`make licences`).

    python tests/deploy/licences.py            # says whether the page is up to date, and what is in doubt
    python tests/deploy/licences.py --write
    python tests/deploy/licences.py --names    # of what every installation brings

What a package says of itself counts: its SPDX expression, else its classifiers, else its licence field.
"""

import re
import sys
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "licences.md"
RULES = Path(__file__).with_name("licences.yaml")


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: what it says of its licence, and which SPDX names we read in that; none: unknown."""

    name: str
    version: str
    said: str
    licences: tuple[str, ...]
    extra: str = ""  # the extra of ours that brings it; "": every installation


def packages() -> tuple[Package, ...]:
    """What `pip install border-monitor` brings, and then what its extras bring besides; of these what is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Package] = {}
    for extra, wanted in {"": project["dependencies"], **project["optional-dependencies"]}.items():
        brought = closure(map(Requirement, wanted))
        found |= {name: package(dist, extra) for name, dist in brought.items() if name not in found}
    return tuple(sorted(found.values(), key=lambda p: (p.extra, p.name)))


def closure(wanted: Iterable[Requirement]) -> dict[str, Distribution]:
    """Installed packages that requirements lead to, those themselves among them, by canonical name."""
    found: dict[str, Distribution] = {}
    asked: set[str] = set()
    waiting = deque(wanted)
    while waiting:
        requirement = waiting.popleft()
        if str(requirement) in asked:
            continue
        asked.add(str(requirement))
        try:
            dist = distribution(requirement.name)
        except PackageNotFoundError:
            continue
        found[canonicalize_name(requirement.name)] = dist
        waiting += needed(dist, requirement.extras)
    return found


def needed(dist: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for line in dist.requires or ():
        requirement = Requirement(line)
        if not requirement.marker or any(requirement.marker.evaluate({"extra": e}) for e in ("", *extras)):
            yield requirement


def package(dist: Distribution, extra: str = "") -> Package:
    name = canonicalize_name(dist.metadata["Name"])
    said = yaml.safe_load(RULES.read_text(encoding="utf-8"))["by_text"].get(name) or declared(dist)
    return Package(name, dist.version, said, spdx(said), extra)


def declared(dist: Distribution) -> str:
    expression, classifiers, field = (
        dist.metadata.get_all(name) or [] for name in ("License-Expression", "Classifier", "License")
    )
    own = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License ::")]
    named = " AND ".join(each for each in own if each != "OSI Approved")
    return next(iter(expression), "") or named or next(iter(field), "").strip().partition("\n")[0]


def spdx(said: str) -> tuple[str, ...]:
    """The SPDX names in what a package says; () when one of its parts is unknown to licences.yaml."""
    known: dict[str, list[str]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["names"]
    by_name = {spelling.lower(): name for name, spellings in known.items() for spelling in (name, *spellings)}
    parts = [part.strip().lower() for part in re.split(r"\bAND\b|\bOR\b|;", said)]
    read = [by_name.get(part) or by_name.get(part.strip("()"), "") for part in parts if part]
    return tuple(dict.fromkeys(read)) if read and all(read) else ()


def forbidden(each: Package) -> bool:
    """Not one of the licences that may be brought along."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    allowed = {*rules["allowed"], *rules["exceptions"].get(each.name, {}).get("licences", ())}
    return not each.licences or not set(each.licences) <= allowed


def page(listed: tuple[Package, ...]) -> str:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    rows = [
        f"| {p.name} | {p.version} | {' AND '.join(p.licences) or p.said} | {p.extra or 'always'} |" for p in listed
    ]
    reasons = [f"- **{name}**: {found['why']}" for name, found in rules["exceptions"].items()]
    return "\n".join([*rules["opening"].splitlines(), "", *reasons, "", *rules["table"].splitlines(), *rows, ""])


def main() -> int:
    listed = packages()
    if "--names" in sys.argv[1:]:
        print("\n".join(each.name for each in listed if not each.extra))  # noqa: T201
        return 0
    for each in filter(forbidden, listed):
        print(f"{each.name} {each.version}: {each.said or 'says nothing of its licence'}", file=sys.stderr)  # noqa: T201
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(listed), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page(listed):
        print(f"{PAGE} is out of date: make licences", file=sys.stderr)  # noqa: T201
        return 1
    return 1 if any(map(forbidden, listed)) else 0


if __name__ == "__main__":
    sys.exit(main())
