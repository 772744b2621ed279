"""Texts made ready for an engine, and finished: what the engine gets, what it never sees, what the reader gets."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.engines.argos import ArgosTranslator
from monitor.language.engines.offline import OfflineTranslator
from monitor.language.glossary import Glossary, load_glossary
from monitor.language.prepare import MAX_PIECE, finish, prepare
from monitor.protocols import Translator
from monitor.records import EngineSpec, Lang, other_language
from monitor.resources import bundled

GLOSSARY = load_glossary(bundled("glossary.yaml"))
LANGUAGES = st.sampled_from(["es", "en"])


def echoed(text: str, source: Lang) -> str:
    """The text finished by an engine that says what it hears."""
    prepared = prepare(text, source, other_language(source), GLOSSARY)
    return finish(prepared, prepared.pieces, GLOSSARY)


def through(engine: Translator, text: str, source: Lang) -> str:
    target = other_language(source)
    prepared = prepare(text, source, target, GLOSSARY)
    return finish(prepared, engine.translate(prepared.pieces, source, target), GLOSSARY)


# ---------------------------------------------------------------- what the engine gets


@pytest.mark.parametrize(
    ("source", "text", "pieces"),
    [
        ("es", "DETIENEN A TRES EN TIJUANA", ["Detienen a tres en Tijuana"]),
        ("en", "Agents Find Drug Tunnel In Nogales", ["Agents find drug tunnel in Nogales"]),
        ("es", "Hay un muerto. El Sr. Lara huyó.", ["Hay un muerto.", "El Sr. Lara huyó."]),
        ("es", "ÚLTIMA HORA: CAE LÍDER DEL CJNG", ["Cae líder del CJNG"]),
        ("es", "🔴 EN VIVO | Así va la marcha", ["Así va la marcha"]),
        ("en", "VIDEO: Migrants rescued (PHOTOS)", ["Migrants rescued"]),
        ("es", "TECATE, B.C., 4 de marzo (EFE).- Hubo disparos.", ["Hubo disparos."]),
        ("en", "EL PASO, Texas (AP) — The bridge is shut.", ["The bridge is shut."]),
        ("es", "Cierran el puente #Laredo #Frontera https://a.example/1", ["Cierran el puente"]),
        ("es", "Hay alerta en Laredo #Laredo", ["Hay alerta en Laredo"]),
        ("es", "Piden justicia para #Laredo", ["Piden justicia para Zkwa"]),
        ("es", "#ÚltimaHora Cierran el puente", ["Cierran el puente"]),
        ("es", "#Laredo | Cierran el puente", ["Cierran el puente"]),
        ("es", "• Hay dos detenidos", ["Hay dos detenidos"]),
        ("es", "—No sé nada —dijo.", ["No sé nada —dijo."]),
        ("es", "Hallan 12 mdp y US$5 mil", ["Hallan 12 millones de pesos y 5,000 dólares"]),
        ("en", "A $1.2B plan", ["A $1.2 billion plan"]),
        ("es", "Cae &quot;El Mo&shy;chis&quot;", ['Cae "El Mochis"']),
        ("es", "Captu\u00adran a\u200b tres", ["Capturan a tres"]),
        ("es", "Dijo: «No hay». Y se fue.", ['Dijo: "No hay".', "Y se fue."]),
        ("en", "Mayor says ‘no deal’ on wall", ['Mayor says "no deal" on wall']),
        ("es", "Hay tres heridos.La fiscalía investiga.", ["Hay tres heridos.", "La fiscalía investiga."]),
        ("es", "Uno.\nDos.", ["Uno.", "Dos."]),
    ],
)
def test_pieces_are_plain_sentences_in_sentence_case(source: Lang, text: str, pieces: list[str]) -> None:
    assert list(prepare(text, source, other_language(source), GLOSSARY).pieces) == pieces


@pytest.mark.parametrize(
    "text",
    ["", "  ", "https://a.example/1", "12,000", "🙂🙂", "#Tijuana @CBP", "…", "$1,200", "14:30", "prensa@a.example"],
)
def test_what_says_nothing_in_words_never_reaches_an_engine(text: str) -> None:
    prepared = prepare(text, "es", "en", GLOSSARY)
    assert prepared.pieces == ()
    assert finish(prepared, (), GLOSSARY) == text.strip()


def test_a_lonely_quote_is_kept_from_the_engine_and_put_back() -> None:
    prepared = prepare("Dijo: “Nos vamos. No volveremos”.", "es", "en", GLOSSARY)
    assert prepared.pieces == ('Dijo: "Nos vamos."', '"No volveremos".')
    outputs = ('He said: "We are leaving."', '"We will not come back."')
    assert finish(prepared, outputs, GLOSSARY) == "He said: “We are leaving. We will not come back.”"


def test_a_sentence_without_end_is_cut_where_it_may_be() -> None:
    text = (
        "; ".join(f"el agente {number} declaró ante el juez de control que no vio nada" for number in range(30)) + "."
    )
    prepared = prepare(text, "es", "en", GLOSSARY)
    assert len(prepared.pieces) > 2
    assert all(piece.endswith((";", ".")) for piece in prepared.pieces)
    assert finish(prepared, prepared.pieces, GLOSSARY) == text


def test_the_reference_is_the_whole_text_as_the_guards_should_read_it() -> None:
    text = "VIDEO: HALLAN 5 MDP EN TECATE #Tecate"
    assert prepare(text, "es", "en", GLOSSARY).reference == "VIDEO: Hallan 5 millones de pesos en Tecate #Tecate"
    assert prepare(text, "es", "en", GLOSSARY).original == text


# ---------------------------------------------------------------- what the reader gets


@pytest.mark.parametrize(
    ("source", "text", "outputs", "finished"),
    [
        ("es", "ÚLTIMA HORA: CAE LÍDER", ["leader falls"], "BREAKING: Leader falls"),
        ("es", "¡URGENTE! Cierran el puente", ["They close the bridge"], "URGENT! They close the bridge"),
        ("es", "FOTOS Y VIDEO: Así quedó", ["This is how it looks"], "PHOTOS AND VIDEO: This is how it looks"),
        ("es", "Así quedó el auto +VIDEO", ["The car afterwards"], "The car afterwards +VIDEO"),
        ("en", "Exclusive: Wall plan dies", ["Muere el plan del muro"], "Exclusiva: Muere el plan del muro"),
        ("en", "WATCH LIVE | Trump speaks", ["Habla Trump"], "EN VIVO | Habla Trump"),
        (
            "es",
            "TIJUANA, B.C., martes 4 de marzo de 2026 (Redacción).- Hubo disparos.",
            ["There were shots."],
            "TIJUANA, Baja California, Tuesday, March 4, 2026 (Staff) — There were shots.",
        ),
        (
            "en",
            "MEXICO CITY, March 4 (Reuters) - Mexico sent 26 inmates.",
            ["México envió a 26 reos."],
            "CIUDAD DE MÉXICO, 4 de marzo (Reuters).- México envió a 26 reos.",
        ),
        ("en", "NOGALES, Ariz. — Shots.", ["Disparos."], "NOGALES, Arizona.- Disparos."),
        ("en", "Who knew?", ["Quién lo sabía?"], "¿Quién lo sabía?"),
        ("en", "Who knew?", ["Quién lo sabía."], "¿Quién lo sabía?"),
        ("en", "If it rains, what do we do?", ["Si llueve, qué hacemos?"], "Si llueve, ¿qué hacemos?"),
        ("en", "“Who?” he asked. “Run!”", ['"Quién?", preguntó.', '"Corran!"'], "“¿Quién?”, preguntó. “¡Corran!”"),
        ("en", "He is out?!", ["Salió?!"], "¡¿Salió?!"),
        ("es", "¿Quién fue?", ["¿Who was it"], "Who was it?"),
        ("es", "¡Alto!", ["¡Stop!"], "Stop!"),
        ("es", "«Nadie», dijo.", ['"Nobody", he said.'], "“Nobody,” he said."),
        ("en", '"Nobody," he said.', ['"Nadie," dijo.'], '"Nadie", dijo.'),
        ("en", "It began Monday in March.", ["Empezó el Lunes en Marzo."], "Empezó el lunes en marzo."),
        ("en", "Mexican President Ana Ruiz", ["La Presidenta Mexicana Ana Ruiz"], "La presidenta Mexicana Ana Ruiz"),
        ("en", "Mexican families", ["familias Mexicanas"], "Familias mexicanas"),
        ("es", "Llegó el lunes 5 de mayo", ["he came on monday, may 5"], "He came on Monday, May 5"),
        ("es", "Son mexicanos", ["they may be mexican"], "They may be Mexican"),
        ("es", "HALLAN TÚNEL", ["TUNNEL FOUND IN TIJUANA"], "Tunnel found in Tijuana"),
        ("es", "Hallan túnel en casa", ["Drug Tunnel Found In House"], "Drug tunnel found in house"),
        ("es", "Muro: lo que se sabe", ["Wall: what is known"], "Wall: What is known"),
        ("en", "Wall: What we know", ["Muro: Lo que sabemos"], "Muro: lo que sabemos"),
        ("en", "Abbott: We will build it", ["Abbott: Lo construiremos"], "Abbott: Lo construiremos"),
        ("es", "Pagó 2 billones", ["It paid 2 billion"], "It paid 2 trillion"),
        ("en", "It cost $3 billion", ["Costó 3 billones de dólares"], "Costó 3 mil millones de dólares"),
        ("en", "Some 7,000 men", ["Unos 7.000 hombres"], "Unos 7,000 hombres"),
        ("es", "Espera…", ["Wait..."], "Wait…"),
        ("es", "Hallan túnel", ["Tunnel found."], "Tunnel found"),
        ("es", "Hallaron un túnel.", ["A tunnel was found"], "A tunnel was found."),
        ("es", "Hallan túnel en EE. UU.", ["Tunnel found in the United States"], "Tunnel found in the United States"),
        ("en", "Tunnel found at 9 p.m.", ["Hallan túnel a las 9 p.m."], "Hallan túnel a las 9 p.m."),
        ("es", "Fusil calibre .50", ["A .50 caliber rifle , it says"], "A .50 caliber rifle, it says"),
        ("es", "Uno.\n\nDos.", ["One.", "Two."], "One.\nTwo."),
        ("es", "Uno. Dos.", ["One.", ""], "One."),
    ],
)
def test_the_output_follows_the_rules_of_its_language(
    source: Lang, text: str, outputs: list[str], finished: str
) -> None:
    assert finish(prepare(text, source, other_language(source), GLOSSARY), outputs, GLOSSARY) == finished


def test_a_lost_address_is_put_behind_the_sentence() -> None:
    prepared = prepare("Dijo @FGE en https://a.example/1 que no.", "es", "en", GLOSSARY)
    assert prepared.pieces == ("Dijo Zkwa en Zkwe que no.",)
    assert finish(prepared, ["Zkwa said no."], GLOSSARY) == "@FGE said no. (https://a.example/1)"


def test_there_is_one_output_per_piece() -> None:
    with pytest.raises(ValueError, match="outputs: 0, pieces: 1"):
        finish(prepare("Hola a todos", "es", "en", GLOSSARY), [], GLOSSARY)


# ---------------------------------------------------------------- laws

WORDS = st.sampled_from(
    "agentes hallan túnel Tijuana 300 kilos fentanilo el la de en muro Guardia Nacional EE.UU. Sr. no ayer dijo que"
    " @CBP #Frontera https://a.example/x agents found tunnel the of Nogales Ruiz 1,200 2.5 pounds U.S. Gov. did not —"
    " said “nadie” «cero» \"none\" 'no' ¿quién? ¡alto! end. fin. uno; dos, tres: 🙂 (sic) co-chair it's".split()
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


def letters(text: str) -> Counter[str]:
    return Counter(c for c in text.casefold() if c.isalnum())


@given(text=TEXTS, source=LANGUAGES)
def test_an_engine_that_repeats_its_input_loses_no_letter_and_no_figure(text: str, source: Lang) -> None:
    assert letters(echoed(text, source)) == letters(text)


@settings(max_examples=300)
@given(text=st.one_of(st.text(max_size=200), TEXTS, TEXTS.map(str.upper), TEXTS.map(str.title)), source=LANGUAGES)
def test_no_text_makes_it_fail(text: str, source: Lang) -> None:
    prepared = prepare(text, source, other_language(source), GLOSSARY)
    assert prepared.original == text
    assert all(piece.strip() and "\n" not in piece and len(piece) <= MAX_PIECE for piece in prepared.pieces)
    finish(prepared, prepared.pieces, GLOSSARY)


@given(text=TEXTS, output=st.text(max_size=80), source=LANGUAGES)
def test_no_output_makes_it_fail(text: str, output: str, source: Lang) -> None:
    prepared = prepare(text, source, other_language(source), GLOSSARY)
    finish(prepared, [output] * len(prepared.pieces), GLOSSARY)


@pytest.mark.parametrize("text", ["a" * 5_000, "a " * 5_000, "¿" * 3_000, '"' * 3_000, "#" * 3_000, "VIDEO: " * 800])
def test_long_nonsense_is_cut_to_size(text: str) -> None:
    prepared = prepare(text, "es", "en", GLOSSARY)
    assert all(len(piece) <= MAX_PIECE for piece in prepared.pieces)
    assert letters(finish(prepared, prepared.pieces, GLOSSARY))["a"] >= text.count("a")


def test_rows_of_what_could_go_on_for_ever_come_to_an_end() -> None:
    program = (
        "from monitor.language.glossary import Glossary; from monitor.language.prepare import finish, prepare\n"
        "rows = ['#a ', '@a ', 'a.mx ', 'a.', '1.', 'a@', 'A, ', 'Aaa ', 'VIDEO y ', '\U0001f534 ', 'a: ', 'A - ']\n"
        "for row in rows:\n"
        "    done = prepare(row * 1500 + 'x', 'es', 'en', Glossary())\n"
        "    finish(done, done.pieces, Glossary())\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


# ---------------------------------------------------------------- real engines

VERBATIM: dict[Lang, tuple[str, ...]] = {
    "es": (
        "La fiscalía informó en {} que hay tres detenidos.",
        "Según {}, el puente sigue cerrado.",
        "Más datos en {} o en el consulado.",
        "Miles marcharon con el lema {} en Ciudad Juárez.",
    ),
    "en": (
        "The agency said on {} that three people were arrested.",
        "According to {}, the bridge is still closed.",
        "More information at {} or at the consulate.",
        "Thousands marched under the slogan {} in El Paso.",
    ),
}


@pytest.mark.parametrize(
    "verbatim", ["@CBPArizona", "#NiUnaMás", "https://a.example/x-1?y=2", "prensa@fiscalia.example"]
)
@pytest.mark.parametrize("source", ["es", "en"])
def test_the_offline_engine_carries_what_is_verbatim(source: Lang, verbatim: str, offline: OfflineTranslator) -> None:
    for frame in VERBATIM[source]:
        finished = through(offline, frame.format(verbatim), source)
        assert finished.count(verbatim) == 1, finished
        assert f"({verbatim})" not in finished, finished


def test_an_argos_package_carries_what_is_verbatim(argos_models: Path) -> None:
    engine = ArgosTranslator(EngineSpec("argos", models_dir=str(argos_models)))
    try:
        finished = through(engine, "La Patrulla Fronteriza confirmó en @CBP la detención de 12 personas. #CBP", "es")
        assert finished == "The Patrol Border confirmed in @CBP the arrest of 12 people. #CBP"
        assert through(engine, "HALLARON UN TÚNEL EN TIJUANA (VIDEO)", "es") == "Hallaron a tunnel in Tijuana (VIDEO)"
    finally:
        engine.close()


def test_the_offline_engine_says_a_whole_headline(offline: OfflineTranslator) -> None:
    finished = through(offline, "ÚLTIMA HORA: DECOMISAN 12 MDP EN PIEDRAS NEGRAS (VIDEO) #Coahuila", "es")
    assert finished.startswith("BREAKING: ")
    assert finished.endswith(" (VIDEO) #Coahuila")
    assert "12 million pesos in Piedras Negras" in finished


def test_another_glossary_brings_its_own_names() -> None:
    prepared = prepare("HALLAN TÚNEL EN VILLA AZUL", "es", "en", Glossary())
    assert prepared.pieces == ("Hallan túnel en villa azul",)
