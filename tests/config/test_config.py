"""feeds.yaml: what is accepted, and what is said when it is not."""

from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor.config import Config, find_config, load_config, resolve_secret, with_logins
from monitor.config.models import WeightsConfig
from monitor.config.schema import json_schema, schema_text
from monitor.errors import ConfigError, Problem

ROOT = Path(__file__).parents[2]
MINIMAL = """\
feeds:
  - id: valley-lantern
    name: The Valley Lantern
    url: https://valley-lantern.example/feed/
    language: en
"""


def load(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def problems(tmp_path: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    return caught.value.problems


def test_one_feed_is_a_whole_configuration(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL)
    assert [source.id for source in config.sources()] == ["valley-lantern"]
    assert config.digests_dir == tmp_path / "digests"
    assert config.profile_records()[0].timezone == config.schedule.timezone
    assert config.recipients_of("everyone") == ()


def test_a_weight_that_is_given_leaves_the_others_at_their_default(tmp_path: Path) -> None:
    weights = load(tmp_path, MINIMAL + "stories: {weights: {breadth: 5}}\n").stories.weights
    assert weights == WeightsConfig(breadth=5)
    assert weights.nexus == WeightsConfig().nexus > 0


def test_a_disabled_feed_is_kept_but_not_read(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL + "    enabled: false\n")
    assert len(config.feeds) == 1
    assert config.sources() == ()


LOGIN = MINIMAL + "    username: desk\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LOGIN, "no password"),
        (LOGIN.replace("desk", "'desk:two'") + "    password_env: P\n", "colon"),
        (LOGIN.replace("https://", "http://") + "    password_env: P\n", "plain http"),
    ],
)
def test_a_login_that_is_not_whole_or_not_hidden_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert says in str(problems(tmp_path, text)[0])


def test_the_password_of_a_feed_comes_from_the_environment_or_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("sésamo\n", encoding="utf-8")
    by_name = load(tmp_path, LOGIN + "    password_env: LANTERN\n")
    by_file = load(tmp_path, LOGIN + "    password_file: secret\n")
    assert with_logins(by_name, by_name.feeds, {"LANTERN": "sésamo"})[0].password == "sésamo"
    assert with_logins(by_name, by_name.feeds, {})[0].password == ""
    from_file = with_logins(by_file, by_file.feeds, {})[0]
    assert from_file.password == "sésamo"
    assert "sésamo" not in repr(from_file)
    assert "secret" not in repr(by_file.sources())


def test_the_shipped_feeds_yaml_loads_and_fits_its_schema() -> None:
    config = load_config(ROOT / "feeds.yaml")
    assert {source.language for source in config.sources()} == {"en", "es"}
    jsonschema.validate(yaml.safe_load((ROOT / "feeds.yaml").read_text(encoding="utf-8")), json_schema())


def test_the_committed_schema_is_the_codes() -> None:
    committed = (ROOT / "feeds.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "run: make schema"


@pytest.mark.parametrize("schema_breaker", [{"feed": []}, {"feeds": [{"id": "x"}]}, {"feeds": [], "version": 2}])
def test_the_schema_refuses_what_the_loader_refuses(schema_breaker: dict[str, object], tmp_path: Path) -> None:
    assert problems(tmp_path, yaml.safe_dump(schema_breaker))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(schema_breaker, json_schema())


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"does not exist → run `monitor init`"):
        load_config(tmp_path / "feeds.yaml")


