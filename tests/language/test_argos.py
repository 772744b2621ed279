"""The argos engine against argostranslate itself, on genuine packages with either tokenizer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import EngineError
from monitor.language.engines import argos
from monitor.language.engines.canary import examine
from monitor.language.engines.pieces import PIECE_CHARS, bounded_pieces, translate_in_pieces
from monitor.language.glossary import Glossary
from monitor.language.guards import HARD, check
from monitor.language.models import install_models
from monitor.records import EngineSpec
from tests.language.argos_packages import WORDS_EN_ES, WORDS_ES_EN, build_package, unpack_packages

TEXTS = (
    "agentes hallaron un túnel en Tijuana",
    "La Patrulla Fronteriza no confirmó la detención de 12 personas.",
    "Hola, ¿cómo estás?",
    "migrantes",
    "Sheinbaum hallaron 300 migrantes en Laredo",
    "la detención de 300 agentes en un túnel de Tijuana no confirmó la Patrulla Fronteriza en Tijuana",
)
Tokenizer = Literal["sentencepiece", "bpe"]

ITSELF = """
import json, sys
from argostranslate import package, translate
if sys.argv[1]:
    package.install_from_path(sys.argv[1])
class WholeTexts:
    def split_sentences(self, text):
        return [text]
translation = translate.get_translation_from_codes("es", "en")
translation.underlying.sentencizer = WholeTexts()  # its own would be downloaded
print(json.dumps([translation.translate(text) for text in json.load(sys.stdin)]))
"""


def said_by_argostranslate(home: Path, packages_dir: Path, archive: Path | None = None) -> list[str]:
    """What argostranslate makes of TEXTS, in a process whose home and packages are in a folder of the test."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ARGOS_")}
    env |= dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(home))
    env |= {"ARGOS_PACKAGES_DIR": str(packages_dir), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ITSELF, str(archive or "")],
        input=json.dumps(TEXTS),
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    outputs: list[str] = json.loads(done.stdout)
    return outputs


