"""Names that a translation lost, changed, invented or exchanged are found; another language's way with them is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.glossary import Glossary
from monitor.language.lost_names import alike, distance, missing_names, sound
from monitor.language.name_units import side_of
from monitor.records import Lang, other_language

FOUND: list[tuple[str, Lang, str, str, str]] = [
    ("lost place", "es", "Hallan un túnel en Mexicali", "Authorities find a tunnel", "Mexicali"),
    ("a city for its country", "es", "Operativo en Mexicali", "An operation in Mexico", "Mexicali"),
    ("lost country", "en", "Honduras sends its consul to the hearing", "Envía a su cónsul a la audiencia", "Honduras"),
    ("lost person", "es", "Según Berenice Aldama, el puente cerró", "She says that the bridge closed", "Aldama"),
    ("unlisted name", "en", "The ranch belongs to Wexcombe, deputies said", "El rancho es suyo, dijeron", "Wexcombe"),
    ("surname that is a word", "en", "The raid was led by Daniel Stone", "La redada la dirigió Daniel", "Stone"),
    ("as common words", "es", "Lo vieron en Piedras Negras el lunes", "He was seen in black stones", "Piedras Negras"),
    ("known name as a word", "en", "Judge Rosa Pérez ruled on Monday", "La jueza rosa falló el lunes", "Pérez"),
    ("replaced place", "en", "Agents closed a bridge in Laredo", "Agentes cierran un puente en Sonoyta", "Laredo"),
    ("replaced surname", "es", "Habló Ramiro Quezada, el alcalde", "Ramiro Villalpando, the mayor, spoke", "Quezada"),
    ("unreadable spelling", "en", "The road leads to Lukeville", "El camino lleva a Lagomilte", "Lukeville"),
    ("invented place", "es", "Detienen a cuatro personas", "Authorities arrest four people in Chiapas", "Chiapas"),
    ("invented person", "en", "The mayor denied it", "El alcalde Baltazar Urrutia lo negó", "Urrutia"),
    ("lost agency", "es", "Lo confirmó la Patrulla Fronteriza", "The report was confirmed", "Patrulla Fronteriza"),
    ("lost acronym", "en", "The DEA offered a reward", "Ofrecieron una recompensa", "DEA"),
    ("half of a place", "es", "Opera en Baja California", "It operates in California", "Baja California"),
    ("one of two mentions", "es", "De Tijuana salió; a Tijuana volvió", "He left Tijuana and came back", "Tijuana"),
    ("one name on each side", "en", "Rehwinkel signed the order", "Lundgaard firmó la orden", "Rehwinkel"),
    ("in capitals", "es", "CIERRAN EL PUENTE DE REYNOSA POR AMENAZA", "Bridge closed because of a threat", "Reynosa"),
    ("another text", "en", "Del Rio hospital adds beds", "Sheinbaum viaja a Guatemala el jueves", "Sheinbaum"),
    ("exchanged cities", "es", "Van de Tijuana a Mexicali", "They go from Mexicali to Tijuana", "Tijuana ↔ Mexicali"),
    ("exchanged people", "en", "Sheinbaum called Trump", "Trump llamó a Sheinbaum", "Sheinbaum ↔ Trump"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "original", "translated", "name"), [c[1:] for c in FOUND], ids=[c[0] for c in FOUND]
)
def test_what_happened_to_a_name_is_found(
    source: Lang, original: str, translated: str, name: str, glossary: Glossary
) -> None:
    found = missing_names(original, translated, source, other_language(source), glossary)
    assert any(name in each for each in found), found


RIGHT: list[tuple[str, Lang, str, str]] = [
    ("own spelling", "es", "Lo dijo Nicolás Zúñiga en Monclova", "Nicolas Zuniga said so in Monclova"),
    ("another alphabet's spelling", "en", "The ship came from Kharkiv", "El barco venía de Járkiv"),
    ("changed letters", "en", "Simon Haedrich wrote it", "Lo escribió Simon Haedirch"),
    ("country", "es", "Estados Unidos y Alemania negocian", "The United States and Germany are in talks"),
    ("demonym", "en", "Mexican and Haitian families waited", "Familias mexicanas y haitianas esperaban"),
    ("demonym for the country", "en", "Honduras's consul came", "Vino el cónsul hondureño"),
    ("abbreviated country", "es", "EE. UU. reforzará la frontera", "The U.S. will reinforce the border"),
    ("EU is the U.S. in Mexico", "es", "Acuerdan México y EU más vuelos", "Mexico and the US agree on more flights"),
    ("border for the country", "en", "Asylum rule at southern border", "Regla de asilo en la frontera con México"),
    ("months and days", "en", "It closed on Tuesday, April 7", "Cerró el martes 7 de abril"),
    ("offices", "en", "Governor Ruelas and Mayor Beckley", "La gobernadora Ruelas y el alcalde Beckley"),
    ("institution", "es", "La Corte y la Cámara de Diputados", "The Court and the House of Representatives"),
    ("acronym of the other language", "en", "NATO and the U.N. answered", "La OTAN y la ONU respondieron"),
    ("acronym of its initials", "es", "La Red de Ayuda Migrante (RAM) abrió", "The Migrant Aid Network (MAN) opened"),
    ("acronym spelled out", "es", "La INM lo trasladó", "The National Migration Institute moved him"),
    ("letters in another order", "en", "The IMF and the FTZ", "El FMI y la ZTF"),
    ("country of an agency", "en", "U.S. Border Patrol agents saw it", "Agentes de la Patrulla Fronteriza lo vieron"),
    ("its country behind it", "es", "La Guardia Costera de Estados Unidos ayudó", "The Coast Guard helped"),
    ("dateline", "en", "TUCSON — Two men were found", "Hallan a dos hombres"),
    ("bridge", "es", "Esperan en el puente Zaragoza", "They wait at the Zaragoza bridge"),
    ("word at the beginning", "es", "Exhibieron las pruebas", "The evidence was shown"),
    ("irregular verb at the beginning", "es", "Hubo gritos. Dijo que no", "There were shouts. She said no"),
    ("compound at the beginning", "en", "Aftershocks were felt", "Se sintieron las réplicas"),
    ("contraction", "en", "Well, I've said that I'm tired", "Bueno, ya dije que estoy cansada"),
    ("emphasis", "en", "He wrote: DO NOT CROSS HERE", "Escribió: NO CRUCEN POR AQUÍ"),
    ("possessive", "en", "Aldama's lawyer came", "Vino el abogado de Aldama"),
    ("owner first", "en", "Beckley's Wexcombe ranch", "El rancho Wexcombe de Beckley"),
    ("sentence turned round", "es", "Por Tijuana vino quien vivía en Naco", "He who lived in Naco came by Tijuana"),
    ("title case", "en", "Border Patrol Agents Rescue Two Near Ajo", "La Patrulla Fronteriza rescata a dos en Ajo"),
    ("capitals", "es", "LLEGAN MIGRANTES A PIEDRAS NEGRAS, COAHUILA", "Migrants arrive in Piedras Negras, Coahuila"),
    ("entities", "es", "Operativo en Nogales &amp; Naco", "Operation in Nogales & Naco"),
    ("an institution's beginning", "es", "El Centro de Ayuda abrió", "The help center opened"),
    ("saint", "en", "St. Martin's feast", "La fiesta de San Martín"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "original", "translated"), [c[1:] for c in RIGHT], ids=[c[0] for c in RIGHT])
def test_a_name_in_the_other_languages_form_is_no_loss(
    source: Lang, original: str, translated: str, glossary: Glossary
) -> None:
    assert missing_names(original, translated, source, other_language(source), glossary) == []


def test_the_glossarys_forms_count(glossary: Glossary) -> None:
    """An entry of the glossary names the counterpart; without it the same pair is doubtful."""
    pair = ("Operation Lone Star goes on in Shelby Park", "La Operación Estrella Solitaria sigue en el Parque Shelby")
    assert missing_names(*pair, "en", "es", glossary) == []
    wrong = ("CBP Home replaced it", "Lo reemplazó la Casa de los Agentes")
    assert "CBP Home" in missing_names(*wrong, "en", "es", glossary)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("haedrich", "haedirch", True),  # the same letters
        ("alejandria", "alexandria", True),  # the same sounds
        ("monclova", "moncloba", True),  # one letter
        ("mexicali", "mexico", False),
        ("nogales", "laredo", False),
        ("ajo", "ojo", False),
    ],
)
def test_alike_means_one_name_in_two_spellings(one: str, two: str, same: bool) -> None:
    assert alike(one, two) is same
    assert alike(two, one) is same


def test_a_long_common_beginning_counts_only_for_words_of_one_root() -> None:
    assert alike("conservative", "conservador", exact=False)
    assert not alike("conservative", "conservador")


def test_distance_counts_letters() -> None:
    assert (distance("naco", "naco"), distance("naco", "nacho"), distance("", "ajo")) == (0, 1, 3)


def test_sound_forgets_what_spellings_differ_in() -> None:
    assert sound("philippa") == sound("filipa")


def test_an_initials_full_stop_ends_no_sentence(glossary: Glossary) -> None:
    opens = {
        word.text: word.opens for word in side_of("Ana R. Wexcombe fell. Nobody saw Mr. Urrutia", "en", glossary).words
    }
    assert not opens["Wexcombe"]
    assert not opens["Urrutia"]
    assert opens["Nobody"]


_TEXT = st.text(alphabet=st.sampled_from("aeñ RNSU.EU’'\"-–—¿!&;0 \n"), max_size=60) | st.text(max_size=40)


@given(_TEXT, _TEXT, st.sampled_from(["en", "es"]))
def test_any_text_is_judged_and_none_loses_names_to_itself(
    glossary: Glossary, original: str, translated: str, source: Lang
) -> None:
    assert isinstance(missing_names(original, translated, source, other_language(source), glossary), list)
    assert missing_names(original, original, source, source, glossary) == []
