"""What a run holds of every report comes without full texts, on every database; these come when they are asked for."""

from dataclasses import replace
from datetime import timedelta

from monitor.protocols import Store
from monitor.records import Judged, Member, Publication, Story, TermHit
from tests.contracts.test_store import HOUR, NOW, make_judged

EVER = NOW - timedelta(days=99)


def with_text(number: int, *, relevant: bool = True) -> Judged:
    judged = make_judged(number, relevant=relevant, at=NOW + number * HOUR)
    terms = (TermHit("tunnel", "smuggling", "title", 3.0, "túnel"),)
    verdict = replace(judged.verdict, terms=terms, reason="9.5 points", topics=("smuggling",))
    return Judged(replace(judged.article, body=f"El texto número {number}."), verdict)


def test_brief_reports_lack_full_texts_and_why_and_nothing_else(store: Store) -> None:
    items = [with_text(1), with_text(2)]
    store.save_articles(items)
    brief = [Judged(replace(item.article, body=""), replace(item.verdict, terms=(), reason="")) for item in items]
    assert list(store.articles(since=EVER, brief=True)) == brief
    assert list(store.articles(since=EVER)) == items


def test_full_texts_come_by_id_where_there_are_any(store: Store) -> None:
    told, untold = with_text(1), make_judged(2)
    store.save_articles([told, untold])
    assert store.bodies([told.id, untold.id, "unknown"]) == {told.id: "El texto número 1."}
    assert store.bodies([]) == {}


def test_a_thousand_full_texts_come_in_one_call(store: Store) -> None:
    items = [with_text(number) for number in range(1001)]
    store.save_articles(items)
    assert store.bodies([item.id for item in items]) == {item.id: item.article.body for item in items}


def test_brief_stories_have_all_members_without_full_texts(store: Store) -> None:
    items = [with_text(1), with_text(2)]
    story = Story(items[0].id, tuple(Member(item.article, "es", "norte", NOW) for item in items), NOW)
    store.save_articles(items)
    store.save_stories([story])
    (brief,) = store.stories(since=EVER, brief=True)
    assert brief == replace(
        story, members=tuple(replace(m, article=replace(m.article, body="")) for m in story.members)
    )
    assert store.stories(since=EVER) == (story,)


def test_a_brief_story_that_is_saved_again_costs_no_text(store: Store) -> None:
    item = with_text(1)
    store.save_articles([item])
    store.save_stories([Story(item.id, (Member(item.article, "es", "norte", NOW),), NOW)])
    store.save_stories(store.stories(since=EVER, brief=True))
    assert store.bodies([item.id]) == {item.id: item.article.body}


def test_publications_are_those_of_relevant_reports_in_their_order(store: Store) -> None:
    items = [with_text(2), with_text(1), with_text(3, relevant=False)]
    store.save_articles(items)
    told = [Publication(i.article.published_at, i.article.fetched_at, i.language) for i in (items[1], items[0])]
    assert list(store.publications(since=EVER)) == told
    assert list(store.publications(since=items[0].article.fetched_at)) == told[1:]
