"""Room 1: from feeds to judged articles. `fetch_feeds` → `parse_feed` → `judge`; `next_state` is what is remembered."""

from monitor.intake.fetch import fetch_feeds
from monitor.intake.languages import detect_language
from monitor.intake.lexicon import TOPICS, Lexicon, load_lexicon
from monitor.intake.outcome import feed_outcome, feed_report, next_state, remembered_hint
from monitor.intake.parse import parse_feed
from monitor.intake.triage import judge

__all__ = [
    "TOPICS",
    "Lexicon",
    "detect_language",
    "feed_outcome",
    "feed_report",
    "fetch_feeds",
    "judge",
    "load_lexicon",
    "next_state",
    "parse_feed",
    "remembered_hint",
]
