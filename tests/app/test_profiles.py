"""Profiles of feeds.yaml against what there is: a misspelt topic or town would give an empty digest every day."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.app import check_profiles
from monitor.config import load_config
from monitor.doctor import examine
from monitor.errors import ConfigError
from monitor.resources import bundled

FEED = {"id": "valley-lantern", "name": "The Valley Lantern", "url": "https://lantern.example/feed/", "language": "en"}


def feeds_yaml(folder: Path, **profile: Any) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(yaml.safe_dump({"feeds": [FEED], "profiles": [{"id": "everyone", **profile}]}), encoding="utf-8")
    return path


def test_known_topics_and_places_are_fine(tmp_path: Path) -> None:
    path = feeds_yaml(tmp_path, topics=["cartels_trafficking"], regions=["Tijuana", "mcallen", "rio-grande-valley"])
    check_profiles(load_config(path))
    check_profiles(load_config(bundled("feeds.yaml")))


def test_unknown_ones_are_all_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        check_profiles(load_config(feeds_yaml(tmp_path, topics=["drugs"], regions=["Ciudad Juares"])))
    topic, place = caught.value.problems
    assert (topic.where, place.where) == ("profiles.everyone.topics", "profiles.everyone.regions")
    assert "cartels_trafficking" in topic.remedy
    assert "did you mean Ciudad Juárez" in place.remedy


def test_monitor_check_tells_of_them(tmp_path: Path) -> None:
    (finding,) = [f for f in examine(str(feeds_yaml(tmp_path, topics=["drugs"]))) if f.what == "topic"]
    assert (finding.level, "there is no 'drugs'" in finding.detail) == ("error", True)
