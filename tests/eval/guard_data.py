"""The judged outputs of data/guard-outputs.jsonl and the translated pairs of data/guard-sentences.yaml."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from monitor.language.glossary import Glossary
from monitor.language.guards import check
from monitor.language.prepare import prepare
from monitor.records import Lang, other_language
from tests.eval.guard_corruptions import Case

DATA = Path(__file__).with_name("data")
Split = Literal["dev", "test"]
Verdict = Literal["faithful", "marred", "misleading"]


@dataclass(frozen=True, slots=True)
class Output:
    """One output and what a reader of both languages found; README.md has the rules of the verdicts."""

    id: str
    split: Split
    source: Lang
    text: str
    output: str
    engine: str
    verdict: Verdict
    faults: tuple[str, ...] = ()  # of misleading ones: number, name, negation, role, sense, garbled, left-over
    portuguese: str = ""  # the text in Portuguese
    seen: bool = False  # the text was in sight while the engine's rules were written: it does better on those

    @property
    def target(self) -> Lang:
        return other_language(self.source)

    @property
    def case(self) -> Case:
        return Case(self.text, self.output, self.target, self.portuguese)


@lru_cache(maxsize=1)
def judged_outputs() -> tuple[Output, ...]:
    """What engines made of our texts, each judged by reading."""
    lines = (DATA / "guard-outputs.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_output(json.loads(line)) for line in lines)


def _output(row: dict[str, str]) -> Output:
    verdicts: dict[str, Verdict] = {"misleading": "misleading", "marred": "marred", "faithful": "faithful"}
    return Output(
        id=row["id"],
        split="dev" if row["split"] == "dev" else "test",
        source="es" if row["direction"] == "es-en" else "en",
        text=row["text"],
        output=row["output"],
        engine=row["engine"],
        verdict=verdicts[row["verdict"]],
        faults=tuple(row.get("faults", "").split()),
        portuguese=row.get("portuguese", ""),
        seen="seen" in row,
    )


@lru_cache(maxsize=1)
def references() -> tuple[Output, ...]:
    """The pairs, either way round: faithful by the hand that wrote them."""
    pairs = yaml.safe_load((DATA / "guard-sentences.yaml").read_text(encoding="utf-8"))["pairs"]
    found = []
    for number, pair in enumerate(pairs):
        split: Split = "dev" if pair["split"] == "dev" else "test"
        for source in ("en", "es"):
            target = other_language(source)
            found.append(
                Output(f"pair-{number}-{source}", split, source, pair[source], pair[target], "reference", "faithful")
            )
    return tuple(found)


def flags_of(text: str, output: str, target: Lang, glossary: Glossary) -> tuple[str, ...]:
    """The guards' flags as the translate stage asks for them: against the text as it is prepared for an engine."""
    source = other_language(target)
    return check(_reference(text, target, glossary), output, source, target, glossary)


@lru_cache(maxsize=8192)
def _reference(text: str, target: Lang, glossary: Glossary) -> str:
    return prepare(text, other_language(target), target, glossary).reference


def faithful(outputs: Sequence[Output]) -> list[Output]:
    return [output for output in outputs if output.verdict == "faithful"]
