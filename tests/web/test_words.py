"""The words of the pages: both languages say the same things, and every word that is asked for is there."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from monitor.digest import load_templates
from monitor.records import FeedOutcome, Lang
from monitor.resources import bundled
from monitor.web.site import load_pages

FOLDER = bundled("templates") / "web"


def placeholders(value: object) -> set[str]:
    forms = value.values() if isinstance(value, dict) else [value]
    return {name for form in forms for _, name, _, _ in Formatter().parse(str(form)) if name}


def test_both_languages_have_the_same_strings_with_the_same_placeholders() -> None:
    phrases = load_templates(part="web").phrases
    assert list(phrases["en"].strings) == list(phrases["es"].strings)
    for key, english in phrases["en"].strings.items():
        assert placeholders(english) == placeholders(phrases["es"].strings[key]), key


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_string_that_a_template_names_is_there_and_every_string_is_named(language: Lang) -> None:
    """Of names that are put together the part before the `~` counts."""
    said = load_pages(None).phrases[language]
    own = load_templates(part="web").phrases[language]
    source = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.j2"))
    source += "".join(path.read_text("utf-8") for path in (Path(__file__).parents[2] / "monitor" / "web").glob("*.py"))
    whole = set(re.findall(r'say(?:\(l\))?\("([a-z_.]+)"[,)]', source))
    assert whole
    assert not [key for key in sorted(whole) if key not in said]
    starts = (*re.findall(r'"([a-z_.]+\.)" ~', source), "error.", "door", "unsubscribe.", "blind.", "nav.")
    unused = [key for key in own.strings if key not in source and not key.startswith(starts)]
    assert not unused


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_outcome_of_a_feed_that_needs_a_hand_has_advice(language: Lang) -> None:
    said = load_pages(None).phrases[language]
    missing = [o for o in get_args(FeedOutcome) if f"advice.{o}" not in said]
    assert missing == ["ok", "not_modified", "malformed"]
