"""What the guards of translations find, and how often they cry wolf.

    python benchmarks/guards.py [--split dev|test] [--missed FAULT] [--alarms] [--fit]
    python benchmarks/guards.py --texts FILE.en FILE.es [--lines 1-1000]

Faults of every kind are planted in faithful translations: outputs of the offline engine that were judged faithful by
reading, and translations of our own (tests/eval/data). `--texts` takes parallel texts, line by line, instead: a human
translation is a faithful one. `--missed` shows planted faults that were not found, `--alarms` the faithful outputs that
were flagged: for dev only, the rules are never tuned on test. The last line is JSON; the main keys are those of test.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
if "tests" not in sys.modules:  # some installed packages bring a module `tests` of their own
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(ROOT / "tests")]

from monitor.language.glossary import load_glossary  # noqa: E402
from monitor.resources import bundled  # noqa: E402
from tests.eval.guard_calibration import by_word, fit, reliability  # noqa: E402
from tests.eval.guard_corruptions import Case, Group, plant  # noqa: E402
from tests.eval.guard_data import Output, faithful, flags_of, judged_outputs, references  # noqa: E402
from tests.eval.guard_scores import (  # noqa: E402
    FAULTS,
    Flags,
    Found,
    Share,
    alarms,
    judged_faults,
    natural,
    recall,
    recall_by_fault,
)

GROUPS: tuple[Group, ...] = ("hard", "numbers", "negation", "names", "beyond")


class Judge:
    """The guards of this checkout, with the time they took."""

    def __init__(self) -> None:
        self.glossary = load_glossary(bundled("glossary.yaml"))
        self.seconds = 0.0
        self.calls = 0

    def __call__(self, case: Case) -> Flags:
        started = time.process_time()
        flags = flags_of(case.text, case.output, case.target, self.glossary)
        self.seconds += time.process_time() - started
        self.calls += 1
        return flags


def measure(cases: Sequence[Case], judge: Judge) -> tuple[dict[str, object], list[Found]]:
    """Recall by group and fault, and false alarms, of faithful translations; the same by direction."""
    found = judged_faults(plant(cases, FAULTS), judge)
    flags = [(case.target, judge(case)) for case in cases]
    row = shares_of(found, [f for _, f in flags])
    row["faults"] = {
        fault: {lang: [round(s.value, 3), s.whole] for lang, s in shares.items()}
        for fault, shares in recall_by_fault(found).items()
    }
    row["directions"] = {
        f"{source}-{target}": shares_of(
            [f for f in found if f.planted.case.target == target], [f for lang, f in flags if lang == target]
        )
        for source, target in (("es", "en"), ("en", "es"))
    }
    return row, found


def shares_of(found: Sequence[Found], flags: Sequence[Flags]) -> dict[str, object]:
    """Recall by group and false alarms, in shares of 1."""
    alarm = alarms(flags)
    row: dict[str, object] = {"cases": len(flags), "planted": len(found)}
    row |= {f"recall_{group}": round(recall(found, group).value, 4) for group in GROUPS}
    row |= {"false_alarm_hard": round(alarm.hard.value, 4), "false_alarm_any": round(alarm.any.value, 4)}
    return row | {"alarms_by_flag": dict(alarm.by_flag.most_common())}


def print_row(name: str, row: dict[str, object]) -> None:
    print(f"\n{name}: " + "  ".join(f"{k}: {v}" for k, v in row.items() if not isinstance(v, dict)))
    print(f"  alarms: {row['alarms_by_flag']}")
    faults = row["faults"]
    assert isinstance(faults, dict)
    for fault, shares in faults.items():
        print(f"  {fault:28} " + "   ".join(f"{lang} {value:5.1%} of {n:<4}" for lang, (value, n) in shares.items()))


def shares_row(shares: dict[str, Share]) -> dict[str, list[float]]:
    return {kind: [round(share.value, 3), share.whole] for kind, share in shares.items()}


def confidence_row(outputs: Sequence[Output], judge: Judge) -> dict[str, object]:
    """How well the confidence of judged outputs holds: bins of [predicted, observed, outputs], and the Brier score."""
    judged = [(output, judge(output.case)) for output in outputs]
    bins, brier, plain = reliability(judged)
    print(f"  confidence: Brier {brier:.4f} (the same share for all, known in hindsight: {plain:.4f})")
    for b in bins:
        edges = f"{b.low:.1f}-{min(b.high, 1):.1f}"
        print(f"    {edges}  predicted {b.predicted:.3f}  observed {b.observed:.3f}  of {b.count}")
    words = {word: [round(b.predicted, 3), round(b.observed, 3), b.count] for word, b in by_word(judged).items()}
    print(f"    in words [predicted, observed, of]: {words}")
    table = [[round(b.predicted, 3), round(b.observed, 3), b.count] for b in bins]
    return {"bins": table, "words": words, "brier": round(brier, 4), "brier_of_plain_share": round(plain, 4)}


def alarms_by_source(split: str, outputs: Sequence[Output], judge: Judge) -> dict[str, list[float]]:
    """Share with a hard flag, share with any, and number: engine outputs judged faithful or marred, our own pairs."""
    groups = {verdict: [o for o in outputs if o.verdict == verdict] for verdict in ("faithful", "marred")}
    groups["pairs"] = [o for o in references() if o.split == split]
    found = {name: alarms([judge(o.case) for o in group]) for name, group in groups.items()}
    rows = {name: [round(a.hard.value, 4), round(a.any.value, 4), a.any.whole] for name, a in found.items()}
    print("  flagged hard, any, of: " + "  ".join(f"{name} {row}" for name, row in rows.items()))
    return rows


def show_missed(found: Sequence[Found], fault: str) -> None:
    for f in found:
        if f.planted.fault == fault and not f.is_found:
            print(f"- {f.planted.case.text}\n  = {f.planted.case.output}\n  ! {f.planted.output}   {list(f.flags)}")


def show_alarms(cases: Sequence[Case], judge: Judge) -> None:
    for case in cases:
        if flags := judge(case):
            print(f"- {list(flags)}\n  {case.text}\n  {case.output}")


def parallel(english: Path, spanish: Path, lines: str) -> list[Case]:
    first, _, last = lines.partition("-")
    pairs = list(zip(*(p.read_text(encoding="utf-8").splitlines() for p in (english, spanish)), strict=True))
    kept = pairs[int(first) - 1 : int(last) if last else None] if lines else pairs
    return [case for en, es in kept for case in (Case(es, en, "en"), Case(en, es, "es"))]


def split_cases(split: str) -> tuple[list[Case], list[Output]]:
    outputs = [output for output in judged_outputs() if output.split == split]
    good = [*faithful(outputs), *(output for output in references() if output.split == split)]
    return [output.case for output in good], outputs


def measure_splits(options: argparse.Namespace, judge: Judge) -> dict[str, object]:
    """Every split asked for; the main keys are those of the last one."""
    result: dict[str, object] = {}
    for split in [options.split] if options.split else ["dev", "test"]:
        cases, outputs = split_cases(split)
        row, found = measure(cases, judge)
        print_row(split, row)
        row["confidence"] = confidence_row(outputs, judge)
        row["alarms_by_source"] = alarms_by_source(split, outputs, judge)
        row["natural"] = shares_row(natural(outputs, judge))
        print(f"  natural faults flagged: {row['natural']}")
        row["verdicts"] = {v: sum(o.verdict == v for o in outputs) for v in ("faithful", "marred", "misleading")}
        if split == "dev":
            show_missed(found, options.missed)
            if options.alarms:
                show_alarms(cases, judge)
        result = {**{key: row[key] for key in row if key.startswith(("recall", "false"))}, **result, split: row}
        result |= {key: row[key] for key in row if key.startswith(("recall", "false"))}
    return result


def measure_texts(options: argparse.Namespace, judge: Judge) -> dict[str, object]:
    cases = parallel(options.texts[0], options.texts[1], options.lines)
    row, found = measure(cases, judge)
    print_row("texts", row)
    show_missed(found, options.missed)
    if options.alarms:
        show_alarms(cases, judge)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--split", choices=("dev", "test"), default="")
    parser.add_argument(
        "--missed", default="", metavar="FAULT", help="show planted faults of this kind that got through"
    )
    parser.add_argument("--alarms", action="store_true", help="show faithful translations that were flagged")
    parser.add_argument("--fit", action="store_true", help="print the weights of language/confidence.py, from dev")
    parser.add_argument("--texts", nargs=2, type=Path, metavar=("FILE.en", "FILE.es"))
    parser.add_argument("--lines", default="", metavar="1-1000", help="only these lines of the texts")
    options = parser.parse_args()
    judge = Judge()
    if options.fit:
        print(json.dumps(fit([(o, judge(o.case)) for o in judged_outputs() if o.split == "dev"])))
        return
    result = measure_texts(options, judge) if options.texts else measure_splits(options, judge)
    micros = round(judge.seconds / max(judge.calls, 1) * 1e6)
    print(json.dumps({"benchmark": "guards", **result, "us_per_text": micros}))


if __name__ == "__main__":
    main()
