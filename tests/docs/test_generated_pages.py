"""The generated pages of docs/ say what the program does now."""

import re
from pathlib import Path

import click
import pytest
import yaml

from docs.generate import FOLDER, PAGES, main
from docs.generators import cli as cli_page
from docs.generators import decides, feeds_yaml
from monitor.cli import cli
from monitor.config import Config
from monitor.config.schema import json_schema
from monitor.resources import bundled

_BY_HAND = ("index.md", "quickstart.md", "how-it-decides.md", "es/inicio-rapido.md", "es/guia.md")
_OF_OTHERS = ("--constraint",)  # pip's


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_committed_page_is_what_the_generator_writes(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")
    assert committed == PAGES[name](), f"docs/{name} is not what the program says now: run make docs"


def test_pages_are_written_once_and_checked_by_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], tmp_path) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES)
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "cli.md").write_text("something else", encoding="utf-8")
    capsys.readouterr()
    assert main(["--check"], tmp_path) == 1
    assert "cli.md" in capsys.readouterr().err
    assert (tmp_path / "cli.md").read_text(encoding="utf-8") == "something else"


def test_every_command_has_its_section_and_every_option_its_row() -> None:
    page = cli_page.page()
    for context in _contexts(click.Context(cli, info_name="monitor")):
        heading = f"# {context.command_path}\n" if context.parent else "# Commands\n"
        assert heading in page
        section = page.partition(heading)[2].partition("\n##")[0]
        for parameter in context.command.params:
            if isinstance(parameter, click.Option):
                assert f"| `{parameter.opts[0]}" in section, f"{context.command_path} {parameter.opts[0]}"


def test_defaults_stand_in_the_table_of_options() -> None:
    page = cli_page.page()
    assert re.search(r"\| `--limit [^|]*\| [^|]*\| `20` \|", page)
    assert re.search(r"\| `--out DIR` \| [^|]*\| `demo` \|", page)


def _contexts(context: click.Context) -> list[click.Context]:
    found = [context]
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            assert command is not None
            found += _contexts(click.Context(command, info_name=name, parent=context))
    return found


def test_every_key_of_feeds_yaml_has_an_example_in_a_configuration_that_is_valid() -> None:
    missing = feeds_yaml.keys_without_example()
    assert not missing, f"add an example to docs/generators/feeds_examples.yaml: {', '.join(missing)}"


def test_every_section_of_the_schema_has_its_heading_and_every_key_its_row() -> None:
    page = feeds_yaml.page()
    defs = json_schema()["$defs"]
    for section in defs.values():
        for name, value in section["properties"].items():
            assert f"| `{name}` | " in page
            assert value.get("description") or "$ref" in value, f"{name} has no meaning: give it a docstring"
    headings = re.findall(r"^#{2,4} ([a-z_.]+)$", page, re.MULTILINE)
    assert len(headings) == len(set(headings)) == len(defs)


def test_the_worked_examples_of_relevance_come_out_as_their_headings_say() -> None:
    for heading, verdict in decides.judged():
        assert verdict.relevant is heading.startswith("Kept"), heading
        assert sum(term.weight for term in verdict.terms) == pytest.approx(verdict.score, abs=0.01)


def test_the_worked_examples_of_the_guards_show_a_good_one_a_doubted_one_and_a_withheld_one() -> None:
    assert [done.status for done in decides.checked()] == ["ok", *["check"] * 4, *["original"] * 2]


def test_the_worked_example_of_rank_adds_up() -> None:
    stories = decides.ranked()
    assert [story.score for story in stories] == sorted((story.score for story in stories), reverse=True)
    for story in stories:
        assert sum(part.points for part in story.parts) == pytest.approx(story.score, abs=0.001)


@pytest.mark.parametrize(
    "name", ["index.md", "quickstart.md", "how-it-decides.md", "es/inicio-rapido.md", "es/guia.md"]
)
def test_a_page_written_by_hand_names_commands_and_options_that_exist(name: str) -> None:
    known = cli_page.page()
    text = (FOLDER / name).read_text(encoding="utf-8")
    for command in _commands(text):
        assert f"# {command}\n" in known, command
    for option in re.findall(r"(?<=\s)--[a-z-]+", text):
        assert f"`{option}" in known or option in _OF_OTHERS, option


@pytest.mark.parametrize("name", ["quickstart.md", "es/inicio-rapido.md", "es/guia.md"])
def test_pieces_of_feeds_yaml_on_a_page_are_valid(name: str) -> None:
    """Each in the place of the same sections of the feeds.yaml that `monitor init` writes."""
    starter = yaml.safe_load(bundled("feeds.yaml").read_text(encoding="utf-8"))
    pieces = re.findall(r"^```yaml\n(.*?)^```$", (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert pieces
    for piece in pieces:
        Config.model_validate({**starter, **yaml.safe_load(piece)})


def test_what_the_spanish_guide_quotes_from_the_digest_are_the_digest_s_words() -> None:
    said = (bundled("templates") / "strings.es.yaml").read_text(encoding="utf-8")
    quoted = re.findall("«([^»]+)»", (FOLDER / "es" / "guia.md").read_text(encoding="utf-8"))
    assert len(quoted) > 20
    assert [words for words in quoted if " ".join(words.split()) not in said] == []


def _commands(text: str) -> set[str]:
    """ "monitor feeds check" and the like."""
    contexts = _contexts(click.Context(cli, info_name="monitor"))
    groups = "|".join(c.command_path for c in contexts if c.parent and isinstance(c.command, click.Group))
    found = re.findall(rf"\b((?:{groups}) [a-z]+|monitor [a-z]+)\b", text)
    return set(found)
