"""Engines that lose a process, lack a part or speak nonsense."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config.models import TranslationConfig
from monitor.errors import EngineError
from monitor.language.engines import apertium, argos, canary, offline
from monitor.language.engines.apertium import ApertiumPipe, mode_commands
from monitor.language.engines.choose import choose_engine, engine_statuses, open_translator
from monitor.language.engines.exchange import ChildDiedError, end_processes, exchange
from monitor.language.engines.offline import OfflineTranslator
from monitor.language.engines.pool import ModelPool, ModelWorker
from monitor.records import EngineSpec
from tests.language.argos_packages import unpack_packages
from tests.language.conftest import needs_apertium

ES = "Hallan un túnel clandestino en Tijuana."


def alive(process: "subprocess.Popen[bytes]") -> bool:
    return process.poll() is None


# ---------------------------------------------------------------- resident processes


def child(program: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


def test_exchange_survives_more_than_both_pipes_can_hold() -> None:
    process = child(
        "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line); sys.stdout.buffer.flush()"
    )
    request = b"x" * 9_999 + b"\n"
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        answer = exchange(process.stdin, process.stdout, request * 100, end=b"\n", count=100, silence_s=20)
        assert answer == request * 100
    finally:
        end_processes([process])
    assert not alive(process)


@pytest.mark.parametrize("program", ["import sys; sys.exit(0)", "import time; time.sleep(60)"])
def test_a_process_that_ends_or_falls_silent_is_an_error_never_a_hang(program: str) -> None:
    process = child(program)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with pytest.raises(ChildDiedError):
            exchange(process.stdin, process.stdout, b"hola\n", end=b"\n", count=1, silence_s=0.5)
    finally:
        end_processes([process])
    assert not alive(process)


def test_mode_files_become_commands_that_flush_at_nul() -> None:
    mode = "lt-proc '/a b/x.bin' | apertium-tagger -g $2 '/x.prob' | lt-proc $1 '/gen.bin'"
    assert mode_commands(mode) == [
        ["lt-proc", "-z", "/a b/x.bin"],
        ["apertium-tagger", "-z", "-g", "/x.prob"],
        ["lt-proc", "-z", "-n", "/gen.bin"],
    ]


@needs_apertium
@pytest.mark.parametrize("victim", [0, 2, -1])
def test_a_killed_apertium_process_is_replaced(victim: int) -> None:
    pipe = ApertiumPipe("es-pt")
    try:
        before = pipe.translate([ES])
        first = pipe.processes
        os.kill(first[victim].pid, signal.SIGKILL)
        first[victim].wait()
        assert pipe.translate([ES]) == before
        assert not any(alive(process) for process in first)
        second = pipe.processes
    finally:
        pipe.close()
    assert not any(alive(process) for process in second)


@needs_apertium
def test_apertium_that_cannot_live_is_an_engine_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mode = tmp_path / "es-pt.mode"
    mode.write_text("true | cat", encoding="utf-8")
    monkeypatch.setattr(apertium, "find_mode", lambda _: mode)
    pipe = ApertiumPipe("es-pt")
    with pytest.raises(EngineError, match="died twice"):
        pipe.translate([ES])
    assert pipe.processes == ()


@needs_apertium
def test_apertium_keeps_punctuation_numbers_and_syntax_characters() -> None:
    pipe = ApertiumPipe("es-pt")
    try:
        assert pipe.translate(["Dos hombres.", "", "Cruzaron 12 [de 30] en Laredo"])[0].endswith(".")
        assert "[de 30]" in pipe.translate(["Cruzaron 12 [de 30] en Laredo"])[0]
    finally:
        pipe.close()


def test_a_killed_worker_is_replaced() -> None:
    model = offline.model_dir("pten")
    assert model is not None
    worker = ModelWorker()
    try:
        before = worker.translate(["O túnel foi encontrado em Tijuana."], model)
        assert worker.process is not None
        first = worker.process
        first.kill()
        first.wait()
        assert worker.translate(["O túnel foi encontrado em Tijuana."], model) == before
    finally:
        worker.close()
    assert not alive(first)


def test_a_folder_without_a_model_is_an_engine_error(tmp_path: Path) -> None:
    pool = ModelPool(1)
    try:
        with pytest.raises(EngineError, match="install it again"):
            pool.translate(["Olá"], tmp_path)
    finally:
        pool.close()


def test_the_result_does_not_depend_on_the_number_of_workers() -> None:
    model = offline.model_dir("pten")
    assert model is not None
    texts = [f"A polícia encontrou {i} migrantes." for i in range(7)]
    outputs = []
    for size in (1, 3):
        pool = ModelPool(size)
        outputs.append(pool.translate(texts, model))
        pool.close()
        assert all(worker.process is None for worker in pool.workers)
    assert outputs[0] == outputs[1]


# ---------------------------------------------------------------- argos


def test_argos_says_exactly_what_its_dictionary_says(argos_models: Path) -> None:
    engine = argos.ArgosTranslator(EngineSpec("argos", models_dir=str(argos_models)))
    try:
        assert engine.translate(["agentes hallaron un túnel en Tijuana"], "es", "en") == [
            "agents found a tunnel in Tijuana"
        ]
        assert engine.translate(["The agents found a tunnel"], "en", "es") == ["La agentes hallaron un túnel"]
        assert "es-en 1.0" in engine.name
    finally:
        engine.close()


def test_argos_never_imports_a_sentence_splitter_or_torch(argos_models: Path) -> None:
    program = (
        "import sys; from monitor.language.engines.argos import ArgosTranslator; from monitor.records import"
        " EngineSpec;"
        f"e = ArgosTranslator(EngineSpec('argos', models_dir={str(argos_models)!r}));"
        "e.translate(['Hola, mundo'], 'es', 'en');"
        "print([m for m in ('stanza', 'minisbd', 'torch', 'spacy', 'argostranslate.translate') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_another_model_has_another_name(packages: Path, broken_package: Path, tmp_path: Path) -> None:
    good, other = packages / "es_en.argosmodel", packages / "en_es.argosmodel"
    names = []
    for folder, first in ((tmp_path / "a", good), (tmp_path / "b", broken_package)):
        engine = argos.ArgosTranslator(EngineSpec("argos", models_dir=str(unpack_packages(folder, first, other))))
        names.append(engine.name)
        engine.close()
    assert names[0] != names[1]


# ---------------------------------------------------------------- health and choice


def test_the_canary_finds_an_engine_that_says_one_word_for_ever(
    packages: Path, broken_package: Path, tmp_path: Path
) -> None:
    models = unpack_packages(tmp_path, broken_package, packages / "en_es.argosmodel")
    engine = open_translator(EngineSpec("argos", models_dir=str(models)))
    try:
        health = canary.examine(engine)
    finally:
        engine.close()
    assert not health.healthy
    assert "loop" in health.reason


def test_a_failure_is_believed_for_an_hour_a_success_until_the_next_day(tmp_path: Path) -> None:
    asked = []

    def ask(verdict: bool, now: float) -> bool:
        def examine_now() -> canary.Health:
            asked.append(now)
            return canary.Health(verdict, "")

        return canary.remembered_health("engine 1", examine_now, tmp_path, now=lambda: now).healthy

    assert ask(False, 0.0) is False
    assert ask(True, 3_000.0) is False  # still believed
    assert ask(True, 4_000.0) is True  # asked again
    assert ask(False, 70_000.0) is True  # the same day: still believed
    assert ask(False, 4_000.0 + 86_400.0) is False  # the next day's run asks again
    assert asked == [0.0, 4_000.0, 90_400.0]


def test_a_cache_that_is_no_json_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "canary.json").write_text("{", encoding="utf-8")
    assert canary.remembered_health("e", lambda: canary.Health(True), tmp_path).healthy


def test_auto_takes_the_best_engine_that_works_and_says_why(argos_models: Path) -> None:
    chosen = choose_engine(TranslationConfig(models_dir=str(argos_models)))
    assert chosen.spec.kind == "argos"
    assert chosen.name.startswith("argos (")
    assert "firefox lacks" in chosen.reason


def test_auto_passes_over_a_broken_engine(packages: Path, broken_package: Path, tmp_path: Path) -> None:
    models = unpack_packages(tmp_path, broken_package, packages / "en_es.argosmodel")
    chosen = choose_engine(TranslationConfig(models_dir=str(models)))
    assert chosen.spec.kind in ("offline", "none")
    assert "canary" in chosen.reason


def test_an_engine_asked_for_by_name_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="monitor models install argos"):
        choose_engine(TranslationConfig(engine="argos", models_dir=str(tmp_path)))
    with pytest.raises(EngineError, match="there is no engine 'google'"):
        choose_engine(TranslationConfig(engine="google", models_dir=str(tmp_path)))


def test_no_translation_can_be_asked_for(tmp_path: Path) -> None:
    chosen = choose_engine(TranslationConfig(engine="none", models_dir=str(tmp_path)))
    assert (chosen.spec.kind, chosen.limits) == ("none", "none")


def test_without_apertium_the_offline_engine_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    statuses = {status.kind: status for status in engine_statuses(TranslationConfig(models_dir=str(tmp_path)))}
    assert not statuses["offline"].installed
    assert "apt-get install apertium apertium-es-pt" in statuses["offline"].remedy
    assert choose_engine(TranslationConfig(models_dir=str(tmp_path))).spec.kind == "none"


@needs_apertium
def test_closing_the_offline_engine_leaves_no_process() -> None:
    engine = OfflineTranslator(EngineSpec("offline", threads=2))
    engine.translate([ES, ES + " 2"], "es", "en")
    engine.translate(["Agents found a tunnel."], "en", "es")
    started = [p for pipe in engine.pipes for p in pipe.processes]
    started += [worker.process for worker in engine.pool.workers if worker.process]
    assert len(started) == 14
    engine.close()
    assert not any(alive(process) for process in started)
