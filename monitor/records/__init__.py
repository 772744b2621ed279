"""The frozen values that flow between rooms.

Nouns are things, past participles are stage outputs, `…State` is read from the store, `…Failed` is an error as a value.
Datetimes are aware UTC. Ids come from content, so reruns and every database agree. Enrichment never edits an
`Article`: verdicts, translations and vectors hang off its id, so each stage can be run again and cached.
"""

from monitor.records.base import LANGUAGES, DigestLang, Lang, Scope, Tier, content_id, other_language
from monitor.records.deliveries import DeliveryState, Envelope, Receipt
from monitor.records.editions import Counts, Edition, EditionMaterial, InlineImage, Profile, RenderedDigest
from monitor.records.feeds import (
    HEALTHY_OUTCOMES,
    QUIET_OUTCOMES,
    Article,
    FeedOutcome,
    FeedReport,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    ParsedFeed,
    Source,
)
from monitor.records.judged import Judged, TermHit, Verdict
from monitor.records.runs import EditionReport, RunReport, StageReport, StoryLine
from monitor.records.stories import (
    Agency,
    Clustered,
    Comparison,
    Copy,
    Figure,
    FigureDifference,
    Member,
    MergeDecision,
    Place,
    RankedStory,
    ScorePart,
    Story,
    StoryStatus,
    SummarySentence,
)
from monitor.records.translations import EngineReport, EngineSpec, Translation, Translations, text_key

__all__ = [
    "HEALTHY_OUTCOMES",
    "LANGUAGES",
    "QUIET_OUTCOMES",
    "Agency",
    "Article",
    "Clustered",
    "Comparison",
    "Copy",
    "Counts",
    "DeliveryState",
    "DigestLang",
    "Edition",
    "EditionMaterial",
    "EditionReport",
    "EngineReport",
    "EngineSpec",
    "Envelope",
    "FeedOutcome",
    "FeedReport",
    "FeedState",
    "FetchFailed",
    "FetchOutcome",
    "Fetched",
    "Figure",
    "FigureDifference",
    "InlineImage",
    "Judged",
    "Lang",
    "Member",
    "MergeDecision",
    "NotModified",
    "ParsedFeed",
    "Place",
    "Profile",
    "RankedStory",
    "Receipt",
    "RenderedDigest",
    "RunReport",
    "Scope",
    "ScorePart",
    "Source",
    "StageReport",
    "Story",
    "StoryLine",
    "StoryStatus",
    "SummarySentence",
    "TermHit",
    "Tier",
    "Translation",
    "Translations",
    "Verdict",
    "content_id",
    "other_language",
    "text_key",
]
