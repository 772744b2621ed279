"""`monitor search` on what a run of the sample feeds has stored, without a translation engine."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from monitor.app import RunRequest, run_once
from monitor.cli import cli
from monitor.config import load_config
from monitor.demo.server import SampleServer
from monitor.errors import ConfigError
from monitor.pipeline import NoProgress
from tests.rehearsal import samples_ending

FEEDS = ("sun-bowl-herald", "cronica-altiplano")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a run has stored the reports of an English and a Spanish outlet."""
    folder, now = tmp_path_factory.mktemp("desk"), datetime.now(UTC)
    with SampleServer(samples_ending(now), at=now) as server:
        feeds = [json.loads(feed.model_dump_json(exclude_defaults=True)) for feed in server.feeds() if feed.id in FEEDS]
        document = {"translation": {"engine": "none"}, "stories": {"embedder": "hash"}, "feeds": feeds}
        (folder / "feeds.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        run_once(load_config(folder / "feeds.yaml"), RunRequest(now, send=False), NoProgress())
    return folder


def search(folder: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["search", *arguments, "--config", str(folder / "feeds.yaml")])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def found(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    hits: list[dict[str, Any]] = json.loads(search(folder, *arguments, "--json").stdout)["found"]["hits"]
    return hits


def languages(hits: list[dict[str, Any]]) -> set[str]:
    return {hit["language"] for hit in hits}


def test_words_of_either_language_find_reports_of_both(folder: Path) -> None:
    for query in ("drones", "dron", "drones en la frontera", "drones at the border"):
        assert languages(found(folder, query)) == {"en", "es"}, query


def test_a_search_is_narrowed_by_names_and_days(folder: Path) -> None:
    assert languages(found(folder, "drones", "--lang", "es")) == {"es"}
    assert {hit["article"]["source_id"] for hit in found(folder, "--outlet", "crónica del altiplano")} == {
        "cronica-altiplano"
    }
    here = found(folder, "drones", "--place", "el paso")
    assert 0 < len(here) < len(found(folder, "drones"))
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    assert len(found(folder, "--since", "4w", "--until", tomorrow, "--limit", "5")) == 5
    assert found(folder, "--until", "2020-01-01") == []


def test_the_table_has_both_headlines_the_link_and_the_total(folder: Path) -> None:
    printed = search(folder, "drones", "--limit", "1").stdout
    (hit,) = found(folder, "drones", "--limit", "1")
    assert hit["article"]["title"] in printed
    assert hit["article"]["link"] in printed
    assert f"1–1 of {len(found(folder, 'drones', '--limit', '100'))} reports" in printed


def test_csv_has_a_row_per_report_and_json_says_what_was_looked_for(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(search(folder, "drones", "frontera", "--csv").stdout)))
    document = json.loads(search(folder, "drones", "frontera", "--json").stdout)
    assert [row["url"] for row in rows] == [hit["article"]["link"] for hit in document["found"]["hits"]]
    assert {row["outlet"] for row in rows} == {"Sun Bowl Herald", "Crónica del Altiplano"}
    assert ["frontera", "border*"] in document["query"]["synonyms"]


def test_where_nothing_is_found_it_is_said_why(folder: Path) -> None:
    assert "xyzzy 0" in search(folder, "xyzzy", "drones").stderr
    assert "Without the filters there would be" in search(folder, "drones", "--until", "2020-01-01").stderr


def test_an_empty_store_is_told_from_a_query_that_finds_nothing(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "feeds.yaml").write_bytes((folder / "feeds.yaml").read_bytes())
    result = search(tmp_path, "drones")
    assert "`monitor run`" in result.stderr
    assert "No report found." in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--place", "Tijuanna"), "did you mean tijuana"),
        (("--outlet", "Cronica Altiplanos"), "did you mean cronica-altiplano"),
        (("--since", "someday"), "neither a span nor a date"),
    ],
)
def test_a_name_that_is_not_known_gets_a_suggestion(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        search(folder, "drones", *arguments)
