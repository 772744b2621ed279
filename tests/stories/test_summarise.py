"""Two whole sentences from the reports, and the headline that stands for a language."""

import pytest

from monitor.records import Lang, Story
from monitor.stories.summarise import lead_member, summarise
from tests.stories.conftest import member, report, story

EN = report(
    "Tunnel found", "Agents found a tunnel under a warehouse in Otay Mesa on Tuesday. It had rails.", source="a"
)
ES = report(
    "Hallan túnel", "Agentes hallaron un túnel bajo una bodega de Otay Mesa este martes.", source="b", language="es"
)


def test_one_sentence_of_each_language() -> None:
    summary = summarise(story(EN, ES), lead_count=3)
    assert [(s.language, s.article_id) for s in summary] == [("en", EN.id), ("es", ES.id)]
    assert summary[0].text == "Agents found a tunnel under a warehouse in Otay Mesa on Tuesday."


def test_two_voices_of_one_language() -> None:
    other = report("Passage", "Investigators said that nobody had been arrested so far in San Diego.", source="c")
    again = report("Tunnel", "Agents found a tunnel under a warehouse in Otay Mesa Tuesday.", source="d", hours=1)
    summary = summarise(story(EN, other, again), lead_count=3)
    assert len({s.source_id for s in summary}) == 2
    assert sum("found a tunnel" in s.text for s in summary) == 1


def test_no_copies_fragments_or_invitations() -> None:
    copy = member(report("Copy", "Agents found a tunnel under a big warehouse in the city.", source="x"), copy_of=EN.id)
    cut = report("Cut", "The passage that was found by the agents led to a house in…", source="c")
    click = report("Click", "Click here to read more about the tunnel that was found.", source="d")
    clic = report("Clic", "Haz clic aquí para leer más sobre el túnel hallado.", source="e", language="es")
    low = report("Low", "and then the agents went into the tunnel with a dog.", source="f")
    assert {s.article_id for s in summarise(story(EN, copy, cut, click, clic, low), lead_count=3)} == {EN.id}


@pytest.mark.parametrize(
    ("hanging", "language"),
    [
        ("He said that the agents had searched the warehouse all night.", "en"),
        ("They also seized a rail cart and two pallets of tools there.", "en"),
        ("“Nobody knew that it was under our street,” said one of them.", "en"),
        ("Lo anterior fue confirmado por la Fiscalía General de la República.", "es"),
        ("Ello ocurrió después de una denuncia anónima de los vecinos.", "es"),
        ("Él aseguró que nadie sabía nada del pasadizo bajo la bodega.", "es"),
        ("Este fue llevado ante un juez federal de la ciudad de Tijuana.", "es"),
        ("Su abogado negó que supiera del pasadizo bajo la bodega.", "es"),
        ("Iban a San Diego en la caja de un camión con pepino.", "es"),
        ("Los habían visto entrar de noche con palas y cubetas.", "es"),
        ("Tenía lámparas, rieles y un sistema de ventilación propio.", "es"),
        ("Aclaró que el pasadizo no llegaba hasta el lado mexicano.", "es"),
        ("No dice que haya detenidos por el caso de la bodega.", "es"),
    ],
)
def test_a_sentence_that_needs_the_one_before_is_the_last_resort(hanging: str, language: Lang) -> None:
    whole: dict[Lang, str] = {
        "en": "Workers in the area had reported noises for several weeks.",
        "es": "Trabajadores de la zona habían reportado ruidos desde tiempo atrás.",
    }
    early = report("Tunnel", hanging, source="c", language=language)
    late = report("Passage", whole[language], source="d", language=language, hours=3)
    (chosen,) = [
        s for s in summarise(story(early, late, ES if language == "en" else EN), lead_count=2) if s.language == language
    ]
    assert chosen.text == whole[language]
    assert [s.text for s in summarise(story(early), lead_count=2)] == [hanging]


@pytest.mark.parametrize(
    "whole",
    [
        "Tocaba el grupo su segunda tanda cuando entraron los agentes.",
        "Viajaban 30 migrantes en la caja de un camión con pepino.",
        "Fueron detenidos en Tijuana tres hombres por el túnel de Otay.",
        "Graban a agentes en la entrada de un túnel en Otay Mesa.",
        "Esteban Ruiz Calva fue detenido en una bodega de Otay Mesa.",
    ],
)
def test_an_opening_whose_subject_follows_its_verb_stands_alone(whole: str) -> None:
    later = report("B", "Vecinos de la zona oyeron ruidos por las noches.", source="b", language="es", hours=4)
    assert summarise(story(report("A", whole, source="a", language="es"), later), lead_count=2)[0].text == whole


def test_a_passive_without_subject_is_no_sentence_of_its_own_further_down() -> None:
    told = report(
        "A", "La policía detuvo a un hombre en la garita. Fue llevado a la capital en helicóptero.", language="es"
    )
    other = report("B", "Vecinos de la zona oyeron ruidos por las noches en Otay.", language="es", hours=4)
    assert [s.text[:3] for s in summarise(story(told, other), lead_count=2)] == ["La ", "Vec"]


