"""Two actors contradict each other only when both speak of one matter and one of them says that it is not so."""

from itertools import permutations

import pytest

from monitor.records import Contradiction, Judged, Lang, Member
from monitor.stories.statements import contradictions
from tests.stories.conftest import member, report

CLAIM = "The DEA said its agents had flown drones over ranches in Sonora."
DENIAL = "La presidenta negó que agentes de la DEA hayan volado drones sobre ranchos de Sonora."


def told(text: str, language: Lang = "en", *, hours: float = 0, source: str = "") -> Judged:
    title = "A day in the news" if language == "en" else "Un día de noticias"
    return report(title, text, language=language, hours=hours, source=source or f"{language}{hours}")


def found(*reports: Judged | Member) -> tuple[Contradiction, ...]:
    return contradictions([r if isinstance(r, Member) else member(r) for r in reports])


def sides(*reports: Judged | Member) -> list[tuple[str, str]]:
    return [(s.actor, s.stance) for contradiction in found(*reports) for s in contradiction.statements]


def test_a_claim_of_one_language_denied_in_the_other_is_found_with_its_sentences() -> None:
    (contradiction,) = found(told(CLAIM), told(DENIAL, "es", hours=2))
    assert contradiction.across_languages
    assert [(s.actor, s.stance, s.language, s.sentence) for s in contradiction.statements] == [
        ("dea", "said", "en", CLAIM),
        ("president-mx", "denied", "es", DENIAL),
    ]


def test_actors_are_named_for_readers_of_both_languages() -> None:
    (contradiction,) = found(
        told("La alcaldesa de Matamoros negó que haya sido detenida en McAllen.", "es", hours=2),
        told("The sheriff said the mayor of Matamoros was detained in McAllen."),
    )
    assert [s.actor_es for s in contradiction.statements] == ["el alguacil", "Alcaldía de Matamoros"]
    assert contradiction.statements[0].actor_en == "the sheriff"


def test_a_language_that_has_both_sides_is_not_across() -> None:
    both = told(f"{CLAIM} Mexico's president denied that agents had flown drones over ranches.", hours=3)
    assert [c.across_languages for c in found(told(DENIAL, "es", hours=2), both)] == [False]


def test_one_report_can_tell_both_sides() -> None:
    text = "Residents said the plant had leaked fuel. The company denied that the plant had leaked any fuel."
    assert sides(told(text)) == [("residents", "said"), ("company", "denied")]


def test_a_bare_denial_is_of_what_was_said_before_it() -> None:
    text = "His lawyer said guards beat the man with batons. ICE called the claim false."
    assert sides(told(text)) == [("lawyer", "said"), ("ice", "denied")]


def test_lack_of_information_stands_against_a_claim() -> None:
    lack = "El INM no tiene información de una caravana de migrantes en Tapachula."
    claim = "DHS said a caravan of migrants was forming in Tapachula."
    assert sides(told(claim), told(lack, "es", hours=1)) == [("dhs", "said"), ("inm", "no information")]


def test_saying_that_something_is_not_so_denies_it() -> None:
    claim = "Los bomberos informaron que la bodega guardaba cloro y pólvora."
    denial = "La empresa dijo que no había cloro ni pólvora en la bodega."
    assert sides(told(claim, "es"), told(denial, "es", hours=1)) == [("firefighters", "said"), ("company", "denied")]


def test_all_who_take_a_side_come_together() -> None:
    lack = "CBP has no information about drones flying over ranches in Sonora."
    assert sides(told(CLAIM), told(DENIAL, "es", hours=2), told(lack, hours=3)) == [
        ("dea", "said"),
        ("president-mx", "denied"),
        ("cbp", "no information"),
    ]


