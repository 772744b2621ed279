"""The quality part of the benchmark: sets of labelled reports, each with our clusterer and every baseline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.stories_bench.baselines import (
    HEADLINE_JACCARD,
    RAW_COSINE,
    NotInstalled,
    SingleLink,
    TfidfTree,
    Tuned,
    by_headlines,
    library,
    single_link,
    tfidf_tree,
    tune_centred,
    tune_raw,
    tune_tfidf,
)
from benchmarks.stories_bench.joining import Groups
from benchmarks.stories_bench.quality import (
    HEADING,
    Gold,
    as_json,
    evaluate,
    judge,
    line,
    margin,
    summary,
    timed,
)
from benchmarks.stories_bench.translated import InEnglish, in_english
from monitor.config.models import StoriesConfig
from monitor.protocols import Embedder, Vectors
from monitor.stories.embed import centred, language_means
from tests.eval.stories_data import Item, vectors_of

OURS = "ours"
Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A named set of reports."""

    name: str
    items: Sequence[Item]

    @property
    def gold(self) -> Gold:
        return Gold.of(self.items)


@dataclass(frozen=True)
class Prepared:
    """A set, and what several methods need of it, made when first asked for."""

    labelled: Labelled
    embedder: Embedder
    options: StoriesConfig
    memory: Path

    @cached_property
    def vectors(self) -> tuple[float, Mapping[str, Vectors]]:
        """Seconds and rows by article id."""
        return timed(lambda: vectors_of(self.labelled.items, self.embedder))

    @cached_property
    def centred(self) -> Mapping[str, Vectors]:
        languages = {item.judged.id: item.judged.language for item in self.labelled.items}
        return centred(self.vectors[1], languages, language_means(self.embedder))

    @cached_property
    def english(self) -> tuple[float, InEnglish]:
        """Seconds (few when they are remembered) and texts. NotInstalled without the engine."""
        return timed(lambda: in_english(self.labelled.items, self.memory))

    def tree(self) -> TfidfTree:
        """NotInstalled before anything is translated in vain."""
        library("sklearn", "scikit-learn")
        return tfidf_tree(self.labelled.items, self.english[1].texts, self.options.live_days)

    def raw_links(self) -> SingleLink:
        return single_link(self.labelled.items, self.vectors[1], self.options.live_days)

    def centred_links(self) -> SingleLink:
        return single_link(self.labelled.items, self.centred, self.options.live_days)


@dataclass(frozen=True)
class Tuning:
    """The thresholds that no definition gives, chosen on the development reports when first asked for."""

    dev: Prepared

    @cached_property
    def tfidf(self) -> Tuned:
        return tune_tfidf(self.dev.labelled.gold, self.dev.tree())

    @cached_property
    def raw(self) -> Tuned:
        return tune_raw(self.dev.labelled.gold, self.dev.raw_links())

    @cached_property
    def centred(self) -> Tuned:
        return tune_centred(self.dev.labelled.gold, self.dev.centred_links())


def compare(prepared: Prepared, tuning: Tuning | None, show: Callable[[str], None]) -> Result:
    """Ours and, where they can be tuned, the baselines on one set.

    Seconds are those of grouping; those of embedding and translating stand apart.
    """
    gold, options = prepared.labelled.gold, prepared.options
    told = summary(gold)
    show(f"{prepared.labelled.name}: {told['items']} reports, {told['events']} events, {told['languages']}")
    embed_s, vectors = prepared.vectors
    show(f"  embedded by {prepared.embedder.name} in {embed_s:.0f} s")
    show(HEADING)
    seconds, ours = timed(lambda: evaluate(prepared.labelled.items, vectors, prepared.embedder, options))
    quality = judge(gold, ours, seconds)
    show(line(OURS, quality))
    embedding = {"embed_seconds": round(embed_s, 3), "texts_per_second": round(told["items"] / embed_s, 1)}
    result: Result = {**told, OURS: as_json(quality) | embedding, "baselines": {}}
    for name, method in (_methods(prepared, tuning) if tuning else {}).items():
        result["baselines"][name] = _baseline(name, method, gold, ours, show)
    return result


@dataclass(frozen=True, slots=True)
class Found:
    """What a baseline made of a set: groups, the seconds of grouping alone, and what is to be known about it."""

    groups: Groups
    seconds: float
    about: Result


def _methods(prepared: Prepared, tuning: Tuning) -> Mapping[str, Callable[[], Found]]:
    """The baselines by name. Calling one raises NotInstalled where a library is missing."""
    items, live_days = prepared.labelled.items, prepared.options.live_days
    return {
        "headline_jaccard": lambda: _found(lambda: by_headlines(items, live_days), {"threshold": HEADLINE_JACCARD}),
        "tfidf_translated": lambda: _by_tfidf(prepared, tuning.tfidf),
        "single_link_060_veto": lambda: _linked(prepared.raw_links, RAW_COSINE, {"threshold": RAW_COSINE}),
        "single_link_raw_tuned_veto": lambda: _linked(prepared.raw_links, tuning.raw.cut, _about(tuning.raw)),
        "single_link_centred_tuned_veto": lambda: _linked(
            prepared.centred_links, tuning.centred.cut, _about(tuning.centred)
        ),
    }


def _found(group: Callable[[], Groups], about: Result) -> Found:
    seconds, groups = timed(group)
    return Found(groups, seconds, about)


def _by_tfidf(prepared: Prepared, tuned: Tuned) -> Found:
    translate_s, english = prepared.english
    about = {"translate_seconds": round(translate_s, 3), "untranslated": english.untranslated}
    return _found(lambda: prepared.tree().groups(tuned.cut), _about(tuned) | about)


def _linked(links: Callable[[], SingleLink], cut: float, about: Result) -> Found:
    return _found(lambda: links().groups(cut), about)


def _about(tuned: Tuned) -> Result:
    return {"threshold": tuned.cut, "tuned_on": "dev", "bcubed_f1_there": round(tuned.f1, 4)}


def _baseline(name: str, method: Callable[[], Found], gold: Gold, ours: Groups, show: Callable[[str], None]) -> Result:
    try:
        found = method()
    except NotInstalled as exc:
        show(f"  {name:32}{exc}")
        return {"error": str(exc)}
    quality = judge(gold, found.groups, found.seconds)
    show(line(name, quality))
    return as_json(quality) | found.about | {"ours_is_better_by": margin(gold, ours, found.groups)}
