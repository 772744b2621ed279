"""Gate: the sample days, run through the real pipeline, against their labels.

Floors are pinned just below what was measured when they were set; raise them when a change earns it. Lexicon and
clustering threshold were looked at on these days, so the numbers guard against regressions; they are no field accuracy.
`pytest tests/eval/test_samples.py -s` prints the numbers.
"""

from collections import Counter
from collections.abc import Iterable

from monitor.records import Judged
from tests.eval.conftest import Replayed
from tests.eval.metrics import bcubed, link_share, pair_fit

FLOOR_RELEVANCE_F1 = 0.96
FLOOR_LANGUAGE_ACCURACY = 0.99
FLOOR_BCUBED_F1 = 0.97
FLOOR_CROSS_LANGUAGE_F1 = 0.97


def _named(replayed: Replayed, items: Iterable[Judged]) -> list[str]:
    return sorted(f"{replayed.item_ids[i.id]}: {i.article.title} ({i.verdict.reason})" for i in items)


def test_every_item_that_can_be_read_is_found(replayed: Replayed) -> None:
    """Items of feeds that answered, and of the malformed one, reach the store under the URL they were published as."""
    unlabelled = [item.article.title for item in replayed.judged if item.id not in replayed.labels]
    assert unlabelled == []
    assert len(replayed.judged) >= 185


def test_relevance(replayed: Replayed) -> None:
    labelled = [item for item in replayed.judged if item.id in replayed.labels]
    kept = {item.id for item in labelled if item.verdict.relevant}
    wanted = {item.id for item in labelled if replayed.labels[item.id].relevant}
    precision, recall = len(kept & wanted) / len(kept), len(kept & wanted) / len(wanted)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"\nrelevance: P {precision:.3f} R {recall:.3f} F1 {f1:.3f} on {len(labelled)} items")  # noqa: T201
    wrong = [item for item in labelled if (item.id in kept) != (item.id in wanted)]
    for line in _named(replayed, wrong):
        print("  ", line)  # noqa: T201
    assert f1 >= FLOOR_RELEVANCE_F1


def test_language(replayed: Replayed) -> None:
    labelled = [item for item in replayed.judged if item.id in replayed.labels]
    wrong = [item for item in labelled if item.language != replayed.labels[item.id].language]
    accuracy = 1 - len(wrong) / len(labelled)
    print(f"\nlanguage: accuracy {accuracy:.3f}", _named(replayed, wrong))  # noqa: T201
    assert accuracy >= FLOOR_LANGUAGE_ACCURACY


def test_same_event(replayed: Replayed) -> None:
    """BCubed F1 over both languages, on the reports that are relevant and were kept."""
    rows = [
        (member.article.id, story.id)
        for story in replayed.stories
        for member in story.members
        if replayed.labels[member.article.id].event
    ]
    gold = [str(replayed.labels[article].event) for article, _ in rows]
    found = [story for _, story in rows]
    languages = [replayed.labels[article].language for article, _ in rows]
    score = bcubed(gold, found)
    cross = pair_fit(gold, found, languages)
    link = link_share(gold, found, languages)
    print(f"\nsame event: BCubed F1 {score.f1:.3f}, across languages F1 {cross.f1:.3f}, link {link:.3f}")  # noqa: T201
    print(_confusions(gold, found))  # noqa: T201
    assert score.f1 >= FLOOR_BCUBED_F1
    assert cross.f1 >= FLOOR_CROSS_LANGUAGE_F1


def _confusions(gold: list[str], found: list[str]) -> str:
    """Events that were split, and stories that mix events."""
    split = Counter(event for event, _ in set(zip(gold, found, strict=True)))
    mixed = Counter(story for _, story in set(zip(gold, found, strict=True)))
    lines = [f"   {event} lies in {n} stories" for event, n in split.most_common() if n > 1]
    for story, n in mixed.most_common():
        if n > 1:
            lines.append(f"   {story} mixes {sorted({g for g, f in zip(gold, found, strict=True) if f == story})}")
    return "\n".join(lines)
