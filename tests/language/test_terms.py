"""Fixed translations: brought in before the engine, repaired after it, reported where neither was possible."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.engines.argos import ArgosTranslator
from monitor.language.engines.offline import OfflineTranslator
from monitor.language.glossary import Entry, Forms, Glossary, parse_glossary
from monitor.language.term_uses import find_uses, flat
from monitor.language.terms import Applied, Enforced, TermMode, alone_terms, bring_in, enforce
from monitor.records import EngineSpec, Lang, other_language

SMALL = parse_glossary("""\
version: 1
contexts:
  goods: {es: [drog*, kilos]}
  said: {es: [aseguró que]}
  starr: {es: [Texas, condado]}
  italy: {es: [Papa]}
terms:
  - {en: Border Patrol, es: Patrulla Fronteriza, kind: agency, avoid: {en: [Frontier Patrol]}}
  - {en: U.S. Border Patrol, es: Patrulla Fronteriza de Estados Unidos, kind: agency, accept: {en: [Border Patrol]}}
  - {en: Customs Bureau, es: Buró de Aduanas, kind: agency}
  - {keep: CBP, kind: agency}
  - {keep: ICE, kind: agency, gender: m, avoid: {es: [hielo]}}
  - {en: Ciudad Juárez, es: Ciudad Juárez, kind: city, aliases: {es: [Cd. Juárez]}}
  - {en: European Union, es: Unión Europea, kind: organisation, aliases: {en: [EU], es: [UE]}}
  - {en: checkpoint, es: retén, kind: term, accept: {es: [punto de control]}}
  - {en: raid, es: redada, kind: term}
  - {en: asylum seeker, es: solicitante de asilo, kind: term}
  - {en: seized, es: aseguró, kind: term, direction: es, when: [goods], unless: [said], avoid: {en: [assured]}}
  - {keep: Reforma, kind: place, word: [es]}
  - {keep: Roma, kind: city, direction: es, when: [starr]}
  - {en: Rome, es: Roma, kind: city, direction: es, when: [italy]}
keep:
  city: [El Paso, Nogales]
  cartel: [La Línea]
