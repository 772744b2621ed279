"""A coverage-guided fuzzer over the reading of feeds: whatever a body is, `parse_feed` ends, and its two readers agree.

    pip install atheris
    python tests/fuzz/parse_feed.py --seconds 600

Seeds are the sample feeds and small ones of every kind. A find is an exception, a body on which the fast reader says
something else than feedparser's, or one that takes more than `--limit` seconds; it ends the run, and the body is kept
in `--finds` (libFuzzer writes it as crash-… or timeout-…). Make it a test in tests/intake before curing it. Exit code
0: nothing found.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
URL = "https://g.example/feed"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_FIELDS = (
    "<title>Uno</title><link>https://g.example/a?x=1&amp;utm_source=r</link><guid isPermaLink='false'>g-1</guid>"
    "<pubDate>Fri, 20 Nov 2026 05:00:00 -0600</pubDate><description>&lt;p&gt;EL PASO, Texas (AP) — Dos &amp;amp; tres."
    " &lt;a href='x'&gt;Read more&lt;/a&gt;&lt;/p&gt;</description><category domain='d'>Frontera</category>"
    "<media:group><media:thumbnail url='https://g.example/a.jpg' width='300'/><media:title>Foto</media:title>"
    "</media:group><enclosure url='https://g.example/a.mp3' type='audio/mpeg'/><source url='u'>Otra</source>"
    "<content:encoded><![CDATA[<img src='/b.png' width=1><p>Niños<br/>Migraci_n MigraciÃ³n</p>]]></content:encoded>"
)
_SPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_SEEDS = (
    f"<rss version='2.0' {_SPACES}><channel><title>G</title><image><url>u</url><title>F</title></image>"
    f"<item>{_FIELDS}</item><item>{_FIELDS}</item></channel></rss>",
    f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' {_SPACES}>"
    f"<channel><title>G</title></channel><item rdf:about='https://g.example/a'>{_FIELDS}</item></rdf:RDF>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://g.example/'><title type='text'>G</title><entry>"
    "<title type='html'>&lt;b&gt;Uno&lt;/b&gt;</title><id>tag:g.example,2026:1</id><link rel='replies' href='/a#c'/>"
    "<link href='/a'/><updated>2026-11-20T05:00:00.5-06:00</updated><author><name>N</name></author><summary>S</summary>"
    "<content type='html'>&lt;p&gt;Texto&lt;/p&gt;</content><category term='t' label='l'/></entry></feed>",
    "<urlset xmlns:news='n'><url><loc>https://g.example/a</loc><news:news><news:title>Uno</news:title>"
    "<news:publication_date>2026-11-20</news:publication_date></news:news></url></urlset>",
    "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head><body>Captcha</body></html>",
)
_TOKENS = (
    "<item>", "</item>", "<entry>", "<channel>", "<title>", "</title>", "<title/>", "<link>", "<link href='/a'/>",
    "<description>", "<summary type='html'>", "<content>", "<guid>", "<dc:date>", "<media:content url='a.jpg'>",
    "<textInput>", "<image>", "<source>", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE rss [", "<!ENTITY a 'b'>",
    "&amp;", "&lt;", "&nbsp;", "&#x110000;", " xml:base='//x'", " type='xhtml'", " mode='base64'", " xmlns='u'",
    " xmlns:media='u'", "<?xml version='1.0' encoding='utf-16'?>",
    "2026/99/15 08:19:53 EDT", "_", "Also: ", "\u2014", "\ue000", "\u202e",
)  # fmt: skip


def main() -> int:
    """Prepare a folder, run the fuzzer in a process of its own (it never returns), tidy up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="how long to search")
    parser.add_argument("--limit", type=int, default=20, help="seconds that one body may take")
    parser.add_argument("--finds", type=Path, default=Path.cwd(), help="folder for bodies that break a promise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seeds = prepare(Path(folder))
        fuzzer = [
            f"-max_total_time={options.seconds}",
            f"-timeout={options.limit}",
            "-max_len=16384",
            "-rss_limit_mb=1500",
            "-print_final_stats=1",
            f"-dict={folder}/tokens",
            f"-artifact_prefix={options.finds}/",
            str(seeds),
        ]
        return subprocess.run([sys.executable, __file__, "--fuzz", *fuzzer], check=False).returncode


def prepare(folder: Path) -> Path:
    """Write the dictionary and the seeds; the seeds' folder."""
    lines = [f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in token.encode())}"\n' for token in _TOKENS]
    (folder / "tokens").write_text("".join(lines), encoding="ascii")
    seeds = folder / "seeds"
    seeds.mkdir()
    for number, body in enumerate([*(text.encode() for text in _SEEDS), *sample_feeds()]):
        (seeds / f"seed-{number}").write_bytes(body)
    return seeds


def sample_feeds() -> list[bytes]:
    """One feed of each sample outlet, in its format and with its flaws."""
    from monitor.demo.catalog import SAMPLE_DAYS, load_samples
    from monitor.demo.feeds import render_feed

    return [render_feed(outlet, SAMPLE_DAYS[0])[:16_000] for outlet in load_samples().outlets]


def fuzz(arguments: list[str]) -> None:
    """Search until the time is over or something is found; ends the process."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["feedparser", "monitor.intake", "monitor.text", "html"]):
        from monitor.intake.parse import parse_feed
        from monitor.intake.reading import read_by_feedparser, read_fast
        from monitor.records import Fetched, Source
    source = Source(id="g", name="Gaceta del Puente", url=URL, language="es")

    def one(body: bytes) -> None:
        parse_feed(Fetched("g", URL, body, NOW, 0.1), source)
        fast = read_fast(body, URL)
        assert fast is None or fast == read_by_feedparser(body, URL), "the readers disagree"

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:2] == ["--fuzz"]:
        fuzz(sys.argv[2:])
    sys.exit(main())
