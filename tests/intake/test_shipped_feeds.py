"""The feeds.yaml that `monitor init` copies."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from monitor.config import Config, load_config
from monitor.intake.deadfeeds import known_dead
from monitor.resources import bundled


def shipped() -> Config:
    return load_config(bundled("feeds.yaml"))


def test_it_loads_and_editors_find_its_schema() -> None:
    first = bundled("feeds.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=feeds.schema.json"
    assert len(shipped().sources()) > 70


def test_both_languages_and_both_sides_of_the_border_are_read() -> None:
    local = [source for source in shipped().sources() if source.border_local]
    assert {(source.language, source.country) for source in local} == {("en", "US"), ("es", "MX")}
    assert min(sum(source.language == language for source in local) for language in ("en", "es")) >= 10


def test_no_address_stands_twice_and_none_may_be_private() -> None:
    feeds = shipped().feeds
    assert len({feed.url for feed in feeds}) == len(feeds)
    assert not any(feed.allow_private for feed in feeds)


def test_there_are_example_profiles_and_nobody_gets_mail_unasked() -> None:
    config = shipped()
    assert [profile.language for profile in config.profiles] == ["en", "es", "both"]
    assert config.recipients == ()
    assert config.mail.host == ""


def test_the_counts_in_the_comments_are_those_of_the_feeds() -> None:
    """Each group says how many feeds it has, and in which language; the list and the README how many there are."""
    text = bundled("feeds.yaml").read_text(encoding="utf-8").partition("\nfeeds:\n")[2]
    languages = {feed.id: feed.language for feed in shipped().feeds}
    total, local = (int(number) for number in re.findall(r"# (\d+) feeds: (\d+) of newsrooms", text)[0])
    groups = re.split(r"  # -{20} ", text)[1:]
    for group in groups:
        found = Counter(languages[name] for name in re.findall(r"  - id: (\S+)", group))
        each = f": {found['en']} English, {found['es']} Spanish" if len(found) == 2 else ""
        assert group.splitlines()[0].endswith(f"({found.total()} feeds{each})")
    assert total == len(languages)
    by_stretch = groups[: [g.startswith("National and international") for g in groups].index(True)]
    assert local == sum(group.count("  - id: ") for group in by_stretch)
    readme = Path(__file__).resolve().parents[2] / "README.md"
    assert f"{total} feeds and a comment" in readme.read_text(encoding="utf-8")


def test_the_list_is_as_wide_as_it_says() -> None:
    """About 65 feeds, 15 searches, and the news sitemaps of outlets without a feed."""
    feeds = shipped().feeds
    searches = [feed for feed in feeds if feed.kind == "aggregator"]
    sitemaps = [feed for feed in feeds if "sitemap" in feed.url]
    assert len(searches) == 15
    assert {feed.language for feed in searches} == {"en", "es"}
    assert len(sitemaps) == 7
    assert len(feeds) - len(searches) - len(sitemaps) >= 65
    assert all(feed.country and feed.kind and feed.region for feed in feeds)


def test_no_feed_is_known_to_be_gone() -> None:
    assert [feed.id for feed in shipped().feeds if known_dead(feed.url)] == []


def test_no_search_asks_for_an_outlet_that_is_read_directly() -> None:
    """Its reports would come in twice, once with an address that leads through Google."""
    feeds = shipped().feeds
    direct = {urlsplit(feed.url).hostname or "" for feed in feeds if feed.kind != "aggregator"}
    sought = {
        (feed.id, site)
        for feed in feeds
        if feed.kind == "aggregator"
        for site in re.findall(r"(?<!-)site:([\w.-]+)", parse_qs(urlsplit(feed.url).query)["q"][0])
    }
    assert len(sought) > 10
    assert [(id_, site) for id_, site in sorted(sought) if {site, f"www.{site}"} & direct] == []
