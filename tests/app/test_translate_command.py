"""`monitor translate` as an analyst uses it: texts and files, the memory, and wordings that win, in runs too."""

import json
from pathlib import Path

import pytest
import yaml

from monitor.language.engines.apertium import find_mode
from monitor.language.glossary import parse_glossary
from monitor.language.guards import HARD, SOFT
from monitor.resources import bundled
from tests.app.conftest import Desk

TUNNEL = "Agentes hallaron un túnel en Tijuana"
needs_apertium = pytest.mark.skipif(find_mode("es-pt") is None, reason="apt-get install apertium apertium-es-pt")


@pytest.fixture
def offline(desk: Desk) -> Desk:
    desk.document["translation"] = {"engine": "offline"}
    desk.write()
    return desk


@needs_apertium
def test_a_text_is_translated_and_found_in_the_memory_the_next_time(offline: Desk) -> None:
    first = offline.monitor("translate", TUNNEL, "--explain")
    assert first.returncode == 0, first.stderr
    assert "tunnel in Tijuana" in first.stdout.splitlines()[0]
    assert "just now" in first.stdout
    assert "guards      found nothing" in first.stdout
    assert "from the translation memory" in offline.monitor("translate", TUNNEL, "--explain").stdout
    document = offline.report("translate", TUNNEL)
    assert (document["engine"]["translated"], document["engine"]["remembered"]) == (0, 1)
    assert document["translations"][0]["confidence"] > 0


@needs_apertium
def test_a_file_is_translated_line_by_line(offline: Desk) -> None:
    path = offline.folder / "headlines.txt"
    path.write_text(
        "\ufeffThe governor met the mayor in Laredo\n\nAgents found a tunnel in Nogales\n", encoding="utf-8"
    )
    lines = offline.monitor("translate", "headlines.txt").stdout.split("\n")
    assert ["Laredo" in lines[0], lines[1], "túnel" in lines[2]] == [True, "", True]


def test_a_term_too_short_to_tell_its_language_has_it_from_its_wording_and_later_from_what_is_kept(
    offline: Desk,
) -> None:
    assert offline.monitor("translate", "garita", "--term", "--forget").returncode == 2
    kept = offline.monitor("translate", "garita", "--term", "--correct", "port of entry")
    assert (kept.returncode, kept.stdout) == (0, "kept  term es→en: garita → port of entry\n"), kept.stderr
    gone = offline.monitor("translate", "garita", "--term", "--forget")
    assert (gone.returncode, gone.stdout) == (0, "forgotten  term es→en: garita\n"), gone.stderr
    assert "say --to en or --to es" in offline.monitor("translate", "garita").stderr


@needs_apertium
def test_an_analysts_sentence_wins_until_it_is_forgotten(offline: Desk) -> None:
    kept = offline.monitor("translate", TUNNEL, "--correct", "Tijuana tunnel found by agents")
    assert kept.returncode == 0, kept.stderr
    assert offline.monitor("translate", TUNNEL).stdout.strip() == "Tijuana tunnel found by agents"
    report = offline.report("translate", TUNNEL)
    assert (report["engine"]["corrected"], report["translations"][0]["engine"]) == (1, "analyst")
    assert offline.monitor("translate", TUNNEL, "--forget").returncode == 0
    assert offline.monitor("translate", TUNNEL).stdout.strip() != "Tijuana tunnel found by agents"
    again = offline.monitor("translate", TUNNEL, "--forget")
    assert again.returncode == 2
    assert "no sentence of these words is kept" in again.stderr


@needs_apertium
def test_an_analysts_term_holds_in_every_text_and_goes_into_a_glossary(offline: Desk) -> None:
    text = "Detienen a dos personas en la garita de San Ysidro"
    before = offline.monitor("translate", text).stdout
    assert "customs gatehouse" not in before
    wording = ("--to", "en", "--term", "--correct", "customs gatehouse")
    assert offline.monitor("translate", "garita", *wording).returncode == 0
    assert "customs gatehouse" in offline.monitor("translate", text).stdout
    exported = offline.monitor("translate", "--export").stdout
    (entry,) = parse_glossary(f"version: 1\nterms:\n{exported}").entries
    assert (entry.en, entry.es, entry.direction) == ("customs gatehouse", "garita", "es")


@needs_apertium
def test_a_run_shows_the_analysts_wording_and_calls_it_that(offline: Desk) -> None:
    stories = offline.report("run", "--no-send")["stories"]
    title = next(story["title_es"] for story in stories if story["languages"] == ["es"])
    assert offline.monitor("translate", title, "--to", "en", "--correct", "Worded by hand at the desk").returncode == 0
    report = offline.report("run", "--no-send", "--since", "24h")
    assert report["engine"]["corrected"] >= 1
    pages = [path for edition in report["editions"] for path in edition["paths"] if path.endswith(".html")]
    html = Path(offline.folder, pages[0]).read_text(encoding="utf-8")
    assert "Worded by hand at the desk" in html
    assert "wording by an analyst" in html


def test_without_an_engine_the_original_is_printed_and_the_code_says_so(desk: Desk) -> None:
    desk.write()  # translation.engine is none
    done = desk.monitor("translate", TUNNEL)
    assert (done.returncode, done.stdout.strip()) == (3, TUNNEL)
    assert "no_engine" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["translate"], "give a TEXT"),
        (["translate", "1234"], "--to en or --to es"),
        (["translate", TUNNEL, "--engine", "nosuch"], "there is no engine 'nosuch'"),
        (["translate", TUNNEL, "--correct"], "--correct needs the WORDING"),
        (["translate", TUNNEL, "--correct", " "], "is empty"),
    ],
)
def test_misuse_says_what_to_do(desk: Desk, arguments: list[str], said: str) -> None:
    desk.write()
    done = desk.monitor(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wording_needs_a_feeds_yaml_to_be_kept_beside(desk: Desk) -> None:
    done = desk.monitor("translate", TUNNEL, "--correct", "Tijuana tunnel found")
    assert done.returncode == 2
    assert "monitor init" in done.stderr


def test_an_engine_can_be_chosen_for_one_text(desk: Desk) -> None:
    desk.write()
    document = json.loads(desk.monitor("translate", TUNNEL, "--engine", "none", "--json").stdout)
    assert document["engine"]["why"] == "off"
    assert document["translations"][0]["flags"] == ["no_engine"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_flag_is_put_into_words_for_readers(language: str) -> None:
    strings = yaml.safe_load((bundled("templates") / f"strings.{language}.yaml").read_text(encoding="utf-8"))
    assert {f"fault.{flag}" for flag in HARD | SOFT} <= strings.keys()
