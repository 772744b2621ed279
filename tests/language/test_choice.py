"""Which engine speaks: canaries, the order of `auto`, what comes after a failure, and the daemon's daily look."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from monitor.config.models import LibreTranslateConfig, TranslationConfig
from monitor.errors import EngineError
from monitor.language.engines.canary import CANARIES, Health, examine, remembered_health
from monitor.language.engines.choose import Chosen, choose_engine, fallback_specs, open_healthy
from monitor.language.engines.watch import EVERY_S, EngineWatch, examine_engines, health_lines, watched_kinds
from monitor.records import EngineSpec, Lang
from tests.language.argos_packages import WORDS_EN_ES, WORDS_ES_EN, build_package, unpack_packages
from tests.language.libre_server import LibreServer

FAITHFUL: dict[str, str] = {
    "Hola, ¿cómo estás?": "Hi, how are you?",
    "La Patrulla Fronteriza no confirmó la detención de 12 personas.": "Border Patrol didn't confirm holding 12.",
    "Agentes federales hallaron un túnel entre Tijuana y San Diego.": (
        "A tunnel between Tijuana and San Diego was found by federal agents."
    ),
    "El hombre fue detenido por la policía en Ciudad Juárez.": "Police in Ciudad Juarez arrested the man.",
    "Fueron deportados 1,250 migrantes a Honduras.": "1,250 migrants were deported to Honduras.",
    "Nadie resultó herido en el puente.": "No one was hurt at the bridge.",
    "Hello, how are you?": "Hola, ¿qué tal?",
    "The Border Patrol did not confirm the arrest of 12 people.": (
        "La Patrulla Fronteriza no confirmó el arresto de doce personas."
    ),
    "Federal agents found a tunnel between Tijuana and San Diego.": (
        "Agentes federales encontraron un túnel entre Tijuana y San Diego."
    ),
    "The man was arrested by the police in Ciudad Juárez.": "La policía detuvo al hombre en Ciudad Juárez.",
    "1,250 migrants were deported to Honduras.": "Deportaron a 1250 migrantes a Honduras.",
    "Nobody was injured on the bridge.": "Nadie resultó lesionado en el puente.",
}


class Phrasebook:
    """An engine that says what it is told to; unknown texts come back as they are."""

    name = "phrasebook 1"

    def __init__(self, phrases: dict[str, str]) -> None:
        self.phrases = phrases

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        return [self.phrases.get(text, text) for text in texts]

    def close(self) -> None:
        pass


# ---------------------------------------------------------------- canaries


@pytest.mark.parametrize("direction", [("es", "en"), ("en", "es")])
def test_each_direction_is_asked_for_negation_number_place_and_role(direction: tuple[Lang, Lang]) -> None:
    asked = [canary for canary in CANARIES if (canary.source, canary.target) == direction]
    assert len(asked) >= 4
    assert sum(len(canary.must) for canary in asked) >= 12


def test_good_translations_in_other_words_pass() -> None:
    assert {canary.text for canary in CANARIES} == set(FAITHFUL)
    health = examine(Phrasebook(FAITHFUL))
    assert health.healthy, health.reason


@pytest.mark.parametrize(
    ("text", "wrong", "fault"),
    [
        ("Hola, ¿cómo estás?", "mainstre@@ mainstre@@ mainstre@@", "mark"),
        ("Hola, ¿cómo estás?", "", "empty"),
        ("Agentes federales hallaron un túnel entre Tijuana y San Diego.", "A tunnel " * 40, "loop"),
        ("Nadie resultó herido en el puente.", "Nadie resultó herido en el puente.", "leftover"),
        (
            "La Patrulla Fronteriza no confirmó la detención de 12 personas.",
            "The Border Patrol confirmed the arrest of 12 people.",
            "lacks",
        ),
        ("Fueron deportados 1,250 migrantes a Honduras.", "1,520 migrants were deported to Honduras.", "lacks"),
        ("Fueron deportados 1,250 migrantes a Honduras.", "1,250 migrants were deported from Honduras.", "lacks"),
        (
            "Agentes federales hallaron un túnel entre Tijuana y San Diego.",
            "Federal agents found a tunnel between Walnuts and San Diego.",
            "lacks",
        ),
        (
            "El hombre fue detenido por la policía en Ciudad Juárez.",
            "The man arrested the police in Ciudad Juárez.",
            "lacks",
        ),
        ("Nobody was injured on the bridge.", "Alguien resultó herido en el puente.", "lacks"),
        (
            "The man was arrested by the police in Ciudad Juárez.",
            "El hombre detuvo a la policía en Ciudad Juárez.",
            "lacks",
        ),
    ],
)
def test_a_translation_that_would_mislead_is_caught(text: str, wrong: str, fault: str) -> None:
    health = examine(Phrasebook(FAITHFUL | {text: wrong}))
    assert not health.healthy
    assert text in health.reason
    assert fault in health.reason


def test_an_engine_that_dies_of_a_canary_is_not_healthy() -> None:
    class Dying(Phrasebook):
        def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
            raise EngineError("it died")

    health = examine(Dying({}))
    assert (health.healthy, health.reason) == (False, "it died")


def test_canaries_are_asked_a_direction_at_a_time() -> None:
    """A worker process or a server is asked twice, not twelve times."""
    calls: list[int] = []

    class Counting(Phrasebook):
        def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
            calls.append(len(texts))
            return super().translate(texts, source, target)

    examine(Counting(FAITHFUL))
    assert calls == [6, 6]


# ---------------------------------------------------------------- the order of auto


@pytest.fixture
def server() -> Iterator[LibreServer]:
    with LibreServer() as running:
        yield running


@pytest.fixture(scope="module")
def argos_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """es→en, en→es, and an es→en that says one word for ever."""
    folder = tmp_path_factory.mktemp("packages")
    return (
        build_package(folder / "es_en.argosmodel", WORDS_ES_EN),
        build_package(folder / "en_es.argosmodel", WORDS_EN_ES, source="en", target="es"),
        build_package(folder / "stuck.argosmodel", WORDS_ES_EN, stuck_on="people."),
    )


def options(models_dir: Path, server: LibreServer | None = None, engine: str = "auto") -> TranslationConfig:
    libre = LibreTranslateConfig(url=server.url, timeout_s=20, retries=0) if server else LibreTranslateConfig()
    return TranslationConfig(engine=engine, models_dir=str(models_dir), libretranslate=libre)


def kinds(chosen: Sequence[Chosen]) -> list[str]:
    return [one.spec.kind for one in chosen]


def test_argos_comes_before_the_server_and_the_server_before_the_basic_engine(
    argos_files: tuple[Path, Path, Path], server: LibreServer, tmp_path: Path
) -> None:
    unpack_packages(tmp_path, *argos_files[:2])
    both = choose_engine(options(tmp_path, server))
    assert (both.spec.kind, both.why, both.terms) == ("argos", "best", "source")
    assert [status.kind for status in both.passed_over] == ["firefox"]
    assert both.notices == (), "what is not installed is no news"
    assert server.requests == [], "a server that is not needed is not asked"
    only_server = choose_engine(options(tmp_path / "empty", server))
    assert (only_server.spec.kind, only_server.terms) == ("libretranslate", "source")
    assert "firefox lacks" in only_server.reason
    assert "argos lacks" in only_server.reason


def test_a_server_that_nobody_configured_is_not_mentioned(tmp_path: Path) -> None:
    assert "libretranslate" not in choose_engine(options(tmp_path)).reason


def test_an_engine_that_fails_its_canaries_is_passed_over_with_a_notice(
    argos_files: tuple[Path, Path, Path], server: LibreServer, tmp_path: Path
) -> None:
    unpack_packages(tmp_path, argos_files[2], argos_files[1])
    chosen = choose_engine(options(tmp_path, server))
    assert chosen.spec.kind == "libretranslate"
    assert "argos does not work: canary es→en" in chosen.reason
    (notice,) = chosen.notices
    assert notice.startswith("the translation engine 'argos' is passed over: canary es→en")
    assert notice.endswith("`monitor models install argos`")


def test_a_verdict_is_remembered_and_asked_for_again_when_fresh(server: LibreServer, tmp_path: Path) -> None:
    assert choose_engine(options(tmp_path, server)).spec.kind == "libretranslate"
    server.requests.clear()
    choose_engine(options(tmp_path, server))
    remembered = len(server.requests)
    choose_engine(options(tmp_path, server), fresh=True)
    assert len(server.requests) - remembered == remembered + 2, "the name is asked for each time, the canaries once"


def test_nothing_that_works_is_none_with_every_reason(
    monkeypatch: pytest.MonkeyPatch, server: LibreServer, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    server.stop()
    chosen = choose_engine(options(tmp_path, server))
    assert (chosen.spec.kind, chosen.why, chosen.limits) == ("none", "nothing", "none")
    assert [status.kind for status in chosen.passed_over] == ["firefox", "argos", "libretranslate", "offline"]
    assert "cannot be reached" in chosen.reason
    assert "'libretranslate' is passed over" in chosen.notices[0]


# ---------------------------------------------------------------- another way for a text


def test_what_comes_after_the_chosen_engine_is_not_opened_before_it_is_asked_for(
    argos_files: tuple[Path, Path, Path], server: LibreServer, tmp_path: Path
) -> None:
    unpack_packages(tmp_path, *argos_files[:2])
    chosen = choose_engine(options(tmp_path, server))
    behind = fallback_specs(options(tmp_path, server), after=chosen)
    assert kinds(behind)[:1] == ["libretranslate"]
    assert "argos" not in kinds(behind)
    assert behind[0].terms == "source"
    assert server.requests == []
    with closing(open_healthy(behind[0].spec)) as engine:
        assert engine.translate(["agentes hallaron un túnel"], "es", "en") == ["agents found a tunnel"]


def test_an_engine_that_is_not_installed_comes_after_nothing(
    argos_files: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unpack_packages(tmp_path, *argos_files[:2])
    monkeypatch.setenv("PATH", str(tmp_path))
    alone = options(tmp_path)
    assert fallback_specs(alone, after=choose_engine(alone)) == ()


def test_no_other_engine_speaks_for_one_that_was_asked_for_by_name(
    argos_files: tuple[Path, Path, Path], server: LibreServer, tmp_path: Path
) -> None:
    unpack_packages(tmp_path, *argos_files[:2])
    named = options(tmp_path, server, engine="argos")
    assert fallback_specs(named, after=choose_engine(named)) == ()
    off = options(tmp_path, server, engine="none")
    assert fallback_specs(off, after=choose_engine(off)) == ()


def test_an_unhealthy_engine_is_not_opened(argos_files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    unpack_packages(tmp_path, argos_files[2], argos_files[1])
    with pytest.raises(EngineError, match=r"'argos' is not healthy: canary es→en"):
        open_healthy(EngineSpec("argos", models_dir=str(tmp_path)))


# ---------------------------------------------------------------- the daemon's daily look


def test_the_daemon_examines_at_the_start_and_once_a_day() -> None:
    now, said = [0.0], list[str]()
    watch = EngineWatch(lambda: (f"asked at {now[0]:g}",), said.append, clock=lambda: now[0])
    for now[0] in (0.0, 60.0, EVERY_S - 1, EVERY_S + 1, EVERY_S + 60, 3 * EVERY_S):
        watch.look()
    assert said == ["asked at 0", f"asked at {EVERY_S + 1:g}", f"asked at {3 * EVERY_S:g}"]


def test_only_engines_that_a_run_may_use_are_watched(server: LibreServer, tmp_path: Path) -> None:
    assert watched_kinds(options(tmp_path)) == ("firefox", "argos", "offline")
    assert watched_kinds(options(tmp_path, server)) == ("firefox", "argos", "libretranslate", "offline")
    assert watched_kinds(options(tmp_path, engine="argos")) == ("argos",)
    assert watched_kinds(options(tmp_path, engine="none")) == ()


def test_a_failure_is_said_in_the_log_and_found_by_the_next_run(
    argos_files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    unpack_packages(tmp_path, argos_files[2], argos_files[1])
    named = options(tmp_path, engine="argos")
    (line,) = health_lines(examine_engines(named), named)
    assert line.startswith("translation: argos DOES NOT WORK: canary es→en")
    assert line.endswith("→ install its models again: `monitor models install argos`")
    assert "canary" in (tmp_path / "canary.json").read_text(encoding="utf-8")
    with pytest.raises(EngineError, match="is not healthy"):
        choose_engine(named)


def test_the_daemon_does_not_believe_yesterdays_verdict(server: LibreServer, tmp_path: Path) -> None:
    """The server still says the sentences by which it is known, so its name is the same; a canary has died."""
    named = options(tmp_path, server, engine="libretranslate")
    assert choose_engine(named).why == "asked"
    server.behaviour.says = {"Honduras.": "Guatemala."}
    assert choose_engine(named).why == "asked", "believed for the day"
    (status,) = examine_engines(named)
    assert status.healthy is False
    with pytest.raises(EngineError, match="is not healthy: canary"):
        choose_engine(named)


def test_the_log_says_when_there_is_no_engine_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    bare = options(tmp_path)
    (line,) = health_lines(examine_engines(bare), bare)
    assert line.startswith("translation: NO ENGINE: texts stay in their original language; firefox lacks")
    off = options(tmp_path, engine="none")
    assert health_lines(examine_engines(off), off) == ()


def test_verdicts_that_are_believed_no_more_are_forgotten(tmp_path: Path) -> None:
    """Else every version of a model would stay in the file for ever."""
    for day in range(3):
        remembered_health(f"engine {day}", lambda: Health(True), tmp_path, now=partial(float, day * 86_400))
    assert list(json.loads((tmp_path / "canary.json").read_text(encoding="utf-8"))) == ["engine 2"]
