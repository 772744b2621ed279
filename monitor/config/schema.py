"""The JSON Schema of feeds.yaml: `python -m monitor.config.schema > feeds.schema.json`.

The committed file is compared with this in a test; editors use it to complete and check feeds.yaml.
"""

import json
import sys
from typing import Any

from monitor.config.models import Config


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of feeds.yaml."""
    schema = Config.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "feeds.yaml of border-monitor",
    }


def schema_text() -> str:
    """The schema as it is committed."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
