"""From judged articles to stories: translate, cluster."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.executors import give_back
from monitor.language.translate import Wanted
from monitor.pipeline.memory import Recalling, Remembered
from monitor.pipeline.texts import in_parts, stories_with_openings, whole, with_openings
from monitor.pipeline.tools import Plan, Tick, Tools, by_id
from monitor.protocols import Heavy, Vectors
from monitor.records import Clustered, EngineReport, Judged, Source, Story, Translations, other_language
from monitor.stories.cluster import cluster as cluster_reports
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import LEADS_EMBEDDED, Means, RememberingEmbedder, embedding_text, language_means
from monitor.stories.wires import voice_of
from monitor.text import lead_sentences


@dataclass(frozen=True, slots=True)
class Translated:
    """Stage output: every translation a digest may need, and how the engine did."""

    translations: Translations
    engine: EngineReport
    notices: tuple[str, ...] = ()
    withheld: Translations = field(default_factory=dict)  # those that must not be shown

    def __len__(self) -> int:
        return len(self.translations)


def live_since(tools: Tools, plan: Plan) -> datetime:
    """The instant from which reports can still belong to a digest of this run."""
    config = tools.config
    hours = max(config.stories.live_days * 24, config.digest.max_age_hours, config.digest.window_hours)
    start = plan.now - timedelta(hours=hours)
    return min(start, plan.since) if plan.since else start


def current_reports(tools: Tools, plan: Plan) -> tuple[Judged, ...]:
    """The relevant articles of the live window, briefly: new ones, and those of the days before."""
    since = live_since(tools, plan)
    stored = tools.store.articles(since=since, brief=True)
    current = (item for item in stored if item.article.published_at >= since)
    return tuple(with_openings(tools.store, current, _leads_read(tools)))


def _leads_read(tools: Tools) -> int:
    """As many sentences of a report as anybody asks for."""
    return max(LEADS_EMBEDDED, tools.config.translation.lead_sentences)


def translate(tools: Tools, reports: Sequence[Judged], tick: Tick) -> Translated:
    """Headlines and leads into the other language; what the memory holds is not translated again."""
    interpreter, lead_count = tools.interpreter, tools.config.translation.lead_sentences
    recalling = Recalling(tools.store, interpreter.recipe, interpreter.worded)
    for part in in_parts(reports):
        recalling.look_up(_wanted(part, lead_count), (_headline(item).key for item in part))
    done = interpreter.translate(tuple(recalling.missing.values()), {})
    tools.store.remember(done.fresh)
    recalling.hold({t.key: t for t in done.translations})
    tick(len(reports))
    held = recalling.held
    return Translated(
        Remembered(tools.store, interpreter.recipe, held, recalling.keys),
        recalling.counted_in(done.report),
        done.notices,
        {key: t for key, t in held.items() if t.status == "original"},
    )


def _headline(item: Judged) -> Wanted:
    return Wanted(item.article.title, item.language, other_language(item.language))


def _wanted(reports: Iterable[Judged], lead_count: int) -> Iterable[Wanted]:
    for item in reports:
        source = item.language
        yield _headline(item)
        for text in lead_sentences(item.article, source, lead_count):
            yield Wanted(text, source, other_language(source))


def cluster(tools: Tools, plan: Plan, reports: Sequence[Judged], tick: Tick) -> Clustered:
    """Put reports that are in no story yet into stories; stories of earlier runs keep their ids."""
    live = _live_stories(tools, plan, reports)
    placed = {member.article.id for story in live for member in story.members}
    new = [item for item in reports if item.id not in placed]
    sources = by_id(tools.sources)
    read = _Read(sources, frozenset(item.id for item in new))
    copies = find_copies(read.all(whole(tools.store, reports)), sources)
    vectors, means = _vectors(tools, reports)
    clustered = cluster_reports(
        new,
        live,
        vectors,
        copies=copies,
        sources=sources,
        options=tools.config.stories,
        now=plan.now,
        means=means,
        voices=read.voices,
    )
    tools.store.save_stories(clustered.stories, clustered.decisions)
    tools.store.drop_vectors(before=plan.now - timedelta(days=tools.config.storage.keep_vectors_days))
    tick(len(reports))
    return clustered if plan.explain else replace(clustered, copies=(), decisions=())  # the store has why


def _live_stories(tools: Tools, plan: Plan, reports: Iterable[Judged]) -> tuple[Story, ...]:
    """The stories of earlier runs that are still of these days, briefly; they share the reports."""
    stored = tools.store.stories(since=live_since(tools, plan), brief=True)
    known = {item.id: item.article for item in reports}
    return tuple(stories_with_openings(tools.store, stored, known, _leads_read(tools)))


@dataclass(frozen=True, slots=True)
class _Read:
    """What is noted while full texts go by."""

    sources: Mapping[str, Source]
    new: frozenset[str]
    voices: dict[str, str] = field(default_factory=dict)  # of the new reports, by id

    def all(self, reports: Iterable[Judged]) -> Iterator[Judged]:
        for item in reports:
            if item.id in self.new:
                self.voices[item.id] = voice_of(item.article, self.sources.get(item.article.source_id))
            yield item


def _vectors(tools: Tools, reports: Sequence[Judged]) -> tuple[Mapping[str, Vectors], Means]:
    """A vector per article id, and what the embedder's vectors have in common; the embedder is let go of."""
    give_back()  # what full texts took
    embedder = RememberingEmbedder(tools.embedder, tools.store, saved_at_once=2048 if tools.all_to_workers else 256)
    rows = embedder.embed([embedding_text(item.article, item.language) for item in reports])
    vectors = {item.id: row for item, row in zip(reports, rows, strict=True)}
    means = language_means(embedder)
    if isinstance(tools.embedder, Heavy):
        tools.embedder.release()
        give_back()
    return vectors, means
