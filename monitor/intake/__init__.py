"""Room 1: from feeds to judged articles. `read_feeds` (`fetch_feeds`, `parse_feed`) → `judge` → `next_state`."""

from monitor.intake.fetch import fetch_feeds
from monitor.intake.languages import detect_language
from monitor.intake.lexicon import TOPICS, Lexicon, load_lexicon
from monitor.intake.outcome import feed_outcome, feed_report, next_state, remembered_hint
from monitor.intake.parse import parse_feed
from monitor.intake.stream import FeedRead, read_feeds
from monitor.intake.triage import judge

__all__ = [
    "TOPICS",
    "FeedRead",
    "Lexicon",
    "detect_language",
    "feed_outcome",
    "feed_report",
    "fetch_feeds",
    "judge",
    "load_lexicon",
    "next_state",
    "parse_feed",
    "read_feeds",
    "remembered_hint",
]
