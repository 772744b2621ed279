"""`monitor translate`: a text at once, why it came out so, and an analyst's wording in its place."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.app import open_interpreter, open_store_of, utc_now
from monitor.cli.common import config_option, has_config, json_option, note, open_config, open_config_or_defaults, say
from monitor.errors import ConfigError, Problem
from monitor.language.corrections import glossary_lines
from monitor.language.interpreter import Interpreter
from monitor.language.translate import Translated, Wanted
from monitor.protocols import Store
from monitor.records import Correction, Lang, Translation, other_language
from monitor.serialise import to_json
from monitor.wording import (
    doubts_about,
    explain,
    language_of,
    new_correction,
    translate_now,
)

_LANGUAGE = click.Choice(["en", "es"])
_ASK = "\0"


@click.command()
@click.argument("text", metavar="TEXT|FILE|-", required=False, default="")
@click.option("--to", "target", type=_LANGUAGE, help="Into this language; else into the one it is not written in.")
@click.option("--engine", default="", metavar="E", help="Use this engine in place of translation.engine.")
@click.option("--explain", "explained", is_flag=True, help="Say what the engine got, and what the guards found.")
@click.option(
    "--correct", "wording", is_flag=False, flag_value=_ASK, metavar="[WORDING]",
    help="Keep this wording for TEXT; it wins from now on. Without WORDING, it is asked for.",
)  # fmt: skip
@click.option("--term", "is_term", is_flag=True, help="With --correct or --forget: TEXT is a term, not a sentence.")
@click.option("--forget", is_flag=True, help="Forget the wording kept for TEXT.")
@click.option("--export", is_flag=True, help="Print every kept wording as lines for `terms` of glossary.yaml.")
@json_option
@config_option
def translate(  # noqa: PLR0913 - one for each option
    *,
    text: str,
    target: Lang | None,
    engine: str,
    explained: bool,
    wording: str | None,
    is_term: bool,
    forget: bool,
    export: bool,
    as_json: bool,
    config_path: str | None,
) -> None:
    """Translate TEXT, the lines of FILE, or standard input (-), by the same steps and guards as a run.

    Ends with 3 when a translation could not be trusted: the original is printed in its place.

    \b
    Examples:
      monitor translate "Aseguran 300 kilos de metanfetamina en la garita de Otay"
      monitor translate --to es headlines.txt --json
      monitor translate "Hallan túnel en Nogales" --explain
      monitor translate "Cae 'El Güero' en operativo" --correct "'El Güero' arrested in raid"
      monitor translate "garita" --term --correct "port of entry"
      monitor translate --export
    """
    changes = wording is not None or forget
    with _opened(config_path, engine, needs_store=changes or export) as desk:
        if export:
            click.echo(glossary_lines(desk.kept), nl=False)
            return
        lines = _lines(text)
        source = _source_of(lines, target, wording=wording or "", kept=desk.kept)
        if forget:
            _forget(desk, lines, source, is_term=is_term)
        elif wording is not None:
            _correct(desk, lines, source, wording, is_term=is_term)
        else:
            sys.exit(_translate(desk, lines, source, explained=explained, as_json=as_json))


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the command works with; no store where there is no feeds.yaml."""

    interpreter: Interpreter
    store: Store | None

    @property
    def kept(self) -> tuple[Correction, ...]:
        return self.store.corrections() if self.store else ()


@contextmanager
def _opened(config_path: str | None, engine: str, *, needs_store: bool) -> Iterator[_Desk]:
    """The configuration, with another engine if asked for. A wording is kept only where there is a feeds.yaml."""
    config = open_config(config_path) if needs_store else open_config_or_defaults(config_path)
    if engine:
        translation = config.translation.model_copy(update={"engine": engine})
        config = config.model_copy(update={"translation": translation})
    with open_store_of(config) if has_config(config_path) else nullcontext() as store:
        yield _Desk(open_interpreter(config, store), store)


