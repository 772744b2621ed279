"""The sample outlets over their four days, read into a database of the test's choice."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from monitor.app import RunRequest, run_once
from monitor.config import Config, load_config
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.server import SampleServer
from monitor.pipeline import NoProgress
from monitor.records import RunReport


@dataclass(frozen=True)
class Days:
    """A folder whose feeds.yaml reads the samples."""

    folder: Path
    feeds: SampleServer

    def config(self, url: str = "sqlite:///monitor.db", *, digests: str = "digests", **keep: str) -> Config:
        document = {
            "translation": {"engine": "none"},
            "stories": {"embedder": "hash"},
            "storage": {"url": url, "digests": digests} | ({"keep": keep} if keep else {}),
            "feeds": [json.loads(feed.model_dump_json(exclude_defaults=True)) for feed in self.feeds.feeds()],
        }
        path = self.folder / "feeds.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        return load_config(path)

    def run(self, config: Config, day: int) -> RunReport:
        """The run of a sample day, 0 to 3."""
        self.feeds.at = SAMPLE_DAYS[day]
        return run_once(config, RunRequest(now=SAMPLE_DAYS[day], send=False), NoProgress())


_CLOCKED = re.compile(rb'"(?:elapsed_s|seconds)": [0-9.e-]+')


def pages_of(folder: Path, day: int) -> dict[str, bytes]:
    """The files of one day's edition by name; without the seconds that the engine took."""
    found = (folder / f"{SAMPLE_DAYS[day]:%Y/%m}").glob(f"{SAMPLE_DAYS[day]:%d}-*")
    return {path.name: _CLOCKED.sub(b"", path.read_bytes()) for path in found}
