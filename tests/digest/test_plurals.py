"""Nobody reads "1 stories" or "2 feed": every text with a number in it, in both languages, with 0, 1 and 2."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from string import Formatter

import pytest

from monitor.digest.phrases import LOCALES, Phrases
from monitor.digest.templates import load_templates
from monitor.records import LANGUAGES, Lang
from monitor.text import counted

PARTS = ("", "archive", "web")
# Of the words for what is counted, one and several. English: also those of the command line and the log.
NOUNS: dict[Lang, dict[str, str]] = {
    "en": {
        **{"story": "stories", "entry": "entries", "try": "tries", "address": "addresses", "copy": "copies"},
        **{"language": "languages", "dependency": "dependencies", "match": "matches", "canary": "canaries"},
        **{
            noun: f"{noun}s"
            for noun in (
                "alarm alert article attempt batch bounce byte channel character column correction date day delivery"
                " digest document edition engine error event failure feed file group hit hour image item line link list"
                " mail mailbox message minute model note number outlet page package piece place problem profile query"
                " reader recipient report result row rule run second section sentence slot source table task term"
                " text thread time token topic translation week word worker"
            ).split()
        },
    },
    "es": {
        **{"edición": "ediciones", "publicación": "publicaciones", "entrada": "entradas", "resultado": "resultados"},
        **{
            noun: f"{noun}s"
            for noun in (
                "alerta artículo correo día falla fuente hora independiente medio mensaje minuto nota palabra perfil"
                " punto regla semana tema texto vez"
            ).split()
        },
    },
}
_LINKS = frozenset("of on in de en y and".split())  # what comes after these is not what the number counts
_NUMBERS = frozenset("n failed total read both en es number last".split())  # placeholders that are numbers


def wrong_numbers(text: str, language: Lang) -> list[str]:
    """Every "1 stories" and "2 story" in a text; up to one word between the number and the noun ("1 new stories")."""
    several = dict.fromkeys(NOUNS[language].values(), "1")
    one = dict.fromkeys(NOUNS[language], "02")
    found = re.finditer(r"(?<![\d.,:])([012])[ \u00a0](?=([^\W\d]+)(?:[ \u00a0]([^\W\d]+))?)", text)
    return [
        f"{match[1]} {noun}"
        for match in found
        for noun in ([match[2]] if match[2] in _LINKS or not match[3] else [match[2], match[3]])
        if match[1] in {**several, **one}.get(noun.lower(), "")
    ]


def renderings(phrases: Phrases, key: str) -> Iterator[str]:
    """The text with every combination of 0, 1 and 2 in the placeholders that are numbers."""
    form = phrases.strings[key]
    texts = [form] if isinstance(form, str) else list(form.values())
    names = sorted({name for text in texts for _, name, _, _ in Formatter().parse(text) if name})
    counts = sorted({*_NUMBERS.intersection(names), *(["n"] if not isinstance(form, str) else [])})
    words = dict.fromkeys(set(names) - set(counts), "X")
    for numbers in product((0, 1, 2), repeat=len(counts)):
        yield phrases(key, **words, **dict(zip(counts, numbers, strict=True)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_phrase_agrees_with_its_numbers(part: str, language: Lang) -> None:
    phrases = load_templates(part=part).phrases[language]
    told = [text for key in phrases.strings for text in renderings(phrases, key)]
    assert sum(any(digit in text for digit in "012") for text in told) > 5
    assert [text for text in told if wrong_numbers(text, language)] == []


@pytest.mark.parametrize("part", PARTS)
def test_who_has_plural_forms_has_all_that_the_language_knows_for_small_numbers(part: str) -> None:
    for language, phrases in load_templates(part=part).phrases.items():
        wanted = {phrases.locale.plural_form(n) for n in (0, 1, 2)}
        forms = {key: form for key, form in phrases.strings.items() if not isinstance(form, str)}
        assert {key: form for key, form in forms.items() if not wanted <= form.keys()} == {}, LOCALES[language]


# ---------------------------------------------------------------- the command line, the log, errors

SOURCES = sorted((Path(__file__).parents[2] / "monitor").rglob("*.py"))
_AFTER = re.compile(r"[ \u00a0](?:older |relevant |new )?([a-z]+)\b")


# Words that stand behind values which are no numbers ("the argos models", "docs/x.md lists …"), and those for what is
# measured, not counted.
_OFTEN_OTHERWISE = frozenset({"lists", "models", "times", "seconds", "minutes", "hours", "bytes"})


def numbers_by_hand(source: str) -> Iterator[tuple[int, str]]:
    """Lines of f-strings that put a noun in the plural behind a value, whatever that is; `counted` does it right."""
    plurals = set(NOUNS["en"].values()) - _OFTEN_OTHERWISE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for value, text in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant):
                    noun = _AFTER.match(str(text.value))
                    if noun and noun[1] in plurals and not _is_limit(value):
                        yield node.lineno, noun[0].strip()


def _is_limit(value: ast.FormattedValue) -> bool:
    """A number of the program's own, which is not 1: a name in capitals, or one that is formatted as a limit is."""
    return isinstance(value.value, ast.Name) and value.value.id.isupper()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_line_of_the_program_counts_by_hand(path: Path) -> None:
    assert list(numbers_by_hand(path.read_text(encoding="utf-8"))) == []


def test_counting_in_words() -> None:
    assert [counted(n, "feed") for n in (0, 1, 2)] == ["0 feeds", "1 feed", "2 feeds"]
    assert [counted(n, "story", "stories") for n in (0, 1, 2)] == ["0 stories", "1 story", "2 stories"]


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("1 stories", "en", ["1 stories"]),
        ("2 story", "en", ["2 story"]),
        ("read 1 new stories", "en", ["1 stories"]),
        ("1 of 2 feeds, 11 stories, 0.1 stories", "en", []),
        ("1 notas y 2 medios", "es", ["1 notas"]),
        ("0 publicación", "es", ["0 publicación"]),
    ],
)
def test_the_check_itself_sees_what_is_wrong(text: str, language: Lang, wrong: list[str]) -> None:
    assert wrong_numbers(text, language) == wrong
    assert list(numbers_by_hand('f"{n} feeds"')) == [(1, "feeds")]
    assert list(numbers_by_hand('f"{LIMIT} feeds"')) == []
