"""Small reports for the tests of this room."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from monitor.records import Article, Judged, Lang, Member, Story, Verdict, content_id

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def report(
    title: str,
    summary: str = "",
    *,
    language: Lang = "en",
    hours: float = 0,
    source: str = "",
    url: str = "",
    guid: str = "",
    date_known: bool = True,
    score: float = 10,
    topics: tuple[str, ...] = (),
) -> Judged:
    """A report, `hours` after noon of 10 March 2026; each gets a page of its own unless `url` is given."""
    published = NOON + timedelta(hours=hours)
    url = url or f"https://{source or 'news'}.example/{content_id(title, summary, str(hours))}"
    article = Article(
        id=content_id(url, source, guid, title),
        source_id=source or content_id(url),
        url=url,
        link=url,
        title=title,
        summary=summary,
        published_at=published,
        fetched_at=published,
        guid=guid,
        date_known=date_known,
    )
    return Judged(article, Verdict(article.id, language, True, score, 7, "test", topics=topics))


def member(judged: Judged, *, copy_of: str = "", voice: str = "") -> Member:
    return Member(
        article=judged.article,
        language=judged.language,
        voice=voice or judged.article.source_id,
        joined_at=NOON,
        copy_of=copy_of,
        topics=judged.verdict.topics,
        relevance=judged.verdict.score,
        nexus=judged.verdict.nexus,
    )


def story(*reports: Judged | Member, created_at: datetime = NOON) -> Story:
    """A story of these reports; the first of them gives the id."""
    members: Sequence[Member] = [r if isinstance(r, Member) else member(r) for r in reports]
    ordered = sorted(members, key=lambda m: (m.article.published_at, m.article.id))
    return Story(content_id(ordered[0].article.id), tuple(ordered), created_at)
