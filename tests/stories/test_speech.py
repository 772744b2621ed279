"""Who says, denies or knows nothing is read from single sentences; a refusal is no denial."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Lang
from monitor.stories.actors import people_in
from monitor.stories.speech import Heard, heard_in

ON = date(2026, 2, 10)
HEADLINE = {"en": "Troubles at the line", "es": "Problemas en la línea"}


def heard(*sentences: str, language: Lang = "en", headline: str = "") -> tuple[Heard, ...]:
    """The statements of a report with these sentences."""
    texts = [headline or HEADLINE[language], *sentences]
    return heard_in(texts, language, people_in(((text, language) for text in texts), ON), ON)


def stances(*sentences: str, language: Lang = "en", headline: str = "") -> list[tuple[str, str]]:
    return [(one.actor.id, one.stance) for one in heard(*sentences, language=language, headline=headline)]


@pytest.mark.parametrize(
    ("sentence", "actor", "stance"),
    [
        ("“Nobody was hit,” the police chief told reporters.", "police", "said"),
        ("“Nobody was hit,” said police chief Rosa Lima.", "police", "said"),
        ("A spokesman for the Mexican Navy said the ship had been empty.", "mexican-navy", "said"),
        ("A CBP spokeswoman said the agents had body cameras.", "cbp", "said"),
        ("According to the FBI, the man paid for two tunnels.", "fbi", "said"),
        ("The man paid for two tunnels, according to the FBI.", "fbi", "said"),
        ("The sheriff, who spoke with reporters, denied that deputies fired first.", "sheriff", "denied"),
        ("The report was denied by the Foreign Ministry.", "sre", "denied"),
        ("Mexico's Foreign Ministry has denied the report.", "sre", "denied"),
        ("The company has repeatedly denied polluting the river.", "company", "denied"),
        ("ICE denies detainees are beaten.", "ice", "denied"),
        ("DHS said the claim that agents used tear gas is false.", "dhs", "denied"),
        ("DHS called reports of tear gas “false.”", "dhs", "denied"),
        ("Witnesses contradicted the Army's account of the shooting.", "witnesses", "denied"),
        ("The union rejected claims that its members slept on duty.", "union", "denied"),
        ("The White House dismissed the report as fake news.", "white-house", "denied"),
        ("The State Department said it was not aware of any such agreement.", "state-department", "no information"),
        ("State police could not confirm the shooting.", "police", "no information"),
        ("The Mexican government has not confirmed the strike.", "mexican-officials", "no information"),
    ],
)
def test_reads_a_stance_and_whose_it_is_in_english(sentence: str, actor: str, stance: str) -> None:
    assert (actor, stance) in stances(sentence)


@pytest.mark.parametrize(
    ("sentence", "actor", "stance"),
    [
        ("«No disparamos», dijo el jefe policiaco.", "police", "said"),
        ("El vocero de la Marina aseguró que el barco iba vacío.", "mexican-navy", "said"),
        ("De acuerdo con la FGR, el túnel medía 300 metros.", "fgr", "said"),
        ("El túnel medía 300 metros, según la FGR.", "fgr", "said"),
        ("El padre de la víctima acusó a los soldados de disparar sin motivo.", "family", "said"),
        ("El alcalde negó rotundamente que la policía haya disparado.", "mayor", "denied"),
        ("El alcalde negó haber recibido dinero.", "mayor", "denied"),
        ("Un portavoz del Pentágono rechazó que haya tropas en México.", "pentagon", "denied"),
        ("La SRE desmintió la versión del diario.", "sre", "denied"),
        ("Desmiente la FGR captura de un capo.", "fgr", "denied"),
        ("Es falso que haya un pacto, afirmó la gobernadora.", "governor", "denied"),
        ("La gobernadora afirmó que es falso que haya un pacto.", "governor", "denied"),
        ("La defensa legal del acusado negó los hechos.", "lawyer", "denied"),
        ("El INM no ha recibido notificación alguna sobre el vuelo.", "inm", "no information"),
        ("El Ejército, por su parte, dijo no tener registro de vuelos.", "mexican-army", "no information"),
        ("La alcaldesa dijo desconocer el caso.", "mayor", "no information"),
    ],
)
def test_reads_a_stance_and_whose_it_is_in_spanish(sentence: str, actor: str, stance: str) -> None:
    assert (actor, stance) in stances(sentence, language="es")


@pytest.mark.parametrize(
    ("headline", "language", "actor", "stance"),
    [
        ("Police: 17 arrested at rally", "en", "police", "said"),
        ("Second tunnel found, FBI says", "en", "fbi", "said"),
        ("Mexico denies U.S. strike on lab", "en", "mexican-officials", "denied"),
        ("No hay tregua en la sierra: gobernadora", "es", "governor", "said"),
        ("Niega presidenta que la DEA opere en Sonora", "es", "president-mx", "denied"),
        ("Hubo veinte muertos, dicen vecinos", "es", "residents", "said"),
        ("SSPC, sin información sobre lista de reos", "es", "sspc", "no information"),
        ("Sin denuncias por extorsión en la escuela: policía", "es", "police", "no information"),
    ],
)
def test_reads_the_order_of_headlines(headline: str, language: Lang, actor: str, stance: str) -> None:
    assert (actor, stance) in stances(headline=headline, language=language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Officers denied the priest entry at the bridge.", "en"),
        ("Police denied the family access to the body.", "en"),
        ("The governor denied a request for troops.", "en"),
        ("ICE denied detainees blankets.", "en"),
        ("The airline denied boarding to 30 migrants.", "en"),
        ("The union rejected the offer.", "en"),
        ("The Justice Department rejected nine in ten asylum claims.", "en"),
        ("The mayor did not deny the meeting.", "en"),
        ("The Pentagon could not rule out strikes.", "en"),
        ("The senator, who denies climate change, brought water.", "en"),
        ("CBP declined to comment.", "en"),
        ("CBP did not respond to a request for information.", "en"),
        ("In 2019 the mayor denied that he took money.", "en"),
        ("La CBP les negó el ingreso a los músicos.", "es"),
        ("La alcaldesa se negó a renunciar.", "es"),
        ("La policía negó la entrada a los reporteros.", "es"),
        ("La presidenta rechazó la propuesta de enviar tropas.", "es"),
        ("El sindicato rechazó la oferta de la empresa.", "es"),
        ("Los vecinos descartaron vender sus casas.", "es"),
        ("La Fiscalía no descarta que haya más víctimas.", "es"),
        ("La DEA ni confirmó ni negó el operativo.", "es"),
        ("El consulado se negó a dar detalles.", "es"),
        ("Hace dos años el alcalde negó que recibiera dinero.", "es"),
    ],
)
def test_refusals_doubts_and_old_denials_are_no_denials(sentence: str, language: Lang) -> None:
    assert [stance for _, stance in stances(sentence, language=language) if stance != "said"] == []


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("La FGR aseguró 300 kilos de fentanilo.", "es"),
        ("The flight was sent back.", "en"),
        ("CBP will say more on Friday.", "en"),
    ],
)
def test_seizing_and_not_yet_saying_are_no_statements(sentence: str, language: Lang) -> None:
    assert stances(sentence, language=language) == []


@pytest.mark.parametrize(
    ("sentence", "language", "claim"),
    [
        ("The DEA said Tuesday that its agents flew drones.", "en", "its agents flew drones."),
        ("The tunnel had lights, three officials said Monday as the search ended.", "en", "The tunnel had lights"),
        ("El túnel tenía luz, informó la FGR.", "es", "El túnel tenía luz"),
        ("La presidenta rechazó este lunes que haya un pacto.", "es", "haya un pacto."),
        ("Gobernación dijo que revisará los permisos; el grupo negó todo.", "es", "revisará los permisos"),
    ],
)
def test_what_is_said_is_cut_out_as_it_is_written(sentence: str, language: Lang, claim: str) -> None:
    assert [one.claim for one in heard(sentence, language=language)] == [claim]


def test_a_claim_that_something_is_not_so_keeps_what_is_not_so() -> None:
    (one,) = heard("La Marina dijo que no hubo cateo en la casa.", language="es")
    assert (one.stance, one.not_so) == ("said", "hubo cateo en la casa.")
    (still_open,) = heard("Police said no one had been arrested so far.")
    assert still_open.not_so == ""


def test_a_pronoun_means_the_actor_of_the_sentence_before() -> None:
    assert stances("The sheriff said two men drowned.", "He denied that deputies chased them.") == [
        ("sheriff", "said"),
        ("sheriff", "denied"),
    ]
    assert stances("La alcaldesa dijo que hubo fuego.", "Negó que haya heridos.", language="es") == [
        ("mayor", "said"),
        ("mayor", "denied"),
    ]


def test_a_last_name_means_the_office_that_is_named_with_it() -> None:
    found = heard("Mayor Alma Treviño opened the bridge.", "Treviño denied that the bridge was unsafe.")
    assert [(one.actor.id, one.stance) for one in found] == [("mayor", "denied")]


def test_the_town_beside_a_title_belongs_to_it() -> None:
    (one,) = heard("Laredo police said the road was closed.")
    assert (one.actor.id, one.actor.place) == ("police", "laredo")


def test_whom_a_denial_contradicts_by_name_is_kept() -> None:
    (one,) = heard(headline="Presidenta desmiente a presidente de EU sobre tropas", language="es")
    assert one.against == "president-us"


@given(st.text(max_size=120), st.sampled_from(["en", "es"]))
def test_any_text_is_read_without_failing(text: str, language: Lang) -> None:
    assert all(one.sentence in (text, f"Police: {text}") for one in heard(text, headline=f"Police: {text}"))
    assert all(one.position in (0, 1) for one in heard(text, language=language))
