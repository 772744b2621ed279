"""The worked examples of docs/how-it-decides.md, computed by the program's own rules from `decides.yaml`.

The page's words are written there; what stands between `<!-- example: NAME -->` and `<!-- end -->` comes from here.
No engine and no model is asked: the numbers are the same on every machine.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from docs.generators.markdown import cell, plain, table
from monitor.config.models import StoriesConfig
from monitor.intake.triage import Lexicon, detect_language, judge, load_lexicon
from monitor.language.confidence import confidence
from monitor.language.glossary import Glossary, load_glossary
from monitor.language.guards import HARD, check
from monitor.records import Article, Member, RankedStory, Source, Story, Translation, Verdict, content_id
from monitor.resources import bundled
from monitor.stories.rank import rank

PAGE = Path(__file__).parents[1] / "how-it-decides.md"
_DATA = Path(__file__).with_suffix(".yaml")
_BLOCK = re.compile(r"(?<=<!-- example: )(\w+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
_EPOCH = datetime(2026, 3, 10, tzinfo=UTC)


def page() -> str:
    """The page as it is committed, its examples computed anew."""
    return _BLOCK.sub(lambda m: f"{m[1]}{m[2]}\n{_example(m[1])}\n", PAGE.read_text(encoding="utf-8"))


def _example(name: str) -> str:
    return "\n".join(_EXAMPLES[name]()).rstrip() + "\n"


@cache
def _data() -> Mapping[str, Any]:
    data: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return data


@cache
def _lexicon() -> Lexicon:
    return load_lexicon(bundled("lexicon.yaml"))


@cache
def _glossary() -> Glossary:
    return load_glossary(bundled("glossary.yaml"))


# ---------------------------------------------------------------- relevance and language


def judged() -> tuple[tuple[str, Verdict], ...]:
    """Headings and verdicts of the examples of relevance."""
    return tuple(
        (row["heading"], _judge(_article("example", row["title"], row["summary"], _EPOCH), row["feed"]))
        for row in _data()["relevance"]
    )


def _judge(article: Article, feed: Mapping[str, Any]) -> Verdict:
    source = Source(article.source_id, article.source_id, f"https://{article.source_id}.example/feed", **feed)
    return judge(article, source, _lexicon())


def _article(outlet: str, title: str, summary: str, at: datetime) -> Article:
    url = f"https://{outlet}.example/{content_id(title)}"
    return Article(
        id=content_id(url),
        source_id=outlet,
        url=url,
        link=url,
        title=title,
        summary=summary,
        published_at=at,
        fetched_at=at,
    )


def _relevance() -> Iterator[str]:
    for row, (heading, verdict) in zip(_data()["relevance"], judged(), strict=True):
        yield from (f"### {heading}", "", f"**{row['title']}.** {row['summary']}", "")
        local = ", a newsroom on the border" if row["feed"].get("border_local") else ""
        yield f"Feed: {row['feed']['language']}, scope {row['feed'].get('scope', 'general')}{local}."
        yield ""
        rows = [(f"{hit.weight:+.1f}", plain(hit.text), hit.category, hit.where) for hit in verdict.terms]
        if rows:
            yield from table(("points", "found", "category", "where"), rows)
        yield f"**{'Kept' if verdict.relevant else 'Dropped'}**: {plain(verdict.reason)}."
        yield ""


def _language() -> Iterator[str]:
    rows = [(r["title"], r["feed"], detect_language(r["title"], r["feed"])) for r in _data()["language"]]
    return table(("headline", "the feed says", "taken for"), rows)


# ---------------------------------------------------------------- translation


def checked() -> tuple[Translation, ...]:
    """The example translations as the guards leave them."""
    return tuple(_checked(row["original"], row["translated"]) for row in _data()["guards"])


def _checked(original: str, translated: str) -> Translation:
    flags = check(original, translated, "es", "en", _glossary())
    hard = bool(HARD.intersection(flags))
    return Translation(
        source="es",
        target="en",
        original=original,
        text="" if hard else translated,
        engine="example",
        status="original" if hard else "check" if flags else "ok",
        flags=flags,
        confidence=confidence(flags, basic=True, words=len(original.split())),
        basic=True,
    )


def _guards() -> Iterator[str]:
    return table(
        ("original", "the engine's words", "flags", "the reader gets"),
        [
            (row["original"], cell(row["translated"]), ", ".join(f"`{f}`" for f in done.flags) or "none", _shown(done))
            for row, done in zip(_data()["guards"], checked(), strict=True)
        ],
    )


def _shown(done: Translation) -> str:
    if done.status == "original":
        return "the original, marked “translation withheld”"
    mark = "it, marked “check the original”" if done.status == "check" else "it, marked as machine translation"
    return f"{mark}; confidence {done.confidence:.2f} ({done.confidence_word})"


# ---------------------------------------------------------------- rank


def ranked() -> tuple[RankedStory, ...]:
    """The example stories, ranked by the shipped weights."""
    given = _data()["rank"]
    now = _utc(given["now"])
    stories = tuple(_story(rows) for rows in given["stories"])
    found = rank(
        stories,
        previous_article_ids=frozenset(),
        since=now - timedelta(days=1),
        now=now,
        zone="America/Chicago",
        options=StoriesConfig(),
        lead_count=2,
    )
    return found.with_news


def _story(rows: list[Mapping[str, Any]]) -> Story:
    members = sorted((_member(row) for row in rows), key=lambda m: (m.article.published_at, m.article.id))
    first = members[0].article
    return Story(content_id(first.id), tuple(members), first.published_at)


def _member(row: Mapping[str, Any]) -> Member:
    article = _article(row["outlet"], row["title"], row["lead"], _utc(row["at"]))
    verdict = _judge(article, {"language": row["lang"]})
    return Member(
        article=article,
        language=verdict.language,
        voice=row["outlet"],
        joined_at=article.published_at,
        topics=verdict.topics,
        relevance=verdict.score,
        nexus=verdict.nexus,
    )


def _utc(written: object) -> datetime:
    return datetime.fromisoformat(str(written)).replace(tzinfo=UTC)


def _rank() -> Iterator[str]:
    stories = ranked()
    yield from ("Looked at on 10 March 2026, 12:30 UTC:", "")
    for place, story in enumerate(stories, 1):
        first = story.story.members[0].article
        outlets = len({m.voice for m in story.story.members})
        count = "one outlet" if outlets == 1 else f"{outlets} outlets"
        yield f"{place}. **{first.title}** ({count}, {' and '.join(story.story.languages)})"
    yield ""
    names = [part.name for part in stories[0].parts]
    parts = [{part.name: part for part in story.parts} for story in stories]
    rows = [
        (name.replace("_", " "), f"{parts[0][name].weight:g}", *(f"{own[name].points:.2f}" for own in parts))
        for name in names
    ]
    total = ("**score**", "", *(f"**{story.score:.2f}**" for story in stories))
    yield from table(("part", "at most", *(f"story {n}" for n in range(1, len(stories) + 1))), [*rows, total])


_EXAMPLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "relevance": _relevance,
    "language": _language,
    "guards": _guards,
    "rank": _rank,
}