def _lines(text: str) -> list[str]:
    """The lines of a file, of standard input, or the text itself."""
    if text == "-":
        return [line.strip() for line in sys.stdin.read().splitlines()]
    if not text:
        raise click.UsageError("give a TEXT, a FILE, or - for standard input")
    try:
        if Path(text).is_file():
            return [line.strip() for line in Path(text).read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, ValueError):
        pass  # too long for a file name, or not readable: it is the text itself
    return [text.strip()]


def _source_of(lines: Sequence[str], target: Lang | None, *, wording: str, kept: Sequence[Correction]) -> Lang:
    """The language to translate from: the text's; where a word or two do not tell, the one that the wording is not in,
    or the one it is kept under.

    UsageError when nothing tells, and the user did not.
    """
    text = " ".join(lines)
    into = target or (None if language_of(text) else language_of(wording))
    source = other_language(into) if into else language_of(text)
    source = source or next((correction.source for correction in kept if correction.original == text), None)
    if source is None:
        raise click.UsageError("cannot tell whether this is English or Spanish; say --to en or --to es")
    return source


def _translate(desk: _Desk, lines: Sequence[str], source: Lang, *, explained: bool, as_json: bool) -> int:
    """Print the translation of each line, empty lines included; the exit code."""
    wanted = [Wanted(line, source, other_language(source)) for line in lines]
    done = translate_now(desk.interpreter, wanted, desk.store)
    by_key = {translation.key: translation for translation in done.translations}
    if as_json:
        say(to_json({"engine": done.report, "translations": done.translations, "notices": done.notices}))
    else:
        for item in wanted:
            _show(by_key.get(item.key), done, desk.interpreter, explained=explained)
        for notice in done.notices:
            note(notice)
    return 3 if any(translation.status == "original" for translation in done.translations) else 0


def _show(translation: Translation | None, done: Translated, interpreter: Interpreter, *, explained: bool) -> None:
    if translation is None:
        say()
        return
    say(translation.shown)
    if explained:
        for line in explain(done, translation, interpreter):
            say(f"    {line}")
    elif translation.flags:
        what = "withheld, the original is shown" if translation.status == "original" else "check the original"
        note(f"{what}: {', '.join(translation.flags)}")


def _correct(desk: _Desk, lines: Sequence[str], source: Lang, wording: str, *, is_term: bool) -> None:
    original = "\n".join(lines)
    if wording == _ASK:
        wording = _asked_for(desk, lines, source)
    correction = new_correction(original, wording, source=source, is_term=is_term, now=utc_now())
    assert desk.store is not None
    desk.store.save_correction(correction)
    say(f"kept  {correction.kind} {source}→{correction.target}: {correction.original} → {correction.wording}")
    if doubts := doubts_about(correction, desk.interpreter):
        note(f"the guards would have doubted this wording ({', '.join(doubts)}); it is kept all the same")


def _asked_for(desk: _Desk, lines: Sequence[str], source: Lang) -> str:
    """The wording typed in, the machine's being the starting point."""
    if not sys.stdin.isatty():
        raise click.UsageError("--correct needs the WORDING when there is no terminal to ask at")
    wanted = [Wanted(line, source, other_language(source)) for line in lines]
    done = translate_now(desk.interpreter, wanted, desk.store)
    return str(click.prompt("Wording", default=" ".join(t.text for t in done.translations)))


def _forget(desk: _Desk, lines: Sequence[str], source: Lang, *, is_term: bool) -> None:
    correction = new_correction("\n".join(lines), "-", source=source, is_term=is_term, now=utc_now())
    assert desk.store is not None
    if desk.store.drop_correction(correction):
        say(f"forgotten  {correction.kind} {source}→{correction.target}: {correction.original}")
    else:
        raise ConfigError(
            Problem(
                "--forget",
                repr(correction.original),
                f"no {correction.kind} of these words is kept",
                "see `monitor translate --export`",
            )
        )
