"""What the store's tests share."""

from datetime import UTC, datetime

import pytest

from monitor.records import Article, Judged, Verdict, content_id


@pytest.fixture
def judged() -> "list[Judged]":
    """A hundred articles with some text in them."""
    at = datetime(2026, 3, 8, 12, tzinfo=UTC)
    return [
        Judged(
            Article(
                id=content_id(str(number)),
                source_id="el-norte",
                url=f"https://example.org/{number}",
                link=f"https://example.org/{number}",
                title=f"Nota {number}",
                summary="La garita reabrió al mediodía. " * 20,
                published_at=at,
                fetched_at=at,
            ),
            Verdict(content_id(str(number)), "es", True, 9.0, 7.0, "score 9.0 ≥ 7.0"),
        )
        for number in range(100)
    ]
