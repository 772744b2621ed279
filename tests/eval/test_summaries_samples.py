"""Gate: the two sentences that tell each labelled sample event.

`pytest tests/eval/test_summaries_samples.py -s` prints them.
"""

import re

import pytest

from monitor.records import Story
from monitor.stories.summarise import summarise
from monitor.text import fold
from tests.eval.sample_stories import sample_stories

STORIES = sample_stories()
LEAD_COUNT = 2
OPENS_WITH_NOBODY = re.compile(r"(?:he|she|they|it|his|her|their|ello|ellos|ellas|lo anterior|su|sus|dich[oa]s?) ")


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_summary_is_of_two_languages_and_two_voices_where_there_are_two(story: Story) -> None:
    summary = summarise(story, lead_count=LEAD_COUNT)
    voice = {m.article.id: m.voice for m in story.members}
    for sentence in summary:
        print(f"\n{sentence.language} {sentence.source_id}: {sentence.text}", end="")  # noqa: T201
    assert tuple(sentence.language for sentence in summary)[: len(story.languages)] == story.languages
    assert len({voice[sentence.article_id] for sentence in summary}) == min(len(story.voices), len(summary))
    assert len(summary) == 2 or len(story.voices) == 1


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_summary_opens_with_a_sentence_that_stands_alone(story: Story) -> None:
    summary = summarise(story, lead_count=LEAD_COUNT)
    alone = summary if len({s.article_id for s in summary}) > 1 else summary[:1]
    assert [s.text for s in alone if OPENS_WITH_NOBODY.match(fold(s.text)) or "?" in s.text] == []
