"""docs/security.md names tests that exist, for every part of the threat model."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_test_that_the_page_names_exists(file: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_part_of_the_threat_model_names_a_test_and_says_what_remains() -> None:
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    assert len(parts) >= 9
    assert [part.splitlines()[0] for part in parts if "tests/" not in part] == []
    for title in ("Feeds", "Titles", "Web", "Mail", "Archive", "Translation"):
        (part,) = [part for part in parts if part.startswith(title)]
        assert "*Remains*" in part, title


def test_the_licence_list_and_the_policy_are_where_the_page_and_readers_look() -> None:
    assert (ROOT / "docs/licences.md").is_file()
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
