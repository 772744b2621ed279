"""How well a search brings forms of a word together, and keeps words apart: our stemmer, none, and Snowball's two.

    python benchmarks/search_words.py

Over the words of search_words.tsv. `en`, `es`, `both`: the share of pairs of forms that meet in the index; `apart`: the
share of pairs of different words that do not. Snowball is PostgreSQL's, one stemmer a language; a reader's language is
not known, so that words meet when either stemmer brings them together; where no server is installed it is left out.
The last line is JSON.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "benchmarks" not in sys.modules:  # some installed packages bring a module of this name
    sys.modules["benchmarks"] = ModuleType("benchmarks")
    sys.modules["benchmarks"].__path__ = [str(ROOT / "benchmarks")]

from benchmarks.digest_bench.server import postgres  # noqa: E402
from monitor.store.words import stems  # noqa: E402
from monitor.text import fold  # noqa: E402

Pair = tuple[str, str]
Meets = Callable[[str, str], bool]


def main() -> None:
    rows = read_rows(Path(__file__).with_suffix(".tsv"))
    scores = {
        "none": score(rows, lambda a, b: fold(a) == fold(b)),
        "ours": score(rows, lambda a, b: stems(a) == stems(b)),
    }
    with postgres() as server:
        if server:
            scores["snowball"] = score(rows, _snowball(server, rows))
    for name, found in scores.items():
        print(f"{name:9} " + "  ".join(f"{kind} {share:.3f}" for kind, share in found.items()))
    print(json.dumps(scores))


def read_rows(path: Path) -> dict[str, list[Pair]]:
    """Pairs of words by the row's first cell."""
    found: defaultdict[str, list[Pair]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, words = line.split("\t")
            found[kind] += combinations(words.split(), 2)
    return dict(found)


def score(rows: dict[str, list[Pair]], meets: Meets) -> dict[str, float]:
    """The share of pairs that are treated as they should be, by kind."""
    right = {kind: [meets(a, b) != (kind == "apart") for a, b in pairs] for kind, pairs in rows.items()}
    return {kind: round(sum(found) / len(found), 3) for kind, found in right.items()}


def _snowball(server: str, rows: dict[str, list[Pair]]) -> Meets:
    import psycopg  # noqa: PLC0415 - an extra

    words = sorted({fold(word) for pairs in rows.values() for pair in pairs for word in pair})
    stemmed: dict[tuple[str, str], str] = {}
    with psycopg.connect(server) as connection:
        for language in ("english", "spanish"):
            query = f"SELECT w, (ts_lexize('{language}_stem', w))[1] FROM unnest(%s::text[]) AS w"
            for word, stem in connection.execute(query.encode(), (words,)):
                stemmed[language, word] = stem or word
    return lambda a, b: any(stemmed[lang, fold(a)] == stemmed[lang, fold(b)] for lang in ("english", "spanish"))


if __name__ == "__main__":
    main()
