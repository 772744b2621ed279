"""The translate stage: what is translated, what is remembered, and what happens when an engine fails."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import EngineError
from monitor.language.attempt import tables_mark
from monitor.language.corrections import term_entries
from monitor.language.engines.argos import ArgosTranslator
from monitor.language.engines.choose import Chosen
from monitor.language.engines.none import NoTranslator
from monitor.language.engines.offline import OfflineTranslator
from monitor.language.glossary import Glossary
from monitor.language.translate import Wanted, Way, recipe_of, translate_texts
from monitor.records import ANALYST, Correction, EngineSpec, Lang, Translation

CHOSEN = Chosen(EngineSpec("test"), "test 1", "Test", "basic", "asked for")
NOW = datetime(2026, 3, 6, 13, tzinfo=UTC)
TUNNEL = "agentes hallaron un túnel en Tijuana"


class Recorder:
    """A translator that answers from a function and keeps what it was asked."""

    def __init__(self, answers: dict[str, str] | None = None, *, dies_on: str = "") -> None:
        self.calls: list[tuple[Lang, list[str]]] = []
        self._answers, self._dies_on = answers or {}, dies_on

    @property
    def name(self) -> str:
        return "test 1"

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        self.calls.append((source, list(texts)))
        if source == self._dies_on:
            raise EngineError("the worker died twice")
        return [self._answers.get(text, f"{text} ({target})") for text in texts]

    def close(self) -> None:
        """Nothing."""


def test_one_batch_per_direction_without_repeats(glossary: Glossary) -> None:
    engine = Recorder({"Agents found Joe": "Los agentes hallaron a Joe", TUNNEL: "agents found a tunnel in Tijuana"})
    wanted = [Wanted("Agents found Joe", "en", "es"), Wanted(TUNNEL, "es", "en"), Wanted(TUNNEL, "es", "en")]
    done = translate_texts([*wanted, Wanted("", "es", "en")], {}, engine, chosen=CHOSEN, glossary=glossary)
    assert [source for source, _ in engine.calls] == ["en", "es"]
    assert engine.calls[1][1].count(TUNNEL) == 1
    assert [t.original for t in done.translations] == ["Agents found Joe", TUNNEL]
    assert (done.report.translated, done.report.remembered) == (2, 0)


def test_what_is_remembered_is_not_sent(glossary: Glossary) -> None:
    engine = Recorder()
    known = Translation("es", "en", TUNNEL, "agents found a tunnel in Tijuana", "test 1")
    done = translate_texts([Wanted(TUNNEL, "es", "en")], {known.key: known}, engine, chosen=CHOSEN, glossary=glossary)
    assert engine.calls == []
    assert done.translations == (known,)
    assert done.fresh == ()
    assert (done.report.remembered, done.report.words) == (1, 0)


def test_the_engine_reads_sentences_in_sentence_case_and_the_reader_gets_the_whole_text(glossary: Glossary) -> None:
    engine = Recorder({"Hallan túnel en Tijuana.": "Tunnel found in Tijuana.", "Hay dos detenidos.": "Two are held."})
    text = "HALLAN TÚNEL EN TIJUANA. HAY DOS DETENIDOS."
    (translation,) = translate_texts(
        [Wanted(text, "es", "en")], {}, engine, chosen=CHOSEN, glossary=glossary
    ).translations
    assert translation.text == "Tunnel found in Tijuana. Two are held."
    assert translation.original == text
    assert translation.status == "ok"


def test_guards_decide_what_is_shown_and_what_may_be_remembered(glossary: Glossary) -> None:
    engine = Recorder(
        {
            "Hallan túnel en Tijuana": "Tunnel found in Tijuana",
            "Decomisan 300 kilos de cristal": "Authorities seize kilos of meth",
            "Cierran el puente de Reynosa": "bridge bridge bridge bridge bridge bridge",
        }
    )
    wanted = [Wanted(text, "es", "en") for text in ("Hallan túnel en Tijuana", "Decomisan 300 kilos de cristal")]
    wanted.append(Wanted("Cierran el puente de Reynosa", "es", "en"))
    done = translate_texts(wanted, {}, engine, chosen=CHOSEN, glossary=glossary)
    assert [t.status for t in done.translations] == ["ok", "check", "original"]
    assert done.translations[2].shown == "Cierran el puente de Reynosa"
    assert done.translations[2].text == ""
    assert [t.status for t in done.fresh] == ["ok", "check", "original"]
    assert (done.report.flagged_hard, done.report.flagged_soft) == (1, 1)


def test_an_engine_that_dies_costs_its_direction_and_nothing_else(glossary: Glossary) -> None:
    engine = Recorder({"Agents found Joe": "Los agentes hallaron a Joe"}, dies_on="es")
    wanted = [Wanted("Agents found Joe", "en", "es"), Wanted(TUNNEL, "es", "en")]
    done = translate_texts(wanted, {}, engine, chosen=CHOSEN, glossary=glossary)
    english, spanish = done.translations
    assert english.status == "ok"
    assert (spanish.status, spanish.flags, spanish.shown) == ("original", ("no_engine",), TUNNEL)
    assert "died twice" in done.report.reason
    assert any("died twice" in notice for notice in done.notices)
    assert spanish not in done.fresh


@pytest.mark.parametrize("engine", [None, NoTranslator()])
def test_without_an_engine_originals_come_back_flagged(engine: NoTranslator | None, glossary: Glossary) -> None:
    done = translate_texts([Wanted(TUNNEL, "es", "en")], {}, engine, chosen=CHOSEN, glossary=glossary)
    assert [(t.status, t.flags) for t in done.translations] == [("original", ("no_engine",))]
    assert done.report.translated == 0
    assert done.fresh == ()
    assert done.notices == ()


@pytest.mark.parametrize(("broken", "noticed"), [(0, False), (1, False), (2, True), (30, True)])
def test_an_engine_with_over_five_percent_refused_is_called_broken(
    broken: int, noticed: bool, glossary: Glossary
) -> None:
    texts = [f"agentes hallaron {i} túneles" for i in range(30)]
    answers = {text: f"agents found {i} tunnels" for i, text in enumerate(texts)}
    engine = Recorder({**answers, **dict.fromkeys(texts[:broken], "loop loop loop loop loop loop")})
    done = translate_texts([Wanted(t, "es", "en") for t in texts], {}, engine, chosen=CHOSEN, glossary=glossary)
    assert any("looks broken" in notice for notice in done.notices) is noticed


def test_a_real_argos_package_goes_through_the_stage(argos_models: Path, glossary: Glossary) -> None:
    engine = ArgosTranslator(EngineSpec("argos", models_dir=str(argos_models)))
    try:
        done = translate_texts([Wanted(TUNNEL, "es", "en")], {}, engine, chosen=CHOSEN, glossary=glossary)
    finally:
        engine.close()
    assert [t.shown for t in done.translations] == ["agents found a tunnel in Tijuana"]
    assert done.translations[0].engine == engine.name


def test_the_offline_engine_reads_capitals_and_keeps_names(offline: OfflineTranslator, glossary: Glossary) -> None:
    wanted = [
        Wanted("DETIENEN A TRES EN PIEDRAS NEGRAS, COAHUILA", "es", "en"),
        Wanted("Border Patrol Agents Seize 300 Pounds of Fentanyl in Laredo", "en", "es"),
    ]
    arrest, seizure = translate_texts(wanted, {}, offline, chosen=CHOSEN, glossary=glossary).translations
    assert "Piedras Negras, Coahuila" in arrest.text
    assert "arrest" in arrest.text
    assert "300 libras de fentanilo" in seizure.text
    assert "Patrulla Fronteriza" in seizure.text
    assert {arrest.status, seizure.status} == {"ok"}


# ---------------------------------------------------------------- another way


class Other(Recorder):
    """A second engine."""

    @property
    def name(self) -> str:
        return "other 2"


BRIDGE = "Cierran el puente de Reynosa"
LOOPING = "bridge bridge bridge bridge bridge bridge"


def test_what_is_refused_is_tried_once_by_the_next_engine_and_told(glossary: Glossary) -> None:
    first = Recorder({BRIDGE: LOOPING, TUNNEL: "agents found a tunnel in Tijuana"})
    second = Other({BRIDGE: "Reynosa bridge closed"})
    done = translate_texts(
        [Wanted(BRIDGE, "es", "en"), Wanted(TUNNEL, "es", "en")],
        {},
        first,
        chosen=CHOSEN,
        glossary=glossary,
        second_way=lambda: Way(second, label="Other"),
    )
    bridge, tunnel = done.translations
    assert (bridge.status, bridge.text, bridge.engine, bridge.label) == (
        "ok",
        "Reynosa bridge closed",
        "other 2",
        "Other",
    )
    assert tunnel.engine == "test 1"
    assert [texts[0] for _, texts in second.calls] == [BRIDGE]
    assert (done.report.retried, done.report.rescued, done.report.flagged_hard) == (1, 1, 0)
    assert bridge.recipe == tunnel.recipe == recipe_of("test 1", glossary)


def test_what_both_engines_get_wrong_is_withheld(glossary: Glossary) -> None:
    done = translate_texts(
        [Wanted(BRIDGE, "es", "en")],
        {},
        Recorder({BRIDGE: LOOPING}),
        chosen=CHOSEN,
        glossary=glossary,
        second_way=lambda: Way(Other({BRIDGE: BRIDGE})),
    )
    (bridge,) = done.translations
    assert (bridge.status, bridge.shown, bridge.confidence) == ("original", BRIDGE, 0.0)
    assert (done.report.retried, done.report.rescued) == (1, 0)


def test_without_another_engine_a_long_sentence_is_tried_clause_by_clause(glossary: Glossary) -> None:
    clauses = ("Agentes hallaron un túnel en Tijuana,", "y el gobierno cerró el puente de Reynosa")
    text = " ".join(clauses)
    engine = Recorder(
        {
            text: LOOPING,
            clauses[0]: "Agents found a tunnel in Tijuana,",
            clauses[1]: "and the government closed the Reynosa bridge",
        }
    )
    (translation,) = translate_texts(
        [Wanted(text, "es", "en")], {}, engine, chosen=CHOSEN, glossary=glossary
    ).translations
    assert translation.text == "Agents found a tunnel in Tijuana, and the government closed the Reynosa bridge"
    assert translation.status == "ok"


def test_a_lost_number_is_worth_a_better_engine_but_not_a_basic_one(glossary: Glossary) -> None:
    text = "Decomisan 300 kilos de cristal en Tijuana"

    def outcome(*, basic: bool) -> Translation:
        second = Other({text: "300 kilos of meth seized in Tijuana"})
        chosen = replace(CHOSEN, limits="")
        first = Recorder({text: "kilos of meth seized in Tijuana"})
        done = translate_texts(
            [Wanted(text, "es", "en")], {}, first, chosen=chosen, glossary=glossary,
            second_way=lambda: Way(second, basic=basic),
        )  # fmt: skip
        return done.translations[0]

    assert (outcome(basic=False).status, outcome(basic=False).engine) == ("ok", "other 2")
    assert (outcome(basic=True).status, outcome(basic=True).engine) == ("check", "test 1")


def test_when_an_engine_dies_the_next_one_takes_over_and_that_is_told(glossary: Glossary) -> None:
    done = translate_texts(
        [Wanted(TUNNEL, "es", "en")],
        {},
        Recorder(dies_on="es"),
        chosen=CHOSEN,
        glossary=glossary,
        second_way=lambda: Way(Other({TUNNEL: "agents found a tunnel in Tijuana"})),
    )
    assert (done.translations[0].status, done.translations[0].engine) == ("ok", "other 2")
    assert any("died twice" in notice for notice in done.notices)


def test_a_second_engine_is_not_opened_when_nothing_fails(glossary: Glossary) -> None:
    def never() -> Way:
        raise AssertionError("opened")

    engine = Recorder({TUNNEL: "agents found a tunnel in Tijuana"})
    done = translate_texts([Wanted(TUNNEL, "es", "en")], {}, engine, chosen=CHOSEN, glossary=glossary, second_way=never)
    assert done.report.retried == 0


# ---------------------------------------------------------------- corrections and memory


def test_an_analysts_wording_wins_over_memory_and_engine(glossary: Glossary) -> None:
    engine = Recorder()
    wording = Correction("es", "en", TUNNEL, "Tijuana tunnel found by agents", "sentence", NOW)
    known = Translation("es", "en", TUNNEL, "agents found a tunnel in Tijuana", "test 1")
    done = translate_texts(
        [Wanted(TUNNEL, "es", "en")],
        {known.key: known},
        engine,
        chosen=CHOSEN,
        glossary=glossary,
        corrections=[wording, replace(wording, original="otra cosa")],
    )
    (translation,) = done.translations
    assert (translation.shown, translation.engine, translation.status) == (wording.wording, ANALYST, "ok")
    assert engine.calls == []
    assert done.fresh == ()
    assert (done.report.corrected, done.report.remembered) == (1, 0)


def test_another_engine_or_glossary_is_another_memory(glossary: Glossary) -> None:
    term = Correction("es", "en", "garita", "port of entry", "term", NOW)
    recipes = {
        recipe_of("a 1", glossary),
        recipe_of("a 2", glossary),
        recipe_of("a 1", glossary.plus(term_entries([term]))),
    }
    assert len(recipes) == 3
    assert recipe_of("a 1", glossary) == recipe_of("a 1", glossary.plus([]))


def test_an_edited_table_of_the_guards_is_another_memory(glossary: Glossary, tmp_path: Path) -> None:
    """What an older release took for fine is judged anew by the words that this one knows."""
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, rows in ((before, "es\tdisparar\tshoot\n"), (after, "es\tdisparar\tshoot fire at\n")):
        folder.mkdir()
        (folder / "senses.tsv").write_text(rows, encoding="utf-8")
    assert tables_mark(before) != tables_mark(after)
    shipped = Path(recipe_of.__code__.co_filename).parent
    assert (shipped / "senses.tsv").is_file()
    assert tables_mark(shipped) in recipe_of("a 1", glossary)
