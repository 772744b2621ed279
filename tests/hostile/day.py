"""A day on which every outlet is hostile: one feed per payload, read, judged and made into stories as on any day.

The payload stands in the feed's title, in the outlet's name of feeds.yaml, and in the title, text, link, category,
author and identifier of its reports; the translation engine gives it back, too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from monitor.config.models import StoriesConfig
from monitor.intake import Lexicon, judge, parse_feed
from monitor.records import (
    Counts,
    EditionMaterial,
    EngineReport,
    FeedReport,
    Fetched,
    FetchFailed,
    Judged,
    Lang,
    Member,
    ParsedFeed,
    Source,
    Story,
    Translation,
    other_language,
)
from monitor.stories.rank import rank
from monitor.text import clean

NOW = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)
ZONE = "America/Ciudad_Juarez"
_NAME_CHARS = 150
_TEXT_CHARS = 600
_TEXTS: dict[Lang, tuple[str, str]] = {
    "en": (
        "Border Patrol seizes drones near Laredo",
        "Agents of the Border Patrol seized two drones in Laredo, Texas.",
    ),
    "es": ("Decomisan drones en la frontera de Nogales", "La Guardia Nacional aseguró dos drones en Nogales, Sonora."),
}


# ---------------------------------------------------------------- feeds


def _cdata(text: str) -> str:
    return f"<![CDATA[{text}]]>"


def _twice(text: str) -> str:
    return escape(escape(text, {'"': "&quot;"}))


_FORMS: Sequence[Callable[[str], str]] = (escape, _cdata, _twice, str)  # the last one writes it into the XML as it is


def feed_bytes(payload: str, number: int) -> bytes:
    """A feed of two reports full of `payload`, encoded in one of four ways; what XML forbids is left in."""
    text = _FORMS[number % len(_FORMS)](payload)
    language = _language(number)
    title, lead = _TEXTS[language]
    items = "".join(
        f"<item><title>{head}</title><link>{link}</link><guid>{text}</guid><category>{text}</category>"
        f"<author>{text}</author><dc:creator>{text}</dc:creator><description>{lead} {text}</description>"
        f"<pubDate>Thu, 12 Mar 2026 1{n}:00:00 GMT</pubDate><enclosure url={_quoted(payload)} type='image/png'/></item>"
        for n, (head, link) in enumerate(((f"{text} {title}", text), (text, f"https://s{number}.example/nota")))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{text}</title><link>{text}</link><description>{text}</description>{items}</channel></rss>"
    ).encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return f'"{escape(text, {chr(34): "&quot;"})}"'


def _language(number: int) -> Lang:
    return "es" if number % 2 else "en"


def hostile_source(payload: str, number: int) -> Source:
    """The outlet whose name is `payload`, in a length that a name may have."""
    name = payload[:_NAME_CHARS]
    return Source(f"s{number}", name, f"https://s{number}.example/rss", _language(number), border_local=True)


# ---------------------------------------------------------------- the day


@dataclass(frozen=True, slots=True)
class Report:
    """A judged article, and what its feed tried."""

    payload: str
    judged: Judged


@dataclass(frozen=True, slots=True)
class HostileDay:
    """Everything between the feeds and the edition; `parsed` has one entry per payload, in order."""

    sources: dict[str, Source]
    parsed: tuple[ParsedFeed | FetchFailed, ...]
    reports: tuple[Report, ...]
    stories: tuple[Story, ...]

    def material(self) -> EditionMaterial:
        """For an edition with every story, whatever the lexicon thinks of it."""
        options = StoriesConfig()
        ranked = rank(
            self.stories, previous_article_ids=frozenset(), since=NOW - timedelta(days=2), now=NOW, zone=ZONE,
            options=options, lead_count=3,
        )  # fmt: skip
        earlier = frozenset(m.article.id for story in self.stories for m in story.members)
        developing = rank(
            self.stories, previous_article_ids=earlier, since=NOW, now=NOW, zone=ZONE, options=options, lead_count=3
        ).developing
        return EditionMaterial(
            ranked=ranked.with_news,
            developing=developing,
            translations={t.key: t for t in self._translations()},
            sources=self.sources,
            feeds=tuple(self._health()),
            counts=Counts(feeds_read=1, articles_seen=len(self.reports)),
            engine=EngineReport("echo-1", "echo", self.reports[0].payload, label=self.reports[0].payload),
            since=NOW - timedelta(days=1),
            now=NOW,
            notices=tuple(source.name for source in self.sources.values()),
        )

    def _translations(self) -> Iterable[Translation]:
        """An engine that answers with the payload to every second title, and is doubted every third time."""
        for n, report in enumerate(self.reports):
            language, title = report.judged.language, report.judged.article.title
            answer = clean(report.payload)[:_TEXT_CHARS] if n % 2 else title  # as the translation stage takes it
            yield Translation(
                language, other_language(language), title, answer, "echo-1",
                status="check" if n % 3 else "ok", confidence=0.6, label=report.payload[:_NAME_CHARS],
            )  # fmt: skip

    def _health(self) -> Iterable[FeedReport]:
        for n, source in enumerate(self.sources.values()):
            yield FeedReport(
                source.id, source.name, source.language, "timeout" if n % 3 == 0 else "stale", detail=source.name,
                hint=source.name, moved_to=source.name if n % 2 else "",
            )  # fmt: skip


def hostile_day(payloads: Sequence[str], lexicon: Lexicon) -> HostileDay:
    """Read and judge one feed per payload; each feed's reports are a story."""
    sources = {f"s{n}": hostile_source(payload, n) for n, payload in enumerate(payloads)}
    parsed, reports, stories = [], [], []
    for n, payload in enumerate(payloads):
        source = sources[f"s{n}"]
        feed = parse_feed(Fetched(source.id, source.url, feed_bytes(payload, n), NOW, 0.1), source)
        parsed.append(feed)
        articles = feed.articles if isinstance(feed, ParsedFeed) else ()
        judged = [Judged(article, judge(article, source, lexicon)) for article in articles]
        reports += [Report(payload, item) for item in judged]
        if judged:
            stories.append(_story(judged))
    return HostileDay(sources, tuple(parsed), tuple(reports), tuple(stories))


def _story(judged: Sequence[Judged]) -> Story:
    ordered = sorted(judged, key=lambda item: (item.article.published_at, item.article.id))
    members = tuple(
        Member(item.article, item.language, voice=item.article.source_id, joined_at=NOW, topics=item.verdict.topics)
        for item in ordered
    )
    return Story(members[0].article.id, members, created_at=NOW)
