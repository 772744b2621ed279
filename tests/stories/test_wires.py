"""Who a report speaks for is read where desks say it, and nowhere else."""

from dataclasses import replace

import pytest

from monitor.records import Article, Source
from monitor.stories.wires import voice_of, wire_of
from tests.stories.conftest import report


def _article(
    summary: str = "Something happened at the river on Monday.",
    *,
    title: str = "Something happened",
    url: str = "",
    publisher: str = "",
    dateline: str = "",
    body: str = "",
) -> Article:
    article = report(title, summary, source="gazette", url=url).article
    return replace(article, publisher=publisher, dateline=dateline, body=body)


CREDITED = [
    ("WASHINGTON (AP) — The judge gave both sides until Friday.", "ap"),
    ("EL PASO, Texas, Feb 3 (Reuters) - A judge gave both sides until Friday.", "reuters"),
    ("Feb 3 (Reuters) - A judge gave both sides until Friday.", "reuters"),
    ("Tijuana (México), 3 feb (EFE).- Un juez dio plazo hasta el viernes.", "efe"),
    ("CIUDAD JUÁREZ, Chih. (EFE) — Un juez dio plazo hasta el viernes.", "efe"),
    ("EFE.- Un juez dio plazo hasta el viernes.", "efe"),
    ("AFP – Un juez dio plazo hasta el viernes.", "afp"),
    ("(CNN) — A judge gave both sides until Friday.", "cnn"),
    ("CNN — A judge gave both sides until Friday.", "cnn"),
    ("(CNN Español) -- Un juez dio plazo hasta el viernes.", "cnn"),
    ("EL PASO, Texas (Border Report) — A judge gave both sides until Friday.", "nexstar"),
    ("By RUTH ALDANA, Associated Press\nA judge gave both sides until Friday.", "ap"),
    ("By RUTH ALDANA and TOM BECK | The Associated Press\nA judge gave both until Friday.", "ap"),
    ("By The Associated Press\nA judge gave both sides until Friday.", "ap"),
    ("Por Lucía Barrón / AP\nUn juez dio plazo hasta el viernes.", "ap"),
    ("Redacción / Agencia Reforma\nUn juez dio plazo hasta el viernes.", "reforma"),
    ("Agencias/EFE - Un juez dio plazo hasta el viernes.", "efe"),
    ("Un juez dio plazo hasta el viernes. Con información de AFP", "afp"),
    ("Un juez dio plazo hasta el viernes. (Con información de la agencia EFE)", "efe"),
    ("A judge gave both sides until Friday. With files from The Associated Press.", "ap"),
    ("Un juez dio plazo hasta el viernes. EFE", "efe"),
    ("Un juez dio plazo hasta el viernes. (AP)", "ap"),
    ("Un juez dio plazo hasta el viernes.— Reuters", "reuters"),
    ("Un juez dio plazo hasta el viernes.\nFuente: Agencia El Universal", "el-universal"),
    ("A judge gave both sides until Friday. © 2026 The Associated Press. All rights reserved.", "ap"),
    ("A judge gave both until Friday. (Reporting by Ruth Aldana in Laredo; Editing by Tom Beck)", "reuters"),
    (
        "A judge gave both sides until Friday. This article was originally published by The Texas Tribune.",
        "texas-tribune",
    ),
    ("Un juez dio plazo hasta el viernes. Esta nota fue publicada originalmente en El Universal.", "el-universal"),
]

NOT_CREDITED = [
    "A judge told Reuters that both sides have until Friday.",
    "Reuters reported on Monday that the judge had given both sides until Friday.",
    "Un juez dijo a EFE que ambas partes tienen hasta el viernes.",
    "Según AP, el juez dio plazo hasta el viernes a las dos partes.",
    "La letra efe manchaba la pared del juzgado.",
    "Students in Advanced Placement (AP) courses will visit the bridge.",
    "Advanced Placement (AP) — a program for seniors — comes to Nogales.",
    "The Associated Press sued the White House over its seat in the room.",
    "The Associated Press contributed to this report.",
    "By AP count, 40 people were on the bridge when the gates closed.",
    "By then, Reuters had moved its bureau to Monterrey.",
    "Un juez dio plazo hasta el viernes. Foto: AP",
    "A judge gave both sides until Friday. (AP Photo/Ruth Aldana)",
    "A judge gave both sides until Friday. (Photo: Reuters)",
    "Un juez dio plazo hasta el viernes. Con información de AFP y EFE",
    "Un juez dio plazo hasta el viernes, aseguró la agencia Reuters.",
    "Capaz y rapaz: la APP de la aduana no abre. Las CNNs tampoco.",
    "CNN fired two editors over a report on the wall.",
    "El reporte de Bloomberg sorprendió a la gobernadora.",
]


@pytest.mark.parametrize(("text", "family"), CREDITED)
def test_a_credit_names_the_family(text: str, family: str) -> None:
    for article in (_article(text), _article("", body=text)):
        wire = wire_of(article)
        assert wire is not None
        assert (wire.id, wire.credited) == (family, True)
        assert wire.found in text or wire.found.startswith("(Reporting by")


