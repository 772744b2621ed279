"""The judged outputs of data/guard-outputs.jsonl and the translated pairs of data/guard-sentences.yaml."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zlib import crc32

import yaml

from monitor.language.casing import sentence_case
from monitor.language.glossary import Glossary
from monitor.language.guards import check
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
    source: Lang = "es" if row["direction"] == "es-en" else "en"
    split: Split = "dev" if row["split"] == "dev" else "test"
    verdict: Verdict = (
        "misleading" if row["verdict"] == "misleading" else "marred" if row["verdict"] == "marred" else "faithful"
    )
    faults = tuple(row.get("faults", "").split())
    return Output(
        row["id"], split, source, row["text"], row["output"], row["engine"], verdict, faults, row.get("portuguese", "")
    )


@lru_cache(maxsize=1)
def references() -> tuple[Output, ...]:
    """The pairs, either way round: faithful by the hand that wrote them. The split is that of the pair."""
    pairs = yaml.safe_load((DATA / "guard-sentences.yaml").read_text(encoding="utf-8"))["pairs"]
    found = []
    for number, pair in enumerate(pairs):
        split: Split = "dev" if crc32(pair["en"].encode()) % 100 < DEV_SHARE else "test"
        for source in ("en", "es"):
            target = other_language(source)
            found.append(
                Output(f"pair-{number}-{source}", split, source, pair[source], pair[target], "reference", "faithful")
            )
    return tuple(found)


DEV_SHARE = 40  # percent of the texts that were not in sight while the first guards were written


def flags_of(text: str, output: str, target: Lang, glossary: Glossary) -> tuple[str, ...]:
    """The guards' flags as the translate stage asks for them: against the text in sentence case."""
    source = other_language(target)
    return check(sentence_case(text, source, glossary), output, source, target, glossary)


def faithful(outputs: Sequence[Output]) -> list[Output]:
    return [output for output in outputs if output.verdict == "faithful"]
