"""Words per second of the translation engines on this machine, their memory, and how both grow with the work.

    python benchmarks/translate.py [--articles 500] [--baseline 20] [--small]

Each engine runs in a process of its own, so that its memory and loading time are its own. The articles (a title and
three sentences) are made of the sample outlets' sentences, every fifth word exchanged, so that none occurs twice.

- `argos`: our engine on a package of the published size (hand-written weights: the arithmetic of a real one, its output
  is known), beam 4, all sentences in one call.
- `argostranslate`: the same package, the same beam, installed and called as its manual says: one text at a time. It is
  slow, so it gets `--baseline` of the articles, evenly spaced; the ratio is of words per second. Only its sentence
  splitter, which would be downloaded, is replaced by one that knows where our sentences end. Once as it comes, once
  with one OpenMP thread: on few cores it is faster so. Both must give our words exactly, else the benchmark fails.
- `firefox`: the engine on the pt–en models of a wheel in the place of the published es–en ones, with English texts.
- `offline`: Spanish over Portuguese into English.

Per engine: `words_per_s` (two threads), `words_per_s_1_thread`, `ratio_vs_one_at_a_time` (argos: over argostranslate;
the others: over the same engine with one text a call, which for argos is `ratio_vs_calls_of_one`), `growth` (the
exponent of time over words at 1, 4 and 16 times; 1 is linear), `peak_mb` (of the process and its children), `load_s`.
On a busy machine look at `words_per_cpu_s`: it counts the seconds that the process had, of both cores.
`--small` takes a tiny package and few articles: it shows that the benchmark runs, not how fast the engines are. The
last line is JSON.
"""

import argparse
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from time import perf_counter, process_time
from types import ModuleType
from typing import Any

from monitor.demo.catalog import load_samples
from monitor.language.engines.argos import ArgosTranslator
from monitor.language.engines.firefox import FirefoxTranslator, direction_dir
from monitor.language.engines.offline import OfflineTranslator, model_dir
from monitor.protocols import Translator
from monitor.records import EngineSpec, Lang
from monitor.sentences import sentences

BUILDER = Path(__file__).resolve().parents[1] / "tests" / "language" / "argos_packages.py"
BEAM = 4  # argostranslate's
EXCHANGED = 0.2
TIMEOUT_S = 3600.0
Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Article:
    """What is translated of a report."""

    title: str
    body: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        return (self.title, *self.body)


