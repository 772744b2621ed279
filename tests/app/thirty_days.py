"""A planted month of news: what happens, who tells it and when each report is read. Seeded; same seed, same month.

Events live one to six days, in one language or both; desks copy each other, some reports come in days late, some feeds
show the same entries again. Some days have no news, on one day all feeds fail. Vectors are planted: reports of one
event lie near each other in both languages, as those of a good model do.
"""

import random
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from monitor.protocols import Vectors
from monitor.records import Article, Judged, Lang, Verdict, content_id
from monitor.stories.embed import embedding_text

START = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = 30
FAILING_DAY = 11  # no feed answers; what they would have said is read a day later
SILENT_DAYS = frozenset({7, 18, 27})
_DIMENSIONS = 48
_NOISE = 0.55  # a report's distance from its event: cosines of two reports of one event are about .75


@dataclass(frozen=True, slots=True)
class Report:
    """A report, its event, and the day on which it is first read."""

    judged: Judged
    event: int
    read_on: int


class PlantedEmbedder:
    """The planted vectors by text; any other text gets a random direction of its own, always the same."""

    name = "planted-1"

    def __init__(self, rows: Mapping[str, Vectors]) -> None:
        self._rows = rows

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [self._rows.get(text, _direction(zlib.crc32(text.encode()))) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, _DIMENSIONS), np.float32)


@dataclass(frozen=True, slots=True)
class Month:
    """The reports in the order of their being read, and where they lie."""

    reports: tuple[Report, ...]
    embedder: PlantedEmbedder

    def read_on(self, day: int) -> list[Judged]:
        """What the feeds hold that is new on this day, and now and then something they held before."""
        fresh = [r.judged for r in self.reports if r.read_on == day]
        again = [r.judged for r in self.reports if r.read_on == day - 1][::7] if fresh else []
        return fresh + again

    def events(self) -> Mapping[str, int]:
        """By article id."""
        return {r.judged.id: r.event for r in self.reports}


def plant(seed: int) -> Month:
    """Some sixty events and two hundred reports."""
    rng = random.Random(seed)
    reports: list[Report] = []
    rows: dict[str, Vectors] = {}
    for event, day in enumerate(day for day in range(DAYS) for _ in range(rng.randint(1, 3))):
        for report in _event(rng, event, day):
            reports.append(report)
            rows[_text(report)] = _direction(event + 1, noise=_NOISE, of=len(reports))
    return Month(tuple(reports), PlantedEmbedder(rows))


def plant_two_that_are_one() -> Month:
    """Two first reports that nobody would put together, and on the next day four that speak of both."""
    ends = _direction(1), _direction(2)
    middle = (ends[0] + ends[1]) / np.linalg.norm(ends[0] + ends[1])
    reports, rows = [], {}
    for k, title in enumerate(_TWO_THAT_ARE_ONE):
        at = START + timedelta(days=int(k > 1), hours=8 + k)
        report = Report(_report(f"outlet-{k}", "en", title, "", at), 0, read_on=int(k > 1))
        reports.append(report)
        rows[_text(report)] = middle if k > 1 else ends[k]
    return Month(tuple(reports), PlantedEmbedder(rows))


_TWO_THAT_ARE_ONE = (
    "Smoke rises behind the old dam",
    "Clinic asks for donors of blood",
    "Blast at the dam fills the clinic",
    "Dam workers hurt, clinic overwhelmed",
    "After the blast: from dam to clinic",
    "Clinic treats those hurt at the dam",
)


def _text(report: Report) -> str:
    return embedding_text(report.judged.article, report.judged.language)


def _direction(seed: int, *, noise: float = 0.0, of: int = 0) -> Vectors:
    """A unit vector; with noise, the one of `seed` moved by that of `of`."""
    row = np.random.default_rng(seed).normal(size=_DIMENSIONS)
    row = row / np.linalg.norm(row)
    if noise:
        aside = np.random.default_rng([seed, of]).normal(size=_DIMENSIONS)
        row = row + noise * aside / np.linalg.norm(aside)
    unit: Vectors = (row / np.linalg.norm(row)).astype(np.float32)
    return unit


# ---------------------------------------------------------------- events


