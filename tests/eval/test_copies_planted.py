"""Copies are found in syndication planted from the labelled leads of `dev`; most templates filled in again are none.

Every second event's first lead is a text that other outlets print cut, retitled, reworded or with something around it;
the others lend headlines and sentences. For bodies, sentences of all leads are strung together, each used once.
`pytest tests/eval/test_copies_planted.py -s` prints the numbers of docs/decisions/0016-copies.md.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from monitor.records import Article, Judged, Lang, Verdict, content_id
from monitor.sentences import sentences
from monitor.stories.dedupe import find_copies
from tests.eval.metrics import Fit
from tests.eval.stories_data import load

START = datetime(2026, 3, 10, 6, tzinfo=UTC)
BODY_WORDS = 300
SUMMARY_CHARS = 300
BYLINE = {
    "en": "By Staff Reports | Feb. 12 | Updated at noon",
    "es": "Por la Redacción | 12 de febrero | Última actualización",
}
FOOTER = {
    "en": "Follow us for more and get the news on your phone each morning",
    "es": "Síguenos en nuestras redes y recibe las noticias en tu celular cada mañana",
}


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    words: Sequence[str]
    language: Lang


@dataclass(frozen=True, slots=True)
class Planted:
    report: Judged
    original: str  # the id of the text it copies; its own for an original
    kind: str


def _report(text: Text, number: int, *, outlet: str, hours: float, body: bool) -> Judged:
    told, at = " ".join(text.words), START + timedelta(hours=hours)
    url = f"https://{outlet}.example/{content_id(str(number), outlet)}"
    summary = told[:SUMMARY_CHARS] if body else told
    article = Article(content_id(url), outlet, url, url, text.title, summary, at, at, body=told if body else "")
    return Judged(article, Verdict(article.id, text.language, True, 10, 7, "planted"))


def _copies(text: Text, other: Text) -> Iterator[tuple[str, Text]]:
    """What desks make of a text; `other` is a report of something else."""
    words, language = list(text.words), text.language
    for share in (0.2, 0.5, 0.9):
        yield f"cut to {share:.0%}", Text(text.title, words[: max(6, int(len(words) * share))], language)
    for share in (0.3, 0.6):
        yield f"cut to {share:.0%} and retitled", Text(other.title, words[: max(6, int(len(words) * share))], language)
    yield "retitled", Text(other.title, words, language)
    third, piece = len(words) // 3, max(4, len(words) // 5)
    reworded = [*words[:third], *other.words[:piece], *words[third + piece :]]
    yield "a passage reworded", Text(text.title, reworded, language)
    yield "byline", Text(text.title, [*BYLINE[language].split(), *words], language)
    yield "footer", Text(text.title, [*words, *FOOTER[language].split()], language)
    yield "dateline", Text(text.title, ["TIJUANA,", "B.C.", "(Redacción).-", *words], language)


def _leads() -> list[Text]:
    """The first report of each event of `dev`."""
    first = {item.event: item.judged for name in FILES for item in reversed(load(name, "dev"))}
    return [Text(j.article.title, j.article.summary.split(), j.language) for _, j in sorted(first.items())]


FILES = ("stories-enforcement.yaml", "stories-policy.yaml")


def _strung(leads: Sequence[Text]) -> list[Text]:
    """The leads' headlines over long texts, as far as the sentences last."""
    rng, said = random.Random(5), {"en": list[str](), "es": list[str]()}
    for item in (item for name in FILES for item in load(name, "dev")):
        said[item.judged.language] += sentences(item.judged.article.summary, item.judged.language)
    pools = {language: list(dict.fromkeys(found)) for language, found in said.items()}
    for pool in pools.values():
        rng.shuffle(pool)
    return [Text(lead.title, words, lead.language) for lead in leads if (words := _taken(pools[lead.language]))]


def _taken(pool: list[str]) -> list[str]:
    words: list[str] = []
    while len(words) < BODY_WORDS:
        if not pool:
            return []
        words += pool.pop().split()
    return words


def _plant(texts: Sequence[Text], *, body: bool) -> Iterator[Planted]:
    others = {language: [t for t in texts[1::2] if t.language == language] for language in ("en", "es")}
    for number, text in enumerate(texts[::2]):
        original = _report(text, number, outlet=f"first{number}", hours=number / 100, body=body)
        yield Planted(original, original.id, "original")
        other = others[text.language][number % len(others[text.language])]
        for way, (kind, copy) in enumerate(_copies(text, other)):
            report = _report(copy, number, outlet=f"desk{number}-{way}", hours=2 + way * 5, body=body)
            yield Planted(report, original.id, kind)


