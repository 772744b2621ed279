"""The feeds.yaml that `monitor init` copies."""

from monitor.config import Config, load_config
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
