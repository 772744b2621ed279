"""Stories: reports of one event, compared and ranked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.records.base import LANGUAGES, Lang
from monitor.records.feeds import Article


@dataclass(frozen=True, slots=True)
class Copy:
    """`article_id` says the same as `of_id`: a syndicated, truncated or retitled copy."""

    article_id: str
    of_id: str
    reason: str  # "same URL", "same guid", "same text", "near-duplicate 0.83 of the shorter text, EFE", …


@dataclass(frozen=True, slots=True)
class Member:
    """A report that belongs to a story."""

    article: Article
    language: Lang
    voice: str
    joined_at: datetime  # the run that put it there
    copy_of: str = ""  # article id, when this is a copy of another member
    topics: tuple[str, ...] = ()
    relevance: float = 0.0
    nexus: str = ""  # link to the border, as `Verdict.nexus`; empty: not known


@dataclass(frozen=True, slots=True)
class Story:
    """One event, told by one or more reports in one or both languages. `id` is kept from day to day.

    Members are ordered by publication, then id; the id is that of the first report ever put into it. `absorbed` are
    the ids of younger stories that turned out to be the same event: their reports are members here now.
    """

    id: str
    members: tuple[Member, ...]
    created_at: datetime
    absorbed: tuple[str, ...] = ()

    def in_language(self, language: Lang) -> tuple[Member, ...]:
        return tuple(m for m in self.members if m.language == language)

    @property
    def languages(self) -> tuple[Lang, ...]:
        return tuple(lang for lang in LANGUAGES if any(m.language == lang for m in self.members))

    @property
    def voices(self) -> frozenset[str]:
        """Who reports it independently: copies and sister titles are one voice."""
        return frozenset(m.voice for m in self.members if not m.copy_of)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One part of a similarity, in units of cosine: the parts of a decision add up to it, but for its limits."""

    name: str  # "vectors", "words", "language", "days"; a reason: "place", "number", …; "limit": what caps them; "copy"
    weight: float
    text: str = ""  # "29 ≠ 26", "fentanyl, tunnel", "same URL"
    veto: bool = False  # heavy enough to keep two reports apart that are otherwise alike


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """Why a report went into a story, or why it did not: what `--explain` prints.

    kind: "event" by its mean similarity to the story, "angle" by one near report of it, "copy" along with its original,
    "absorbed" when the whole story `article_id` began was taken in.
    """

    article_id: str
    story_id: str
    accepted: bool
    similarity: float  # to `other_id`
    other_id: str = ""  # the nearest report of the story; the original of a copy
    kind: Literal["event", "angle", "copy", "absorbed"] = "event"
    mean: float = 0.0  # similarity to all reports of the story; 0 where it was not asked for
    threshold: float = 0.0  # what `mean` (or `similarity`, of an angle) had to reach
    evidence: tuple[Evidence, ...] = ()

    @property
    def vetoes(self) -> tuple[Evidence, ...]:
        return tuple(part for part in self.evidence if part.veto)


@dataclass(frozen=True, slots=True)
class Clustered:
    """Stage output: every live story after this run, which copies were found, and the decisions."""

    stories: tuple[Story, ...]
    copies: tuple[Copy, ...] = ()
    decisions: tuple[MergeDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as one report gives it, with the sentence it stands in."""

    article_id: str
    language: Lang
    kind: str  # "people", "kilos", "flights", "dollars", …
    value: float
    text: str  # as written: "26", "300 kilos"
    sentence: str


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """Reports of one event that give different numbers for one kind of thing."""

    kind: str
    figures: tuple[Figure, ...]  # at least two, by value then article id
    across_languages: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer, named in both languages; longitude and latitude in degrees."""

    id: str
    name_en: str
    name_es: str
    kind: Literal["city", "crossing", "region", "state", "capital"] = "city"
    country: str = ""  # US, MX; empty when it lies on both sides
    lon: float = 0.0
    lat: float = 0.0
    pair: str = ""  # id of the sister city across the line
    region: str = ""  # stretch of the border: "san-diego-tijuana", "rio-grande-valley", …; empty away from it


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency, court, office or criminal group of the gazetteer, named in both languages."""

    id: str
    name_en: str
    name_es: str
    kind: Literal["agency", "court", "cartel", "office"] = "agency"


Stance = Literal["said", "denied", "no information"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one actor said about a matter, as one report gives it."""

    article_id: str
    language: Lang
    actor: str  # id of an agency or office of the gazetteer, or of a title: "mayor", "witnesses"
    actor_en: str  # its name for readers of English, and of Spanish
    actor_es: str
    stance: Stance
    sentence: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements of one event that cannot all be true, by actor: said, denied, without information."""

    statements: tuple[Statement, ...]  # at least two, of at least two stances; by publication
    across_languages: bool  # no report of one language has both sides


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who covers a story, since when, where the numbers differ and who contradicts whom."""

    first: Member  # who had it first; a report with an unknown date never counts
    first_en: Member | None
    first_es: Member | None
    lead: Lang | None  # the language that was ahead, when both report and the lead is at least a minute
    lead_s: float  # seconds by which it was ahead
    differences: tuple[FigureDifference, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    places: tuple[Place, ...] = ()  # most mentioned first
    agencies: tuple[Agency, ...] = ()  # most mentioned first


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence taken from a report, word for word."""

    article_id: str
    source_id: str
    language: Lang
    text: str


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named reason for a story's rank: `points = weight * value`, value in 0..1."""

    name: str
    value: float
    weight: float

    @property
    def points(self) -> float:
        return self.weight * self.value


StoryStatus = Literal["new", "updated", "ongoing"]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A number that moved on: what earlier reports gave, and what a new one gives for the same thing."""

    kind: str
    before: Figure
    after: Figure


@dataclass(frozen=True, slots=True)
class News:
    """What a story has that no earlier edition had. Copies of known reports are no news."""

    reports: tuple[Member, ...] = ()  # new reports, by publication then id
    voices_joined: tuple[str, ...] = ()  # who reports it for the first time, by first report
    languages_joined: tuple[Lang, ...] = ()  # the other press has picked it up
    figures_changed: tuple[FigureChange, ...] = ()  # by kind
    differences: tuple[FigureDifference, ...] = ()  # a new report's number is one side
    contradictions: tuple[Contradiction, ...] = ()  # a new report's statement is one side
    offices_joined: tuple[Agency, ...] = ()  # offices and officials that no earlier report named


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why a story stands further down than its score would put it: enough stories of its kind stand before it."""

    by: Literal["topic", "region"]
    name: str  # of the topic or of the stretch of the border
    before: int  # stories of that kind that stand before it


@dataclass(frozen=True, slots=True)
class RankedStory:
    """A story as this edition sees it."""

    story: Story
    comparison: Comparison
    score: float  # sum of the parts' points
    parts: tuple[ScorePart, ...]
    status: StoryStatus
    day: int  # 1 on the day it was first seen
    new_member_ids: frozenset[str]  # articles that no earlier edition had
    summary: tuple[SummarySentence, ...]
    lead_en: Member | None  # the report whose headline stands for the language
    lead_es: Member | None
    topics: tuple[str, ...] = ()
    news: News | None = None  # of an updated story only
    held_back: HeldBack | None = None  # moved down by a quota
