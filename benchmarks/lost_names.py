"""What each step of the guard of names brings: recall on planted faults and false alarms, with one step left out.

    python benchmarks/lost_names.py [--texts FILE.en FILE.es] [--lines 1-1000] [--alarms]

The faults of tests/eval/guard_names.py (and the translation of another text) are planted in the faithful translations
of the dev split, or in parallel texts of one's own. Only the guard of names is asked. The last line is JSON.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
if "tests" not in sys.modules:  # some installed packages bring a module `tests` of their own
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(ROOT / "tests")]

from benchmarks.guards import parallel, split_cases  # noqa: E402
from monitor.language import lost_names, name_forms, name_units  # noqa: E402
from monitor.language.glossary import Glossary, load_glossary  # noqa: E402
from monitor.language.prepare import prepare  # noqa: E402
from monitor.records import other_language  # noqa: E402
from monitor.resources import bundled  # noqa: E402
from tests.eval.guard_corruptions import Case, plant  # noqa: E402
from tests.eval.guard_names import NAME_FAULTS  # noqa: E402

EMPTY = name_forms.Forms(lambda _: ())
STEPS: dict[str, tuple[tuple[ModuleType, str, object], ...]] = {
    "everything": (),
    "without the tables of both languages": ((name_units, "forms_of", lambda *_: EMPTY),),
    "without common words": ((name_units, "is_common", lambda *_: False),),
    "without known people": ((name_units, "_KNOWN", frozenset()), (name_units, "_GIVEN", frozenset())),
    "without other spellings": ((lost_names, "alike", lambda one, two, **_: one == two),),
    "without acronyms' letters": ((lost_names, "_spelled_out", lambda *_: False),),
    "without invented names": ((lost_names, "_ADDED", 0.0),),
    "without asking for a second sign": ((lost_names, "_BY_ITSELF", {}),),
    "without both sides together": ((lost_names, "_ENOUGH_OF_BOTH", 99.0),),
    "without mere mentions": ((name_units, "_MERE_MENTION", 1.0),),
    "without counting": ((lost_names, "_said_less_often", lambda *_: []),),
    "without order": ((lost_names, "_exchanged", lambda *_: []),),
}


@contextmanager
def left_out(changes: Sequence[tuple[ModuleType, str, object]]) -> Iterator[None]:
    """The guard with some of its parts replaced."""
    before: list[tuple[ModuleType, str, Any]] = [(module, name, getattr(module, name)) for module, name, _ in changes]
    for module, name, value in changes:
        setattr(module, name, value)
    name_units.side_of.cache_clear()
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
        name_units.side_of.cache_clear()


def is_flagged(case: Case, output: str, glossary: Glossary) -> bool:
    source = other_language(case.target)
    text = prepare(case.text, source, case.target, glossary).reference
    return bool(lost_names.missing_names(text, output, source, case.target, glossary))


def measure(cases: Sequence[Case], glossary: Glossary) -> dict[str, object]:
    """Recall by fault, of all faults together, and false alarms; microseconds a text."""
    hits: dict[str, list[bool]] = {}
    started = time.process_time()
    for planted in plant(cases, {"names": NAME_FAULTS}):
        hits.setdefault(planted.fault, []).append(is_flagged(planted.case, planted.output, glossary))
    found = [hit for each in hits.values() for hit in each]
    alarms = [is_flagged(case, case.output, glossary) for case in cases]
    micros = (time.process_time() - started) / (len(found) + len(alarms)) * 1e6
    return {
        "recall": round(sum(found) / len(found), 4),
        "false_alarms": round(sum(alarms) / len(alarms), 4),
        "us_per_text": round(micros),
        "faults": {fault: [round(sum(each) / len(each), 3), len(each)] for fault, each in hits.items()},
    }


def show_alarms(cases: Sequence[Case], glossary: Glossary) -> None:
    for case in cases:
        source = other_language(case.target)
        text = prepare(case.text, source, case.target, glossary).reference
        if names := lost_names.missing_names(text, case.output, source, case.target, glossary):
            print(f"- {names}\n  {case.text}\n  {case.output}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", nargs=2, type=Path, metavar=("FILE.en", "FILE.es"))
    parser.add_argument("--lines", default="", metavar="1-1000", help="only these lines of the texts")
    parser.add_argument("--alarms", action="store_true", help="show faithful translations that were flagged")
    parser.add_argument("--whole", action="store_true", help="only the whole guard, without leaving steps out")
    options = parser.parse_args()
    glossary = load_glossary(bundled("glossary.yaml"))
    cases = parallel(options.texts[0], options.texts[1], options.lines) if options.texts else split_cases("dev")[0]
    result: dict[str, object] = {"benchmark": "lost_names", "cases": len(cases)}
    for step, changes in STEPS.items():
        if options.whole and changes:
            continue
        with left_out(changes):
            row = measure(cases, glossary)
        result[step] = row
        print(f"{step:40} recall {row['recall']:.1%}  false alarms {row['false_alarms']:.2%}", row["faults"])
    if options.alarms:
        show_alarms(cases, glossary)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
