"""An edition as its .json in the archive tells it, also one that an older version of this program wrote."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5

from pydantic import TypeAdapter, ValidationError

from monitor.digest.model import BlindSpot, Card, StillOpen
from monitor.errors import StorageError
from monitor.records import DigestLang, Lang, slot_of, slot_time

_NAMESPACE = UUID("7a3bd3a4-3e0c-5b0e-9b57-6c1f3a3b1a6d")  # of this program's editions; arbitrary, never to be changed


@dataclass(frozen=True, slots=True)
class Frozen:
    """What the archive adds to the data of an edition: how it was sent."""

    subject: str
    cutoff_at: datetime


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """The parts of a stored edition that exports and feeds are made of; keys that it does not know are left out."""

    edition: str
    profile_id: str
    date: date
    language: DigestLang
    languages: tuple[Lang, ...]
    title_en: str
    title_es: str
    since: datetime
    now: datetime
    stories: tuple[Card, ...]
    blind_spots: tuple[BlindSpot, ...]
    frozen: Frozen
    developing: tuple[StillOpen, ...] = ()
    sample: bool = False
    degraded: bool = False

    @property
    def time_of_day(self) -> time | None:
        """Which of several editions of its date it is; None where there is one a day."""
        return slot_time(slot_of(self.edition, self.date))

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card in the order of the page."""
        return self.stories + tuple(card for spot in self.blind_spots for card in spot.cards)

    @property
    def uid(self) -> str:
        """The edition's name for the world: the same for ever, since what it is made from never changes."""
        frozen = self.frozen
        return urn_uuid(self.edition, frozen.cutoff_at.isoformat(), frozen.subject)

    def title(self, language: Lang) -> str:
        return self.title_en if language == "en" else self.title_es


_ADAPTER = TypeAdapter(StoredEdition)


def urn_uuid(*parts: str) -> str:
    """`urn:uuid:…` (RFC 4122, version 5) of these parts: equal parts, equal name."""
    return uuid5(_NAMESPACE, "\0".join(parts)).urn


def read_stored(data: str, name: str) -> StoredEdition:
    """The edition in the text of a .json; `name` is the file, for messages. StorageError when it is none."""
    try:
        return _ADAPTER.validate_json(data)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StorageError(
            f"read the edition {name}: {where}: {first['msg']} → restore the file from a backup"
        ) from exc
