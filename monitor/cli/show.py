"""Reports for people, as plain lines: what was read, what was made, what went wrong."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli.common import say
from monitor.records import EditionReport, EngineReport, FeedReport, RunReport, StoryLine
from monitor.text import clean, counted, one_line

_TOP_STORIES = 10
_PIPE_COLUMNS = 240


def show_report(report: RunReport) -> None:
    """The run in a dozen lines; what must not be overlooked comes first."""
    for alarm in report.alarms:
        say(f"ALARM     {alarm}")
    _show_feeds(report)
    counts, engine = report.counts, report.engine
    say(f"Articles  {counts.articles_seen} read, {counts.articles_new} new, {counts.articles_relevant} relevant")
    _show_engine(engine)
    say(
        f"Stories   {counts.stories_both} in both languages, {counts.stories_en} only in English,"
        f" {counts.stories_es} only in Spanish"
    )
    for story in report.stories[:_TOP_STORIES]:
        _show_story(story)
    if len(report.stories) > _TOP_STORIES:
        say(f"          … and {len(report.stories) - _TOP_STORIES} more")
    for alert in report.alerts:
        say(f"Alert     {alert.rule}, {alert.state}: {alert.title} ({counted(alert.outlets, 'outlet')})")
    for edition in report.editions:
        _show_edition(edition)
    say("Seconds   " + ", ".join(f"{stage.name} {stage.seconds:.1f}" for stage in report.stages))
    for notice in report.notices:
        say(f"Note      {notice}")


def _show_engine(engine: EngineReport) -> None:
    retried = f" ({engine.rescued} of {engine.retried} saved at the second try)" if engine.retried else ""
    worded = f", {engine.corrected} worded by an analyst" if engine.corrected else ""
    say(
        f"Language  {engine.label or engine.name}: {counted(engine.translated, 'text')} translated,"
        f" {engine.remembered} known{worded}, {engine.flagged_hard} withheld{retried}, {engine.flagged_soft} to check"
    )
    say(f"          {engine.reason}")
    if engine.unenforced:
        say(f"          glossary terms that could not be kept: {', '.join(engine.unenforced)}")


def _show_feeds(report: RunReport) -> None:
    outcomes = Counter(feed.outcome for feed in report.feeds)
    say("Feeds     " + (", ".join(f"{count} {name}" for name, count in outcomes.most_common()) or "none read"))
    for feed in report.feeds:
        if feed.failed or feed.moved_to:
            said = " → ".join(part for part in (feed.detail, feed.hint) if part)
            say(f"          {feed.source_id}: {feed.outcome}: {said}")


def _show_story(story: StoryLine) -> None:
    languages = "+".join(language.upper() for language in story.languages)
    say(f"  {languages:5}  {one_line(story.title_en, limit=100)}")
    say(f"         {one_line(story.title_es, limit=100)}")


def _show_edition(edition: EditionReport) -> None:
    state = "" if edition.created else " (made by an earlier run, left as it is)"
    say(f"Edition   {edition.edition}{state}: {edition.subject}")
    for path in edition.paths[:1]:
        say(f"          {path}")
    tally = Counter(receipt.state for receipt in edition.receipts)
    if tally:
        say("          " + ", ".join(f"{count} {state}" for state, count in tally.items()))
    if edition.left_out:
        say(f"          {edition.left_out} left out: unsubscribed or bounced")
    for receipt in edition.receipts:
        if receipt.state != "sent":
            say(f"          {receipt.recipient}: {receipt.state}: {receipt.detail}")


def show_feed_table(feeds: Sequence[FeedReport]) -> None:
    """One row per feed with what is odd about it, if that is known of any, and what to do."""
    table = Table(box=None, header_style="bold")
    quirks = ("quirks",) if any(feed.quirks for feed in feeds) else ()
    for name in ("feed", "lang", "outcome", "items", "newest", "seconds", *quirks, "what to do"):
        table.add_column(name, justify="right" if name in ("items", "seconds") else "left", overflow="fold")
    for feed in feeds:
        newest = f"{feed.newest_item_at:%Y-%m-%d %H:%M}" if feed.newest_item_at else ""
        advice = " → ".join(part for part in (feed.detail, feed.hint) if part)
        row = [feed.source_id, feed.language, feed.outcome, str(feed.items or ""), newest, f"{feed.elapsed_s:.1f}"]
        row += [one_line("; ".join(feed.quirks))] if quirks else []
        table.add_row(*map(Text, row), Text(one_line(advice)))
    _console().print(table)


def show_rows(header: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    """A small table; cells are shown as they are, without markup, and cannot move the cursor."""
    table = Table(box=None, header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    _console().print(table)


def _console() -> Console:
    """As wide as the terminal; wide enough for one line per row where the output goes to a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_COLUMNS)
