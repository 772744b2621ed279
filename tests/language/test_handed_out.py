"""Translation by an executor's workers: what comes back is what is made here, or it is an error."""

from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from monitor.config.models import LibreTranslateConfig, TranslationConfig
from monitor.errors import EngineError
from monitor.executors import SerialExecutor
from monitor.language.handed_out import HandedOut
from monitor.language.interpreter import Interpreter
from monitor.language.translate import Wanted
from monitor.language.work import Job, attempt_batch, translate_batch
from monitor.records import Correction, EngineSpec
from monitor.resources import bundled
from tests.language.conftest import needs_apertium
from tests.language.libre_server import LibreServer

T = TypeVar("T")
R = TypeVar("R")
WANTED = (
    *(Wanted(f"La Patrulla Fronteriza detuvo a {number} personas en Laredo.", "es", "en") for number in range(2, 70)),
    Wanted("Agentes no confirmaron la detención", "es", "en"),
    Wanted("The Border Patrol arrested 12 people in Laredo.", "en", "es"),
    Wanted("", "en", "es"),
)
TERM = Correction("es", "en", "Laredo", "Laredo, Texas", "term", datetime(2026, 11, 20, tzinfo=UTC))


def job(**changes: str) -> Job:
    """One for an engine that does nothing."""
    plain = Interpreter(TranslationConfig(engine="none"), bundled("glossary.yaml"))
    text = bundled("glossary.yaml").read_text(encoding="utf-8")
    made = Job(EngineSpec("none"), plain.recipe, text)
    return replace(made, **changes)  # type: ignore[arg-type] # of texts


@needs_apertium
@pytest.mark.parametrize("corrections", [(), (TERM,)])
def test_translations_and_their_verdicts_are_those_made_here(corrections: tuple[Correction, ...]) -> None:
    options, glossary = TranslationConfig(engine="offline"), bundled("glossary.yaml")
    here = Interpreter(options, glossary, corrections).translate(WANTED, {})
    there = Interpreter(options, glossary, corrections, SerialExecutor()).translate(WANTED, {})
    assert there.translations == here.translations
    assert there.fresh == here.fresh
    assert replace(there.report, seconds=0) == replace(here.report, seconds=0)


def test_a_worker_that_would_translate_otherwise_is_refused() -> None:
    with pytest.raises(EngineError, match=r"worker on .* would translate by .*: install the same models there"):
        attempt_batch(job(recipe="argos 9 | glossary 1"), WANTED[:1])


def test_a_worker_without_the_engine_says_which_machine_it_is() -> None:
    bare = replace(job(), spec=EngineSpec("argos", models_dir="/nowhere"))
    with pytest.raises(EngineError, match=r"the worker on .*: the argos engine lacks"):
        attempt_batch(bare, WANTED[:1])


def test_another_glossary_is_another_job() -> None:
    """The desk of the one does not serve the other; both come back to their own."""
    own = job()
    text = own.glossary + "\n# the same entries\n"
    for wanted in (own, replace(own, glossary=text), own):
        assert len(attempt_batch(wanted, WANTED[:3])) == 3


class Counting:
    """An executor that works here and counts the texts of each batch."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def map(self, fn: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        for item in items:
            assert isinstance(item, Sized)
            self.sizes.append(len(item))
            yield fn(item)

    def prepare(self) -> None:
        """There is nothing to start."""


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_the_engine_alone_is_a_translator_like_any_other(counting: Counting) -> None:
    engine = HandedOut("none", counting, lambda _way: job())
    texts = [f"texto {number}" for number in range(70)]
    assert engine.translate(texts, "es", "en") == translate_batch(job(), "es", "en", texts)
    assert counting.sizes == [32, 32, 6]
    assert engine.translate([], "es", "en") == []
    engine.close()
    engine.close()


def test_a_server_is_asked_from_here(counting: Counting) -> None:
    with LibreServer() as server:
        options = TranslationConfig(engine="libretranslate", libretranslate=LibreTranslateConfig(url=server.url))
        interpreter = Interpreter(options, bundled("glossary.yaml"), (), counting)
        assert interpreter.question() is None
        before = len(server.requests)
        interpreter.translate(WANTED[:2], {})
        assert len(server.requests) > before
    assert counting.sizes == []
