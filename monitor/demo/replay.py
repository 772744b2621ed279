"""The demo: sample feeds on loopback, the real pipeline, a real local mail server, four days in a minute."""

import shlex
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from monitor.app import RunRequest, run_once
from monitor.config import Config
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.export.pages import INDEX
from monitor.pipeline import NoProgress, Progress
from monitor.records import RunReport
from monitor.text import counted

_PROFILES = (
    {"id": "english", "language": "en", "timezone": "America/Chicago"},
    {"id": "espanol", "language": "es", "timezone": "America/Tijuana"},
    {"id": "both", "language": "both", "timezone": "America/Denver"},
)
_DATABASE = "demo.db"
_ABOUT = """\
# What the demo made, for `monitor web`, `monitor search`, `monitor explain` and `monitor status` with --config.
# Its feeds were served by the demo and are gone: `monitor run` would read nothing.
"""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Where the demo writes, and on which port the sample feeds are served (0: any)."""

    out: Path
    port: int = 0


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The last day's report, what the second run of that day did, and where to look."""

    report: RunReport
    repeated: RunReport
    digest_path: Path
    index_path: Path  # of the archive
    config_path: Path  # a configuration with which other commands see what the demo made
    messages: int

    def lines(self, program: str) -> tuple[str, ...]:
        """For people; `program` is what they type for this program."""
        again = self.repeated
        unchanged = sum(feed.outcome == "not_modified" for feed in again.feeds)
        sent_again = sum(len(edition.receipts) for edition in again.editions)
        return (
            f"The last day was run twice: the second time {unchanged} of {counted(len(again.feeds), 'feed')} answered"
            f' "not modified"; translated: {counted(again.engine.translated, "text")},'
            f" sent: {counted(sent_again, 'mail')}.",
            f"{counted(self.messages, 'mail')} went through the local mail server in all.",
            "One feed fails on purpose (see above), so a real run of this day would end with exit code 3.",
            "",
            "Open the last day's digest:",
            *(f"  {edition.paths[0]}" for edition in self.report.editions),
            "or the index of all of them:",
            f"  {self.index_path}",
            "or the web pages, with a search in both languages:",
            f"  {program} web --open --config {shlex.quote(str(self.config_path))}",
        )


def run_demo(options: DemoOptions, progress: Progress) -> DemoResult:
    """Replay the sample days into `options.out`, which keeps only this demo's files. Raises MonitorError."""
    out = options.out.absolute()
    _clear(out)
    with SampleServer(port=options.port) as feeds, Mailbox() as mailbox:
        config = demo_config(out, feeds, smtp_port=mailbox.port)
        reports = [_run_day(config, feeds, day, progress) for day in SAMPLE_DAYS]
        repeated = run_once(config, RunRequest(SAMPLE_DAYS[-1], sample=True), NoProgress())
        messages = len(mailbox.messages)
    digest = Path(reports[-1].editions[0].paths[0])
    return DemoResult(reports[-1], repeated, digest, config.digests_dir / INDEX, _write_config(config, out), messages)


def _run_day(config: Config, feeds: SampleServer, day: datetime, progress: Progress) -> RunReport:
    feeds.at = day
    return run_once(config, RunRequest(day, sample=True), progress)


def _clear(out: Path) -> None:
    """Remove what an earlier demo left, and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "digests", ignore_errors=True)
    for path in out.glob(f"{_DATABASE}*"):
        path.unlink()


def _write_config(config: Config, out: Path) -> Path:
    """The demo's configuration for looking at what it made: with names relative to `out`, and without mail."""
    shown = config.model_dump(mode="json", exclude_defaults=True, include={"profiles", "feeds"})
    document = {"storage": {"url": f"sqlite:///{_DATABASE}", "digests": "digests"}, **shown}
    path = out / "demo.yaml"
    path.write_text(_ABOUT + yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def demo_config(out: Path, feeds: SampleServer, *, smtp_port: int) -> Config:
    """The demo's feeds.yaml. Lexicon, glossary and templates of the working folder win, as everywhere."""
    config = Config.model_validate(
        {
            "storage": {"url": f"sqlite:///{out / _DATABASE}", "digests": str(out / "digests")},
            "mail": {
                "sender": "Border Monitor demo <digest@monitor.example>",
                "host": "127.0.0.1",
                "port": smtp_port,
                "security": "none",
            },
            "profiles": _PROFILES,
            "recipients": [
                {"address": f"{profile['id']}@newsroom.example", "profile": profile["id"]} for profile in _PROFILES
            ],
            "feeds": feeds.feeds(),
        }
    )
    return config.at(Path.cwd() / "feeds.yaml")
