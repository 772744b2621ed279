"""Quotas of feeds.yaml against what there is: the lexicon's topics and the gazetteer's stretches of the border."""

from pathlib import Path

import pytest
import yaml

from monitor.app import check_quotas
from monitor.config import load_config
from monitor.doctor import examine
from monitor.errors import ConfigError

FEED = {"id": "valley-lantern", "name": "The Valley Lantern", "url": "https://lantern.example/feed/", "language": "en"}


def feeds_yaml(folder: Path, **quotas: dict[str, int]) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(yaml.safe_dump({"feeds": [FEED], "stories": {"quotas": quotas}}), encoding="utf-8")
    return path


def test_quotas_of_known_topics_and_regions_are_fine(tmp_path: Path) -> None:
    path = feeds_yaml(tmp_path, topics={"cartels_trafficking": 3}, regions={"rio-grande-valley": 2})
    check_quotas(load_config(path))


def test_unknown_ones_are_all_named_with_what_there_is(tmp_path: Path) -> None:
    path = feeds_yaml(tmp_path, topics={"drugs": 3, "places": 1}, regions={"atlantis": 2})
    with pytest.raises(ConfigError) as caught:
        check_quotas(load_config(path))
    assert [problem.where for problem in caught.value.problems] == [
        "stories.quotas.topics.drugs",
        "stories.quotas.topics.places",
        "stories.quotas.regions.atlantis",
    ]
    assert "cartels_trafficking" in caught.value.problems[0].remedy
    assert "rio-grande-valley" in caught.value.problems[2].remedy


def test_monitor_check_tells_of_them(tmp_path: Path) -> None:
    (finding,) = [f for f in examine(str(feeds_yaml(tmp_path, topics={"drugs": 3}))) if f.what == "stories"]
    assert (finding.level, "stories.quotas.topics.drugs" in finding.detail) == ("error", True)
    assert "cartels_trafficking" in finding.remedy