@pytest.mark.parametrize(
    ("text", "where", "problem", "remedy"),
    [
        ("", "line 1", "is empty", "monitor init"),
        ("- a\n", "line 1", "does not hold keys and values", "monitor init"),
        ("feeds:\n\t- id: x\n", "line 2", "not valid YAML", "indentation"),
        ("feeds: [\n", "line", "not valid YAML", "indentation"),
        (MINIMAL + "mail:\n  hots: a.example\n", "line 7, mail.hots", "unknown key 'hots'", "did you mean 'host'?"),
        (MINIMAL + "    lang: en\n", "line 6, feeds[0].lang", "unknown key 'lang'", ""),
        (MINIMAL + "path: x\n", "line 6, path", "unknown key 'path'", ""),
        (MINIMAL.replace("    language: en\n", ""), "line 2, feeds[0].language", "is missing", "add it"),
        (MINIMAL.replace("https://", "file://"), "line 4, feeds[0].url", "is no http(s) address", "https://"),
        (MINIMAL.replace("https://", "https://me:pw@"), "line 4, feeds[0].url", "does not belong", "password_env"),
        (MINIMAL.replace("https://", "ftp://me:pw@"), "line 4, feeds[0].url", "password does not belong", ""),
        (
            MINIMAL + "operations: {otlp_endpoint: 'http://me:pw@collector:4318/?x=1'}\n",
            "line 6, operations.otlp_endpoint",
            "password does not belong",
            "$OTEL_EXPORTER_OTLP_HEADERS",
        ),
        (MINIMAL + "schedule:\n  time: 6.30\n", "line 7, schedule.time", "6.3 is a number", "in quotes"),
        (MINIMAL + "schedule:\n  time: 18:00\n", "line 7, schedule.time", "1080 is a number", "in quotes"),
        (MINIMAL + "mail:\n  unsubscribe: mailto:a@b.example\n", "line 7, mail.unsubscribe", "no e-mail address", ""),
        (MINIMAL + "mail:\n  base_url: digests.example\n", "line 7, mail.base_url", "no http(s) address", "https://"),
        (MINIMAL + "schedule:\n  time: '25:00'\n", "line 7, schedule.time", "is no time of day", "06:30"),
        (MINIMAL + "schedule:\n  timezone: Texas\n", "line 7, schedule.timezone", "is no IANA time zone", "America/"),
        (
            MINIMAL + "recipients:\n  - address: nobody\n",
            "recipients[0].address",
            "is no e-mail address",
            "example.org",
        ),
        (
            MINIMAL + 'recipients:\n  - address: "ana\\u200b@example.org"\n',
            "recipients[0].address",
            "cannot be seen",
            "type",
        ),
        (
            MINIMAL + "recipients:\n  - address: '=?x@example.org'\n",
            "recipients[0].address",
            "is no e-mail address",
            "",
        ),
        (MINIMAL + "recipients:\n  - address: a@b.example\n    profile: nope\n", "", "does not exist", "everyone"),
        (MINIMAL + "feeds: []\n", "line 6", "'feeds' stands twice", ""),
        ("feeds: []\n", "line 1, feeds", "is empty", "add at least one"),
        (MINIMAL + MINIMAL.removeprefix("feeds:\n"), "", "id used twice: valley-lantern", "its own"),
        (
            MINIMAL + "stories: {weights: {bredth: 5}}\n",
            "line 6, stories.weights",
            "'bredth'",
            "breadth, both_languages",
        ),
        (
            MINIMAL + "stories: {weights: {relevance: 5}}\n",
            "line 6, stories.weights",
            "now called 'nexus'",
            "rename it",
        ),
        (MINIMAL + "stories: {weights: {nexus: .nan}}\n", "stories.weights.nexus", "says nan", ""),
        (MINIMAL + "stories: {quotas: {each_topc: 5}}\n", "stories.quotas.each_topc", "unknown key", "each_topic"),
        (MINIMAL + "stories: {quotas: {topics: {a: -1}}}\n", "stories.quotas.topics.a", "equal to 0", ""),
        (MINIMAL + "mail: {host: m.example, username: u, security: none}\n", "line 6, mail", "password", "starttls"),
    ],
)
def test_an_error_names_the_place_the_problem_and_the_remedy(
    tmp_path: Path, text: str, where: str, problem: str, remedy: str
) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1, [str(p) for p in found]
    assert found[0].path == str(tmp_path / "feeds.yaml")
    assert where in found[0].where
    assert problem in found[0].problem
    assert remedy in found[0].remedy
    assert found[0].remedy, "every problem has a remedy"


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    text = MINIMAL + "mail:\n  port: 99999\nschedule:\n  days: [monday]\ntopics: {}\n"
    found = problems(tmp_path, text)
    assert [p.where.split(", ")[1] for p in found] == ["schedule.days[0]", "mail.port", "topics"]


def test_an_unreadable_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(MINIMAL.encode() + "# frontera méxico".encode("latin-1"))
    with pytest.raises(ConfigError, match="is not UTF-8 → save the file as UTF-8"):
        load_config(path)


def test_the_configuration_is_found_by_option_then_environment_then_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_config(None, {}) == tmp_path / "feeds.yaml"
    assert find_config(None, {"MONITOR_CONFIG": "/etc/monitor.yaml"}) == Path("/etc/monitor.yaml")
    assert find_config("mine.yaml", {"MONITOR_CONFIG": "/etc/monitor.yaml"}) == tmp_path / "mine.yaml"


def test_a_secret_comes_from_its_file_first_then_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from file\n", encoding="utf-8")
    environ = {"PW": "from environment"}
    assert resolve_secret(env="PW", file="secret", folder=tmp_path, environ=environ) == "from file"
    assert resolve_secret(env="PW", file="", folder=tmp_path, environ=environ) == "from environment"
    assert resolve_secret(env="PW", file="", folder=tmp_path, environ={}) == ""
    with pytest.raises(ConfigError, match="nowhere: secret: cannot be read"):
        resolve_secret(env="PW", file="nowhere", folder=tmp_path, environ=environ)


def test_a_variable_that_ends_in_file_names_the_file_of_a_secret(tmp_path: Path) -> None:
    """systemd puts credentials, containers put secrets where only they know: no line of feeds.yaml has to."""
    (tmp_path / "secret").write_text("from file\n", encoding="utf-8")
    named = {"PW_FILE": str(tmp_path / "secret")}
    assert resolve_secret(env="PW", file="", folder=tmp_path / "else", environ=named) == "from file"
    assert resolve_secret(env="PW", file="", folder=tmp_path, environ={**named, "PW": "itself"}) == "itself"
    assert resolve_secret(env="", file="", folder=tmp_path, environ={"_FILE": "nowhere"}) == ""
    with pytest.raises(ConfigError, match="check the path"):
        resolve_secret(env="PW", file="", folder=tmp_path, environ={"PW_FILE": "/nowhere"})