@dataclass(frozen=True, slots=True)
class Job:
    """What a child process gets: where the models are, how many articles, from which on."""

    folder: Path
    articles: int
    baseline: int

    def read(self, language: Lang) -> list[Article]:
        return make_articles(self.articles, language)

    def sample(self, articles: Sequence[Article]) -> list[Article]:
        """`baseline` articles, evenly spaced."""
        return [articles[i * len(articles) // self.baseline] for i in range(self.baseline)]


# ---------------------------------------------------------------- texts and models


def make_articles(count: int, language: Lang, seed: int = 7) -> list[Article]:
    """`count` articles as long as those of the samples, no sentence twice."""
    rng = random.Random(seed)
    items = [item for o in load_samples().outlets if o.language == language for item in o.items]
    titles = [item.title for item in items]
    bodies = [sentence for item in items for sentence in sentences(item.summary, language)]
    words = [word for text in (*titles, *bodies) for word in text.split()]
    made: set[str] = set()

    def varied(texts: Sequence[str]) -> str:
        while True:
            text = " ".join(rng.choice(words) if rng.random() < EXCHANGED else w for w in rng.choice(texts).split())
            if text not in made:
                made.add(text)
                return text

    return [Article(varied(titles), (varied(bodies), varied(bodies), varied(bodies))) for _ in range(count)]


def load_builder() -> ModuleType:
    """The tests' maker of packages; loaded by its path, as another distribution may own the name `tests`."""
    spec = importlib.util.spec_from_file_location("argos_packages", BUILDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def translation_of(word: str) -> str:
    """The made-up target language: every word backwards."""
    return word[::-1]


def prepare_models(job: Job, *, small: bool) -> None:
    """The package into Spanish's words backwards, and the wheel's models where the firefox engine looks for its own."""
    maker = load_builder()
    words = sorted({word for article in job.read("es") for text in article.sentences for word in text.split()})
    shape = maker.Shape() if small else maker.PUBLISHED
    es_en = maker.build_package(
        job.folder / "es_en.argosmodel", [(w, translation_of(w)) for w in words], shape=shape, quantization="int8"
    )
    en_es = maker.build_package(job.folder / "en_es.argosmodel", maker.WORDS_EN_ES, source="en", target="es")
    models = maker.unpack_packages(job.folder / "models", es_en, en_es)
    for (source, target), stand_in in {("es", "en"): "pten", ("en", "es"): "enpt"}.items():
        files = model_dir(stand_in)
        if files is not None:
            direction_dir(models, source, target).parent.mkdir(exist_ok=True)
            direction_dir(models, source, target).symlink_to(files)


# ---------------------------------------------------------------- measuring


def timed(run: Callable[[], object]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def words_in(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """The slope of log(seconds) over log(words), by least squares."""
    xs, ys = [log(words) for words, _ in points], [log(seconds) for _, seconds in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return rise / sum((x - mean_x) ** 2 for x in xs)


def peak_mb() -> float:
    """The largest resident memory so far of this process, and of its living children, added up.

    Out of /proc: what `getrusage` says of a child starts with its parent's memory at the fork.
    """
    return round(sum(map(_high_water_kb, (os.getpid(), *_descendants(os.getpid())))) / 1024, 1)


def _descendants(parent: int) -> Iterator[int]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
    known = {parent}
    while new := {pid for pid, above in parents.items() if above in known} - known:
        known |= new
        yield from new


def _high_water_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


@dataclass(frozen=True, slots=True)
class Grown:
    """Words and seconds for more and more texts; what was said of all of them, and what it cost this process."""

    points: list[tuple[int, float]]
    said: list[str]
    cpu_s: float


def measure(
    build: Callable[[int], Translator], articles: Sequence[Article], sample: Sequence[Article], source: Lang
) -> tuple[Result, Grown]:
    """An engine with two threads and one, all at once and one text at a time."""
    target: Lang = "en" if source == "es" else "es"
    texts = [text for article in articles for text in article.sentences]
    few = [text for article in sample for text in article.sentences]
    started = perf_counter()
    engine = build(2)
    try:
        engine.translate(["Hola.", "Hello."], source, target)
        load_s = perf_counter() - started
        grown = grow(engine, texts, source, target)
        peak = peak_mb()
        singly_s = timed(lambda: [engine.translate([text], source, target) for text in few])
    finally:
        engine.close()
    speed = grown.points[-1][0] / grown.points[-1][1]
    return {
        "words_per_s": round(speed, 1),
        "words_per_s_1_thread": round(_one_thread(build, few, source, target), 1),
        "ratio_vs_one_at_a_time": round(speed * singly_s / words_in(few), 2),
        "growth": round(exponent(grown.points), 3),
        "peak_mb": peak,
        "load_s": round(load_s, 2),
    }, grown


def grow(engine: Translator, texts: Sequence[str], source: Lang, target: Lang) -> Grown:
    """Time a sixteenth, a fourth and all of the texts."""
    points, said, cpu_s = [], [""], 0.0
    for share in (16, 4, 1):
        part = texts[: max(4, len(texts) // share)]
        started, cpu_started = perf_counter(), process_time()
        said = engine.translate(part, source, target)
        points.append((words_in(part), perf_counter() - started))
        cpu_s = process_time() - cpu_started
    return Grown(points, said, cpu_s)


def _one_thread(build: Callable[[int], Translator], texts: Sequence[str], source: Lang, target: Lang) -> float:
    engine = build(1)
    try:
        engine.translate(texts[:1], source, target)
        return words_in(texts) / timed(lambda: engine.translate(texts, source, target))
    finally:
        engine.close()


# ---------------------------------------------------------------- the engines, each in a child process


def run_argos(job: Job) -> Result:
    models, articles = str(job.folder / "models"), job.read("es")
    sample = job.sample(articles)
    spec = EngineSpec("argos", models, beam_size=BEAM)
    result, grown = measure(lambda n: ArgosTranslator(replace(spec, threads=n)), articles, sample, "es")
    by_sentence = dict(zip((s for article in articles for s in article.sentences), grown.said, strict=True))
    result["words_per_cpu_s"] = round(grown.points[-1][0] / grown.cpu_s, 1)
    return {**result, "outputs": [[by_sentence[a.title], " ".join(by_sentence[s] for s in a.body)] for a in sample]}


def run_argostranslate(job: Job) -> Result:
    """argostranslate by itself: its installer, its package list, its decoding; a title or a summary a call."""
    started = perf_counter()
    from argostranslate import package, translate  # noqa: PLC0415 - reads its settings when imported

    package.install_from_path(job.folder / "es_en.argosmodel")
    translation = translate.get_translation_from_codes("es", "en")
    sample = job.sample(job.read("es"))
    ends = {" ".join(article.body): list(article.body) for article in sample}
    translation.underlying.sentencizer = _KnownSentences(ends)
    translation.translate("Hola.")
    load_s = perf_counter() - started
    texts = [text for article in sample for text in (article.title, " ".join(article.body))]
    outputs: list[str] = []
    cpu_started = process_time()
    seconds = timed(lambda: outputs.extend(translation.translate(text) for text in texts))
    return {
        "words_per_s": round(words_in(texts) / seconds, 1),
        "words_per_cpu_s": round(words_in(texts) / (process_time() - cpu_started), 1),
        "peak_mb": peak_mb(),
        "load_s": round(load_s, 2),
        "outputs": [outputs[i : i + 2] for i in range(0, len(outputs), 2)],
    }


class _KnownSentences:
    """In the place of argostranslate's splitter: it looks up where the sentences of a text end."""

    def __init__(self, ends: dict[str, list[str]]) -> None:
        self._ends = ends

    def split_sentences(self, text: str) -> list[str]:
        return self._ends.get(text, [text])


def run_firefox(job: Job) -> Result:
    models, articles = str(job.folder / "models"), job.read("en")
    spec = EngineSpec("firefox", models)
    return measure(lambda n: FirefoxTranslator(replace(spec, threads=n)), articles, job.sample(articles), "en")[0]


def run_offline(job: Job) -> Result:
    spec, articles = EngineSpec("offline"), job.read("es")
    return measure(lambda n: OfflineTranslator(replace(spec, threads=n)), articles, job.sample(articles), "es")[0]


CHILDREN: dict[str, Callable[[Job], Result]] = {
    "argostranslate": run_argostranslate,
    "argos": run_argos,
    "argostranslate_1_thread": run_argostranslate,
    "firefox": run_firefox,
    "offline": run_offline,
}


def in_child(name: str, job: Job) -> Result:
    """Run an engine in a fresh process, away from the user's own argostranslate and thread settings."""
    home = job.folder / f"home-{name}"
    env = {key: value for key, value in os.environ.items() if not key.startswith(("ARGOS_", "OMP_", "CT2_"))}
    env |= {key: str(home) for key in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    env |= {"OMP_NUM_THREADS": "1"} if name == "argostranslate_1_thread" else {}
    argv = [sys.executable, __file__, "--child", name, "--folder", str(job.folder)]
    argv += ["--articles", str(job.articles), "--baseline", str(job.baseline)]
    done = subprocess.run(argv, env=env, stdout=subprocess.PIPE, check=True, timeout=TIMEOUT_S)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    shown = {key: value for key, value in result.items() if key != "outputs"}
    print(f"{name}: {json.dumps(shown)}", flush=True)
    return result


def compared(results: dict[str, Result]) -> Result:
    """Our speed over argostranslate's, and whether all three said the same. Takes the outputs out of `results`."""
    outputs = {name: result.pop("outputs") for name, result in results.items() if "outputs" in result}
    equal = [a == b == c for a, b, c in zip(*outputs.values(), strict=True)]
    ours = results["argos"]
    ours["ratio_vs_calls_of_one"] = ours.pop("ratio_vs_one_at_a_time")
    speed = ours["words_per_s"]
    ours["ratio_vs_one_at_a_time"] = round(speed / results["argostranslate"]["words_per_s"], 2)
    ours["ratio_vs_one_at_a_time_1_thread"] = round(speed / results["argostranslate_1_thread"]["words_per_s"], 2)
    return {"compared_articles": len(equal), "equal_output": all(equal)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--baseline", type=int, default=20, help="articles for one text at a time")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--child", choices=sorted(CHILDREN), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    count = min(options.articles, 8) if options.small else options.articles
    with tempfile.TemporaryDirectory() as scratch:
        job = Job(options.folder or Path(scratch), count, min(options.baseline, 2 if options.small else count))
        if options.child:
            print(json.dumps(CHILDREN[options.child](job)))
            return 0
        return run_all(job, small=options.small)


def run_all(job: Job, *, small: bool) -> int:
    prepare_models(job, small=small)
    results: dict[str, Result] = {}
    for name in CHILDREN:
        try:
            results[name] = in_child(name, job)
        except subprocess.CalledProcessError as exc:
            results[name] = {"skipped": str(exc)}
    same = compared(results)
    words = words_in([text for article in job.read("es") for text in article.sentences])
    shape = "tiny" if small else "published"
    print(json.dumps({"benchmark": "translate", "articles": job.articles, "words": words, "beam": BEAM,
                      "package": shape, **same, **results}))  # fmt: skip
    return 0 if same["equal_output"] else 1


if __name__ == "__main__":
    sys.exit(main())
