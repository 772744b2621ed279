"""Decision notes: short enough to be read, numbered once."""

from pathlib import Path

import pytest

NOTES = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_a_note_has_forty_lines_at_most_and_its_number_in_its_title(note: Path) -> None:
    lines = note.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    number = note.stem.partition("-")[0]
    assert lines[0].startswith(f"# {int(number)}. "), lines[0]


def test_no_number_stands_twice() -> None:
    numbers = [note.stem.partition("-")[0] for note in NOTES]
    assert len(numbers) == len(set(numbers)) > 40
