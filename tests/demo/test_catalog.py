"""The sample outlets are what they are designed to be, and their labels can be trusted."""

import re
import shutil
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from monitor.demo.catalog import SAMPLE_DAYS, SAMPLES_DIR, Samples, load_samples
from monitor.errors import ConfigError


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_samples()


def languages_by_event(samples: Samples) -> dict[str, set[str]]:
    languages: dict[str, set[str]] = defaultdict(set)
    for label in samples.labels.values():
        if label.event:
            languages[label.event].add(label.language)
    return languages


def test_there_are_enough_outlets_in_both_languages(samples: Samples) -> None:
    declared = [outlet.language for outlet in samples.outlets if outlet.items]
    assert len(declared) >= 14
    assert declared.count("en") >= 8
    assert declared.count("es") >= 6


def test_there_are_at_least_150_items_and_each_has_one_label(samples: Samples) -> None:
    ids = [item.id for item in samples.items]
    assert len(ids) >= 150
    assert sorted(ids) == sorted(samples.labels)


def test_every_format_encoding_and_flaw_is_in_use(samples: Samples) -> None:
    assert {outlet.format for outlet in samples.outlets} == {"rss2", "rss1", "rss091", "atom"}
    assert {outlet.encoding for outlet in samples.outlets} == {"utf-8", "iso-8859-1", "windows-1252"}
    assert len(frozenset[str]().union(*(outlet.flaws for outlet in samples.outlets))) == 12


def test_events_cover_both_languages_and_each_language_alone(samples: Samples) -> None:
    languages = list(languages_by_event(samples).values())
    assert len(languages) >= 30
    assert languages.count({"en", "es"}) >= 14
    assert languages.count({"en"}) >= 6
    assert languages.count({"es"}) >= 6


def test_two_language_events_are_told_independently_in_each(samples: Samples) -> None:
    """A card with both languages must not rest on a copy alone."""
    told = {(label.event, label.language) for label in samples.labels.values() if not label.copy_of}
    for event, languages in languages_by_event(samples).items():
        assert {(event, language) for language in languages} <= told, event


def test_off_topic_items_are_many_and_only_they_are_irrelevant(samples: Samples) -> None:
    off_topic = [label for label in samples.labels.values() if label.event is None]
    assert len(off_topic) >= 25
    assert all(label.relevant == (label.event is not None) for label in samples.labels.values())
    assert {label.language for label in off_topic} == {"en", "es"}


def test_stories_run_over_several_days(samples: Samples) -> None:
    """Each day after the first has news of a story an earlier day began, and a story of its own."""
    days: dict[str, set[int]] = defaultdict(set)
    for label in samples.labels.values():
        if label.event:
            days[label.event].add(label.day)
    for day in (2, 3, 4):
        assert sum(day in on and min(on) < day for on in days.values()) >= 3, day
        assert sum(min(on) == day for on in days.values()) >= 3, day


def test_the_day_of_a_label_is_the_first_run_that_can_see_the_item(samples: Samples) -> None:
    for item in samples.items:
        first_run = next(day for day, at in enumerate(SAMPLE_DAYS, start=1) if item.at <= at)
        assert samples.labels[item.id].day == first_run, item.id


def test_the_first_run_reaches_back_to_every_item_of_its_day(samples: Samples) -> None:
    assert all(item.at >= SAMPLE_DAYS[0] - timedelta(hours=24) for item in samples.items)
    assert {later - earlier for earlier, later in pairwise(SAMPLE_DAYS)} == {timedelta(days=1)}


def test_copies_follow_their_original_in_another_outlet_and_carry_its_text(samples: Samples) -> None:
    items = {item.id: item for item in samples.items}
    outlets = samples.outlets_by_item()
    copies = {item_id: label for item_id, label in samples.labels.items() if label.copy_of}
    assert len(copies) >= 10
    for item_id, label in copies.items():
        copy, original, origin = items[item_id], items[label.copy_of], samples.labels[label.copy_of]
        assert copy.at > original.at, item_id
        assert outlets[item_id] != outlets[label.copy_of], item_id
        assert (label.event, label.language) == (origin.event, origin.language), item_id
        kept = copy.summary.replace("’", "'").removesuffix("…")
        assert original.summary.replace("’", "'").startswith(kept), item_id


def test_only_labelled_copies_share_a_title_or_a_summary(samples: Samples) -> None:
    """Newsrooms word things their own way; a repeated text must be a known copy."""
    originals = [item for item in samples.items if not samples.labels[item.id].copy_of]
    assert len({item.title for item in originals}) == len(originals)
    assert len({item.summary for item in originals}) == len(originals)


def test_some_outlets_write_in_the_other_language_too(samples: Samples) -> None:
    outlets = samples.outlets_by_item()
    pairs = {(outlets[item_id].language, label.language) for item_id, label in samples.labels.items()}
    assert pairs == {("en", "en"), ("en", "es"), ("es", "es"), ("es", "en")}


def test_every_channel_is_marked_as_a_sample_and_lives_under_example(samples: Samples) -> None:
    for outlet in samples.outlets:
        mark = {"en": "(sample)", "es": "(muestra)"}[outlet.language]
        assert outlet.channel_title == f"{outlet.name} {mark}"
        assert outlet.description.endswith(mark)
        for item in outlet.items:
            assert (urlsplit(outlet.link(item)).hostname or "").endswith(".example")


def test_no_sample_text_names_a_host_outside_example(samples: Samples) -> None:
    for path in SAMPLES_DIR.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        hosts = re.findall(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|mx|us|gov|info|example)\b", text)
        assert all(host.endswith(".example") for host in hosts), path


def test_texts_have_the_length_of_real_feed_items(samples: Samples) -> None:
    for item in samples.items:
        assert 20 <= len(item.title) <= 120, item.id
        assert 60 <= len(item.summary) <= 450, item.id
    bodies = [item.body for item in samples.items if item.body]
    assert len(bodies) >= 6
    assert all(len(body) >= 3 for body in bodies)


def test_item_ids_are_found_by_url_whatever_the_tracking(samples: Samples) -> None:
    ids = samples.ids_by_url()
    assert len(ids) == len(samples.items)
    assert sorted(ids.values()) == sorted(samples.labels)


def test_contradicting_files_are_refused_with_every_reason(tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    shutil.copytree(SAMPLES_DIR, folder)
    labels = folder / "labels.yaml"
    text = labels.read_text(encoding="utf-8")
    text = text.replace("  mqw-01: {event: airspace-el-paso,", "  mqw-99: {event: no-such-story,")
    labels.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_samples(folder)
    found = {(problem.where, problem.problem) for problem in caught.value.problems}
    assert ("mqw-01", "this item has no label") in found
    assert ("mqw-99", "this label has no item") in found
    assert ("no-such-story", "this event is not described") in found


def test_a_misspelled_key_is_refused_with_the_file_and_the_key(tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    shutil.copytree(SAMPLES_DIR, folder)
    path = folder / "pecos-radio.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("encoding:", "encodign:"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"(?s)pecos-radio\.yaml.*encodign"):
        load_samples(folder)
