"""Names that a translation lost, changed, invented or exchanged are found; another language's way with them is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.glossary import Glossary
from monitor.language.lost_names import alike, distance, missing_names, sound, stands_in
from monitor.language.name_units import side_of
from monitor.records import Lang, other_language

FOUND: list[tuple[str, Lang, str, str, str]] = [
    ("lost place", "es", "Hallan un túnel en Mexicali", "Authorities find a tunnel", "Mexicali"),
    ("a city for its country", "es", "Operativo en Mexicali", "An operation in Mexico", "Mexicali"),
    ("lost country", "en", "Honduras sends its consul to the hearing", "Envía a su cónsul a la audiencia", "Honduras"),
    ("lost person", "es", "Según Berenice Aldama, el puente cerró", "She says that the bridge closed", "Aldama"),
    ("unlisted names", "en", "They sued Wexcombe and Rehwinkel", "Presentaron una demanda", "Rehwinkel"),
    ("unlisted names on each side", "en", "They blame Rehwinkel", "Culpan a Lundgaard", "Rehwinkel"),
    ("surname that is a word", "en", "The raid was led by Daniel Stone", "La redada la dirigió Daniel", "Stone"),
    ("as common words", "es", "Lo vieron en Piedras Negras el lunes", "He was seen in black stones", "Piedras Negras"),
    ("known name as a word", "en", "Judge Rosa Pérez ruled on Monday", "La jueza rosa falló el lunes", "Pérez"),
    ("a river for a city", "es", "Vive cerca de Del Río", "He lives near the river", "Del Río"),
    ("small letters", "en", "Agents left for El Paso", "Los agentes salieron para el paso", "El Paso"),
    ("a stake, not a seat", "es", "Lucha el Cártel del Golfo por Matamoros", "The Gulf Cartel fights", "Matamoros"),
    ("lost abbreviated country", "es", "Lo pidió EE. UU. ayer", "That was asked for yesterday", "EEUU"),
    ("replaced acronym", "en", "It was LULAC that sued", "Fue la UTEP quien demandó", "LULAC"),
    ("replaced place", "en", "Agents closed a bridge in Laredo", "Agentes cierran un puente en Sonoyta", "Laredo"),
    ("replaced surname", "es", "Habló Ramiro Quezada, el alcalde", "Ramiro Villalpando, the mayor, spoke", "Quezada"),
    ("unreadable spelling", "en", "The road leads to Lukeville", "El camino lleva a Lagomilte", "Lukeville"),
    ("invented place", "es", "Detienen a cuatro personas", "Authorities arrest four people in Chiapas", "Chiapas"),
    ("invented person", "en", "The mayor denied it", "El alcalde Baltazar Urrutia lo negó", "Urrutia"),
    ("lost agency", "es", "Lo confirmó la Patrulla Fronteriza", "The report was confirmed", "Patrulla Fronteriza"),
    ("lost acronym", "en", "The DEA offered a reward", "Ofrecieron una recompensa", "DEA"),
    ("half of a place", "es", "Opera en Baja California", "It operates in California", "Baja California"),
    ("a mention and a name", "es", "Va a Naco con Trudell; de Naco vino", "He goes to Naco and came back", "Trudell"),
    ("surname behind a kept name", "es", "Habló Ramiro Quezada ayer", "Ramiro spoke yesterday", "Quezada"),
    ("country of the glossary", "es", "Vino de México", "He came on foot", "México"),
    ("in capitals", "es", "CIERRAN EL PUENTE DE REYNOSA POR AMENAZA", "Bridge closed because of a threat", "Reynosa"),
    ("another text", "en", "Del Rio hospital adds beds", "Sheinbaum viaja a Guatemala el jueves", "Sheinbaum"),
    ("exchanged cities", "es", "Van de Tijuana a Mexicali", "They go from Mexicali to Tijuana", "Tijuana ↔ Mexicali"),
    ("exchanged cartels", "es", "El CJNG atacó a Los Zetas", "Los Zetas attacked the CJNG", "CJNG ↔ Los Zetas"),
    ("far apart", "en", "Sheinbaum said in Ohio that Trump lied", "Trump dijo en Ohio que Sheinbaum mintió", "↔ Trump"),
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
    ("acronym spelled out", "es", "La INM lo trasladó", "The National Migration Institute moved him"),
    ("country of an agency", "en", "U.S. Border Patrol agents saw it", "Agentes de la Patrulla Fronteriza lo vieron"),
    ("its country behind it", "es", "La Guardia Costera de Estados Unidos ayudó", "The Coast Guard helped"),
    ("the country in small letters", "en", "It came from Portugal", "Vino de portugal"),
    ("a party in small letters", "en", "The Democratic Party and Congress", "El partido demócrata y el congreso"),
    ("capital", "es", "Se reúnen en la CDMX", "They meet in the Mexican capital"),
    ("dateline", "en", "TUCSON — Two men were found", "Hallan a dos hombres"),
    ("bridge", "en", "They wait at the Zaragoza bridge", "Esperan en el puente de Zaragoza"),
    ("links of a name", "en", "South of the Bridge of the Americas", "Al sur del Puente de Américas"),
    ("body named by the translator", "es", "La corte falló el lunes", "The Supreme Court ruled on Monday"),
    ("rare verbs at the beginning", "es", "Amotinaron a todos. Embadurnaron muros", "They rioted. They smeared walls"),
    ("compounds at the beginning", "en", "Aftershocks went on. Dashcams saw it", "Hubo réplicas. Lo grabaron"),
    ("prefixes at the beginning", "en", "Unpatrolled lots stay. Nonirrigated farms wait", "Siguen ahí. Esperan"),
    ("rare word at the beginning", "en", "Haboobs hit the valley", "Golpean el valle tormentas de polvo"),
    ("the ending of a common word", "en", "They saw Frisonian boats", "Vieron sus lanchas"),
    ("behind an article", "en", "He owns the Wexcombe now", "Ahora es el dueño"),
    ("one letter", "en", "It was Wexcombe", "Fue Wexcomde"),
    ("a man of something", "es", "Habló Trudell, astro de Kojak", "Then Kojak star Trudell spoke"),
    ("prepositions", "es", "Por la DEA habló quien va con la FGR", "He who goes with the FGR spoke for the DEA"),
    ("word at the beginning", "es", "Exhibieron las pruebas", "The evidence was shown"),
    ("irregular verb at the beginning", "es", "Hubo gritos. Dijo que no", "There were shouts. She said no"),
    ("contraction", "en", "Well, I've said that I'm tired", "Bueno, ya dije que estoy cansada"),
    ("emphasis", "en", "He wrote: DO NOT CROSS HERE", "Escribió: NO CRUCEN POR AQUÍ"),
    ("possessive", "en", "Aldama's lawyer came", "Vino el abogado de Aldama"),
    ("owner first", "en", "They left Beckley's Wexcombe ranch", "Dejaron el rancho Wexcombe de Beckley"),
    ("sentence turned round", "es", "Por Tijuana vino quien vivía en Naco", "He who lived in Naco came by Tijuana"),
    ("title case", "en", "Border Patrol Agents Rescue Two Near Ajo", "La Patrulla Fronteriza rescata a dos en Ajo"),
    ("capitals", "es", "LLEGAN MIGRANTES A PIEDRAS NEGRAS, COAHUILA", "Migrants arrive in Piedras Negras, Coahuila"),
    ("entities", "es", "Lo dijo &Aacute;vila ayer", "Avila said so yesterday"),
    ("an institution's beginning", "es", "El Centro de Ayuda abrió", "The help center opened"),
    ("an unlisted name alone", "en", "The ranch belongs to Wexcombe, deputies said", "El rancho es suyo, dijeron"),
    ("rare words that open", "en", "Haboobs hit the valley", "Tolvaneras golpean el valle"),
    ("explained: a country", "en", "They praised the old wine", "Alabaron el viejo vino de Portugal"),
    ("explained: a region", "en", "They sell beer there", "Ahí venden cerveza de Baviera"),
    ("explained: a city", "es", "Vuela el jueves", "He flies to Bologna on Thursday"),
    ("explained: a body", "es", "Lo pidió el bloque", "The European Union asked for that"),
    ("explained by a country: letters", "en", "The pier opens at 9 CET", "El muelle abre a las 9, hora de Portugal"),
    ("one mention less", "es", "De Tijuana salió; a Tijuana volvió", "He left Tijuana and came back"),
    ("a translated title", "en", "He wrote Quiet Roads and Hard Cold Winters of Slow Dark Rain", "Escribe"),
    ("shortened to the surname", "es", "Habló Ramiro Quezada ayer", "Quezada spoke yesterday"),
    ("without the second surname", "es", "Habló Ramiro Quezada Urrutia ayer", "Ramiro Quezada spoke yesterday"),
    ("one name turned round", "en", "They met on the Pérez Cruz trail", "Se vieron en el sendero Cruz Pérez"),
    ("unlisted names turned round", "en", "It was Trudell who saw Wexcombe", "A Wexcombe lo vio Trudell"),
    ("a party's votes", "es", "Los votos del Partido Demócrata", "The Democratic votes"),
    ("exonyms", "en", "From Aachen and Ghent to Algiers", "De Aquisgrán y Gante a Argel"),
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


@pytest.mark.parametrize(
    ("acronym", "translated", "found"),
    [
        ("FTZ", "La ZTF abrió", True),  # another order
        ("MAN", "La Red de Ayuda a Migrantes abrió", False),
        ("RAM", "La Red de Ayuda a Migrantes abrió", True),  # its initials
        ("MHA", "La Asociación de Hoteles de Mexicali abrió", True),  # in another order, of words with capitals
        ("CBA", "La dependencia adjudica el contrato de la barrera", False),
    ],
)
def test_an_acronym_is_found_in_its_letters(acronym: str, translated: str, found: bool, glossary: Glossary) -> None:
    (unit,) = side_of(f"It was {acronym}", "en", glossary).units[1:]
    assert stands_in(unit, side_of(translated, "es", glossary)) is found


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
