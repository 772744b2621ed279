"""No models, no Apertium, no network but the feeds: the digest still goes out, untranslated, marked, and says why."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.demo.catalog import load_samples
from monitor.resources import bundled
from tests.app.conftest import Desk
from tests.app.test_runs import page, parsed

READERS = ("en", "es", "both")


def fragments(document: Any, reader: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text of an archived digest with the language of the reader it is for."""
    if isinstance(document, dict):
        if "provenance" in document:
            yield reader, document
        for key, value in document.items():
            yield from fragments(value, key if key in ("en", "es") else reader)
    if isinstance(document, list):
        for value in document:
            yield from fragments(value, reader)


@pytest.fixture
def bare_run(desk: Desk) -> dict[str, Any]:
    """A run for English, Spanish and bilingual readers on a machine without any translation engine."""
    (desk.folder / "bin").mkdir()
    desk.document |= {
        "translation": {"engine": "auto"},
        "profiles": [{"id": reader, "language": reader} for reader in READERS],
        "recipients": [{"address": f"{reader}@newsroom.example", "profile": reader} for reader in READERS],
    }
    desk.write()
    done = desk.monitor("run", "--json", PATH=str(desk.folder / "bin"), XDG_DATA_HOME=str(desk.folder / "data"))
    assert done.returncode == 3, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_without_any_engine_an_honest_untranslated_digest_is_sent(desk: Desk, bare_run: dict[str, Any]) -> None:
    engine = bare_run["engine"]
    assert (bare_run["exit_code"], engine["name"], engine["translated"]) == (3, "none", 0)
    assert "monitor models install argos" in engine["reason"]
    assert "apt-get install apertium apertium-es-pt" in engine["reason"]
    assert {feed["outcome"] for feed in bare_run["feeds"]} == {"ok"}, "what is partial is the translation alone"
    assert [r["state"] for edition in bare_run["editions"] for r in edition["receipts"]] == ["sent"] * 3
    assert len(desk.mailbox.messages) == 3


def test_every_foreign_text_is_the_outlets_own_and_is_marked(bare_run: dict[str, Any]) -> None:
    """For each reader: what is not in the reader's language is withheld for want of an engine; nothing is invented."""
    published = {item.title for outlet in load_samples().outlets for item in outlet.items}
    foreign = 0
    for edition in bare_run["editions"]:
        archived = next(Path(path) for path in edition["paths"] if path.endswith(".json"))
        for reader, fragment in fragments(json.loads(archived.read_text(encoding="utf-8"))):
            assert fragment["provenance"] in ("original", "withheld"), fragment
            if fragment["language"] == reader:
                assert fragment["provenance"] == "original"
            else:
                foreign += 1
                assert (fragment["provenance"], fragment["faults"]) == ("withheld", ["no_engine"])
    assert foreign > 20
    titles = {story[key] for story in bare_run["stories"] for key in ("title_en", "title_es")}
    assert titles <= published


def test_the_footer_says_why_in_the_readers_language(desk: Desk, bare_run: dict[str, Any]) -> None:
    del bare_run
    for reader in READERS:
        message = parsed(desk.mailbox.messages_to(f"{reader}@newsroom.example")[0])
        plain = message.get_body(("plain",))
        assert plain is not None
        for language in ("en", "es") if reader == "both" else (reader,):
            strings = yaml.safe_load(bundled(f"templates/strings.{language}.yaml").read_text(encoding="utf-8"))
            for text in (page(message), plain.get_content()):
                said = " ".join(text.split())
                assert strings["engine.none"] in said
                assert strings["engine.why.nothing"] in said
                assert strings["fault.no_engine"] in said
