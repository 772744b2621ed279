"""The software bill of materials of a default installation, as CycloneDX 1.6 JSON (`make sbom`).

    python tests/deploy/licences.py --names | python tests/deploy/sbom.py CYCLONEDX_PY > dist/sbom.cdx.json

cyclonedx-py lists everything in this environment; of that only what standard input names is kept: tests and development
need more. Equal environments give equal bytes.
"""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def bill(command: str) -> dict[str, Any]:
    asked = [command, "environment", sys.executable, f"--pyproject={ROOT / 'pyproject.toml'}", "--output-reproducible"]
    options = ["--spec-version=1.6", "--output-format=JSON"]
    done = subprocess.run([*asked, *options], stdout=subprocess.PIPE, check=True, timeout=300)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def only(document: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The bill with these components, ours among them, and what they say of each other."""
    components = [each for each in document["components"] if canonicalize_name(each["name"]) in names]
    kept = {each["bom-ref"] for each in components} | {document["metadata"]["component"]["bom-ref"]}
    dependencies = [
        each | ({"dependsOn": [ref for ref in each["dependsOn"] if ref in kept]} if "dependsOn" in each else {})
        for each in document["dependencies"]
        if each["ref"] in kept
    ]
    return document | {"components": components, "dependencies": dependencies}


if __name__ == "__main__":
    print(json.dumps(only(bill(sys.argv[1]), set(sys.stdin.read().split())), indent=1))  # noqa: T201
