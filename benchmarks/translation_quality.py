"""How good the translations are: labelled border headlines, and chrF and BLEU against human translations.

    python benchmarks/translation_quality.py [--engine offline] [--split test]
    python benchmarks/translation_quality.py --texts news.en news.es [--limit 1000]
    python benchmarks/translation_quality.py --split test --worst 10 --markdown
    python benchmarks/translation_quality.py --split dev --faults

Every text goes through the translate stage as in a run: prepared, translated, repaired, judged by the guards. Without
`--engine` each engine that is installed and passes its canaries is measured; `--libretranslate URL` adds a server.

`pass_rate`             share of the cases of tests/eval/data/translation-checks-*.jsonl whose patterns all hold
`misleading_unflagged`  share of the cases that break a pattern and carry no flag of the guards: what a reader would
                        take for right. A pattern is a proxy: some of these are clumsy rather than misleading
`flagged_faulty`        of the cases that break a pattern, the share that is flagged
`flagged_good`          of the cases that pass, the share that is flagged all the same
`chrf`, `bleu`          sacreBLEU's defaults, against the cases' references or the other side of `--texts`

`--worst N` shows the worst translations of the split: unflagged ones first, then by the share of patterns broken.
`--faults` lists all faults, of the dev split only: rules are never tuned on the test split. The last line is JSON.
"""

import argparse
import importlib.util
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from sacrebleu import corpus_bleu, corpus_chrf, sentence_chrf  # noqa: E402 - the threads are pinned first

from monitor.config.models import LibreTranslateConfig, TranslationConfig  # noqa: E402
from monitor.errors import EngineError  # noqa: E402
from monitor.language.engines.choose import PREFERENCE, Chosen, choose_engine, open_translator  # noqa: E402
from monitor.language.glossary import load_glossary  # noqa: E402
from monitor.language.translate import Wanted, translate_texts  # noqa: E402
from monitor.records import Lang, Translation, other_language, text_key  # noqa: E402
from monitor.resources import bundled  # noqa: E402

if TYPE_CHECKING:
    from tests.eval import translation_checks as checks
else:  # by its path: another distribution may own the name `tests`
    _path = Path(__file__).resolve().parents[1] / "tests" / "eval" / "translation_checks.py"
    _spec = importlib.util.spec_from_file_location("translation_checks", _path)
    checks = importlib.util.module_from_spec(_spec)
    sys.modules[_spec.name] = checks
    _spec.loader.exec_module(checks)

