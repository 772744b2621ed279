"""The work that can be done elsewhere: functions that pickle, in a module that imports no more than they need.

A worker process imports this module and what it imports; that, and the language detector's model, is what its start
costs.
"""

from collections.abc import Sequence

from monitor.intake.lexicon import Lexicon
from monitor.intake.parse import parse_feed
from monitor.intake.triage import judge
from monitor.records import Article, Fetched, FetchFailed, ParsedFeed, Source, Verdict


def parse_body(item: tuple[Fetched, Source]) -> ParsedFeed | FetchFailed:
    """What is in one body; `parse_feed` in the form that an executor wants."""
    return parse_feed(*item)


def judge_batch(lexicon: Lexicon, batch: Sequence[tuple[Article, Source]]) -> list[Verdict]:
    """One verdict per article, in order."""
    return [judge(article, source, lexicon) for article, source in batch]