def _fit(planted: Sequence[Planted]) -> tuple[Fit, Counter[str]]:
    """Precision and recall of the originals found, and what was missed by kind."""
    found = {copy.article_id: copy.of_id for copy in find_copies([p.report for p in planted], {})}
    right = [found.get(p.report.id, p.report.id) == p.original for p in planted]
    copies = [p.report.id != p.original for p in planted]
    hits = sum(r and c for r, c in zip(right, copies, strict=True))
    missed = Counter(p.kind for p, r in zip(planted, right, strict=True) if not r)
    return Fit(hits / max(len(found), 1), hits / sum(copies)), missed


@pytest.mark.parametrize(("body", "floor"), [(False, Fit(0.99, 0.90)), (True, Fit(0.99, 0.99))])
def test_planted_syndication_is_found(body: bool, floor: Fit) -> None:
    leads = _leads()
    planted = list(_plant(_strung(leads) if body else leads, body=body))
    fit, missed = _fit(planted)
    print(f"\n{len(planted)} {'bodies' if body else 'snippets'}: {fit}, missed {dict(missed)}")  # noqa: T201
    assert fit.precision >= floor.precision
    assert fit.recall >= floor.recall


TEMPLATES: Sequence[tuple[Lang, str]] = (
    (
        "en",
        "{who} officers at the {town} bridge seized {n} pounds of {drug} hidden in a {car} on {day}, the agency said."
        " The driver, a man from {home}, was arrested and turned over to Homeland Security agents for questioning.",
    ),
    (
        "en",
        "{who} agents from the {town} station rescued {n} migrants from a {car} on {day} evening. All were in good"
        " health and were taken to the station to be processed, according to a statement of the sector.",
    ),
    (
        "es",
        "Elementos de {who} aseguraron en {town} un total de {n} kilos de {drug} ocultos en un {car} durante una"
        " revisión el {day}, informó la dependencia. El conductor, originario de {home}, quedó detenido.",
    ),
    (
        "es",
        "Un hombre fue asesinado a balazos la noche del {day} en la colonia {home} de {town}, cuando viajaba en un"
        " {car}. Agentes de {who} acordonaron la zona, donde quedaron {n} casquillos percutidos.",
    ),
)
FILLS = {
    "en": {
        "who": ("CBP", "Border Patrol", "Customs"),
        "town": ("Hidalgo", "Roma", "Pharr", "Laredo", "Progreso", "Eagle Pass", "Del Rio", "Nogales"),
        "n": ("two", "three", "ten", "12", "40", "95", "310"),
        "drug": ("meth", "cocaine", "fentanyl", "heroin"),
        "car": ("pickup", "bus", "sedan", "produce trailer", "van"),
        "day": ("Monday", "Tuesday", "Thursday", "Friday", "Sunday"),
        "home": ("McAllen", "Monterrey", "Austin", "Reynosa"),
    },
    "es": {
        "who": ("la Guardia Nacional", "la FGR", "la Sedena", "la policía estatal"),
        "town": ("Tijuana", "Mexicali", "Ciudad Juárez", "Nogales", "Reynosa"),
        "n": ("dos", "tres", "doce", "15", "48", "120", "300"),
        "drug": ("metanfetamina", "cocaína", "fentanilo", "marihuana"),
        "car": ("tractocamión", "autobús", "sedán", "carro"),
        "day": ("lunes", "martes", "jueves", "sábado"),
        "home": ("Sinaloa", "Sonora", "Jalisco", "Durango", "Centro", "Libertad"),
    },
}


def test_most_templates_filled_in_again_are_no_copies() -> None:
    rng, reports = random.Random(1), []
    for number in range(400):  # by forty outlets in eight days
        language, template = rng.choice(TEMPLATES)
        words = template.format(**{slot: rng.choice(fills) for slot, fills in FILLS[language].items()}).split()
        text = Text(" ".join(words[:8]), words, language)
        reports.append(_report(text, number, outlet=f"outlet{number % 40}", hours=number / 2, body=False))
    wrong = len(find_copies(reports, {}))
    print(f"\n{wrong} of {len(reports)} templates taken for copies")  # noqa: T201
    assert wrong < 0.35 * len(reports)
