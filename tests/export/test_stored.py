"""A stored edition is read as it was written, also one of an older version; a damaged one is named with a remedy."""

import json
from typing import Any

import pytest

from monitor.errors import StorageError
from monitor.export.catalog import Catalog, entry_of, entry_of_page, merged, read_catalog, write_catalog
from monitor.export.stored import StoredEdition, read_stored
from tests.export.conftest import STORED


def stored(**changes: Any) -> str:
    return json.dumps(json.loads(STORED.read_text("utf-8")) | changes)


def test_an_edition_is_read_with_its_stories_in_the_order_of_the_page(edition: StoredEdition) -> None:
    assert [card.position for card in edition.cards] == [1, 2, 3, 4]
    assert [card.headlines.for_reader("es").fragment.provenance for card in edition.cards] == [
        "original",
        "original",
        "original",
        "check",
    ]
    assert edition.now.isoformat() == "2026-03-06T06:00:00-07:00"
    assert edition.title("es") == "Boletín Frontera México–EE. UU."


def test_an_editions_name_for_the_world_never_changes(edition: StoredEdition) -> None:
    """A change here would show every edition once more to everybody who follows the feed."""
    assert edition.uid == UID
    assert read_stored(stored(title_en="Another title", sample=False), "x").uid == UID


UID = "urn:uuid:03154418-476b-50e8-b648-b9b6b96d679d"


def test_what_a_newer_version_adds_is_left_out() -> None:
    assert read_stored(stored(weather={"x": 1}), "x").edition == "both/2026-03-06"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "[]",
        "{}",
        stored(stories=[{"id": 1}]),
        stored(date="yesterday"),
        stored(language="fr"),
        stored(frozen={}),
    ],
)
def test_damaged_data_is_named_with_a_remedy(data: str) -> None:
    with pytest.raises(StorageError, match=r"read the edition 06-both\.json: .* → restore the file from a backup"):
        read_stored(data, "06-both.json")


def test_a_catalog_is_read_as_it_was_written(edition: StoredEdition) -> None:
    catalog = merged(Catalog(), [entry_of(edition, "2026/03/06-both.html")])
    assert read_catalog(write_catalog(catalog)) == catalog
    assert catalog.id.startswith("urn:uuid:")


@pytest.mark.parametrize("text", ["", "[]", '{"editions": 1}', '{"version": 99, "id": "urn:uuid:x", "editions": []}'])
def test_a_catalog_that_is_not_ours_is_made_anew(text: str) -> None:
    assert read_catalog(text).editions == ()


def test_the_archives_name_is_kept_from_a_catalog_of_another_version() -> None:
    assert read_catalog('{"version": 99, "id": "urn:uuid:x", "editions": []}').id == "urn:uuid:x"


@pytest.mark.parametrize("path", ["index.html", "2026/03/99-x.html", "2026/3/09-x.html", "2026/03/09.html"])
def test_a_page_that_is_no_edition_is_none(path: str) -> None:
    assert entry_of_page(path, "<title>x</title>") is None
