# ruff: noqa: E501 - one case a line
"""What the guards find in a translation, and what they leave alone, in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.glossary import Glossary
from monitor.language.guards import HARD, SOFT, check
from monitor.records import Lang, other_language

GOOD: list[tuple[Lang, str, str]] = [
    (
        "es",
        "La Patrulla Fronteriza no confirmó la detención de 12 personas.",
        "The Border Patrol did not confirm 12 arrests.",
    ),
    ("es", "Incautan 4 mil cartuchos en Reynosa", "Authorities seize 4,000 cartridges in Reynosa"),
    ("es", "Pérdidas por 1,200 millones de dólares en Ciudad Juárez", "Losses of $1.2 billion in Ciudad Juárez"),
    ("es", "Asesinan a tres policías en Celaya, Guanajuato", "Three police officers killed in Celaya, Guanajuato"),
    ("es", "Sheinbaum niega que haya tropas de EU en Sonora", "Sheinbaum denies there are U.S. troops in Sonora"),
    (
        "es",
        'Extraditan a Ovidio Guzmán, hijo de "El Chapo", a Chicago',
        'Ovidio Guzmán, son of "El Chapo," is extradited to Chicago',
    ),
    ("es", "MIGRANTES CRUZAN EL RÍO EN PIEDRAS NEGRAS", "Migrants cross the river in Piedras Negras"),
    (
        "en",
        "Mexico extradites 26 cartel members to the United States",
        "México extradita a 26 integrantes de cárteles a Estados Unidos",
    ),
    (
        "en",
        "ICE did not confirm the deportation of 1,200 people",
        "El ICE no confirmó la deportación de 1,200 personas",
    ),
    (
        "en",
        "Operation Lone Star costs Texas $11 billion",
        "La Operación Estrella Solitaria le cuesta a Texas 11 mil millones de dólares",
    ),
    ("en", "Two migrants drown near Eagle Pass", "Mueren ahogados 2 migrantes cerca de Eagle Pass"),
    ("en", "U.N. says IOM lacks funds in Tapachula", "La ONU dice que la OIM carece de fondos en Tapachula"),
    ("en", "Is the bridge closed?", "¿Está cerrado el puente?"),
]
BAD: list[tuple[Lang, str, str, str]] = [
    ("es", "Hallan un túnel en Tijuana", "", "empty"),
    ("es", "Hallan un túnel en Tijuana", "Authorities find a *narcotúnel in Tijuana", "mark"),
    ("es", "Hallan un túnel en Tijuana", "Authorities find a tunnel <unk> in Tijuana", "mark"),
    ("es", "Hallan un túnel en Tijuana", "mainstreainstreainstreainstreainstreainstre", "loop"),
    ("es", "Hallan un túnel largo en Tijuana", "the tunnel the tunnel the tunnel the tunnel the tunnel", "loop"),
    ("es", "La presidenta dijo que las tropas no cruzarán la frontera con México este año", "She said", "length"),
    ("es", "La presidenta dijo que las tropas cruzarán la frontera", "La presidenta dijo que las tropas cruzarán la frontera", "leftover"),
    ("es", "Decomisan 300 kilos de fentanilo en Nogales", "Authorities seize fentanyl shipment in Nogales", "number"),
    ("es", "Decomisan 300 kilos de fentanilo en Nogales", "Authorities seize 30 kilos of fentanyl in Nogales", "number"),
    ("es", "Decomisan 300 kilos de fentanilo en Nogales", "Authorities seize 300 pounds of fentanyl in Nogales", "unit"),
    ("es", "No habrá invasión, dice Sheinbaum", "There will be an invasion, says Sheinbaum", "negation"),
    ("es", "El gobernador viajó de Nogales, Sonora, a El Paso", "The governor traveled from Walnuts, Audible, to The Step", "names"),
    ("es", "Detienen a Ismael Cruz en Piedras Negras", "They hold Ismael Cruz in Black Stones", "names"),
    ("es", "La FGR decomisó drones en Guerrero", "The prosecutor seized drones in Warrior", "names"),
    ("en", "Agents found the tunnel under the border wall", "Agents found the tunnel under the border wall", "leftover"),
    ("en", "Agents found 45 people near the border wall", "Os agentes encontraram 45 pessoas em uma casa, não longe", "leftover"),
    ("en", "There are no troops in Sonora, Mexico says", "Hay tropas en Sonora, dice México", "negation"),
    ("en", "Agents seize 300 pounds of meth in Laredo", "Agentes decomisan 300 kilos de metanfetamina en Laredo", "unit"),
    ("en", "CBP seizes 45 rifles in Laredo", "Decomisan rifles en Laredo", "number"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "original", "translated"), GOOD)
def test_a_sound_translation_has_no_flag(source: Lang, original: str, translated: str, glossary: Glossary) -> None:
    assert check(original, translated, source, other_language(source), glossary) == ()


@pytest.mark.parametrize(("source", "original", "translated", "flag"), BAD)
def test_a_damaged_translation_is_flagged(
    source: Lang, original: str, translated: str, flag: str, glossary: Glossary
) -> None:
    flags = check(original, translated, source, other_language(source), glossary)
    assert flag in flags
    assert set(flags) <= HARD | SOFT


def test_an_empty_original_has_nothing_to_lose(glossary: Glossary) -> None:
    assert check("  ", "", "es", "en", glossary) == ()


def test_a_very_long_output_is_judged_to_its_end(glossary: Glossary) -> None:
    """Time that grows with the square of the length would take minutes here."""
    assert "length" in check("Hola " * 400, "ab " * 5_000, "es", "en", glossary)


FAITHFUL_ES = "Los agentes hallaron el martes 45 rifles en una bodega cerca del puente de Laredo."
FAITHFUL_EN = "Agents found 45 rifles on Tuesday in a warehouse near the Laredo bridge."
DEGENERATE: list[tuple[str, str]] = [  # an English output for FAITHFUL_ES, its hard flag
    ("...", "empty"),
    (FAITHFUL_EN + " " + FAITHFUL_EN, "loop"),
    ("Agents found 45 rifles rifles rifles rifles rifles rifles in a warehouse near the Laredo bridge.", "loop"),
    ("Agents found 45 rifles on Tuesday in a warehouseeeeeeeeeeee near the Laredo bridge.", "loop"),
    ("Agents found 45 rifles on Tues mainstremainstremainstremainstre", "loop"),
    ("Agents found 45 ri@@ fles on Tuesday in a warehouse near the Laredo bridge.", "mark"),
    ("▁Agents ▁found ▁45 ▁rifles ▁on ▁Tuesday ▁in ▁a ▁warehouse ▁near ▁the ▁bridge.", "mark"),
    ("Agents found 45 ri ##fles on Tuesday in a warehouse near the Laredo bridge.", "mark"),
    ("Agents found 45 <unk> on Tuesday in a warehouse near the Laredo bridge.", "mark"),
    ("Agents found 45 \ufffd on Tuesday in a warehouse near the Laredo bridge.", "mark"),
    ("Agents found 45 rifles on Tuesday in a cafeterÃ\xada near the Laredo bridge.", "mark"),
    (FAITHFUL_EN + "</s>", "mark"),
    ("Translation: " + FAITHFUL_EN, "mark"),
    ("Agents found 45 rifles on", "length"),
    ("Agents found 45 rifles on Tuesday in a warehouse near the", "length"),
    (FAITHFUL_EN + " Neighbors saw smoke and called the fire brigade, who came at once.", "length"),
    (FAITHFUL_ES, "leftover"),
    ("Agents found 45 rifles on Tuesday en una bodega cerca del puente de Laredo.", "leftover"),
    ("Los agentes hallaron el martes 45 rifles in a warehouse near the Laredo bridge.", "leftover"),
    ("Os agentes encontraram na terça-feira 45 fuzis em um armazém perto da ponte de Laredo.", "leftover"),
    ("Les agents ont trouvé mardi 45 fusils dans un entrepôt près du pont de Laredo.", "leftover"),
    ("Gli agenti hanno trovato martedì 45 fucili in un magazzino vicino al ponte di Laredo.", "leftover"),
    ("Die Beamten fanden am Dienstag 45 Gewehre in einem Lager nahe der Brücke von Laredo.", "leftover"),
]


@pytest.mark.parametrize(("output", "flag"), DEGENERATE)
def test_what_is_no_translation_is_refused(output: str, flag: str, glossary: Glossary) -> None:
    flags = check(FAITHFUL_ES, output, "es", "en", glossary)
    assert flag in flags
    assert HARD.intersection(flags)


def test_the_sound_translation_of_these_is_not(glossary: Glossary) -> None:
    assert check(FAITHFUL_ES, FAITHFUL_EN, "es", "en", glossary) == ()
    assert check(FAITHFUL_EN, FAITHFUL_ES, "en", "es", glossary) == ()


def test_portuguese_is_no_spanish(glossary: Glossary) -> None:
    portuguese = "Os agentes encontraram na terça-feira 45 fuzis em um armazém perto da ponte de Laredo."
    assert "leftover" in check(FAITHFUL_EN, portuguese, "en", "es", glossary)


def test_a_single_portuguese_word_is_shown_and_doubted(glossary: Glossary) -> None:
    original = "Agents searched the roof of the police station in Laredo during the night."
    flags = check(
        original, "Los agentes revisaron el telhado de la comisaría de Laredo por la noche.", "en", "es", glossary
    )
    assert "words" in flags
    assert not HARD.intersection(flags)


def test_a_quoted_title_is_no_left_over(glossary: Glossary) -> None:
    original = 'The author of "The Long Road to the River and the Hills" spoke.'
    translated = 'La autora de "The Long Road to the River and the Hills" habló.'
    assert "leftover" not in check(original, translated, "en", "es", glossary)


def test_an_abbreviation_spelled_out_adds_no_length(glossary: Glossary) -> None:
    original = "ATF opens an office in the city of Tres Cruces"
    translated = (
        "La ATF (Oficina de Alcohol, Tabaco, Armas de Fuego y Explosivos, por sus siglas en inglés) abre una oficina"
        " en la ciudad de Tres Cruces"
    )
    assert "length" not in check(original, translated, "en", "es", glossary)


def test_entities_are_characters(glossary: Glossary) -> None:
    original = "AT&amp;T cerró la línea en Nogales"
    assert check(original, "AT&amp;T closed the line in Nogales", "es", "en", glossary) == ()


def test_a_short_output_without_the_number_was_cut(glossary: Glossary) -> None:
    """Neither its length nor the missing number alone would refuse it."""
    original = "Mexico hands over 37 more cartel suspects to the United States"
    assert "length" in check(original, "México entrega a más sospechosos de cárteles", "en", "es", glossary)


def test_a_name_in_its_own_language_is_no_left_over(glossary: Glossary) -> None:
    original = "The collective Madres del Desierto found graves near Sonoyta"
    assert "leftover" not in check(
        original, "El colectivo Madres del Desierto halló fosas cerca de Sonoyta", "en", "es", glossary
    )


SENTENCES = st.lists(st.sampled_from((FAITHFUL_ES + " " + FAITHFUL_EN).split()), min_size=4, max_size=20).map(" ".join)


@given(text=SENTENCES, source=st.sampled_from(["en", "es"]))
def test_a_text_that_comes_back_unchanged_is_refused_or_has_no_word_of_its_own(text: str, source: Lang) -> None:
    own = FAITHFUL_ES if source == "es" else FAITHFUL_EN
    flags = check(text, text, source, other_language(source), Glossary())
    foreign = [word for word in text.split() if word in own.split() and word.islower() and len(word) > 3]
    assert HARD.intersection(flags) or not foreign


@given(original=st.text(max_size=120), translated=st.text(max_size=120), source=st.sampled_from(["en", "es"]))
def test_any_two_texts_can_be_judged(original: str, translated: str, source: Lang) -> None:
    flags = check(original, translated, source, other_language(source), Glossary())
    assert set(flags) <= HARD | SOFT
    assert len(flags) == len(set(flags))


DOUBTFUL: list[tuple[Lang, str, str, str]] = [
    ("es", "Vecinos llenaron costales de arena", "Residents filled costales with sand", "words"),
    ("es", "Temen que cierre la gasolinera", "They fear the gasolinera will close", "words"),
    ("es", "Comprará Coahuila tres patrullas", "Buy Coahuila three patrol cars", "grammar"),
    ("es", "Rescatan en Acuña a cinco personas", "Authorities rescue in Acuña to five persons", "grammar"),
    ("es", "Medía tres metros de ancho", "I had three meters wide", "person"),
    ("es", "Detienen a hombre apodado «El Cejas»", "Authorities arrest a rotten man «El Cejas»", "sense"),
    ("es", "Los agentes dispararon a un hombre armado", "The agents fired an armed man", "sense"),
    ("en", "Agents will inspect trucks", "Los agentes camiones inspeccionar mañana", "grammar"),
    ("en", "The bridge ruling surprised drivers", "El decisión del puente sorprendió a los conductores", "grammar"),
    ("en", "Trains roll again over the bridge", "Los trenes rolam otra vez sobre el puente", "words"),
    ("en", "Deputies stopped a bus near Alpine", "Los diputados pararon un autobús cerca de Alpine", "sense"),
    ("en", "Agents seize meth at the checkpoint", "Agentes buscan metanfetamina en el retén", "sense"),
]


@pytest.mark.parametrize(
    "translated", ["Agents shot an armed man", "Agents opened fire on a man", "They fired at a man"]
)
def test_a_shot_that_is_told_as_one_is_not_doubted(translated: str, glossary: Glossary) -> None:
    assert "sense" not in check("Los agentes dispararon a un hombre", translated, "es", "en", glossary)


@pytest.mark.parametrize(("source", "original", "translated", "flag"), DOUBTFUL)
def test_garbled_output_is_doubted_softly(
    source: Lang, original: str, translated: str, flag: str, glossary: Glossary
) -> None:
    flags = check(original, translated, source, other_language(source), glossary)
    assert flag in flags
    assert not HARD.intersection(flags)
