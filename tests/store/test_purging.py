"""What is old goes; what readers were given and what stories are stays."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import StorageError
from monitor.records import Judged, Member, SearchDocument, SearchQuery, Story, documents_mark
from monitor.store import SqlStore, tables
from monitor.store.checks import check_store
from monitor.store.copying import rows_in, snapshot
from monitor.store.purging import EXCERPT, Limits, Purged, excerpt, purge, vacuum
from tests.conftest import new_database
from tests.contracts.test_store import HOUR, NOW, make_edition, make_envelope, make_judged
from tests.store.test_copying import content
from tests.store.writes import EDITION, fill, open_at_noon

LATER = NOW + timedelta(days=200)
ALL = Limits(LATER, LATER, LATER, LATER, LATER, live=LATER)
NOTHING = Limits(None, None, None, None, None, live=NOW)
BODY = "El aduanero contó las cajas una por una. " * 60


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    url = "sqlite:///monitor.db"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgres"), request.node.name)
    with closing(open_at_noon(url, tmp_path)) as opened:
        yield opened


def with_body(number: int, *, days: float = 0, summary: str = "", relevant: bool = True) -> Judged:
    item = make_judged(number, at=NOW + timedelta(days=days), relevant=relevant)
    article = replace(item.article, body=f"Reporte {number}. {BODY}", summary=summary or item.article.summary)
    return replace(item, article=article)


def story_of(id_: str, *items: Judged) -> Story:
    members = (Member(item.article, "es", "el-norte", item.article.fetched_at, nexus="border") for item in items)
    return Story(id_, tuple(members), NOW)


def done(purged: tuple[Purged, ...]) -> dict[str, int]:
    return {part.what: part.rows for part in purged if part.rows}


def test_a_dry_run_counts_what_a_purge_takes_and_touches_nothing(store: SqlStore) -> None:
    fill(store)
    store.save_articles([with_body(number) for number in range(100, 1350)])
    before = content(store)
    counted = purge(store, ALL, dry_run=True)
    assert content(store) == before
    assert done(counted) == {
        "texts": 1250, "translations": 30, "dropped": 1, "messages": 3, "slots": 3, "vectors": 1,
    }  # fmt: skip
    assert purge(store, ALL, dry_run=False) == counted
    assert done(purge(store, ALL, dry_run=False)) == {}
    assert not [finding for finding in check_store(store) if finding.problem]


def test_without_limits_nothing_goes(store: SqlStore) -> None:
    fill(store)
    before = content(store)
    assert purge(store, NOTHING, dry_run=False) == ()
    assert content(store) == before


def test_editions_receipts_suppressions_wordings_and_stories_stay(store: SqlStore) -> None:
    fill(store)
    store.save_articles([with_body(50)])
    kept = (
        "editions",
        "suppressions",
        "corrections",
        "stories",
        "members",
        "decisions",
        "feed_states",
        "search_reports",
    )
    before = {each.table: each for each in content(store)}
    receipts = store.receipts(EDITION)
    purge(store, ALL, dry_run=False)
    after = {each.table: each for each in content(store)}
    assert [name for name in kept if before[name] != after[name]] == []
    assert store.receipts(EDITION) == receipts
    assert store.known_articles([make_judged(50).id])
    assert [store.find_story(id_).id for id_ in ("s0", "s1", make_judged(1).id)] == ["s0"] * 3  # type: ignore[union-attr]


def test_of_a_text_an_excerpt_stays_that_the_search_finds_the_report_by(store: SqlStore) -> None:
    """What the index has then is what a run would take in for the shortened report."""
    item = with_body(1)
    store.save_articles([item])
    text = f"{item.article.summary}\n{item.article.body}"[:1500]
    places = ("el-paso",)
    own = SearchDocument(item.id, "es", item.article.title, text, original=True, places=places)
    store.index([own, SearchDocument(item.id, "en", "Bridge closed", "Customs said so.", original=False)])
    assert store.search(SearchQuery("cajas")).total == 1

    purge(store, ALL, dry_run=False)
    found = store.find_article(item.id)
    assert found is not None
    assert (found.article.body, len(found.article.summary) <= EXCERPT) == ("", True)
    assert replace(found.article, body="", summary="") == replace(item.article, body="", summary="")
    shown = replace(own, text=found.article.summary)
    marked = documents_mark([shown, SearchDocument(item.id, "en", "Bridge closed", "Customs said so.", original=False)])
    assert store.indexed([item.id]) == {item.id: marked}
    assert store.unindexed(limit=9) == ()
    for words in ("puente", "customs", "reporte"):
        assert store.search(SearchQuery(words, places=places)).total == 1
    assert not [finding for finding in check_store(store) if finding.problem]


def test_an_excerpt_is_the_beginning_of_what_says_something() -> None:
    long = "La garita abrió a las seis de la mañana con dos carriles. " * 30
    assert excerpt("Corto.", long).startswith("La garita abrió")
    assert excerpt("Corto.", "") == "Corto."
    assert excerpt(long, long + long).endswith("…")
    assert len(excerpt(long, "")) <= EXCERPT
    assert excerpt(long[:300], long) == long[:300]


def test_reports_of_stories_that_go_on_keep_their_texts_however_old(store: SqlStore) -> None:
    old, new = with_body(1), with_body(2, days=100)
    over = with_body(3)
    store.save_articles([old, new, over])
    store.save_stories([story_of("goes-on", old, new), story_of("is-over", over)])
    limit = NOW + timedelta(days=90)
    purge(store, replace(ALL, texts=limit, live=limit), dry_run=False)
    bodies = {item.id: bool(item.article.body) for item in store.articles(since=NOW - HOUR)}
    assert bodies == {old.id: True, new.id: True, over.id: False}


def test_dropped_reports_go_unless_they_would_pass_for_new_ones(store: SqlStore) -> None:
    """One that was merged all the same, one that can be found, one without a date, and one that is young stay."""
    items = {
        name: with_body(number, relevant=False) for number, name in enumerate(("old", "merged", "found", "undated"))
    }
    items["undated"] = replace(items["undated"], article=replace(items["undated"].article, date_known=False))
    items["young"] = with_body(9, days=100, relevant=False)
    store.save_articles(items.values())
    store.save_stories([story_of("s", items["merged"])])
    article = items["found"].article
    store.index([SearchDocument(article.id, "es", article.title, "", original=True)])
    purge(store, replace(NOTHING, dropped=NOW + timedelta(days=50)), dry_run=False)
    known = store.known_articles([item.id for item in items.values()])
    assert {name for name, item in items.items() if item.id in known} == {"merged", "found", "undated", "young"}


def test_messages_that_have_come_to_an_end_go_and_cannot_be_sent_again(store: SqlStore) -> None:
    fill(store)
    store.save_edition(make_edition(9), [make_envelope("z@example.org", "everyone/2026-03-09")])
    waiting = store.due_envelopes(now=LATER)
    purge(store, replace(NOTHING, messages=LATER), dry_run=False)
    assert store.due_envelopes(now=LATER) == waiting
    states = {receipt.recipient: receipt.state for receipt in store.receipts(EDITION)}
    assert states["a@example.org"] == "sent"
    with pytest.raises(StorageError, match=r"purged messages of everyone/2026-03-08: 1 .*nothing was queued"):
        store.requeue(EDITION, ["a@example.org", "d@example.org"])
    assert store.due_envelopes(now=LATER) == waiting


def test_the_last_good_run_and_the_last_slot_stay_however_old(store: SqlStore) -> None:
    fill(store)
    assert done(purge(store, replace(NOTHING, runs=LATER), dry_run=False)) == {"slots": 3}
    assert store.tally().last_good_run_at == NOW
    assert [entry.slot for entry in store.slots()] == ["2026-03-08"]


def test_a_vacuum_gives_the_room_back(store: SqlStore) -> None:
    store.save_articles([with_body(number, relevant=False) for number in range(2000)])
    purge(store, ALL, dry_run=False)
    with snapshot(store.engine) as db:
        assert rows_in(db, [tables.articles]) == {"articles": 0}
    made = vacuum(store)
    assert made.why_not == ""
    if store.engine.dialect.name == "sqlite":
        assert made.bytes_after < made.bytes_before / 4
    store.save_articles([with_body(1)])
    with store.engine.begin() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(tables.articles)).scalar() == 1