_PLACES = (
    "Tijuana", "Mexicali", "Nogales", "Agua Prieta", "Ciudad Acuña", "Piedras Negras", "Nuevo Laredo", "Reynosa",
    "Matamoros", "Calexico", "Yuma", "Douglas", "Del Rio", "Eagle Pass", "Laredo", "McAllen", "Brownsville", "Ojinaga",
)  # fmt: skip
_WHAT: Mapping[Lang, tuple[str, ...]] = {
    "en": ("bridge lanes closed", "migrants rescued", "rifles seized", "homes flooded", "trucks stranded",
           "guards sent", "visas cancelled", "jobs cut", "tunnel gates sealed", "patients quarantined"),
    "es": ("carriles del puente cerrados", "migrantes rescatados", "fusiles asegurados", "casas inundadas",
           "camiones varados", "guardias enviados", "visas canceladas", "empleos recortados",
           "compuertas del túnel selladas", "pacientes en cuarentena"),
}  # fmt: skip
_OPENINGS: Mapping[Lang, tuple[str, ...]] = {
    "en": ("The number stood at {told} by noon in {place}.", "People in {place} woke to the news: {told}.",
           "A brief statement on {place} spoke of {told}.", "{told}, that is what it came to, and {place} took note.",
           "Nobody in {place} expected this much: {told}, according to two officials."),
    "es": ("La cuenta en {place} llegó a {told} al mediodía.", "Con la noticia amaneció {place}: {told}.",
           "Un breve comunicado habla de {told} para {place}.", "{told}: ese es el saldo, y en {place} se comenta.",
           "Nadie en {place} esperaba tanto: {told}, según dos funcionarios."),
}  # fmt: skip
_ANGLES: Mapping[Lang, tuple[str, ...]] = {
    "en": ("Officials gave the count in the morning and took no questions.", "Neighbors said nobody had warned them.",
           "The mayor asked for patience and for money.", "It was the second time this spring, a union leader noted.",
           "Lawyers for the families want the records opened.", "Traffic was back to normal by nightfall."),
    "es": ("Las autoridades dieron la cifra por la mañana sin aceptar preguntas.", "Vecinos dijeron que nadie avisó.",
           "La alcaldesa pidió paciencia y dinero.", "Es la segunda vez en la primavera, recordó un dirigente gremial.",
           "Los abogados de las familias piden abrir el expediente.", "Por la noche el tránsito ya era normal."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Event:
    number: int
    place: str
    what: int
    count: int

    def title(self, language: Lang, outlet: int) -> str:
        text = f"{self.count} {_WHAT[language][self.what]}"
        joint = "in" if language == "en" else "en"
        return f"{text} {joint} {self.place}" if outlet % 2 else f"{self.place}: {text}"

    def lead(self, rng: random.Random, language: Lang) -> str:
        told = f"{self.count} {_WHAT[language][self.what]}"
        opening = rng.choice(_OPENINGS[language]).format(told=told, place=self.place)
        return f"{opening} {rng.choice(_ANGLES[language])}"


def _event(rng: random.Random, number: int, day: int) -> Iterator[Report]:
    """The reports of an event that begins on `day`: most on the first day, the last on its last."""
    event = _Event(number, rng.choice(_PLACES), rng.randrange(len(_WHAT["en"])), rng.randint(11, 990))
    languages: tuple[Lang, ...] = rng.choice((("en", "es"), ("en", "es"), ("en",), ("es",)))
    last = day + rng.randint(0, 5)
    told: defaultdict[Lang, list[Judged]] = defaultdict(list)
    for k in range(rng.randint(1, 7)):
        language = languages[k % len(languages)]
        on = min(rng.choice((day, day, rng.randint(day, last))), DAYS - 1)
        at = START + timedelta(days=on, minutes=rng.randrange(6 * 60, 22 * 60))
        judged = _judged(rng, event, language, at, told[language])
        told[language].append(judged)
        yield Report(judged, number, _read_on(rng, on))


def _judged(rng: random.Random, event: _Event, language: Lang, at: datetime, told: Sequence[Judged]) -> Judged:
    """A report in its own words, or (one in seven) an earlier one under another headline."""
    outlet = rng.randrange(12)
    title, lead = event.title(language, outlet), event.lead(rng, language)
    if told and rng.random() < 1 / 7:
        lead = rng.choice(told).article.summary
    return _report(f"outlet-{language}-{outlet}", language, title, lead, at)


def _report(outlet: str, language: Lang, title: str, lead: str, at: datetime) -> Judged:
    url = f"https://{outlet}.example/{content_id(title, lead, at.isoformat())}"
    article = Article(content_id(url), outlet, url, url, title, lead, published_at=at, fetched_at=at)
    return Judged(article, Verdict(article.id, language, relevant=True, score=9, threshold=7, reason="planted"))


def _read_on(rng: random.Random, day: int) -> int:
    """Mostly the day of publication; one in ten comes in a day or two late, and nothing on a day without feeds."""
    on = day + (rng.randint(1, 2) if rng.random() < 0.1 else 0)
    while on == FAILING_DAY or on in SILENT_DAYS:
        on += 1
    return on


def as_read(judged: Judged, at: datetime) -> Judged:
    """The report as the feeds give it at this hour."""
    return replace(judged, article=replace(judged.article, fetched_at=at))
