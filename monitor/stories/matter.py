"""What a claim or a clause is about: its rare words, so that two of them can be compared, in either language. Pure.

`words.py` weighs words by how rare they are; words of claims that mean the same are made one before
(`data/statements.yaml`). Known gaps: opposites ("did not let in", "turned away") have no words in common.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from monitor.resources import read_yaml
from monitor.stories.plain import plain
from monitor.stories.words import read_words

_FILE = Path(__file__).with_name("data") / "matters.yaml"

Profile = Mapping[str, float]  # stem: rarity; of length 1 as a vector


def profiles(texts: Sequence[str]) -> list[Profile]:
    """The telling words of each text, weighed; empty where nothing in it tells anything."""
    words = read_words([_canonical(text) for text in texts])
    ends = [int(end) for end in words.starts]
    return [
        {
            words.stems[number]: float(weight)
            for number, weight in zip(words.numbers[a:b], words.weights[a:b], strict=True)
        }
        for a, b in pairwise(ends)
    ]


def common(a: Profile, b: Profile) -> frozenset[str]:
    """The words that two texts share."""
    return frozenset(a.keys() & b.keys())


def share(a: Profile, b: Profile) -> float:
    """The part of the shorter text, by the rarity of its words, that stands in the other: 0..1."""
    both = sorted(common(a, b))
    return max(sum(words[stem] ** 2 for stem in both) for words in (a, b))


def _canonical(text: str) -> str:
    pattern, of_words = _alike()
    return _empty().sub(" ", pattern.sub(lambda match: of_words[match[0]], plain(text).lower()))


@lru_cache(maxsize=1)
def _document() -> Mapping[str, list[str] | list[list[str]]]:
    loaded: Mapping[str, list[str] | list[list[str]]] = read_yaml(_FILE)
    return loaded


@lru_cache(maxsize=1)
def _alike() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Words that mean the same, and the one they are written as. A word in two lines keeps the first."""
    of_words = {plain(word).lower(): line[0] for line in reversed(_document()["alike"]) for word in line}
    return _any_of(of_words), of_words


@lru_cache(maxsize=1)
def _empty() -> re.Pattern[str]:
    return _any_of({plain(str(word)): "" for word in _document()["empty"]})


def _any_of(words: Mapping[str, str]) -> re.Pattern[str]:
    listed = "|".join(map(re.escape, sorted(words, key=lambda w: (-len(w), w))))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)")
