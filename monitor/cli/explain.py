"""`monitor explain`, and the lines of `monitor run --explain`: why a report was kept, merged and ranked."""

from collections.abc import Iterable, Mapping, Sequence

import click

from monitor.cli.common import config_option, json_option, open_config, say
from monitor.explanation import Explanation, Ranking, StoryExplained, find_explanation
from monitor.records import Evidence, MergeDecision, ReportLine, RunReport, Verdict
from monitor.serialise import to_json
from monitor.text import counted, one_line

Reports = Mapping[str, ReportLine]
_TITLE = 90
_INDENT = "      "


@click.command()
@click.argument("asked", metavar="URL|STORY")
@json_option
@config_option
def explain(*, asked: str, as_json: bool, config_path: str | None) -> None:
    """Why an article was kept or dropped, term by term; why a story was merged and ranked, part by part.

    URL is an article's address as a feed gave it, STORY a story's id; `monitor run --json` prints both. The parts of a
    similarity add up to it; a VETO is a reason that keeps two reports apart however alike they are otherwise.

    \b
    Examples:
      monitor explain https://www.example.org/nota/123
      monitor explain 4f0c2a9be1d07733
      monitor explain 4f0c2a9be1d07733 --json | jq '.story.decisions[].evidence'
    """
    told = find_explanation(open_config(config_path), asked)
    if as_json:
        say(to_json(told))
        return
    for line in explanation_lines(told):
        say(line)


def explanation_lines(told: Explanation) -> Iterable[str]:
    """What `monitor explain` prints."""
    reports = {report.article_id: report for report in told.reports}
    if told.report and told.verdict:
        yield _named(told.report)
        yield f"  {told.report.url}"
        yield from verdict_lines(told.verdict)
    if told.story:
        yield from _story_lines(told.story, reports)
    elif told.verdict and told.verdict.relevant:
        yield "Story     none yet: the next run puts it into one"


def run_lines(report: RunReport) -> Iterable[str]:
    """What `monitor run --explain` prints: the verdicts, then story by story how its new reports came into it."""
    reports = {line.article_id: line for line in report.reports}
    for verdict in report.verdicts:
        yield _named(reports[verdict.article_id])
        yield from verdict_lines(verdict)
    for story in report.stories:
        decided = _by_publication((d for d in report.decisions if d.article_id in story.article_ids), reports)
        if decided:
            yield f"Story     {story.id}  {_languages(story.languages)}: {one_line(story.title_en, limit=_TITLE)}"
            yield from _decided_lines(decided, reports)


def verdict_lines(verdict: Verdict) -> Iterable[str]:
    """Kept or dropped, and the terms that decided, the weightiest first."""
    yield f"  {'kept' if verdict.relevant else 'dropped'} as {verdict.language}: {verdict.reason}"
    for term in sorted(verdict.terms, key=lambda t: (-abs(t.weight), t.id)):
        found = term.category if term.where == "feed" else f"{term.category}, {term.where}"
        yield f"{_INDENT}{term.weight:+5.1f}  {term.id} ({found}): {term.text}"


def _story_lines(story: StoryExplained, reports: Reports) -> Iterable[str]:
    outlets = len({member.outlet for member in story.members})
    yield (
        f"Story     {story.id}  {_languages(story.languages)}: {counted(len(story.members), 'report')} of"
        f" {counted(outlets, 'outlet')}, {story.voices} independent; first seen {story.created_at:%Y-%m-%d %H:%M} UTC"
    )
    if story.absorbed:
        yield f"          it took in {', '.join(story.absorbed)}, which told the same event"
    if story.ranking:
        yield from _ranking_lines(story.ranking)
    yield "Reports   by publication"
    for member in story.members:
        yield f"  {_named(member)}"
        own = [d for d in story.decisions if d.article_id == member.article_id]
        for decision in own:
            yield from _decision_lines(decision, reports, home=story.id)
        if not any(d.accepted for d in own):
            yield f"{_INDENT}{_begins(story, member)}"
    ids = {member.article_id for member in story.members}
    kept_out = _by_publication((d for d in story.decisions if d.article_id not in ids and not d.accepted), reports)
    if kept_out:
        yield "Kept out  reports of other stories that came near"
        yield from _decided_lines(kept_out, reports)


def _begins(story: StoryExplained, member: ReportLine) -> str:
    if member.article_id in story.copies:
        return f"says the same as {story.copies[member.article_id]}"
    return "begins the story: nothing in it at the time was as near"


def _ranking_lines(ranking: Ranking) -> Iterable[str]:
    yield (
        f"Rank      {ranking.place} in the run {ranking.run_id}: {ranking.score:.2f} points, {ranking.status},"
        f" day {ranking.day}"
    )
    for part in sorted(ranking.parts, key=lambda p: (-p.points, p.name)):
        yield f"{_INDENT}{part.points:5.2f}  {part.name}: {part.value:.2f} of {part.weight:g}"


def _by_publication(decisions: Iterable[MergeDecision], reports: Reports) -> list[MergeDecision]:
    """Those whose report is known, in the order of its publication; of one report in the order they have."""
    known = [decision for decision in decisions if decision.article_id in reports]
    return sorted(known, key=lambda d: (reports[d.article_id].published_at, d.article_id))


def _decided_lines(decisions: Sequence[MergeDecision], reports: Reports) -> Iterable[str]:
    told = ""
    for decision in decisions:
        if decision.article_id != told:
            yield f"  {_named(reports[decision.article_id])}"
        told = decision.article_id
        yield from _decision_lines(decision, reports)


def _decision_lines(decision: MergeDecision, reports: Reports, *, home: str = "") -> Iterable[str]:
    other = reports.get(decision.other_id)
    near = f" «{one_line(other.title, limit=_TITLE)}» ({other.outlet})" if other else ""
    yield f"{_INDENT}{_outcome(decision, home)}{near}"
    yield f"{_INDENT}  {_numbers(decision)}"
    if decision.evidence:
        yield f"{_INDENT}  {' · '.join(map(_part, decision.evidence))}"


def _outcome(decision: MergeDecision, home: str) -> str:
    if decision.kind == "copy":
        return "is a copy of"
    if decision.kind == "absorbed":
        return f"its story became part of {decision.story_id}, by"
    if decision.accepted:
        return "joined, nearest to" if decision.kind == "event" else "joined as an angle of"
    return f"kept out of {decision.story_id or home}, nearest to"


def _numbers(decision: MergeDecision) -> str:
    numbers = [f"similarity {decision.similarity:.2f}"]
    if decision.mean:
        numbers.append(f"{decision.mean:.2f} on average over the story")
    if decision.threshold:
        numbers.append(f"needed {decision.threshold:.2f}")
    return ", ".join(numbers)


def _part(part: Evidence) -> str:
    text = f" ({part.text})" if part.text else ""
    return f"{'VETO ' if part.veto else ''}{part.name} {part.weight:+.2f}{text}"


def _named(report: ReportLine) -> str:
    when = f"{report.published_at:%m-%d %H:%M}"
    return f"{report.language.upper()}  {when}  {report.outlet}: {one_line(report.title, limit=_TITLE)}"


def _languages(languages: Sequence[str]) -> str:
    return "+".join(language.upper() for language in languages)
