"""The labelled events of the samples, each as one story: what comparing and summarising is judged on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from monitor.demo.catalog import Outlet, SampleItem, load_samples
from monitor.records import Article, Member, Story, content_id


def as_story(event: str, members: Iterable[Member]) -> Story:
    ordered = sorted(members, key=lambda m: (m.article.published_at, m.article.id))
    return Story(content_id(event), tuple(ordered), ordered[0].article.published_at)


def _article(outlet: Outlet, item: SampleItem) -> Article:
    return Article(
        id=content_id(item.id),
        source_id=outlet.id,
        url=outlet.link(item),
        link=outlet.link(item),
        title=item.title,
        summary=item.summary,
        published_at=item.at,
        fetched_at=item.at,
        body="\n".join(item.body),
        dateline=item.dateline,
    )


def sample_stories() -> Mapping[str, Story]:
    """The labelled events of the sample outlets, each as one story."""
    samples = load_samples()
    by_event: defaultdict[str, list[Member]] = defaultdict(list)
    for outlet in samples.outlets:
        for item in outlet.items:
            label, article = samples.labels[item.id], _article(outlet, item)
            copy_of = content_id(label.copy_of) if label.copy_of else ""
            if label.event:
                voice = outlet.family or outlet.id
                by_event[label.event].append(Member(article, label.language, voice, item.at, copy_of=copy_of))
    return {event: as_story(event, members) for event, members in sorted(by_event.items())}
