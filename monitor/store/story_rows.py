"""Stories, what they are made of and why: statements on one connection each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.records import Article, Member, MergeDecision, Story
from monitor.store import tables as t
from monitor.store.rows import Insert, chunks, insert_new, prefixed, record_of, streamed, upsert, values_of


def _members(*, without: Collection[str] = ()) -> sa.Select[Any]:
    """Stories with their members and articles, but for some columns of these."""
    columns = (*prefixed(t.stories), *prefixed(t.members), *prefixed(t.articles, without=without))
    of_stories = sa.select(*columns).join_from(t.stories, t.members)
    return of_stories.join(t.articles, t.members.c.article_id == t.articles.c.id)


_WHOLE, _BRIEF = _members(), _members(without=("body",))


def stories_since(db: Connection, since: datetime, *, brief: bool) -> tuple[Story, ...]:
    """Stories with a member that was published or joined at or after `since`; full texts are left out if `brief`."""
    recent = sa.or_(t.members.c.joined_at >= since, t.articles.c.published_at >= since)
    return _read_stories(db, sa.select(t.members.c.story_id).join(t.articles).where(recent), brief=brief)


def find_story(db: Connection, id_: str) -> Story | None:
    """By its id, by that of a story it absorbed, or by that of a report in it."""
    s, m = t.stories.c, t.members.c
    survivor = sa.case((s.absorbed_into == "", s.id), else_=s.absorbed_into)
    named = sa.select(survivor).where(s.id == id_)
    holding = sa.select(m.story_id).where(m.article_id == id_)
    found = _read_stories(db, named) or _read_stories(db, holding)
    return found[0] if found else None


def save_stories(db: Connection, insert: Insert, stories: Iterable[Story], decisions: Iterable[MergeDecision]) -> None:
    """Keep stories with their members, what they absorbed, and why."""
    items = list(stories)
    absorbed = [(story, id_) for story in items for id_ in story.absorbed]
    rows = (values_of(t.stories, story, absorbed_into="") for story in items)
    taken_in = ({"id": id_, "created_at": story.created_at, "absorbed_into": story.id} for story, id_ in absorbed)
    insert_new(db, insert, t.stories, chain(rows, taken_in))
    insert_new(db, insert, t.articles, (values_of(t.articles, m.article) for story in items for m in story.members))
    members = (_member_row(story, member) for story in items for member in story.members)
    upsert(db, insert, t.members, members, keep=("joined_at",))
    for story, id_ in absorbed:
        _absorb(db, id_, story.id)
    upsert(db, insert, t.decisions, (values_of(t.decisions, decision) for decision in decisions))


def decisions_about(db: Connection, ids: Collection[str]) -> tuple[MergeDecision, ...]:
    """About these reports or stories; by report, what was accepted first, then the nearest."""
    d = t.decisions.c
    found: dict[tuple[str, str], MergeDecision] = {}
    for part in chunks(ids):
        query = sa.select(t.decisions).where(sa.or_(d.article_id.in_(part), d.story_id.in_(part)))
        for row in db.execute(query).mappings():
            found[row["article_id"], row["story_id"]] = record_of(MergeDecision, row)
    return tuple(sorted(found.values(), key=lambda x: (x.article_id, not x.accepted, -x.similarity, x.story_id)))


def _member_row(story: Story, member: Member) -> dict[str, Any]:
    return values_of(t.members, member, story_id=story.id, article_id=member.article.id)


def _absorb(db: Connection, absorbed: str, into: str) -> None:
    """Its reports are the survivor's members already; whoever asks for it, or for what it absorbed, is led there."""
    s = t.stories.c
    db.execute(sa.delete(t.members).where(t.members.c.story_id == absorbed))
    led = sa.or_(s.id == absorbed, s.absorbed_into == absorbed)
    db.execute(sa.update(t.stories).where(led).values(absorbed_into=into))


def _read_stories(db: Connection, ids: sa.Select[Any], *, brief: bool = False) -> tuple[Story, ...]:
    """The stories of a query for ids, with all members, ordered by id."""
    order = (t.stories.c.id, t.articles.c.published_at, t.articles.c.id)
    rows = streamed(db, (_BRIEF if brief else _WHOLE).where(t.stories.c.id.in_(ids)).order_by(*order))
    s = t.stories.c
    led = db.execute(sa.select(s.absorbed_into, s.id).where(s.absorbed_into.in_(ids)).order_by(s.id))
    absorbed: defaultdict[str, list[str]] = defaultdict(list)
    for into, id_ in led:
        absorbed[into].append(id_)
    return _group_stories(rows, absorbed)


def _group_stories(rows: Iterable[RowMapping], absorbed: Mapping[str, Sequence[str]]) -> tuple[Story, ...]:
    """Stories from member rows ordered by story, publication and article."""
    found: defaultdict[str, list[Member]] = defaultdict(list)
    created: dict[str, datetime] = {}
    for row in rows:
        article = record_of(Article, row, "articles_", **({} if "articles_body" in row else {"body": ""}))
        found[row["stories_id"]].append(record_of(Member, row, "members_", article=article))
        created[row["stories_id"]] = row["stories_created_at"]
    return tuple(
        Story(story_id, tuple(members), created[story_id], tuple(absorbed.get(story_id, ())))
        for story_id, members in found.items()
    )