@pytest.fixture(params=["sentencepiece", "bpe"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    kind: Tokenizer = request.param
    return kind


@pytest.fixture
def archive(tokenizer: Tokenizer, tmp_path: Path) -> Path:
    return build_package(tmp_path / "es_en.argosmodel", tokenizer=tokenizer)


@pytest.fixture
def engine(archive: Path, packages: Path, tmp_path: Path) -> Iterator[argos.ArgosTranslator]:
    """Our engine with argostranslate's own beam, on packages that our installer put there."""
    install_models("argos", tmp_path / "models", source=str(archive))
    install_models("argos", tmp_path / "models", source=str(packages / "en_es.argosmodel"))
    translator = argos.ArgosTranslator(EngineSpec("argos", models_dir=str(tmp_path / "models"), beam_size=4))
    yield translator
    translator.close()


def test_it_says_word_for_word_what_argostranslate_says(
    engine: argos.ArgosTranslator, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "packages").mkdir()
    itself = said_by_argostranslate(tmp_path / "home", tmp_path / "packages", archive)
    assert engine.translate(TEXTS, "es", "en") == itself
    assert itself[0] == "agents found a tunnel in Tijuana"
    assert "300 migrants" in itself[4]


def test_it_searches_as_argostranslate_does_where_the_model_is_unsure(packages: Path, tmp_path: Path) -> None:
    """Beam, length penalty and limits are the same: on this model another length penalty changes five texts of six."""
    unsure = build_package(tmp_path / "es_en.argosmodel", blur=1.0, quantization="int8")
    models = unpack_packages(tmp_path / "models", unsure, packages / "en_es.argosmodel")
    engine = argos.ArgosTranslator(EngineSpec("argos", models_dir=str(models), beam_size=4))
    try:
        ours = [engine.translate([text], "es", "en")[0] for text in TEXTS]
    finally:
        engine.close()
    assert ours == said_by_argostranslate(tmp_path / "home", models / "argos")


def test_argostranslate_runs_what_our_installer_installed(
    engine: argos.ArgosTranslator, packages: Path, tmp_path: Path
) -> None:
    itself = said_by_argostranslate(tmp_path / "home", tmp_path / "models" / "argos")
    assert engine.translate(TEXTS, "es", "en") == itself


def test_the_word_without_end_is_caught_by_the_canary_and_by_the_guards(tmp_path: Path) -> None:
    """es→en 1.9 as it is published: byte pairs, and "mainstre@@" for ever once it runs in int8."""
    package = build_package(
        tmp_path / "es_en.argosmodel", version="1.9", tokenizer="bpe", stuck_on="mainstre@@", only_in_int8=True
    )
    folder = unpack_packages(tmp_path, package) / "argos" / "es_en"
    engine = argos.PackageTranslator(folder, EngineSpec("argos"))
    try:
        output = engine.translate([TEXTS[1]], "es", "en")[0]
        health = examine(engine)
    finally:
        engine.close()
    assert output.startswith("mainstremainstremainstre")
    assert not health.healthy
    assert HARD.intersection(check(TEXTS[1], output, "es", "en", Glossary()))


def test_the_same_engine_can_be_had_with_a_smaller_beam_under_another_name(argos_models: Path) -> None:
    spec = EngineSpec("argos", models_dir=str(argos_models), beam_size=4)
    engines = [argos.ArgosTranslator(spec), argos.ArgosTranslator(replace(spec, beam_size=1))]
    try:
        assert engines[0].name != engines[1].name
        assert engines[0].translate(TEXTS, "es", "en") == engines[1].translate(TEXTS, "es", "en")
    finally:
        for engine in engines:
            engine.close()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_words_depend_neither_on_threads_nor_on_neighbours(threads: int, argos_models: Path) -> None:
    engine = argos.ArgosTranslator(EngineSpec("argos", models_dir=str(argos_models), threads=threads))
    words = [pair[0] for pair in WORDS_ES_EN]
    texts = [" ".join(words[i % 7 : i % 7 + 1 + i % 13]) for i in range(200)]
    said = dict(WORDS_ES_EN)
    try:
        assert engine.translate(texts, "es", "en") == [" ".join(said[w] for w in text.split()) for text in texts]
    finally:
        engine.close()


def test_a_text_longer_than_the_decoder_reaches_comes_back_whole(argos_models: Path) -> None:
    engine = argos.ArgosTranslator(EngineSpec("argos", models_dir=str(argos_models)))
    try:
        assert engine.translate([" ".join([TEXTS[0]] * 100)], "es", "en")[0].count("tunnel") == 100
        letters = " ".join("ñ" * 290)  # under 600 characters, more tokens than a sentence has
        assert engine.translate([letters, TEXTS[0]], "es", "en") == [letters, "agents found a tunnel in Tijuana"]
    finally:
        engine.close()


def test_it_runs_where_the_users_home_cannot_be_written_to(argos_models: Path) -> None:
    program = (
        "from monitor.language.engines.argos import ArgosTranslator; from monitor.records import EngineSpec;"
        f"e = ArgosTranslator(EngineSpec('argos', models_dir={str(argos_models)!r}));"
        "print(e.translate(['migrantes'], 'es', 'en')); e.close()"
    )
    env = {**os.environ, **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "/dev/null")}
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.strip() == "['migrants']", done.stderr


@pytest.mark.parametrize(
    "text", ["[^$/\\{}@<>*#]", "\0", "🚨 ALERTA 🚨", "@@ @@", "▁", "&amp; & <b>", "a" * 3000, "漢字 " * 200]
)
def test_strange_characters_harm_no_neighbour_with_either_tokenizer(text: str, engine: argos.ArgosTranslator) -> None:
    said = engine.translate([TEXTS[0], text, TEXTS[0]], "es", "en")
    assert said[0] == said[2] == "agents found a tunnel in Tijuana"
    assert isinstance(said[1], str)


def test_a_damaged_model_is_an_engine_error(argos_models: Path) -> None:
    (argos_models / "argos" / "es_en" / "model" / "model.bin").write_bytes(b"damaged")
    engine = argos.ArgosTranslator(EngineSpec("argos", models_dir=str(argos_models)))
    try:
        with pytest.raises(EngineError, match="install it again"):
            engine.translate([TEXTS[0]], "es", "en")
        assert engine.translate(["migrants"], "en", "es") == ["migrantes"]
    finally:
        engine.close()


def test_every_test_word_has_one_translation() -> None:
    assert all(len(dict(words)) == len(words) for words in (WORDS_ES_EN, WORDS_EN_ES))


# ---------------------------------------------------------------- pieces


def test_a_long_text_is_cut_behind_a_clause_and_nothing_is_lost() -> None:
    text = " ".join(f"cláusula número {i}," if i % 5 == 0 else f"palabra{i}" for i in range(200))
    pieces = bounded_pieces(text)
    assert " ".join(pieces) == text
    assert all(len(piece) <= PIECE_CHARS for piece in pieces)
    assert all(piece.endswith(",") for piece in pieces[:-1])


def test_text_without_clauses_is_cut_between_words_and_a_giant_word_stands_alone() -> None:
    assert bounded_pieces("a" * 1000) == ["a" * 1000]
    assert [len(piece) for piece in bounded_pieces("word " * 300)] == [599, 599, 299]
    assert bounded_pieces(f"x {'a' * 700} y") == ["x", "a" * 700, "y"]
    assert bounded_pieces(" \n ") == []


@given(st.text(st.sampled_from("ab ,;.\n\u00a0")), st.integers(1, 40))
def test_pieces_hold_all_words_in_order_and_none_is_longer_than_asked(text: str, limit: int) -> None:
    pieces = bounded_pieces(text, limit)
    assert " ".join(pieces) == " ".join(text.split())
    assert all(len(piece) <= limit or " " not in piece for piece in pieces)


def test_each_distinct_piece_is_translated_once() -> None:
    asked: list[str] = []

    def shout(pieces: Sequence[str]) -> list[str]:
        asked.extend(pieces)
        return [piece.upper() for piece in asked]

    giant = "a" * 700
    assert translate_in_pieces(["uno", "dos", "uno", "", giant], shout) == ["UNO", "DOS", "UNO", "", giant]
    assert asked == ["uno", "dos"]
