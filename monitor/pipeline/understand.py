"""From judged articles to stories: translate, cluster."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.language.translate import Wanted
from monitor.pipeline.tools import Plan, Tick, Tools, by_id
from monitor.protocols import Embedder, Vectors
from monitor.records import Clustered, EngineReport, Judged, Translations, other_language
from monitor.stories.cluster import cluster as cluster_reports
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import RememberingEmbedder, embedding_text, language_means
from monitor.text import lead_sentences


@dataclass(frozen=True, slots=True)
class Translated:
    """Stage output: every translation a digest may need, and how the engine did."""

    translations: Translations
    engine: EngineReport
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.translations)


def live_since(tools: Tools, plan: Plan) -> datetime:
    """The instant from which reports can still belong to a digest of this run."""
    config = tools.config
    hours = max(config.stories.live_days * 24, config.digest.max_age_hours, config.digest.window_hours)
    start = plan.now - timedelta(hours=hours)
    return min(start, plan.since) if plan.since else start


def current_reports(tools: Tools, plan: Plan) -> tuple[Judged, ...]:
    """The relevant articles of the live window: new ones, and those of the days before."""
    since = live_since(tools, plan)
    stored = tools.store.articles(since=since)
    return tuple(item for item in stored if item.article.published_at >= since)


def translate(tools: Tools, reports: Sequence[Judged], tick: Tick) -> Translated:
    """Headlines and leads into the other language; what the memory holds is not translated again."""
    wanted = tuple(_wanted(reports, tools.config.translation.lead_sentences))
    remembered = tools.store.recall(tools.interpreter.recipe, {item.key for item in wanted})
    done = tools.interpreter.translate(wanted, remembered)
    tools.store.remember(done.fresh)
    tick(len(reports))
    return Translated({t.key: t for t in done.translations}, done.report, done.notices)


def _wanted(reports: Iterable[Judged], lead_count: int) -> Iterable[Wanted]:
    for item in reports:
        source = item.language
        for text in (item.article.title, *lead_sentences(item.article, source, lead_count)):
            yield Wanted(text, source, other_language(source))


def cluster(tools: Tools, plan: Plan, reports: Sequence[Judged], tick: Tick) -> Clustered:
    """Put reports that are in no story yet into stories; stories of earlier runs keep their ids."""
    live = tools.store.stories(since=live_since(tools, plan))
    placed = {member.article.id for story in live for member in story.members}
    new = [item for item in reports if item.id not in placed]
    embedder = RememberingEmbedder(tools.embedder, tools.store, saved_at_once=2048 if tools.all_to_workers else 256)
    vectors = _vectors(embedder, reports)
    sources = by_id(tools.sources)
    copies = find_copies(reports, sources)
    clustered = cluster_reports(
        new,
        live,
        vectors,
        copies=copies,
        sources=sources,
        options=tools.config.stories,
        now=plan.now,
        means=language_means(embedder),
    )
    tools.store.save_stories(clustered.stories, clustered.decisions)
    tools.store.drop_vectors(before=plan.now - timedelta(days=tools.config.storage.keep_vectors_days))
    tick(len(reports))
    return clustered


def _vectors(embedder: Embedder, reports: Sequence[Judged]) -> dict[str, Vectors]:
    """A vector per article id."""
    texts = {item.id: embedding_text(item.article, item.language) for item in reports}
    return dict(zip(texts, embedder.embed(list(texts.values())), strict=True))