GLOSSARY = bundled("glossary.yaml")


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, what became of it, and the patterns it breaks."""

    case: "checks.Case"
    translation: Translation
    faults: tuple[str, ...]

    @property
    def flagged(self) -> bool:
        return bool(self.translation.flags)

    @property
    def badness(self) -> tuple[bool, float, float]:
        """Sorts the worst first: unflagged, many patterns broken, far from the reference."""
        broken = len(self.faults) / len(self.case.must)
        return self.flagged, -broken, sentence_chrf(self.translation.shown, [self.case.reference]).score


@dataclass(frozen=True, slots=True)
class Quality:
    """The numbers of one engine, direction and split; shares of 1."""

    cases: int
    pass_rate: float
    misleading_unflagged: float
    flagged_faulty: float
    flagged_good: float
    flagged_hard: float
    flagged_soft: float
    chrf: float
    bleu: float
    topics: dict[str, float]  # pass rate of the cases that test it


# ---------------------------------------------------------------- the stage


def engines(options: argparse.Namespace) -> Iterator[Chosen]:
    """The engines to measure; one that does not work here is named and passed over."""
    server = LibreTranslateConfig(url=options.libretranslate) if options.libretranslate else LibreTranslateConfig()
    for kind in options.engine or PREFERENCE:
        if kind == "libretranslate" and not options.libretranslate:
            continue
        try:
            yield choose_engine(TranslationConfig(engine=kind, libretranslate=server), GLOSSARY)
        except EngineError as exc:
            print(f"{kind}: {exc}", flush=True)


def translated(texts: Sequence[str], source: Lang, chosen: Chosen) -> list[Translation]:
    """The texts as a run would have them."""
    glossary = load_glossary(GLOSSARY)
    target = other_language(source)
    wanted = [Wanted(text, source, target) for text in texts]
    with closing(open_translator(chosen.spec)) as engine:
        done = translate_texts(wanted, {}, engine, chosen=chosen, glossary=glossary)
    for notice in done.notices:
        print(f"{chosen.spec.kind}: {notice}", flush=True)
    by_key = {translation.key: translation for translation in done.translations}
    return [by_key[text_key(text, target)] for text in texts]


def judged(cases: Sequence["checks.Case"], chosen: Chosen) -> list[Judged]:
    """The cases, all of one direction, translated. A refused translation fails: the reader gets the original."""
    outputs = translated([case.text for case in cases], cases[0].source, chosen)
    return [Judged(case, out, tuple(case.faults(out.text))) for case, out in zip(cases, outputs, strict=True)]


# ---------------------------------------------------------------- numbers


def share(part: Iterable[object], whole: Sequence[object]) -> float:
    return round(sum(1 for _ in part) / len(whole), 4) if whole else 0.0


def quality(results: Sequence[Judged]) -> Quality:
    """The numbers of some judged cases."""
    good = [r for r in results if not r.faults]
    faulty = [r for r in results if r.faults]
    by_topic: dict[str, list[Judged]] = defaultdict(list)
    for result in results:
        for topic in result.case.topics:
            by_topic[topic].append(result)
    shown, references = [r.translation.shown for r in results], [r.case.reference for r in results]
    return Quality(
        cases=len(results),
        pass_rate=share(good, results),
        misleading_unflagged=share((r for r in faulty if not r.flagged), results),
        flagged_faulty=share((r for r in faulty if r.flagged), faulty),
        flagged_good=share((r for r in good if r.flagged), good),
        flagged_hard=share((r for r in results if r.translation.status == "original"), results),
        flagged_soft=share((r for r in results if r.translation.status == "check"), results),
        chrf=round(corpus_chrf(shown, [references]).score, 2),
        bleu=round(corpus_bleu(shown, [references]).score, 2),
        topics={t: share((r for r in some if not r.faults), some) for t, some in sorted(by_topic.items())},
    )


def against_humans(files: Sequence[Path], limit: int, chosen: Chosen) -> dict[str, object]:
    """chrF, BLEU and alarms on two files of one text a line, English and Spanish."""
    english, spanish = (path.read_text(encoding="utf-8").splitlines()[: limit or None] for path in files)
    if len(english) != len(spanish):
        raise SystemExit(f"{files[0]} has {len(english)} lines, {files[1]} has {len(spanish)}: they must be parallel")
    found: dict[str, object] = {}
    for source, texts, references in (("es", spanish, english), ("en", english, spanish)):
        outputs = translated(texts, "es" if source == "es" else "en", chosen)
        shown = [output.shown for output in outputs]
        found[f"{source}-{'en' if source == 'es' else 'es'}"] = {
            "lines": len(texts),
            "chrf": round(corpus_chrf(shown, [references]).score, 2),
            "bleu": round(corpus_bleu(shown, [references]).score, 2),
            "flagged_hard": share((o for o in outputs if o.status == "original"), outputs),
            "flagged_soft": share((o for o in outputs if o.status == "check"), outputs),
        }
    return found


# ---------------------------------------------------------------- for readers


_GAP = re.compile(r"\.\{[^}]*\}|\.\*")
_EITHER_CASE = re.compile(r"\[\w(\w)\]")
_SIGNS = re.compile(r"\(\?[<!=:][^)]*\)|\\[bdswW]|[\\()?^$\[\]+]")


def in_words(fault: str) -> str:
    """A broken pattern for somebody who does not read patterns: its first alternative, without its signs."""
    first = fault.removeprefix("not ").split("|")[0]
    plain = _SIGNS.sub("", _EITHER_CASE.sub(r"\1", _GAP.sub(" … ", first))).strip()
    return f"has “{plain}”" if fault.startswith("not ") else f"nothing like “{plain}”"


def worst_table(results: Sequence[Judged], count: int) -> str:
    """The worst translations as a Markdown table."""
    rows = ["| Source | Machine output | A good translation | What the check found | Flag |", "|---|---|---|---|---|"]
    for result in sorted((r for r in results if r.faults), key=lambda r: r.badness)[:count]:
        output = result.translation.text or "(refused: the reader sees the original)"
        found, flags = "; ".join(map(in_words, result.faults)), ", ".join(result.translation.flags) or "none"
        cells = (result.case.text, output, result.case.reference, found, flags)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def fault_list(results: Sequence[Judged]) -> str:
    """Every case that fails: its id and flags, the text, the machine's words, the broken patterns."""
    return "\n".join(
        f"{r.case.id} {' '.join(r.translation.flags) or '-'}\n  {r.case.text}\n  {r.translation.text}\n  {r.faults}"
        for r in results
        if r.faults
    )


def summary(kind: str, direction: str, split: str, found: Quality) -> str:
    return (
        f"{kind} {direction} {split}: {found.pass_rate:.1%} of {found.cases} pass, {found.misleading_unflagged:.1%}"
        f" wrong without a flag; flagged {found.flagged_faulty:.0%} of wrong, {found.flagged_good:.0%} of good;"
        f" chrF {found.chrf}, BLEU {found.bleu}"
    )


def measure(chosen: Chosen, options: argparse.Namespace) -> dict[str, object]:
    """All splits and directions of one engine, printed and as JSON."""
    found: dict[str, object] = {"name": chosen.name}
    for split in checks.SPLITS if options.split == "both" else (options.split,):
        everything: list[Judged] = []
        for source in checks.DIRECTIONS:
            results = judged([case for case in checks.load_cases(split) if case.source == source], chosen)
            direction = f"{source}-{other_language(source)}"
            numbers = quality(results)
            print(summary(chosen.spec.kind, direction, split, numbers), flush=True)
            found[f"{direction} {split}"] = asdict(numbers)
            everything += results
        if options.faults and split == "dev":
            print(fault_list(everything), flush=True)
        if options.worst:
            table = worst_table(everything, options.worst)
            print(table if options.markdown else table.replace("|---|---|---|---|---|\n", ""), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", action="append", help="measure this one (repeatable); else all that work")
    parser.add_argument("--libretranslate", metavar="URL", default="", help="measure this server as well")
    parser.add_argument("--split", choices=("dev", "test", "both"), default="both")
    parser.add_argument("--texts", nargs=2, type=Path, metavar=("ENGLISH", "SPANISH"), help="line-parallel files")
    parser.add_argument("--limit", type=int, default=0, help="lines of --texts; 0: all")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="show the N worst of the split")
    parser.add_argument("--markdown", action="store_true", help="--worst as a Markdown table")
    parser.add_argument("--faults", action="store_true", help="list the faults of the dev split")
    options = parser.parse_args()
    report: dict[str, object] = {"benchmark": "translation_quality"}
    for chosen in engines(options):
        if options.texts:
            found = against_humans(options.texts, options.limit, chosen)
            print(f"{chosen.spec.kind}: {found}", flush=True)
        else:
            found = measure(chosen, options)
        report[chosen.spec.kind] = found
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
