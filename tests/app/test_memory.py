"""A run's translations: headlines at hand, sentences read where they are shown, all of them counted."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.language.translate import Wanted
from monitor.pipeline.memory import Recalling, Remembered, these
from monitor.records import EngineReport, Translation
from monitor.store import open_store
from monitor.store.sql import SqlStore

RECIPE = "an engine | a glossary"
REPORT = EngineReport("engine", "engine", "asked", translated=1, remembered=0, flagged_soft=1, unenforced=("port",))


def translation(text: str, *, recipe: str = RECIPE) -> Translation:
    return Translation("en", "es", text, f"«{text}»", "engine", recipe=recipe)


def wanted(text: str) -> Wanted:
    return Wanted(text, "en", "es")


HEADLINE, SENTENCE, OLD = translation("A headline"), translation("A sentence."), translation("Of another year.")
WITHHELD = replace(translation("Lost a number."), text="", status="original", flags=("number",))
DOUBTFUL = replace(translation("Sounds odd."), status="check", unenforced=("sheriff",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store("sqlite:///memory.db", folder=tmp_path)) as store:
        store.remember([HEADLINE, SENTENCE, OLD, WITHHELD, DOUBTFUL])
        yield store


def recalled(store: SqlStore, *texts: str, corrected: frozenset[str] = frozenset()) -> Recalling:
    recalling = Recalling(store, RECIPE, corrected)
    recalling.look_up(map(wanted, texts), [HEADLINE.key])
    return recalling


def test_headlines_and_what_must_not_be_shown_are_held_and_sentences_are_not(store: SqlStore) -> None:
    recalling = recalled(store, "A headline", "A sentence.", "Lost a number.", "Never seen.")
    assert recalling.held == {HEADLINE.key: HEADLINE, WITHHELD.key: WITHHELD}
    assert list(recalling.missing.values()) == [wanted("Never seen.")]


def test_what_was_made_now_and_not_remembered_is_held(store: SqlStore) -> None:
    undone = replace(translation("Never seen.", recipe=""), text="", status="original", flags=("no_engine",))
    made = translation("Seen today.")
    recalling = recalled(store)
    recalling.hold({undone.key: undone, made.key: made})
    assert recalling.held == {undone.key: undone}


def test_the_report_counts_what_was_remembered_once(store: SqlStore) -> None:
    recalling = recalled(store, "A headline", "A sentence.", "A sentence.", "Lost a number.", "Sounds odd.", " ")
    recalling.look_up([wanted("A sentence.")], [])
    report = recalling.counted_in(REPORT)
    assert (report.translated, report.remembered, report.flagged_hard, report.flagged_soft) == (1, 4, 1, 2)
    assert report.unenforced == ("port", "sheriff")


def test_an_analysts_wording_wins_over_the_memory(store: SqlStore) -> None:
    recalling = recalled(store, "A sentence.", corrected=frozenset({SENTENCE.key}))
    assert list(recalling.missing) == [SENTENCE.key]
    assert recalling.counted_in(REPORT).remembered == 0


def test_a_sentence_is_read_when_it_is_asked_for_and_only_if_the_run_wants_it(store: SqlStore) -> None:
    translations = Remembered(store, RECIPE, {HEADLINE.key: HEADLINE}, [HEADLINE.key, SENTENCE.key])
    assert translations[SENTENCE.key] == SENTENCE
    assert translations.get(HEADLINE.key) == HEADLINE
    assert translations.get(OLD.key) is None
    assert set(translations) == {HEADLINE.key, SENTENCE.key}
    assert len(translations) == 2


def test_many_are_read_at_once(store: SqlStore) -> None:
    translations = Remembered(store, RECIPE, {}, [HEADLINE.key, SENTENCE.key])
    wished = {HEADLINE.key: HEADLINE, SENTENCE.key: SENTENCE}
    assert these(translations, [HEADLINE.key, SENTENCE.key, OLD.key]) == wished
    assert these({OLD.key: OLD}, [HEADLINE.key]) == {OLD.key: OLD}
