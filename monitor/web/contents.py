"""What an archived edition says, read back from the .json beside it."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator, TypeAdapter, ValidationError

from monitor.digest.model import BlindSpot, Card, FeedHealth, StillOpen
from monitor.records import Counts, Lang

_LARGEST = 50_000_000  # bytes


def _due(text: object) -> date | datetime:
    """A day, or a time of several a day: midnight is a time as well, which a union of both types would lose."""
    return datetime.fromisoformat(str(text)) if "T" in str(text) else date.fromisoformat(str(text))


Due = Annotated[date | datetime, PlainValidator(_due)]


@dataclass(frozen=True, slots=True)
class Contents:
    """The parts of an edition that a page shows; the names are those of `Digest`."""

    date: date
    languages: tuple[Lang, ...]
    since: datetime
    now: datetime
    counts: Counts
    stories: tuple[Card, ...]
    blind_spots: tuple[BlindSpot, ...]
    developing: tuple[StillOpen, ...]
    health: FeedHealth
    missed: tuple[Due, ...]
    sample: bool
    degraded: bool

    @property
    def cards(self) -> tuple[Card, ...]:
        return self.stories + tuple(card for spot in self.blind_spots for card in spot.cards)


def read_contents(page: Path) -> Contents | None:
    """The contents of the edition whose .html is `page`; None when its .json is gone or of another make."""
    try:
        path = page.with_suffix(".json")
        if path.stat().st_size > _LARGEST:
            return None
        return _reader().validate_python(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError):
        return None


@lru_cache(maxsize=1)
def _reader() -> TypeAdapter[Contents]:
    return TypeAdapter(Contents)


def kept_files(page: Path) -> dict[str, Path]:
    """What of an edition may be looked at, by the name in its address: the mail, its text, its data, its pictures."""
    kept = {"mail.html": page, "mail.txt": page.with_suffix(".txt"), "edition.json": page.with_suffix(".json")}
    picture = re.compile(rf"{re.escape(page.stem)}(?:-[a-z0-9]+)?")
    return kept | {path.name: path for path in page.parent.glob("*.png") if picture.fullmatch(path.stem)}
