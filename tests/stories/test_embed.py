"""What is embedded."""

import pytest

from monitor.records import Lang
from monitor.stories import embed
from monitor.stories.embed import embedding_key, embedding_text
from tests.stories.conftest import report


def test_the_text_is_headline_and_lead_cut_between_words() -> None:
    text = embedding_text(report("Headline.", "word " * 100).article, "en")
    assert text.startswith("Headline. word word")
    assert len(text) <= embed.TEXT_CHARS
    assert text.endswith("word")


def test_a_headline_said_again_is_embedded_once() -> None:
    assert (
        embedding_text(report("Tunnel found", "Tunnel found. It is long.").article, "en") == "Tunnel found. It is long."
    )


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_a_script_without_blanks_is_cut_at_the_limit_and_keeps_its_lead(language: Lang) -> None:
    text = embedding_text(report("边境隧道", "调查人员在边境附近发现一条隧道。" * 40).article, language)
    assert len(text) == embed.TEXT_CHARS
    assert text.startswith("边境隧道. 调查人员")


def test_equal_text_has_an_equal_key() -> None:
    assert embedding_key("same") == embedding_key("same") != embedding_key("other")
