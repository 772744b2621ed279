"""The laws of the `Store` seam, on every database we support."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from monitor.errors import StorageError
from monitor.protocols import Store
from monitor.records import (
    Article,
    Correction,
    Counts,
    DeliveryState,
    Edition,
    EngineReport,
    Envelope,
    Evidence,
    FeedPast,
    FeedState,
    Judged,
    Member,
    MergeDecision,
    Receipt,
    RunReport,
    SlotEntry,
    Story,
    Suppression,
    TermHit,
    Translation,
    Verdict,
    content_id,
)
from monitor.store import copy_store, open_store

NOW = datetime(2026, 3, 8, 12, 30, 15, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


# ---------------------------------------------------------------- samples


def make_judged(number: int, *, relevant: bool = True, at: datetime = NOW) -> Judged:
    """An article fetched an hour after it was published at `at`."""
    article = Article(
        id=content_id("article", str(number)),
        source_id="el-norte",
        url=f"https://example.org/nota/{number}",
        link=f"http://www.example.org/nota/{number}?utm_source=rss",
        title=f"Cierran el puente número {number} — «hoy»",
        summary="Lo informó la aduana.",
        published_at=at,
        fetched_at=at + HOUR,
        guid=f"guid-{number}",
        categories=("frontera", "aduanas"),
        image=f"https://example.org/foto/{number}.jpg",
    )
    verdict = Verdict(
        article_id=article.id,
        language="es",
        relevant=relevant,
        score=9.1,
        threshold=7.0,
        reason="score 9.1 ≥ 7.0",
        terms=(TermHit("bridge", "ports", "title", 3.5, "puente"),),
        topics=("ports", "trade"),
    )
    return Judged(article, verdict)


def make_member(number: int, *, at: datetime = NOW) -> Member:
    item = make_judged(number, at=at)
    return Member(item.article, "es", "el-norte", joined_at=at + HOUR, topics=("ports",), relevance=9.1, nexus="border")


def make_edition(day: int = 8, profile: str = "everyone") -> Edition:
    return Edition(
        edition=f"{profile}/2026-03-{day:02}",
        profile_id=profile,
        date=date(2026, 3, day),
        subject="Resumen",
        story_ids=("s1", "s2"),
        article_ids=("a1",),
        cutoff_at=NOW,
        created_at=NOW + timedelta(days=day - 8),
        path=f"2026/03/{day:02}-{profile}.html",
    )


def make_envelope(recipient: str, edition: str = "everyone/2026-03-08") -> Envelope:
    return Envelope(edition, recipient, f"<{recipient}>", "digest@example.org", f"To: {recipient}\r\n\r\nñ".encode())


def translation(text: str, *, recipe: str = "argos-1", words: str = "hello") -> Translation:
    return Translation(
        "es", "en", text, words, "argos", "check", ("number",), recipe, confidence=0.75, basic=True, unenforced=("CBP",)
    )


def recipients(envelopes: tuple[Envelope, ...]) -> list[str]:
    return [envelope.recipient for envelope in envelopes]


# ---------------------------------------------------------------- feeds and articles


def test_feed_states_come_back_as_saved_and_the_last_write_wins(store: Store) -> None:
    first = FeedState(
        "a", etag='"1"', outcome="ok", last_ok_at=NOW, newest_item_at=NOW - HOUR, moved_to="https://new.example/"
    )
    store.save_feed_states([first, FeedState("b")])
    store.save_feed_states([replace(first, etag='"2"', failures=3, last_ok_at=None)])
    assert store.feed_states() == {
        "a": replace(first, etag='"2"', failures=3, last_ok_at=None),
        "b": FeedState("b"),
    }


def test_what_feeds_brought_is_counted_by_topic_and_link_whatever_was_decided(store: Store) -> None:
    about = [make_judged(number, relevant=number > 2) for number in (1, 2, 3)]
    near = [replace(item, verdict=replace(item.verdict, nexus="border", topics=("ports",))) for item in about]
    far = [make_judged(number) for number in (4, 5)]
    other = [
        replace(far[0], verdict=replace(far[0].verdict, nexus="border", topics=())),
        replace(far[1], verdict=replace(far[1].verdict, nexus="mx", topics=("ports",))),
    ]
    before = make_judged(6, at=NOW - HOUR)
    before = replace(before, article=replace(before.article, source_id="b"))
    store.save_articles([*near, *other, before])
    assert store.feed_pasts(since=NOW + HOUR) == {"el-norte": FeedPast("el-norte", 5, 3)}
    assert set(store.feed_pasts(since=NOW)) == {"el-norte", "b"}


def test_articles_come_back_as_saved_ordered_by_publication_then_id(store: Store) -> None:
    same_time = sorted([make_judged(1), make_judged(2), make_judged(3)], key=lambda item: item.id)
    earlier = make_judged(4, at=NOW - HOUR / 2)
    store.save_articles([*reversed(same_time), earlier])
    assert store.articles(since=NOW) == (earlier, *same_time)


def test_articles_are_chosen_by_when_they_were_fetched(store: Store) -> None:
    old, new = make_judged(1, at=NOW - 5 * HOUR), make_judged(2)
    store.save_articles([old, new])
    assert store.articles(since=new.article.fetched_at) == (new,)
    assert store.articles(since=new.article.fetched_at + timedelta(microseconds=1)) == ()


def test_dropped_articles_are_remembered_but_not_read_unless_asked_for(store: Store) -> None:
    kept, dropped = make_judged(1), make_judged(2, relevant=False)
    store.save_articles([kept, dropped])
    assert store.articles(since=NOW) == (kept,)
    assert set(store.articles(since=NOW, relevant_only=False)) == {kept, dropped}
    assert store.known_articles([dropped.id, "other"]) == {dropped.id}


def test_the_first_write_of_an_article_wins(store: Store) -> None:
    first = make_judged(1)
    second = replace(first, article=replace(first.article, title="Otro"), verdict=replace(first.verdict, score=1.0))
    store.save_articles([first])
    store.save_articles([second, second])
    assert store.articles(since=NOW) == (first,)


def test_five_thousand_ids_are_looked_up_in_one_call(store: Store) -> None:
    saved = [make_judged(number) for number in range(0, 5000, 100)]
    store.save_articles(saved)
    asked = [content_id("article", str(number)) for number in range(5000)]
    assert store.known_articles(asked) == {item.id for item in saved}


def test_an_article_is_found_by_id_link_or_any_spelling_of_its_url(store: Store) -> None:
    item = make_judged(7)
    store.save_articles([item, make_judged(8)])
    for spelling in (item.id, item.article.link, item.article.url, "http://m.example.org/nota/7/?utm_medium=x#top"):
        assert store.find_article(spelling) == item
    assert store.find_article("https://example.org/nota/9") is None


def test_text_that_a_database_refuses_does_not_stop_a_run(store: Store) -> None:
    item = make_judged(1)
    strange = replace(item, article=replace(item.article, title="a\0b\ud800c"))
    store.save_articles([strange])
    (found,) = store.articles(since=NOW)
    assert found.article.title == "a\ufffdb\ufffdc"


# ---------------------------------------------------------------- caches


def test_translations_are_remembered_by_recipe_and_the_last_write_wins(store: Store) -> None:
    hola = translation("hola")
    store.remember([hola, translation("adiós"), translation("hola", recipe="argos-2", words="hi")])
    store.remember([translation("hola", words="hello there")])
    assert store.recall("argos-1", [hola.key, "missing"]) == {hola.key: translation("hola", words="hello there")}
    assert store.recall("argos-2", [hola.key]) == {hola.key: translation("hola", recipe="argos-2", words="hi")}
    assert store.recall("argos-3", [hola.key]) == {}


def test_a_translation_without_a_recipe_is_not_remembered(store: Store) -> None:
    store.remember([translation("hola", recipe="")])
    assert store.recall("", [translation("hola").key]) == {}


def test_corrections_come_back_the_oldest_first_and_the_last_wording_wins(store: Store) -> None:
    term = Correction("es", "en", "garita", "port of entry", "term", NOW)
    sentence = Correction("es", "en", "garita", "The port of entry", "sentence", NOW + HOUR)
    store.save_correction(replace(sentence, wording="The gate"))
    store.save_correction(sentence)
    store.save_correction(term)
    assert store.corrections() == (term, sentence)
    assert store.drop_correction(term)
    assert not store.drop_correction(term)
    assert store.corrections() == (sentence,)


def test_vectors_are_forgotten_by_the_age_of_their_caching(store: Store) -> None:
    store.save_vectors("e5", {"a": np.ones(3, np.float32), "b": np.ones(3, np.float32)})
    assert store.drop_vectors(before=datetime(2020, 1, 1, tzinfo=UTC)) == 0
    assert set(store.vectors("e5", ["a", "b"])) == {"a", "b"}
    assert store.drop_vectors(before=datetime(2999, 1, 1, tzinfo=UTC)) == 2
    assert store.vectors("e5", ["a", "b"]) == {}


def test_vectors_come_back_bit_by_bit_as_float32_of_their_embedder(store: Store) -> None:
    vector = np.linspace(-1, 1, 384, dtype=np.float32)
    store.save_vectors("e5", {"a": vector, "b": vector[::2]})
    store.save_vectors("e5", {"a": vector})
    found = store.vectors("e5", ["a", "b", "c"])
    assert sorted(found) == ["a", "b"]
    assert found["a"].dtype == np.float32
    assert np.array_equal(found["a"], vector)
    assert np.array_equal(found["b"], vector[::2])
    assert store.vectors("other", ["a"]) == {}


# ---------------------------------------------------------------- stories


def test_a_story_comes_back_whole_with_members_by_publication(store: Store) -> None:
    story = Story("s1", (make_member(1, at=NOW - 30 * HOUR), make_member(2)), NOW)
    store.save_stories([Story("s1", story.members[::-1], NOW)])
    assert store.stories(since=NOW) == (story,)


def test_stories_without_news_since_are_left_out_and_the_rest_ordered_by_id(store: Store) -> None:
    old = Story("s0", (make_member(1, at=NOW - 50 * HOUR),), NOW - 50 * HOUR)
    new = [Story(name, (make_member(number),), NOW) for number, name in enumerate(("s3", "s1", "s2"), start=2)]
    store.save_stories([old, *new])
    assert [story.id for story in store.stories(since=NOW)] == ["s1", "s2", "s3"]


def test_members_are_added_and_never_vanish_and_a_story_keeps_its_creation(store: Store) -> None:
    first, second = make_member(1), make_member(2)
    store.save_stories([Story("s1", (first,), NOW)])
    store.save_stories([Story("s1", (second,), NOW + HOUR)])
    (story,) = store.stories(since=NOW)
    assert {member.article.id for member in story.members} == {first.article.id, second.article.id}
    assert story.created_at == NOW


def test_saving_a_story_again_updates_who_copies_whom_but_not_when_a_member_joined(store: Store) -> None:
    member = make_member(1)
    store.save_stories([Story("s1", (member,), NOW)])
    store.save_stories([Story("s1", (replace(member, copy_of="other", joined_at=NOW + 9 * HOUR),), NOW)])
    (story,) = store.stories(since=NOW)
    assert story.members == (replace(member, copy_of="other"),)


def test_an_article_that_only_a_story_brought_is_not_taken_for_a_judged_one(store: Store) -> None:
    member = make_member(1)
    store.save_stories([Story("s1", (member,), NOW)])
    assert store.known_articles([member.article.id]) == frozenset()


def test_an_absorbed_story_gives_its_members_away_and_is_found_by_its_old_id(store: Store) -> None:
    one, two, three = (make_member(number) for number in (1, 2, 3))
    store.save_stories([Story("s1", (one,), NOW), Story("s2", (two,), NOW), Story("s3", (three,), NOW)])
    store.save_stories([Story("s2", (two, three), NOW, absorbed=("s3",))])
    store.save_stories([Story("s1", (one, two, three), NOW, absorbed=("s2",))])
    (story,) = store.stories(since=NOW)
    assert {member.article.id for member in story.members} == {m.article.id for m in (one, two, three)}
    assert (story.id, story.absorbed) == ("s1", ("s2", "s3"))
    assert story == store.find_story("s1") == store.find_story("s2") == store.find_story("s3")
    store.save_stories([story])
    assert store.stories(since=NOW) == (story,)


def test_a_story_is_found_by_a_report_in_it(store: Store) -> None:
    member = make_member(1)
    store.save_stories([Story("s1", (member,), NOW)])
    assert store.find_story(member.article.id) == store.find_story("s1")
    assert store.find_story("s9") is None


def test_decisions_come_back_as_saved_by_report_and_by_story_and_the_last_one_stands(store: Store) -> None:
    parts = (Evidence("vectors", 0.41), Evidence("place", -0.25, "El Paso ≠ Ciudad Acuña", veto=True))
    kept_out = MergeDecision("a1", "s2", False, 0.16, "a9", "angle", 0.125, 0.32, parts)
    joined = MergeDecision("a1", "s1", True, 0.5, "a2")
    store.save_stories([], [kept_out, joined, replace(joined, similarity=0.9, kind="copy")])
    assert store.decisions(["a1"]) == (replace(joined, similarity=0.9, kind="copy"), kept_out)
    assert store.decisions(["s2", "s7"]) == (kept_out,)
    assert store.decisions([]) == ()


# ---------------------------------------------------------------- editions and the outbox


def test_an_edition_is_frozen_once_with_its_messages(store: Store) -> None:
    edition = make_edition()
    assert store.save_edition(edition, [make_envelope("a@example.org"), make_envelope("b@example.org")])
    assert not store.save_edition(replace(edition, subject="Otra"), [make_envelope("c@example.org")])
    assert store.editions() == (edition,)
    assert recipients(store.due_envelopes(now=NOW)) == ["a@example.org", "b@example.org"]


def test_an_edition_whose_messages_cannot_be_queued_is_not_saved_at_all(store: Store) -> None:
    stray = make_envelope("a@example.org", edition="nobody/2026-03-08")
    with pytest.raises(StorageError, match="everyone/2026-03-08"):
        store.save_edition(make_edition(), [make_envelope("b@example.org"), stray])
    assert store.editions() == ()
    assert store.due_envelopes(now=NOW) == ()


def test_editions_come_newest_first_by_profile_and_at_most_limit(store: Store) -> None:
    for day in (6, 8, 7):
        store.save_edition(make_edition(day), [])
    store.save_edition(make_edition(8, "prensa"), [])
    assert [edition.date.day for edition in store.editions("everyone")] == [8, 7, 6]
    assert [edition.date.day for edition in store.editions("everyone", limit=1)] == [8]
    assert len(store.editions()) == 4


def test_an_alert_is_an_edition_of_its_own_list_and_of_no_profile(store: Store) -> None:
    """Who lists, counts or shows all editions means digests; its messages go the way of all messages."""
    store.save_edition(make_edition(), [])
    key = "alert/breaking/0f3a/5-en-es"
    alert = replace(make_edition(8, "alert/breaking"), edition=key)
    envelope = replace(make_envelope("a@example.org"), edition=key)
    assert store.save_edition(alert, [envelope])
    assert not store.save_edition(alert, [envelope]), "told once"
    assert [edition.edition for edition in store.editions()] == ["everyone/2026-03-08"]
    assert store.tally().editions == 1
    assert store.editions("alert/breaking") == (alert,)
    assert [due.edition for due in store.due_envelopes(now=NOW)] == [key]
    store.suppress(Suppression("alert/breaking", "a@example.org", "one click", NOW))
    assert store.due_envelopes(now=NOW) == ()


def test_more_recipients_are_queued_and_known_ones_left_alone(store: Store) -> None:
    store.save_edition(make_edition(), [make_envelope("a@example.org")])
    store.record_receipts([Receipt("everyone/2026-03-08", "a@example.org", "sent", at=NOW)])
    assert store.enqueue([make_envelope("a@example.org"), make_envelope("b@example.org")]) == 1
    assert store.enqueue([make_envelope("b@example.org")]) == 0
    assert recipients(store.due_envelopes(now=NOW)) == ["b@example.org"]


def test_a_due_envelope_is_byte_for_byte_the_queued_one(store: Store) -> None:
    envelope = make_envelope("a@example.org")
    store.save_edition(make_edition(), [envelope])
    assert store.due_envelopes(now=NOW) == (envelope,)


@pytest.mark.parametrize(
    ("receipt_state", "retry_at", "due"),
    [
        ("sent", None, False),
        ("failed", None, False),
        ("unknown", None, False),
        ("deferred", NOW + HOUR, False),
        ("deferred", NOW, True),
        ("deferred", None, True),
    ],
)
def test_only_deferred_messages_whose_time_has_come_are_due_again(
    store: Store, receipt_state: str, retry_at: datetime | None, due: bool
) -> None:
    envelope = make_envelope("a@example.org")
    store.save_edition(make_edition(), [envelope])
    store.record_receipts([Receipt(envelope.edition, envelope.recipient, "sending", at=NOW)])
    receipt = Receipt(envelope.edition, envelope.recipient, receipt_state, "250 ok", 1, NOW, retry_at)  # type: ignore[arg-type]
    store.record_receipts([receipt])
    assert bool(store.due_envelopes(now=NOW)) is due
    assert store.receipts(envelope.edition) == (receipt,)


@pytest.mark.parametrize("state", ["sending", "dot"])
def test_a_message_left_under_way_is_due_and_its_attempts_are_kept(store: Store, state: DeliveryState) -> None:
    envelope = make_envelope("a@example.org")
    store.save_edition(make_edition(), [envelope])
    left = Receipt(envelope.edition, "a@example.org", state, "", 2, NOW)
    store.record_receipts([left])
    assert store.due_envelopes(now=NOW) == (envelope,)
    assert store.receipts(envelope.edition) == (left,)


def test_until_when_a_message_is_news_is_kept_and_set_anew_when_it_is_queued_again(store: Store) -> None:
    envelope = replace(make_envelope("a@example.org"), deliver_until=NOW + HOUR)
    store.save_edition(make_edition(), [envelope])
    assert store.due_envelopes(now=NOW) == (envelope,)
    store.record_receipts([Receipt(envelope.edition, "a@example.org", "failed", at=NOW)])
    store.requeue(envelope.edition, ["a@example.org"], deliver_until=NOW + 2 * HOUR)
    assert store.due_envelopes(now=NOW) == (replace(envelope, deliver_until=NOW + 2 * HOUR),)


def test_what_was_sent_stays_sent_until_it_is_queued_again(store: Store) -> None:
    envelope = make_envelope("a@example.org")
    store.save_edition(make_edition(), [envelope, make_envelope("b@example.org")])
    store.record_receipts([Receipt(envelope.edition, "a@example.org", "sent", at=NOW)])
    store.record_receipts([Receipt(envelope.edition, "a@example.org", "failed", "too late", at=NOW)])
    assert store.receipts(envelope.edition)[0].state == "sent"
    assert store.requeue(envelope.edition, ["a@example.org", "b@example.org", "c@example.org"]) == 1
    assert store.due_envelopes(now=NOW)[0] == envelope


def test_due_envelopes_come_page_by_page_each_once_in_order(store: Store) -> None:
    for day in (7, 8):
        addresses = (f"{name}@example.org" for name in "cab")
        store.save_edition(make_edition(day), [make_envelope(a, f"everyone/2026-03-{day:02}") for a in addresses])
    whole, paged = store.due_envelopes(now=NOW), list(store.due_envelopes(now=NOW, limit=2))
    while page := store.due_envelopes(now=NOW, after=paged[-1], limit=2):
        paged += page
    assert tuple(paged) == whole
    assert len(whole) == 6


def test_due_envelopes_of_one_edition_only(store: Store) -> None:
    for day in (7, 8):
        store.save_edition(make_edition(day), [make_envelope("a@example.org", f"everyone/2026-03-{day:02}")])
    assert [e.edition for e in store.due_envelopes(now=NOW, edition="everyone/2026-03-07")] == ["everyone/2026-03-07"]
    assert [e.edition for e in store.due_envelopes(now=NOW)] == ["everyone/2026-03-07", "everyone/2026-03-08"]


# ---------------------------------------------------------------- leases and runs


def test_a_lease_has_one_owner_until_it_is_released_or_expires(store: Store) -> None:
    assert store.claim("run", "one", now=NOW, lease_s=60)
    assert not store.claim("run", "two", now=NOW + timedelta(seconds=59), lease_s=60)
    assert store.claim("other", "two", now=NOW, lease_s=60)
    assert store.claim("run", "two", now=NOW + timedelta(seconds=60), lease_s=60)
    assert not store.claim("run", "one", now=NOW + timedelta(seconds=61), lease_s=60)
    store.release("run", "two")
    assert store.claim("run", "one", now=NOW + timedelta(seconds=61), lease_s=60)


def test_only_the_owner_releases_a_lease_and_may_extend_it(store: Store) -> None:
    assert store.claim("run", "one", now=NOW, lease_s=60)
    store.release("run", "two")
    assert not store.claim("run", "two", now=NOW, lease_s=60)
    assert store.claim("run", "one", now=NOW + timedelta(seconds=50), lease_s=60)
    assert not store.claim("run", "two", now=NOW + timedelta(seconds=70), lease_s=60)


def test_many_at_once_never_hold_one_lease_twice(store: Store) -> None:
    def race(owner: str) -> set[str]:
        return {key for key in map(str, range(40)) if store.claim(key, owner, now=NOW, lease_s=60)}

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(race, [f"owner-{number}" for number in range(6)]))
    assert sum(map(len, won)) == 40
    assert set().union(*won) == {str(number) for number in range(40)}


def make_slot(owner: str = "one", *, slot: str = "2026-03-08", at: datetime = NOW, seconds: int = 60) -> SlotEntry:
    """A wish to make a slot, held for so many seconds."""
    until = at + timedelta(seconds=seconds)
    return SlotEntry("everyone", slot, NOW - HOUR, "running", at, owner=owner, until=until)


def test_a_slot_is_one_owners_until_its_hold_runs_out_and_a_done_one_is_never_given_again(store: Store) -> None:
    assert store.claim_slot(make_slot("one")) == 1
    assert store.claim_slot(make_slot("two", at=NOW + timedelta(seconds=59))) == 0
    assert store.claim_slot(make_slot("one", at=NOW + timedelta(seconds=50))) == 1, "it extends its own hold"
    assert store.claim_slot(make_slot("two", at=NOW + timedelta(seconds=70))) == 0
    assert store.claim_slot(make_slot("two", at=NOW + timedelta(seconds=110))) == 2
    assert not store.end_slot(replace(make_slot("one"), state="done", until=None))
    done = replace(make_slot("two"), state="done", until=None, detail="", attempts=2)
    assert store.end_slot(done)
    assert store.slots() == (done,)
    assert store.claim_slot(make_slot("one", at=NOW + 100 * HOUR)) == 0
    assert store.claim_slot(make_slot("two", at=NOW + 100 * HOUR)) == 0


def test_a_failed_slot_is_given_again_after_its_pause(store: Store) -> None:
    assert store.claim_slot(make_slot("one")) == 1
    assert store.end_slot(replace(make_slot("one"), state="failed", until=NOW + HOUR, detail="no «disco»"))
    assert store.slots("everyone")[0].detail == "no «disco»"
    assert store.claim_slot(make_slot("one", at=NOW + HOUR - timedelta(seconds=1))) == 0
    assert store.claim_slot(make_slot("one", at=NOW + HOUR)) == 2
    assert store.slots()[0].detail == ""


def test_skipped_slots_are_noted_once_and_never_in_place_of_a_known_one(store: Store) -> None:
    assert store.claim_slot(make_slot(slot="2026-03-06")) == 1
    passed = [replace(make_slot("", slot=f"2026-03-0{day}"), state="skipped", until=None) for day in (6, 7)]
    assert store.skip_slots(passed) == 1
    assert store.skip_slots(passed) == 0
    assert [(s.slot, s.state) for s in store.slots()] == [("2026-03-07", "skipped"), ("2026-03-06", "running")]
    assert store.claim_slot(make_slot(slot="2026-03-07", at=NOW + HOUR)) == 0


def test_slots_come_the_newest_first_by_profile_where_one_is_named(store: Store) -> None:
    keys = ("2026-03-08", "2026-03-08T1800", "2026-03-07T0630", "2026-03-09")
    for key in keys:
        store.claim_slot(make_slot(slot=key))
    store.claim_slot(replace(make_slot(slot="2026-03-10"), profile_id="tijuana"))
    newest_first = ["2026-03-09", "2026-03-08T1800", "2026-03-08", "2026-03-07T0630"]
    assert [s.slot for s in store.slots("everyone")] == newest_first
    assert [s.slot for s in store.slots(limit=2)] == ["2026-03-10", "2026-03-09"]
    assert store.slots("nobody") == ()


def test_many_at_once_never_hold_one_slot_twice(store: Store) -> None:
    def race(owner: str) -> list[str]:
        return [key for key in map(str, range(40)) if store.claim_slot(make_slot(owner, slot=key))]

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(race, [f"owner-{number}" for number in range(6)]))
    assert sorted(key for keys in won for key in keys) == sorted(map(str, range(40)))


def test_many_at_once_freeze_an_edition_once(store: Store) -> None:
    def freeze(number: int) -> bool:
        return store.save_edition(make_edition(), [make_envelope(f"r{number}@example.org")])

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(freeze, range(6))) == [False] * 5 + [True]
    assert len(store.due_envelopes(now=NOW)) == 1


def test_runs_are_kept_as_they_were_written_the_newest_first(store: Store) -> None:
    engine = EngineReport("none", "none", "nothing installed")
    for number in (1, 2, 3):
        report = RunReport(f"r{number}", NOW + number * HOUR, 1.0, 0, (), (), Counts(), engine, (), ())
        store.save_run(report, f'{{"run": {number}}}')
        store.save_run(report, f'{{"run": {number}}}')
    assert store.runs(limit=2) == ('{"run": 3}', '{"run": 2}')


# ---------------------------------------------------------------- all methods


def test_empty_input_is_fine_everywhere(store: Store) -> None:
    store.save_feed_states([])
    store.save_articles([])
    store.remember([])
    store.save_vectors("e5", {})
    store.save_stories([])
    store.record_receipts([])
    assert store.enqueue([]) == 0
    assert store.skip_slots([]) == 0
    assert store.requeue("none/2026-03-08", []) == 0
    assert store.known_articles([]) == frozenset()
    assert store.recall("argos", []) == {}
    assert store.vectors("e5", []) == {}
    assert store.articles(since=NOW) == ()


def test_a_datetime_without_a_zone_is_a_bug_and_not_stored(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"):
        store.save_feed_states([FeedState("a", last_ok_at=NOW.replace(tzinfo=None))])
    assert store.feed_states() == {}


def test_a_copy_has_everything_and_changing_it_changes_nothing(store: Store, url: str, tmp_path: Path) -> None:
    item, edition, envelope = make_judged(1), make_edition(), make_envelope("a@example.org")
    story = Story("s1", (make_member(1),), NOW)
    store.save_articles([item])
    store.save_stories([story])
    store.save_edition(edition, [envelope])
    store.save_vectors("e5", {"a": np.ones(3, np.float32)})
    with closing(open_store(copy_store(url, tmp_path, tmp_path / "dry"), folder=tmp_path)) as copy:
        assert copy.articles(since=NOW) == (item,)
        assert copy.stories(since=NOW) == (story,)
        assert copy.editions() == (edition,)
        assert copy.due_envelopes(now=NOW) == (envelope,)
        assert list(copy.vectors("e5", ["a"])) == ["a"]
        copy.save_articles([make_judged(2)])
    assert store.articles(since=NOW) == (item,)


def test_a_server_that_goes_away_is_a_storage_error_with_a_remedy(postgres: str, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE gone")
        with closing(open_store(postgres.replace("/postgres?", "/gone?"), folder=tmp_path)) as store:
            store.save_articles([make_judged(1)])
            connection.execute("DROP DATABASE gone WITH (FORCE)")
            with pytest.raises(StorageError, match=r"read articles in .*gone.*→ check that the database server runs"):
                store.articles(since=NOW)


def test_everything_is_there_after_opening_again(store: Store, url: str, tmp_path: Path) -> None:
    item = make_judged(1)
    store.save_articles([item])
    store.close()
    again = open_store(url, folder=tmp_path)
    assert again.articles(since=NOW) == (item,)
    again.close()
    again.close()
