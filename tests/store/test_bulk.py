"""Many articles at once: the laws stand in the contract suite; here, that none is lost where one part ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.records import Article, Judged, Verdict
from monitor.store import bulk, open_store

NOW = datetime(2026, 3, 8, 12, 30, 15, 123456, tzinfo=UTC)


def judged(number: int) -> Judged:
    link = f"https://example.org/nota/{number}"
    article = Article(f"a{number:05}", "el-norte", link, link, f"Puente {number}", "", NOW, NOW)
    return Judged(article, Verdict(article.id, "es", relevant=True, score=7.5, threshold=6, reason="9 points"))


def test_articles_of_several_parts_are_all_kept_and_the_first_of_two_counts(tmp_path: Path) -> None:
    items = [judged(number) for number in range(2 * bulk._AT_ONCE + 1)]
    store = open_store("sqlite:///monitor.db", folder=tmp_path)
    try:
        store.save_articles(items[:3])
        store.save_articles([*items, *(judged(number) for number in (0, 1))])
        store.save_articles([])
        assert store.articles(since=NOW - timedelta(hours=1)) == tuple(items)
    finally:
        store.close()
