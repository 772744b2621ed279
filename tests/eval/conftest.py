"""One replay of the sample days for all gates: the real pipeline, without an engine (no gate here needs one)."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import RunRequest, open_store_of, run_once
from monitor.demo.catalog import SAMPLE_DAYS, Label, load_samples
from monitor.demo.replay import demo_config
from monitor.demo.server import SampleServer
from monitor.pipeline import NoProgress
from monitor.records import Judged, Story


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the store holds after the last sample day, and what is true of it."""

    judged: tuple[Judged, ...]
    stories: tuple[Story, ...]
    item_ids: dict[str, str]  # by article id
    labels: dict[str, Label]  # by article id


@pytest.fixture(scope="session")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    folder: Path = tmp_path_factory.mktemp("replay")
    samples = load_samples()
    with SampleServer(samples) as feeds:
        config = demo_config(folder, feeds, smtp_port=1).at(folder / "feeds.yaml")
        config = config.model_copy(
            update={
                "mail": config.mail.model_copy(update={"host": ""}),
                "translation": config.translation.model_copy(update={"engine": "none"}),
            }
        ).at(folder / "feeds.yaml")
        for day in SAMPLE_DAYS:
            feeds.at = day
            run_once(config, RunRequest(day), NoProgress())
    since = SAMPLE_DAYS[0] - timedelta(days=30)
    with open_store_of(config) as store:
        judged = store.articles(since=since, relevant_only=False)
        stories = store.stories(since=since)
    by_url = samples.ids_by_url()
    item_ids = {item.id: by_url[item.article.url] for item in judged if item.article.url in by_url}
    labels = {article: samples.labels[item] for article, item in item_ids.items()}
    return Replayed(judged, stories, item_ids, labels)
