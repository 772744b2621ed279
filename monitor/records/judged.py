"""Language and relevance of an article."""

from dataclasses import dataclass
from typing import Literal

from monitor.records.base import Lang, Tier
from monitor.records.feeds import Article


@dataclass(frozen=True, slots=True)
class TermHit:
    """A lexicon term that counted for or against an item, or what counted of its feed."""

    id: str
    category: str
    where: Literal["title", "summary", "feed"]
    weight: float  # as counted, negative for a penalty
    text: str = ""  # what matched, or the reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """Language and relevance of one article, with the terms that decided."""

    article_id: str
    language: Lang
    relevant: bool
    score: float
    threshold: float
    reason: str  # one line for people: "9.5 points, 6.0 needed; topic cartel; …", "no topic: …", …
    tier: Tier = "core"
    nexus: str = "none"
    terms: tuple[TermHit, ...] = ()
    topics: tuple[str, ...] = ()  # lexicon categories, the strongest first


@dataclass(frozen=True, slots=True)
class Judged:
    """An article with its verdict."""

    article: Article
    verdict: Verdict

    @property
    def id(self) -> str:
        return self.article.id

    @property
    def language(self) -> Lang:
        return self.verdict.language