def test_a_sentence_without_a_translation_fit_to_show_gives_way_to_another() -> None:
    late = report("Tunnel", "Workers in the area had reported noises for several weeks.", source="z", hours=3)
    told = story(EN, late, ES)
    unfit = "Agents found a tunnel under a warehouse in Otay Mesa on Tuesday."
    assert next(s.text for s in summarise(told, lead_count=3)) == unfit
    assert unfit not in [s.text for s in summarise(told, lead_count=3, withheld={unfit})]
    assert [s.text for s in summarise(story(EN), lead_count=1, withheld={unfit})] == [unfit]


@pytest.mark.parametrize("start", ["Este martes", "Esta semana", "This week,"])
def test_a_day_at_the_start_is_no_pronoun(start: str) -> None:
    language: Lang = "en" if start.startswith("This") else "es"
    first = report("A", f"{start} agentes hallaron un túnel bajo una bodega de Otay.", source="a", language=language)
    later = report("B", "Vecinos de la zona oyeron ruidos por las noches.", source="b", language=language, hours=4)
    assert summarise(story(first, later), lead_count=2)[0].article_id == first.id


def test_a_sentence_right_behind_its_antecedent_may_lean_on_it() -> None:
    one = report(
        "Officer indicted", "A grand jury indicted an officer of the bridge. He pleaded not guilty on Wednesday."
    )
    assert [s.text[:2] for s in summarise(story(one), lead_count=2)] == ["A ", "He"]


def test_two_sentences_of_one_report_keep_its_order() -> None:
    one = report(
        "Sheriff asks for overtime money",
        "Commissioners met in the county seat on Tuesday. The sheriff asks for overtime money for border patrols.",
    )
    assert [s.text[:3] for s in summarise(story(one), lead_count=2)] == ["Com", "The"]


def test_questions_are_left_out() -> None:
    asked = report("Túnel", "¿Qué se sabe del túnel hallado bajo la bodega de Otay?", source="c", language="es")
    assert summarise(story(asked), lead_count=2) == ()


def test_the_languages_speak_with_two_voices_when_there_are_two() -> None:
    sister = report(
        "Hallan túnel", "Agentes hallaron un túnel bajo una bodega de Otay Mesa.", source="a", language="es", hours=-1
    )
    assert {s.source_id for s in summarise(story(EN, sister, ES), lead_count=2)} == {"a", "b"}


def test_a_sentence_about_another_time_gives_way() -> None:
    back = report("Find", "It was quiet. Last year agents found three tunnels in Otay Mesa.", source="c")
    news = report("Find", "It was quiet. Agents found three carts in the passage on Tuesday.", source="d", hours=1)
    assert summarise(story(back, news), lead_count=2)[0].article_id == news.id


def test_a_further_event_does_not_open_the_summary() -> None:
    first = report("Flight leaves", "A chartered jet took 104 people from El Paso to Villahermosa.", source="a")
    second = report(
        "Second flight leaves", "A second flight took 98 people from El Paso to Tapachula.", source="b", hours=20
    )
    third = report(
        "Third flight leaves", "A third flight took 90 people from El Paso to Tapachula.", source="c", hours=30
    )
    assert summarise(story(first, second, third), lead_count=2)[0].article_id == first.id


def test_only_sentences_that_are_translated() -> None:
    """`lead_count` sentences of each report exist in the other language; a later one must not be shown."""
    long = report("Long", "Short one. Also short. The third sentence is long enough to stand alone.", source="a")
    assert summarise(story(long), lead_count=2) == ()
    assert len(summarise(story(long), lead_count=3)) == 1


def test_the_leading_headline_is_central_and_neither_shouted_nor_bait() -> None:
    plain = report("Agents find tunnel under Otay Mesa warehouse", source="a", hours=3)
    near = report("Tunnel under warehouse in Otay Mesa found by agents", source="b", hours=4)
    shouted = report("AGENTS FIND TUNNEL UNDER OTAY MESA WAREHOUSE", source="c")
    bait = report("You won't believe what agents found under a warehouse!", source="d", hours=1)
    chosen = lead_member(story(plain, near, shouted, bait), "en")
    assert chosen is not None
    assert chosen.article.id == plain.id
    assert lead_member(story(plain), "es") is None


def test_a_headline_without_a_translation_matters_only_where_the_other_language_has_none() -> None:
    first, second = report("Agents find tunnel", source="a"), report("Agents find tunnel in Otay", source="b", hours=1)
    unfit = frozenset({"Agents find tunnel in Otay"})
    alone, both = story(first, second), story(first, second, ES)

    def headlines(told: Story, withheld: frozenset[str]) -> str:
        lead = lead_member(told, "en", withheld=withheld)
        assert lead is not None
        return lead.article.title

    assert headlines(alone, frozenset()) == headlines(both, unfit) == "Agents find tunnel in Otay"
    assert headlines(alone, unfit) == "Agents find tunnel"


def test_a_new_report_gives_the_headline_of_an_updated_story() -> None:
    """On the day the bridge reopens, its closure is no headline, however many reports repeat it."""
    closed = [report(f"Bridge closed in Laredo after threat {n}", source=f"s{n}") for n in range(3)]
    reopened = report("Traffic moves again over Laredo bridge", source="d", hours=5)
    told = story(*closed, reopened)

    def headline(*fresh: str) -> str:
        lead = lead_member(told, "en", frozenset(fresh))
        assert lead is not None
        return lead.article.title

    assert headline().startswith("Bridge closed")
    assert headline(reopened.id) == "Traffic moves again over Laredo bridge"
    assert headline("a report in another language").startswith("Bridge closed")
