"""Headlines brought to sentence case: names keep their capitals, words lose them, and twice is once."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.language.casing import english_capitals, sentence_case
from monitor.language.glossary import load_glossary
from monitor.language.plain_words import is_plain
from monitor.records import Lang
from monitor.resources import bundled

GLOSSARY = load_glossary(bundled("glossary.yaml"))


@pytest.mark.parametrize(
    ("language", "headline", "expected"),
    [
        # names: of the glossary, of the lists, and words that are in no list of words
        ("es", "DETIENEN A JUAN ZALDÍVAR TORRES EN CD. JUÁREZ", "Detienen a Juan Zaldívar Torres en Cd. Juárez"),
        ("es", "CORTE SUPREMA DE ESTADOS UNIDOS FRENA A TEXAS", "Corte Suprema de Estados Unidos frena a Texas"),
        ("es", "DECOMISAN UN ARSENAL EN SONOYTA", "Decomisan un arsenal en Sonoyta"),
        ("es", "HALLAN NARCOTÚNEL Y LEVANTONES EN CALEXICO", "Hallan narcotúnel y levantones en Calexico"),
        ("es", "Lo Que Se Sabe Del Ataque En Tijuana", "Lo que se sabe del ataque en Tijuana"),
        ("en", "TEXAS TROOPERS FIND 43-YEAR-OLD IN UVALDE", "Texas troopers find 43-year-old in Uvalde"),
        ("en", "McAllen Man Sues U.S. Over Wall", "McAllen man sues U.S. over wall"),
        ("en", "MCALLEN RANCHERS SUE O'ROURKE", "McAllen ranchers sue O'Rourke"),
        ("en", "Cross-Border Trade With US-Mexico Pact Stalls", "Cross-border trade with US-Mexico pact stalls"),
        ("en", "Migrant Deaths Rise", "Migrant deaths rise"),
        ("en", "TWO MEN HELD", "Two men held"),
        # letters one spells
        ("es", "CAE JEFE DE LA SSPC CON FUSIL AK-47 Y F-150", "Cae jefe de la SSPC con fusil AK-47 y F-150"),
        ("en", "MAN GETS 5TH DWI IN LAREDO", "Man gets 5th DWI in Laredo"),
        ("en", "THEY DIDN'T TELL US ABOUT US TROOPS", "They didn't tell us about US troops"),
        ("en", "GOV. ABBOTT SIGNS LAW. CRITICS SUE", "Gov. Abbott signs law. Critics sue"),
        ("en", "D.C. JUDGE BLOCKS RULE AT 9 A.M.", "D.C. judge blocks rule at 9 a.m."),
        # what English alone writes big
        ("en", "MEXICAN TROOPS ARRIVE MONDAY, MARCH 3", "Mexican troops arrive Monday, March 3"),
        ("es", "TROPAS MEXICANAS LLEGAN EL LUNES 3 DE MARZO", "Tropas mexicanas llegan el lunes 3 de marzo"),
        ("en", "Border Czar Says Mayor Johnson Must March", "Border czar says Mayor Johnson must march"),
        # starts
        ("es", "TRUMP: NO HABRÁ TREGUA", "Trump: No habrá tregua"),
        ("es", "CRISIS EN EL PUENTE DE LAREDO: CIERRAN CARRILES", "Crisis en el puente de Laredo: cierran carriles"),
        ("es", "¿QUIÉN MANDA? NADIE RESPONDE", "¿Quién manda? Nadie responde"),
        # only a stretch, or a stressed word
        ("es", "CAE LÍDER CRIMINAL EN TIJUANA; hay dos muertos", "Cae líder criminal en Tijuana; hay dos muertos"),
        ("en", "Abbott says he will NOT sign", "Abbott says he will not sign"),
        ("es", "Sheinbaum: NO habrá acuerdo con Texas", "Sheinbaum: no habrá acuerdo con Texas"),
        # left alone
        ("es", "La SRE y la FGR revisan el caso", "La SRE y la FGR revisan el caso"),
        ("en", "Agents from CBP met Gov. Abbott in Eagle Pass", "Agents from CBP met Gov. Abbott in Eagle Pass"),
        ("en", "Juan Carlos Zaldívar", "Juan Carlos Zaldívar"),
        ("es", "FBI, DEA, ICE y CBP", "FBI, DEA, ICE y CBP"),
    ],
)
def test_headlines_get_the_case_of_a_sentence(language: Lang, headline: str, expected: str) -> None:
    assert sentence_case(headline, language, GLOSSARY) == expected


WORDS = (
    "detienen agentes en el la de túnel Tijuana Juárez Zaldívar Torres Juan CBP EE.UU. a.m. F-150 muro 300 Uvalde"
    " McAllen O'Rourke cross-border don't no; dos: fin. ¿quién? \"El agents found the mayor Johnson US may March Monday"
).split()


@example(words=["detienen"] * 4 + ["F-150"], language="es", how=1)
@given(
    words=st.lists(st.sampled_from(WORDS), max_size=14), language=st.sampled_from(["es", "en"]), how=st.integers(0, 2)
)
def test_recasing_twice_is_recasing_once(words: list[str], language: Lang, how: int) -> None:
    text = " ".join(words)
    once = sentence_case((text, text.upper(), text.title())[how], language, GLOSSARY)
    assert sentence_case(once, language, GLOSSARY) == once
    assert once.casefold() == text.casefold()


def test_months_that_are_words_need_a_sign() -> None:
    assert english_capitals("they may march in march on may 5") == "they may march in March on May 5"


@pytest.mark.parametrize(
    ("language", "plain", "names"),
    [
        (
            "es",
            "decomisaron levantones narcolaboratorio exalcalde veces tráileres fueron",
            "ojinaga calexico sheinbaum",
        ),
        ("en", "smugglers repatriated unaccompanied crossings traffickers", "uvalde sasabe abbott"),
    ],
)
def test_words_are_known_in_all_their_forms(language: Lang, plain: str, names: str) -> None:
    folded = plain.replace("á", "a").split()
    assert [word for word in folded if not is_plain(word, language)] == []
    assert [name for name in names.split() if is_plain(name, language)] == []
