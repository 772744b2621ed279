"""Worker processes: shared work, restarts, and a text that kills."""

from pathlib import Path

import pytest

from monitor.errors import EngineError
from monitor.language.engines import pool
from monitor.language.engines.pool import ModelPool, ModelWorker

PROGRAM = """
import json, os, sys
for line in sys.stdin.buffer:
    text = json.loads(line)["text"]
    if "{deadly}" in text:
        os._exit(1)
    print(json.dumps({{"error": "panic"}} if "panic" in text else {{"text": text.upper()}}), flush=True)
"""
TEXTS = [f"texto {i}" for i in range(40)]


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A worker program that ends without a word when it meets this word, as a crash in a compiled library does."""
    program = tmp_path / "worker.py"
    program.write_text(PROGRAM.format(deadly="KAPUTT"), encoding="utf-8")
    monkeypatch.setattr(pool, "_WORKER", program)
    return "KAPUTT"


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_text_that_kills_a_worker_is_lost_alone(deadly: str, size: int, tmp_path: Path) -> None:
    texts = [*TEXTS[:7], f"uno {deadly}", *TEXTS[7:30], f"dos {deadly}", *TEXTS[30:]]
    workers = ModelPool(size)
    try:
        assert workers.translate(texts, tmp_path) == ["" if deadly in text else text.upper() for text in texts]
        assert workers.translate(TEXTS, tmp_path) == [text.upper() for text in TEXTS]
    finally:
        workers.close()
    assert all(worker.process is None for worker in workers.workers)


def test_a_text_that_makes_the_engine_fail_is_empty_and_its_neighbours_are_not(deadly: str, tmp_path: Path) -> None:
    workers = ModelPool(1)
    try:
        assert workers.translate(["uno", "panic", "dos"], tmp_path) == ["UNO", "", "DOS"]
    finally:
        workers.close()


def test_a_worker_that_never_worked_is_an_engine_error(deadly: str, tmp_path: Path) -> None:
    worker = ModelWorker()
    with pytest.raises(EngineError, match="died again and again"):
        worker.translate([f"{deadly}"], tmp_path)
    assert worker.process is None


def test_deadly_texts_only_mean_that_the_worker_is_broken(deadly: str, tmp_path: Path) -> None:
    workers = ModelPool(2)
    try:
        assert workers.translate(TEXTS[:4], tmp_path)
        with pytest.raises(EngineError, match="died again and again"):
            workers.translate([f"{deadly} {i}" for i in range(9)], tmp_path)
    finally:
        workers.close()


def test_repeated_texts_are_translated_once_and_all_come_back(deadly: str, tmp_path: Path) -> None:
    workers = ModelPool(2)
    try:
        assert workers.translate(["uno", "dos", "", "uno"] * 5, tmp_path) == ["UNO", "DOS", "", "UNO"] * 5
        assert workers.translate([], tmp_path) == []
    finally:
        workers.close()
