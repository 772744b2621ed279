"""Which negations a translation may say otherwise, and which it dropped, added or moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.negation import changed_negations, negations
from monitor.records import Lang, other_language

KEPT: list[tuple[str, str]] = [  # Spanish, English: sound either way round
    ("La alcaldesa no confirmó el cierre.", "The mayor did not confirm the closure."),
    ("Nadie vio a nadie salir de la bodega.", "Nobody saw anyone leave the warehouse."),
    ("No vino nadie ni llamó ninguno de los testigos.", "No one came, and none of the witnesses called."),
    ("Sin embargo, el puente abrió.", "However, the bridge opened."),
    ("El juez rechazó la petición.", "The judge did not accept the request."),
    ("No pudieron cruzar.", "They failed to cross."),
    ("No pudieron cruzar.", "They were unable to cross."),
    ("El tramo sigue sin luz.", "The stretch still has no power."),
    ("Localizan sin vida a dos migrantes.", "Two migrants found dead."),
    ("No hay más que un carril abierto.", "Only one lane is open."),
    ("Se desconoce el paradero del chofer.", "The driver's whereabouts are not known."),
    ("Dejó de operar en mayo.", "It no longer operates since May."),
    ("No dejaron pasar a los reporteros.", "Reporters were prevented from passing."),
    ("Ya está abierto, ¿no?", "It is already open, isn't it?"),
    ("Aún no hay fecha.", "A date has yet to be set."),
    ("Una organización no gubernamental ayuda.", "A nongovernmental organization helps."),
    ("El camión No. 5 llegó.", "Truck No. 5 arrived."),
    ("A más tardar el viernes.", "No later than Friday."),
    ("No sólo cerraron el puente, también la garita.", "They closed not only the bridge but also the gate."),
    ("No tardó en llegar la Marina.", "The Navy soon arrived."),
    ("Ni el alcalde ni la gobernadora asistieron.", "Neither the mayor nor the governor attended."),
    ("Niega la fiscalía que haya órdenes.", "Prosecutors deny there are warrants."),
    ("Piden al gobierno arreglar la bomba que no está sirviendo.", "They ask the government to fix the broken pump."),
    ("La empresa no quería arriesgar su permiso.", "The company feared jeopardizing its license."),
    ("No fue sorpresa que cerraran la garita.", "It came as no surprise that the gate closed."),
    ("La directora dice que ser madre hizo que no le pese tanto.", "The director says motherhood made it weigh less."),
    ("Afecta no solo a Sonora sino a Arizona.", "It affects Sonora and Arizona alike."),
    ("Dice que es un puesto que nunca podrá igualar.", "He says it is a post he could never match."),
    ("La asociación eligió a una consejera no ejecutiva.", "The association elected a non-executive director."),
    ("La feria está mejor que nunca, dijo la alcaldesa.", "The fair is better than ever, the mayor said."),
    ("Agregó que no hay todavía detalles del choque.", "He added there are still no details on the crash."),
]  # fmt: skip
CHANGED: list[tuple[Lang, str, str]] = [  # source language, original, translation
    ("es", "La alcaldesa no confirmó el cierre.", "The mayor confirmed the closure."),
    ("es", "Nadie resultó herido.", "Everyone was hurt."),
    ("es", "Nunca pidió dinero.", "He always asked for money."),
    ("es", "El tramo sigue sin luz.", "The stretch still has power."),
    ("es", "Ni siquiera la escolta conocía la ruta.", "Even the escort knew the route."),
    ("es", "No hubo detenidos y la unidad quedó bajo resguardo.", "There were arrests, and the unit was impounded."),
    ("es", "Es imposible cruzar hoy.", "It is possible to cross today."),
    ("es", "Niega la fiscalía que haya órdenes.", "Prosecutors say there are warrants."),
    ("es", "No necesitaban permiso; la empresa es ilegal.", "They needed a permit; the company is illegal."),
    ("es", "La policía detuvo al chofer.", "Police did not arrest the driver."),
    ("es", "El consulado confirmó la reunión.", "The consulate has not confirmed the meeting."),
    ("es", "SIN PRUEBAS CONTRA EL ALCALDE", "Evidence against the mayor"),
    ("es", "¿No hay agua en Anapra?", "Is there water in Anapra?"),
    ("es", "La ministra no dijo que vendrá el embajador.", "The minister said the ambassador will not come."),
    ("en", "The sheriff did not say who fired.", "El sheriff dijo quién disparó."),
    ("en", "Agents can't search the house without a warrant.", "Los agentes pueden catear la casa con una orden."),
    ("en", "The driver failed to stop.", "El conductor se detuvo."),
    ("en", "Migrants were never told.", "A los migrantes siempre les avisaron."),
    ("en", "There is no evidence of a tunnel.", "Hay evidencia de un túnel."),
    ("en", "The company is no longer under review.", "La empresa sigue bajo revisión."),
    ("en", "Sonora reopens the road.", "Sonora no reabre la carretera."),
    ("en", "Officers found weapons.", "Los agentes no encontraron armas."),
    ("en", "Officials fear the bridge will open.", "Las autoridades temen que el puente no abrirá."),
    ("en", "The broken pump supplies water.", "La bomba descompuesta no abastece agua."),
]  # fmt: skip


@pytest.mark.parametrize(("spanish", "english"), KEPT)
def test_a_negation_may_be_said_otherwise(spanish: str, english: str) -> None:
    assert changed_negations(spanish, english, "es", "en") == []
    assert changed_negations(english, spanish, "en", "es") == []


@pytest.mark.parametrize(("source", "original", "translated"), CHANGED)
def test_a_dropped_added_or_moved_negation_is_found(source: Lang, original: str, translated: str) -> None:
    assert changed_negations(original, translated, source, other_language(source))


def test_a_spanish_double_negation_counts_once() -> None:
    found = negations("No vino nadie ni llamó ninguno.", "es")
    assert [negation.kind for negation in found].count("sure") == 1


def test_two_negations_do_not_make_up_for_each_other_when_one_is_lost() -> None:
    original = "El alcalde no vino y la policía no detuvo a nadie."
    assert changed_negations(original, "The mayor did not come and police arrested someone.", "es", "en")


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "es"]))
def test_any_two_texts_can_be_compared(original: str, translated: str, source: Lang) -> None:
    found = changed_negations(original, translated, source, other_language(source))
    assert all(found)