@pytest.mark.parametrize("text", NOT_CREDITED)
def test_a_mention_is_no_credit(text: str) -> None:
    assert wire_of(_article(text)) is None


def test_a_dateline_that_was_taken_off_still_credits() -> None:
    wire = wire_of(_article(dateline="CIUDAD DE MÉXICO (AP)"))
    assert wire is not None
    assert (wire.id, wire.where, wire.found) == ("ap", "dateline", "CIUDAD DE MÉXICO (AP)")
    assert wire_of(_article(dateline="EL PASO, Texas")) is None


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("Judge sets deadline | Reuters", "reuters"),
        ("Juez fija plazo (EFE)", "efe"),
        ("US weighs strikes - Reuters", ""),  # how others quote an agency's claim
        ("Reuters: US weighs strikes", ""),
        ("Students pass their exam in AP", ""),
    ],
)
def test_a_headline_credits_behind_a_bar_or_in_brackets(title: str, family: str) -> None:
    wire = wire_of(_article(title=title))
    assert (wire.id if wire else "") == family


@pytest.mark.parametrize(
    ("url", "family"),
    [
        ("https://station.example/news/ap-texas-news/2026/02/judge-sets-deadline", "ap"),
        ("https://station.example/cnn-national/2026/02/judge-sets-deadline", "cnn"),
        ("https://diario.example/agencia-efe/juez-fija-plazo", "efe"),
        ("https://station.example/news/ap-exam-results", ""),  # the page's own name
        ("https://school.example/ap-exam/dates/may", ""),
        ("https://www.ktsm.com/news/judge-sets-deadline", "nexstar"),
        ("https://sanluis.eluniversal.com.mx/juez", "el-universal"),
        ("https://cnnespanol.cnn.com/2026/02/03/juez", "cnn"),
        ("https://notcnn.com/juez", ""),
        ("https://news.google.com/rss/articles/CBMi", ""),
    ],
)
def test_an_address_names_the_family_by_section_or_host(url: str, family: str) -> None:
    wire = wire_of(_article(url=url))
    assert (wire.id if wire else "") == family


@pytest.mark.parametrize(
    ("publisher", "family"),
    [
        ("AP News", "ap"),
        ("Reuters", "reuters"),
        ("azcentral.com and The Arizona Republic", "gannett"),
        ("El Paso Times", "gannett"),
        ("Laredo Morning Times", "hearst"),
        ("Telemundo El Paso (48)", "nbc"),
        ("N+", "televisaunivision"),
        ("Univision Arizona", "televisaunivision"),
        ("EL UNIVERSAL", "el-universal"),
        ("El Sol de Tijuana", "oem"),
        ("El Norte", "reforma"),
        ("Telediario Monterrey", "milenio"),
        ("CNN en Español", "cnn"),
        ("El Heraldo de México", ""),  # sounds like the Heraldos of OEM
        ("El Mañana", ""),
        ("Norte Digital", ""),
        ("Monitor", ""),
    ],
)
def test_an_aggregators_publisher_names_the_family(publisher: str, family: str) -> None:
    wire = wire_of(_article(url="https://news.google.com/rss/articles/1", publisher=publisher))
    assert (wire.id if wire else "") == family


def test_a_feed_is_known_by_its_address_or_name() -> None:
    source = Source("sol", "El Sol de Tijuana", "https://www.elsoldetijuana.com.mx/rss", "es")
    wire = wire_of(_article(), source)
    assert wire is not None
    assert (wire.id, wire.kind, wire.credited) == ("oem", "titles", False)
    named = wire_of(_article(), replace(source, url="https://feeds.example/1"))
    assert named is not None
    assert (named.id, named.where) == ("oem", "outlet")


def test_a_credit_counts_before_the_outlet() -> None:
    wire = wire_of(_article("TUCSON, Ariz. (AP) — A judge ruled.", url="https://tucson.com/news/1"))
    assert wire is not None
    assert wire.id == "ap"


def test_a_voice_is_the_credited_agency_then_the_users_family_then_the_titles_then_the_outlet() -> None:
    source = Source("gazette", "Gazette", "https://gazette.example/feed", "en")
    credited = _article("WASHINGTON (AP) — The judge gave both sides until Friday.")
    own = replace(source, family="own")
    assert voice_of(credited, own) == voice_of(credited, source) == "ap"
    assert voice_of(_article(url="https://www.borderreport.com/1"), own) == "own"
    assert voice_of(_article(url="https://www.borderreport.com/1"), source) == "nexstar"
    assert voice_of(_article(), source) == "gazette"
    assert voice_of(_article(), None) == "gazette"


def test_outlets_of_one_aggregator_are_voices_of_their_own() -> None:
    feed = Source("gn-cruces", "Google News", "https://news.google.com/rss/search?q=x", "es")
    voices = [
        voice_of(_article(publisher=name), feed) for name in ("El Paso Matters", "Puente Libre", "La Silla Rota MX")
    ]
    assert voices == ["el-paso-matters", "puente-libre", "la-silla-rota-mx"]