""")


def brought(text: str, source: Lang = "es", mode: TermMode = "output", glossary: Glossary = SMALL) -> Applied:
    return bring_in(text, source, other_language(source), glossary, mode)


def held(text: str, output: str, source: Lang = "es", **alone: str) -> Enforced:
    return enforce(brought(text, source), output, {term.replace("_", " "): said for term, said in alone.items()})


def found(text: str, source: Lang = "es") -> list[str]:
    return [use.found for use in brought(text, source).uses]


# ---------------------------------------------------------------- finding


@pytest.mark.parametrize(
    ("source", "text", "terms"),
    [
        ("es", "La Patrulla Fronteriza de Estados Unidos vigila", ["Patrulla Fronteriza de Estados Unidos"]),
        ("es", "LA PATRULLA FRONTERIZA EN NOGALES", ["PATRULLA FRONTERIZA", "NOGALES"]),
        ("en", "The Border Patrol's chief and CBP's own", ["Border Patrol", "CBP"]),
        ("en", "Border patrol agents near a CHECKPOINT", ["Border patrol", "CHECKPOINT"]),
        ("es", "Cruzan a Cd. Juárez y Ciudad Juarez", ["Cd. Juárez", "Ciudad Juarez"]),
        ("es", "Hay retenes", ["retenes"]),
        ("en", "Three checkpoints and raids", ["checkpoints", "raids"]),
        ("es", "Nuevo edificio de la\u00a0Patrulla\u00a0Fronteriza", ["Patrulla\u00a0Fronteriza"]),
    ],
)
def test_the_longest_term_is_found_in_capitals_plurals_and_possessives(
    source: Lang, text: str, terms: list[str]
) -> None:
    assert found(text, source) == terms


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("es", "Le cortan el paso a los migrantes en la línea"),
        ("es", "El paso de los años"),
        ("en", "There is ice on the road"),
        ("en", "The EUC and a braided raider"),
        ("es", "Sigue https://noticias.example/nogales y #Nogales @CBP o escribe a CBP@correo.example"),
    ],
)
def test_words_that_only_look_like_a_term_are_none(source: Lang, text: str) -> None:
    assert found(text, source) == []


def test_accents_may_be_missing_and_positions_stay_true() -> None:
    text = "Ñandú, ÍNDICE ’ y Ciudad Juárez"
    (use,) = find_uses(text, "es", SMALL).uses
    assert text[use.start : use.end] == "Ciudad Juárez"
    assert len(flat(text)) == len(text)


# ---------------------------------------------------------------- senses


def test_the_context_decides_between_two_senses() -> None:
    assert brought("Cruzan el río en Roma, Texas").uses[0].translation == "Roma"
    assert brought("El Papa vuelve a Roma").uses[0].translation == "Rome"


@pytest.mark.parametrize("text", ["Llegan a Roma", "El Papa reza por Roma, Texas"])
def test_without_a_telling_context_a_name_is_in_doubt_and_left_alone(text: str) -> None:
    applied = brought(text)
    assert (applied.uses, applied.doubts) == ((), ("Roma",))
    assert enforce(applied, "They arrive in Rome", {"Roma": "Rome"}) == Enforced("They arrive in Rome")


def test_a_name_that_is_a_word_is_in_doubt_where_a_sentence_begins() -> None:
    assert brought("Reforma judicial avanza").doubts == ("Reforma",)
    assert found("Marchan por Reforma") == ["Reforma"]


def test_a_common_word_without_its_context_is_no_term_and_no_doubt() -> None:
    assert brought("Aseguró su puesto") == Applied("Aseguró su puesto", "Aseguró su puesto", "es", "en")
    assert found("Aseguró droga") == ["Aseguró"]
    assert found("Aseguró que la droga era de otro") == []


def test_the_context_of_a_sentence_is_the_whole_text() -> None:
    sentence = "Volvieron a Roma."
    applied = bring_in(sentence, "es", "en", SMALL, "output", context=f"Hubo redadas en Texas. {sentence}")
    assert applied.uses[0].entry.en == "Roma"


# ---------------------------------------------------------------- before the engine


def test_only_source_mode_changes_the_text() -> None:
    text = "La Patrulla Fronteriza y el retén de Cd. Juárez"
    assert brought(text, mode="engine").text == brought(text, mode="output").text == text
    assert brought(text, mode="source").text == "La Border Patrol y el retén de Ciudad Juárez"


def test_a_possessive_survives_the_exchange() -> None:
    assert brought("The Border Patrol's chief", "en", "source").text == "The Patrulla Fronteriza's chief"


def test_each_term_is_asked_for_once() -> None:
    applieds = [brought("Retén en Nogales"), brought("Otro operativo en Nogales")]
    assert alone_terms(applieds) == ("Retén", "Nogales")


# ---------------------------------------------------------------- after the engine


@pytest.mark.parametrize(
    ("source", "text", "output", "alone", "expected"),
    [
        # a form to avoid; what the engine says for the term alone; the original's word left over
        ("es", "Arresto de la Patrulla Fronteriza", "Arrest of the Frontier Patrol", {}, "Arrest of the Border Patrol"),
        ("es", "Catean casa en Nogales", "Raid in Walnuts", {"Nogales": "Walnuts."}, "Raid in Nogales"),
        ("es", "Visita El Paso", "He visits the step", {"El Paso": "The Step"}, "He visits El Paso"),
        ("es", "Operativo de La Línea", "Operation of the line", {"La Línea": "The line"}, "Operation of La Línea"),
        ("es", "Hay un retén", "There is a retén", {}, "There is a checkpoint"),
        ("es", "Hay retenes", "There are retainers", {"retenes": "Retainers"}, "There are checkpoints"),
        # capitals
        ("es", "Cruzan por El Paso", "They cross at el paso", {}, "They cross at El Paso"),
        ("en", "Raids in May", "Incursiones en mayo", {"Raids": "incursiones"}, "Redadas en mayo"),
        ("es", "RETÉN EN NOGALES", "RETÉN IN NOGALES", {}, "CHECKPOINT IN NOGALES"),
        # articles agree
        ("en", "A raid", "Un asalto", {"raid": "asalto"}, "Una redada"),
        ("en", "Chief of the Border Patrol", "Jefe del Border Patrol", {}, "Jefe de la Patrulla Fronteriza"),
        ("en", "at the Customs Bureau", "en la Oficina", {"Customs Bureau": "oficina"}, "en el Buró de Aduanas"),
        ("en", "flooding in Nogales", "inundación en las nueces", {"Nogales": "nueces"}, "inundación en Nogales"),
        ("es", "un solicitante de asilo", "a petitioner", {"solicitante de asilo": "petitioner"}, "an asylum seeker"),
        ("en", "CBP and Border Patrol's chief", "CBP y jefe Border Patrol's", {}, "CBP y jefe Patrulla Fronteriza"),
    ],
)  # fmt: skip
def test_a_wrong_rendering_is_replaced(
    source: Lang, text: str, output: str, alone: dict[str, str], expected: str
) -> None:
    assert enforce(brought(text, source), output, alone) == Enforced(expected)


@pytest.mark.parametrize(
    ("source", "text", "output"),
    [
        ("es", "Hay retenes en Nogales", "There are checkpoints in Nogales"),
        ("en", "Two checkpoints near the Border Patrol", "Dos puntos de control cerca de la patrulla Fronteriza"),
        ("en", "Asylum seekers wait", "Esperan las solicitantes de asilo"),
        ("en", "The EU answers", "La UE responde"),
        ("es", "Detiene la Patrulla Fronteriza de Estados Unidos", "The Border Patrol arrests"),
        ("en", "ICE melts", "El ICE se derrite sobre el hielo"),
        ("es", "La Patrulla Fronteriza dijo que la Patrulla Fronteriza va", "The Border Patrol said it goes"),
    ],
)
def test_a_good_translation_is_left_alone(source: Lang, text: str, output: str) -> None:
    """Inflected, aliased and accepted forms count; for a second mention a pronoun is enough."""
    assert held(text, output, source) == Enforced(output)


def test_what_cannot_be_repaired_is_reported_and_left() -> None:
    assert held("Hay un retén en Nogales", "There is a thing in Nogales") == Enforced(
        "There is a thing in Nogales", ("retén",)
    )


def test_a_rendering_that_stands_there_more_often_than_the_term_is_ambiguous() -> None:
    output = "He takes the step by the step"
    assert held("Da el paso en El Paso", output, El_Paso="the step") == Enforced(output, ("El Paso",))


def test_a_rendering_may_be_another_words_translation() -> None:
    """ "Paso" stands in the original as a word too, and "step" may be its translation."""
    output = "They ask for a step to the north"
    assert held("Piden paso al norte en El Paso", output, El_Paso="step") == Enforced(output, ("El Paso",))


def test_a_gangs_name_may_come_without_its_article() -> None:
    output = "The Línea men fled along the line"
    assert held("Huyen hombres de La Línea", output, La_Línea="the line") == Enforced(output)


def test_nothing_is_changed_inside_a_word_or_an_address() -> None:
    output = "See https://a.example/walnuts and walnutsy things"
    assert held("Mira Nogales", output, Nogales="walnuts") == Enforced(output, ("Nogales",))


def test_one_terms_translation_is_not_taken_for_anothers_mistake() -> None:
    """ "Customs Bureau" stands right; the engine calls Nogales "Customs", and that word belongs to the bureau."""
    output = "The Customs Bureau in Customs"
    done = held("El Buró de Aduanas en Nogales", output, Nogales="Customs")
    assert done == Enforced("The Customs Bureau in Nogales")


def test_an_empty_output_is_the_guards_business() -> None:
    assert held("Hay un retén", "  ") == Enforced("  ")


# ---------------------------------------------------------------- an analyst's terms


def test_an_analysts_term_wins_and_the_files_word_is_replaced() -> None:
    mine = SMALL.plus([Entry("roadblock", "retén", "es", "term")])
    applied = bring_in("Hay dos retenes", "es", "en", mine, "output")
    assert enforce(applied, "There are two checkpoints", {}) == Enforced("There are two roadblocks")
    assert bring_in("A checkpoint", "en", "es", mine, "output").uses[0].translation == "retén"


def test_an_analysts_term_ends_a_doubt() -> None:
    mine = SMALL.plus([Entry("Roma", "Roma", "both", "city")])
    assert bring_in("Llegan a Roma", "es", "en", mine, "output").uses[0].translation == "Roma"


# ---------------------------------------------------------------- laws

_POOL = (
    "La la el los de del a al en y the a of in Patrulla Fronteriza Border Patrol Frontier retén retenes checkpoint"
    " checkpoints raid redada redadas asalto El Paso paso Step the Nogales Walnuts walnuts ICE hielo Roma Texas Papa"
    " Reforma Reform CBP's UE EU . , : ¿ « Aseguró droga assured"
).split(" ")
_TEXTS = st.lists(st.sampled_from(_POOL), max_size=14).map(" ".join)
_LANGS = st.sampled_from(("en", "es"))
_ALONE = {"El Paso": "The Step", "Nogales": "Walnuts", "Reforma": "Reform", "raid": "asalto", "retén": "a raid"}


@given(_TEXTS, _TEXTS, _LANGS)
def test_enforcing_twice_is_enforcing_once(text: str, output: str, source: Lang) -> None:
    applied = brought(text, source)
    once = enforce(applied, output, _ALONE)
    assert enforce(applied, once.text, _ALONE).text == once.text


@given(st.text(max_size=80), _TEXTS, _LANGS)
def test_a_text_without_terms_changes_nothing(text: str, output: str, source: Lang) -> None:
    applied = brought(text, source, "source")
    if not applied.uses:
        assert applied.text == text
        assert enforce(applied, output, _ALONE) == Enforced(output)


@given(_TEXTS, _LANGS)
def test_uses_do_not_overlap_and_stand_where_they_say(text: str, source: Lang) -> None:
    at = 0
    for use in brought(text, source).uses:
        assert use.start >= at
        assert text[use.start : use.end] == use.found
        at = use.end


# ---------------------------------------------------------------- for real


def test_the_argos_engine_copies_the_name_it_is_given(argos_models: Path, glossary: Glossary) -> None:
    """The test package knows "Patrulla" and "Fronteriza" as words, and would say "Patrol Border"."""
    text = "La Patrulla Fronteriza no confirmó la detención de 12 personas."
    engine = ArgosTranslator(EngineSpec("argos", models_dir=str(argos_models), threads=1))
    try:
        for mode in ("source", "output"):
            applied = bring_in(text, "es", "en", glossary, mode)
            (output,) = engine.translate([applied.text], "es", "en")
            assert ("Border Patrol" in output) == (mode == "source")
            done = enforce(applied, output, {})
            assert done == Enforced("The Border Patrol not confirmed the arrest of 12 people.")
    finally:
        engine.close()


def test_the_offline_engines_words_for_a_term_alone_lead_to_its_mistakes(
    offline: OfflineTranslator, glossary: Glossary
) -> None:
    text = "Presidio, Texas, espera más agua"
    applied = bring_in(text, "es", "en", glossary, "engine")
    terms = alone_terms([applied])
    assert "Presidio, Texas" in terms
    output, *said = offline.translate([applied.text, *terms], "es", "en")
    done = enforce(applied, output, dict(zip(terms, said, strict=True)))
    assert "Presidio" in done.text
    assert done.unenforced == ()


def test_forms_of_both_languages_are_kept_apart() -> None:
    both = Forms(en=("a",), es=("b",))
    assert (both.of("en"), both.of("es")) == (("a",), ("b",))
