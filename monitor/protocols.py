"""The seams: where a concrete engine, transport or database is plugged in.

One method where possible; the batch is the primitive. Each seam's laws stand in its docstring and in one contract
suite (`tests/contracts/`) that runs on every implementation.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from monitor.records import (
    Correction,
    Edition,
    Envelope,
    FeedPast,
    FeedState,
    Found,
    Judged,
    Lang,
    MergeDecision,
    Publication,
    Receipt,
    RunReport,
    SearchDocument,
    SearchQuery,
    SlotEntry,
    Story,
    Suppression,
    Tally,
    Translation,
)

T = TypeVar("T")
R = TypeVar("R")
Vectors = npt.NDArray[np.float32]


@runtime_checkable
class Translator(Protocol):
    """A translation engine.

    Laws: one output per input, in order; `[] -> []`; a batch of n equals n batches of one; an empty text stays empty;
    only `EngineError` escapes. Texts are whole titles or single sentences; guards judge the output, not the engine.
    """

    @property
    def name(self) -> str:
        """Engine + model + version: part of the translation memory's key."""

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """The texts in `target`."""

    def close(self) -> None:
        """Give back processes and memory; safe to call twice."""


@runtime_checkable
class Embedder(Protocol):
    """A multilingual sentence embedder.

    Laws: float32 of shape (n, d), rows of length 1; `[] -> (0, d)`; order kept; a batch of n equals n batches of one.
    """

    @property
    def name(self) -> str:
        """Model + version: part of the vector cache's key."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text."""


@runtime_checkable
class Heavy(Protocol):
    """An embedder that holds much memory once it has worked. Optional: others are left as they are."""

    def release(self) -> None:
        """Let go of it; what is embedded afterwards loads it again. Safe to call twice."""