def test_an_actor_that_takes_its_word_back_contradicts_itself() -> None:
    said = told("La Aduana confirmó que el puente cerrará el domingo por obras.", "es")
    denied = "La Aduana negó que el puente vaya a cerrar el domingo por obras."
    assert sides(said, told(denied, "es", hours=20)) == [("anam", "said"), ("anam", "denied")]
    assert sides(told(denied, "es", hours=-20), said) == []


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("Texas DPS said troopers rescued migrants from the river.", "La Patrulla Fronteriza negó que sus agentes"
         " empujaran a migrantes al río."),
        ("CBP said the bridge would close for two hours.", "El alcalde negó que el puente tenga daños."),
        ("HSI said the tunnel ran under the fence.", "La alcaldesa negó que el túnel afecte el drenaje."),
        ("La fiscalía dijo que el cuerpo hallado es de la joven.", "La familia dijo que no ha recibido el cuerpo."),
        ("The State Department said the secretary would visit.", "La Cancillería dijo que la visita no tiene fecha."),
        ("El alcalde dijo que el albergue recibirá migrantes.", "El INM no tiene información de migrantes enfermos."),
        ("The Pentagon said 200 soldiers had arrived.", "The governor denied that soldiers would make arrests."),
    ],
)  # fmt: skip
def test_a_denial_of_another_matter_contradicts_nobody(claim: str, other: str) -> None:
    language: Lang = "en" if other.startswith("The ") else "es"
    first: Lang = "es" if claim.startswith(("La ", "El ")) else "en"
    assert found(told(claim, first), told(other, language, hours=1)) == ()


def test_the_same_denial_in_two_outlets_contradicts_nobody() -> None:
    english = "Mexico's president denied that DEA agents had flown drones over ranches in Sonora."
    assert found(told(DENIAL, "es"), told(english, hours=1)) == ()


def test_what_is_not_so_yet_is_no_denial() -> None:
    morning = told("Police said no one had been arrested so far in the shooting on the ramp.")
    evening = told("Prosecutors said two men were arrested in the shooting on the ramp.", hours=9)
    assert found(morning, evening) == ()


def test_a_judge_denies_requests_not_facts() -> None:
    claim = "The ranchers said the bridge would flood their fields."
    assert found(told(f"{claim} The judge denied that the bridge would flood their fields.")) == ()


def test_officials_give_way_to_who_they_are() -> None:
    vague = told("U.S. officials said agents had flown drones over ranches in Sonora.", hours=1)
    assert sides(told(CLAIM), vague, told(DENIAL, "es", hours=2)) == [("dea", "said"), ("president-mx", "denied")]


def headline(title: str, *, hours: float = 0) -> Judged:
    return report(title, "Traffic was slow on the bridges.", hours=hours, source="headlines")


def test_what_an_outlet_reports_itself_can_be_denied_elsewhere() -> None:
    denial = "La SRE negó que agentes de la DEA hayan hecho una redada en un rancho de Sonora."
    (contradiction,) = found(headline("DEA agents raid ranch in Sonora"), told(denial, "es", hours=2))
    assert [s.actor_en for s in contradiction.statements] == ["media reports", "SRE (Mexican foreign ministry)"]
    assert contradiction.across_languages


@pytest.mark.parametrize(
    ("title", "denial"),
    [
        ("Soldiers kill five in Nuevo Laredo", "El Ejército negó que los soldados mataran a civiles desarmados."),
        ("Shooting in Reynosa leaves two injured", "El alcalde negó que la balacera dejara niños heridos en Reynosa."),
        ("U.S. plane lands in Ensenada", "La Defensa negó que el avión aterrizara en Ensenada sin permiso."),
        ("Could DEA agents raid ranches in Sonora?", "La SRE negó que la DEA haga redadas en ranchos de Sonora."),
        ("Alleged raid by DEA on Sonora ranch", "La SRE negó una redada de la DEA en un rancho de Sonora."),
        ("Mexico denies DEA raid on Sonora ranch", "La SRE negó una redada de la DEA en un rancho de Sonora."),
    ],
)
def test_part_of_a_denial_a_question_and_a_doubt_are_no_claim_of_an_outlet(title: str, denial: str) -> None:
    assert found(headline(title), told(denial, "es", hours=2)) == ()


def test_the_order_of_reports_does_not_matter() -> None:
    lack = told("CBP has no information about drones flying over ranches in Sonora.", hours=3)
    members = [member(r) for r in (told(CLAIM), told(DENIAL, "es", hours=2), lack)]
    assert len({contradictions(list(order)) for order in permutations(members)}) == 1


def test_without_a_denial_there_is_nothing() -> None:
    assert found(told(CLAIM), told("El alcalde dijo que hubo lluvia.", "es")) == ()
    assert found() == ()
