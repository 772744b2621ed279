"""Whether mails and web pages survive their readers: mail clients, browsers, screen readers, spam filters.

    make check-mail
    python tests/checks/check_mail.py [--out DIR] [--only mails|web] [--pictures] [--again]

Checked are the mails of `editions.py` and, on the same days, the archive's index and one page of every kind of
`monitor web` in both languages: by caniemail (what Gmail, every Outlook, Apple Mail and Yahoo support, but for
`allowed.yaml`), html-validate, the Nu Html Checker, axe-core in headless Chromium at 375 and 1280 px, light and dark,
SpamAssassin without the network, and size.
Before that each checker has to find a fault that is planted for it. Findings go to standard error, the last line of
standard output is JSON; ends with 1 when there is a finding. `--pictures` leaves PNGs of every page in DIR.
"""

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
if "tests" not in sys.modules:  # some installed packages bring a module `tests` of their own
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(ROOT / "tests")]

from playwright.sync_api import Browser  # noqa: E402

from tests.checks.browser import VIEWS, chromium, inspect, page_at, picture  # noqa: E402
from tests.checks.editions import Mail, mails  # noqa: E402
from tests.checks.planted import undetected  # noqa: E402
from tests.checks.tools import FOLDER, Finding, Spam, allowed_gaps, html_validate, spam, unsupported, vnu  # noqa: E402
from tests.checks.website import SECRET, WebPage, archive_pages, served, web_pages  # noqa: E402

MOST_POINTS = 1.0
MOST_BYTES = 90_000
CHECKERS = ("caniemail", "html-validate", "vnu", "axe", "width", "spamassassin", "size")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found."""

    mails: tuple[Mail, ...] = ()
    pages: tuple[WebPage, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    spam: tuple[Spam, ...] = ()

    def numbers(self) -> dict[str, object]:
        counts = Counter(finding.checker for finding in self.findings)
        return {
            "mails": len(self.mails),
            "web_pages": len(self.pages),
            "views": (len(self.mails) + len(self.pages)) * len(VIEWS),
            **{f"{checker.replace('-', '_')}_findings": counts[checker] for checker in CHECKERS},
            "allowed_gaps": len(allowed_gaps()),
            "most_spam_points": max((verdict.points for verdict in self.spam), default=None),
            "largest_html_bytes": max((len(mail.html.encode()) for mail in self.mails), default=None),
            "findings": len(self.findings),
        }


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    out: Path = options.out.absolute()
    for folder in ("pages", "pictures", *(() if options.again else ("days", "mails"))):
        shutil.rmtree(out / folder, ignore_errors=True)
    pictures = out / "pictures" if options.pictures else None
    blind = undetected(out)
    if blind:
        _tell("these checkers did not find the fault that was planted for them: " + ", ".join(blind))
        return 1
    checked = check_all(out, options.only, pictures)
    for finding in checked.findings:
        _tell(str(finding))
    sys.stdout.write(json.dumps(checked.numbers()) + "\n")
    return 1 if checked.findings else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER / "out", metavar="DIR")
    parser.add_argument("--only", choices=["mails", "web"])
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("--again", action="store_true", help="check the mails and sample days of the last time")
    return parser


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def check_all(out: Path, only: str | None, pictures: Path | None) -> Checked:
    """The sample days, and all checks of what comes of them."""
    made = _made(out)
    checked = Checked()
    if only != "web":
        with chromium() as browser:
            checked = check_mails(browser, made, out / "mails", pictures)
    if only != "mails":
        secret = {"MONITOR_UNSUBSCRIBE_SECRET": SECRET}
        with served(out / "days" / "feeds.yaml", **secret) as address, chromium() as browser:
            pages = [*archive_pages(out / "days" / "digests"), *web_pages(address)]
            found = check_web(browser, pages, out / "pages", pictures)
        checked = Checked(checked.mails, found.pages, checked.findings + found.findings, checked.spam)
    return checked


def _made(out: Path) -> tuple[Mail, ...]:
    """The mails of the last time where they were kept, else new ones."""
    kept = sorted((out / "mails").glob("*.eml"))
    if kept:
        return tuple(Mail(path.stem, path.read_bytes()) for path in kept)
    _tell("replaying the sample days (a minute) …")
    made = tuple(mails(out / "days"))
    for mail in made:
        (out / "mails").mkdir(exist_ok=True)
        (out / "mails" / f"{mail.name}.eml").write_bytes(mail.message)
    return made


# ---------------------------------------------------------------- mails


def check_mails(browser: Browser, made: Sequence[Mail], folder: Path, pictures: Path | None) -> Checked:
    _tell(f"checking {len(made)} mails …")
    files = [_write(mail, folder) for mail in made]
    verdicts = tuple(spam(mail.name, mail.message) for mail in made)
    found = [*unsupported(files, allowed_gaps()), *html_validate(files, "html-mail.json"), *vnu(files)]
    found += [
        Finding("spamassassin", verdict.where, f"{verdict.points} points: {verdict.tests}")
        for verdict in verdicts
        if verdict.points > MOST_POINTS
    ]
    found += [
        Finding("size", mail.name, f"{size} bytes of HTML")
        for mail in made
        if (size := len(mail.html.encode())) > MOST_BYTES
    ]
    for mail, file in zip(made, files, strict=True):
        found += look(browser, mail.name, file.as_uri(), pictures)
    return Checked(tuple(made), (), found, verdicts)


def _write(mail: Mail, folder: Path) -> Path:
    """The page as a file, its pictures beside it."""
    html = mail.html
    for n, (cid, png) in enumerate(mail.pictures.items()):
        shown = folder / f"{mail.name}-{n}.png"
        shown.write_bytes(png)
        html = html.replace(f'"cid:{cid}"', f'"{shown.name}"')
    file = folder / f"{mail.name}.html"
    file.write_text(html, "utf-8")
    return file


def look(browser: Browser, name: str, address: str, pictures: Path | None) -> Iterator[Finding]:
    """What a browser finds, in every view."""
    for view in VIEWS:
        with page_at(browser, address, view) as page:
            yield from inspect(page, f"{name}-{view}")
            if pictures:
                picture(page, pictures / f"{name}-{view}.png")


# ---------------------------------------------------------------- web


def check_web(browser: Browser, pages: Sequence[WebPage], folder: Path, pictures: Path | None) -> Checked:
    _tell(f"checking {len(pages)} web pages …")
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for page in pages:
        files.append(folder / f"{page.name}.html")
        files[-1].write_text(page.html, "utf-8")
    found = [*html_validate(files, "html-web.json"), *vnu(files)]
    for page in pages:
        found += look(browser, page.name, page.address, pictures)
    return Checked((), tuple(pages), found)


if __name__ == "__main__":
    sys.exit(main())