@runtime_checkable
class Executor(Protocol):
    """Where pure work functions run: here, in threads, in processes, on a cluster.

    Laws: ordered like the builtin `map`; lazy; an exception of `fn` comes out at its item's turn.
    """

    def map(self, fn: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """`fn` of each item, in order. `fn` lives at module level and both ends pickle."""

    def prepare(self) -> None:
        """Work is coming: begin to start what takes time to start, without waiting for it. Never needed."""


@runtime_checkable
class Delivery(Protocol):
    """A way to hand messages over.

    Laws: one receipt per envelope, in order; one recipient's refusal never stops the others; a message is handed over
    at most once per call; `DeliveryError` only when the server cannot be used at all and nothing was handed over; what
    was not tried because the server turned unusable midway is `deferred` with 0 attempts.

    `note` is told how far each message is: `sending` before it is touched, `dot` just before it can count as handed
    over, and its receipt at the end. Nothing goes on with that message before `note` returns; what it raises ends the
    call. It may be called from several threads.
    """

    @property
    def name(self) -> str:
        """For people: "smtp://mail.example.org:587", "file:/var/…"."""

    def deliver(self, envelopes: Sequence[Envelope], note: Callable[[Receipt], None] = ...) -> list[Receipt]:
        """Hand the messages over."""

    def close(self) -> None:
        """Say goodbye to the server; safe to call twice."""


@runtime_checkable
class Store(Protocol):
    """The memory of the project. Every method is one transaction, idempotent, records in and out; `StorageError` only.

    The same contract suite runs on every database.
    """

    def feed_states(self) -> dict[str, FeedState]:
        """By source id."""

    def save_feed_states(self, states: Iterable[FeedState]) -> None: ...

    def feed_pasts(self, *, since: datetime) -> dict[str, FeedPast]:
        """By source id, of the articles first fetched at or after `since`; feeds without any are left out."""

    def known_articles(self, ids: Collection[str]) -> frozenset[str]:
        """Those of `ids` that are stored."""

    def save_articles(self, judged: Iterable[Judged]) -> None:
        """Kept and dropped ones: a dropped one must not be judged again, and can be explained. First write wins."""

    def articles(self, *, since: datetime, relevant_only: bool = True, brief: bool = False) -> tuple[Judged, ...]:
        """First fetched at or after `since`; ordered by publication, then id.

        `brief`: without full texts, and without the reasons and terms of verdicts; `bodies` gives the texts of some.
        """

    def bodies(self, ids: Collection[str]) -> dict[str, str]:
        """The full texts of these reports by id; those that have none are left out."""

    def publications(self, *, since: datetime) -> tuple[Publication, ...]:
        """Of the relevant reports first fetched at or after `since`, in the order of `articles`."""

    def find_article(self, url_or_id: str) -> Judged | None: ...

    def recall(self, recipe: str, keys: Collection[str]) -> dict[str, Translation]:
        """The translation memory: by `text_key`, of this recipe (engine, glossary and guards) only."""

    def remember(self, translations: Iterable[Translation]) -> None:
        """Keep translations under their recipe; those without one are left out. The last write wins."""

    def corrections(self) -> tuple[Correction, ...]:
        """The wordings of analysts, the oldest first."""

    def save_correction(self, correction: Correction) -> None:
        """Keep a wording; one of the same kind for the same text and target is replaced."""

    def drop_correction(self, correction: Correction) -> bool:
        """Forget a wording; whether there was one."""

    def vectors(self, embedder: str, keys: Collection[str]) -> dict[str, Vectors]:
        """Cached vectors (1-d float32) by content key."""

    def save_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None: ...

    def drop_vectors(self, *, before: datetime) -> int:
        """Forget vectors cached before `before`; how many."""

    def stories(self, *, since: datetime, brief: bool = False) -> tuple[Story, ...]:
        """Stories with a member that was published or joined at or after `since`, with all members, ordered by id.

        `brief`: without the full texts of their reports.
        """

    def find_story(self, id_: str) -> Story | None:
        """By its id, by that of a story it absorbed, or by that of a report in it."""

    def save_stories(self, stories: Iterable[Story], decisions: Iterable[MergeDecision] = ()) -> None:
        """Members are added, never taken away; a story's id and `created_at` never change.

        What a story absorbed loses its members to it and is found by its old id ever after. Of decisions about one
        report and one story the last one stands.
        """

    def decisions(self, ids: Collection[str]) -> tuple[MergeDecision, ...]:
        """About these reports or stories; by report, what was accepted first, then the nearest."""

    def index(self, documents: Iterable[SearchDocument]) -> int:
        """Make reports findable, by all documents of each at once: they replace what the index has of it.

        How many reports were taken in; what is not stored, or has no original among its documents, is passed over.
        """

    def indexed(self, ids: Collection[str]) -> dict[str, str]:
        """Of these reports, those that can be found, with the `documents_mark` of what the index has of them."""

    def unindexed(self, *, limit: int) -> tuple[Judged, ...]:
        """Relevant reports that cannot be found yet, the newest first."""

    def recall_any(self, keys: Collection[str]) -> dict[str, Translation]:
        """Of translations by `text_key`, whatever their recipe, the most trusted one that may be shown."""

    def search(self, query: SearchQuery) -> Found:
        """Reports whose original or translation has all the words that are asked for; any text is a legal query.

        Those whose words answer best come first, among equals the newest; of very many the newest are ranked and the
        others follow by publication.
        """

    def editions(
        self, profile_id: str | None = None, *, limit: int = 30, first: date | None = None, last: date | None = None
    ) -> tuple[Edition, ...]:
        """The newest first; of the days from `first` to `last`, where they are given.

        An alert is an edition of a list that has a slash in its name; None are all profiles, and no such list.
        """

    def save_edition(self, edition: Edition, envelopes: Iterable[Envelope]) -> bool:
        """Freeze an edition and queue its messages in one transaction. False, and nothing written, if it exists."""

    def enqueue(self, envelopes: Iterable[Envelope]) -> int:
        """Queue messages of a frozen edition for more recipients; those already known are left alone. Count added."""

    def requeue(self, edition: str, recipients: Collection[str], *, deliver_until: datetime | None = None) -> int:
        """Make delivered or failed messages due again (`monitor send --again`): same bytes, same Message-ID."""

    def due_envelopes(
        self, *, now: datetime, edition: str | None = None, after: Envelope | None = None, limit: int | None = None
    ) -> tuple[Envelope, ...]:
        """Messages to hand over now: queued, deferred and due, or left `sending` or at the `dot` by a run that died.

        By edition, then recipient; page by page with `limit` and the last one `after` which to go on.
        """

    def record_receipts(self, receipts: Iterable[Receipt]) -> None:
        """Flushed to disk on return. What was sent stays sent until it is queued again."""

    def receipts(self, edition: str) -> tuple[Receipt, ...]:
        """The ledger of an edition, by recipient."""

    def handed_over(
        self, message_ids: Collection[str], *, days: Collection[date], since: datetime
    ) -> tuple[Envelope, ...]:
        """Messages by Message-ID, of editions of these days, that were, or may have been, handed over since `since`."""

    def suppress(self, who: Suppression) -> bool:
        """Note that a recipient has left a profile's list; messages that wait for them are never sent.

        False, and nothing changed, when they had left before.
        """

    def unsuppress(self, profile_id: str, recipient: str) -> bool:
        """Take a recipient back on; whether they had left."""

    def suppressions(self, profile_id: str | None = None) -> tuple[Suppression, ...]:
        """Who has left a profile's list, or any; by profile, then recipient."""

    def claim(self, key: str, owner: str, *, now: datetime, lease_s: float) -> bool:
        """Take a named lease (the run lock) unless another owner holds it."""

    def release(self, key: str, owner: str) -> None: ...

    def claim_slot(self, wanted: SlotEntry) -> int:
        """Take a slot of the schedule until `wanted.until`, or extend one's own hold on it; which try this is.

        0 when it is done or skipped, when another owner holds it, or when the pause after its failure is not over at
        `wanted.at`. A hold that has run out, of a daemon that died, is taken over.
        """

    def end_slot(self, ended: SlotEntry) -> bool:
        """Note how a slot that its owner holds has ended; False, and nothing changed, when another has taken it."""

    def skip_slots(self, skipped: Iterable[SlotEntry]) -> int:
        """Note slots that passed while nothing ran; those that are known are left alone. Count added."""

    def slots(self, profile_id: str | None = None, *, limit: int = 30) -> tuple[SlotEntry, ...]:
        """What has become of slots, the newest first."""

    def save_run(self, report: RunReport, document: str) -> None:
        """Keep a run's report; `document` is its JSON."""

    def runs(self, *, limit: int = 10) -> tuple[str, ...]:
        """JSON documents of the last runs, the newest first."""

    def tally(self) -> Tally:
        """How much there is, and when the last runs started."""

    def close(self) -> None: ...
