"""Templates and words are the user's: what may be used is documented, what is wrong is named, one file is enough."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2.nodes
import pytest
import yaml
from babel import Locale
from jinja2 import meta

from monitor.digest import Digest, Links, Templates, load_templates, render
from monitor.digest.model import Card
from monitor.digest.phrases import LOCALES, PhraseError
from monitor.digest.render import page_context
from monitor.digest.templates import wrapped
from monitor.errors import RenderError
from monitor.records import LANGUAGES, EditionMaterial, Lang
from monitor.resources import bundled

Edition = Callable[..., Digest]
ROOT = Path(__file__).parents[2]

# ---------------------------------------------------------------- words


def test_both_languages_have_the_same_strings(templates: Templates) -> None:
    english, spanish = (templates.phrases[language].strings for language in LANGUAGES)
    assert english.keys() == spanish.keys()
    for key, form in english.items():
        assert isinstance(form, str) == isinstance(spanish[key], str), key
        assert _placeholders(form) == _placeholders(spanish[key]), key


def _placeholders(form: object) -> set[str]:
    texts = [form] if isinstance(form, str) else list(form.values()) if isinstance(form, dict) else []
    return {name for text in texts for name in re.findall(r"\{(\w+)\}", text)} - {"n"}


def test_every_string_is_used(templates: Templates) -> None:
    used = "".join(path.read_text("utf-8") for path in sorted(bundled("templates").glob("*.j2")))
    used += "".join(path.read_text("utf-8") for path in sorted((ROOT / "monitor" / "digest").glob("*.py")))
    families = {key.rsplit(".", 1)[0] + "." for key in templates.phrases["en"].strings if "." in key}
    for key in templates.phrases["en"].strings:
        spoken = (family for family in families if f'"{family}" ~' in used or f'f"{family}{{' in used)
        in_family = any(key.startswith(family) for family in spoken)
        assert f'"{key}"' in used or in_family, key


@pytest.mark.parametrize(
    ("language", "key", "forms"),
    [
        ("en", "n.stories", {1: "1 story", 2: "2 stories", 0: "0 stories", 1200: "1,200 stories"}),
        ("es", "n.stories", {1: "1 nota", 2: "2 notas", 0: "0 notas", 1_000_000: "1,000,000 de notas"}),
        ("es", "brief.failed", {1: "1 falló", 4: "4 fallaron"}),
    ],
)
def test_plurals_follow_the_language(templates: Templates, language: Lang, key: str, forms: dict[int, str]) -> None:
    assert {n: templates.phrases[language](key, n=n) for n in forms} == forms


def test_plural_forms_are_those_of_the_language(templates: Templates) -> None:
    for language in LANGUAGES:
        known = {*Locale.parse(LOCALES[language]).plural_form.tags, "other"}
        for key, form in templates.phrases[language].strings.items():
            assert isinstance(form, str) or form.keys() <= known, key


def test_dates_and_times_read_as_each_language_writes_them(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    digest, spanish, english = edition(material, "es"), templates.phrases["es"], templates.phrases["en"]
    assert spanish.day(digest.date) == "jueves, 12 de marzo de 2026"
    assert english.day(digest.date) == "Thursday, March 12, 2026"
    assert spanish.clock(digest.now, digest.date) == "6:30\u00a0a.m."
    assert english.clock(digest.since, digest.date) == "Mar\u00a011,\u00a06:30\u00a0AM"
    assert spanish.zone(ZoneInfo("America/Tijuana")) == "hora del Pacífico"


@pytest.mark.parametrize(
    ("seconds", "span"), [(20, "1 min"), (12_000, "3 h 20 min"), (7200, "2 h"), (190_800, "2 d 5 h"), (86_400, "1 d")]
)
def test_a_span_has_its_two_largest_units(templates: Templates, seconds: float, span: str) -> None:
    assert templates.phrases["es"].span(seconds).replace("\u00a0", " ") == span


def test_wrapped_keeps_addresses_whole() -> None:
    address = "https://example.org/" + "a" * 90
    assert address in wrapped(f"uno dos {address} tres", 4).split()


# ---------------------------------------------------------------- templates


def _documented() -> set[str]:
    return set(re.findall(r"`(?:\w+\.)?([a-z_]+)(?:\(|`)", (ROOT / "docs" / "templates.md").read_text("utf-8")))


def test_every_variable_and_attribute_of_the_templates_is_documented(templates: Templates) -> None:
    of_jinja = {"last", "nextitem", "previtem", "line"}  # of a loop, a namespace
    for path in sorted(bundled("templates").glob("*.j2")):
        tree = templates.environment.parse(path.read_text("utf-8"))
        names = meta.find_undeclared_variables(tree) - set(templates.environment.globals)
        names |= {node.attr for node in tree.find_all(jinja2.nodes.Getattr)} - of_jinja - set(LANGUAGES)
        local = {"other", "latest", "same"}  # set inside a block
        assert sorted(names - local - _documented()) == [], path.name


def _tables() -> dict[str, set[str]]:
    """The names in the first column of each table of docs/templates.md, by the table's heading."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in (ROOT / "docs" / "templates.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("| `"):
            cell = line.split("|")[1]
            found.setdefault(heading, set()).update(re.findall(r"`(\w+)", cell))
    return found


def _names_of(record: type) -> set[str]:
    """Fields, properties and methods that a template may use."""
    return {name for name in dir(record) if not name.startswith("_")}


def test_the_documented_names_are_those_that_exist_and_no_others(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    tables = _tables()
    context = page_context(edition(material, "en"), templates.phrases, Links(), {})
    assert tables["What every template gets"] == set(context)
    assert tables["The edition: `digest`"] == _names_of(Digest) - {"max_html_bytes"}
    assert tables["A card"] == _names_of(Card)


@pytest.mark.parametrize("name", sorted(path.name for path in bundled("templates").glob("digest*.j2")))
def test_a_folder_with_one_file_changes_that_file_alone(
    tmp_path: Path, material: EditionMaterial, edition: Edition, templates: Templates, name: str
) -> None:
    own = (bundled("templates") / name).read_text("utf-8")
    (tmp_path / name).write_text(own + "{{ digest.title(lang) }} 4711", "utf-8")
    digest = edition(material, "both")
    before, after = render(digest, templates), render(digest, load_templates(tmp_path))
    in_html = name == "digest.html.j2"
    assert ("4711" in after.html, "4711" in after.text) == (in_html, not in_html)
    assert (after.text if in_html else after.html) == (before.text if in_html else before.html)
    assert (after.subject, after.data, after.images) == (before.subject, before.data, before.images)


def test_a_house_style_alone_and_a_card_alone_are_enough(
    tmp_path: Path, material: EditionMaterial, edition: Edition
) -> None:
    (tmp_path / "style.html.j2").write_text("<style>h1 { color: #123456; }</style>", "utf-8")
    html = render(edition(material, "es"), load_templates(tmp_path)).html
    assert 'style="color:#123456"' in html
    assert html.count('class="card"') == 6
    card = (bundled("templates") / "card.html.j2").read_text("utf-8")
    (tmp_path / "card.html.j2").write_text(
        card.replace('<div class="card">', '<div class="card">{{ card.topics[0] }}'), "utf-8"
    )
    assert "cartels_trafficking" in render(edition(material, "es"), load_templates(tmp_path)).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_strings_file_may_hold_one_line_and_another_plural(
    tmp_path: Path, material: EditionMaterial, edition: Edition, language: Lang
) -> None:
    (tmp_path / f"strings.{language}.yaml").write_text('n.stories: { one: "{n} item", other: "{n} items" }\n', "utf-8")
    rendered = render(edition(material, language), load_templates(tmp_path))
    assert ": 6 items. " in rendered.subject
    other = render(edition(material, "es" if language == "en" else "en"), load_templates(tmp_path))
    assert "items" not in other.subject


def test_without_a_folder_of_its_own_nothing_changes(
    tmp_path: Path, material: EditionMaterial, edition: Edition
) -> None:
    digest = edition(material, "en")
    assert render(digest, load_templates(tmp_path / "none")) == render(digest, load_templates(tmp_path))


def test_the_users_folder_wins_file_by_file(tmp_path: Path, material: EditionMaterial, edition: Edition) -> None:
    (tmp_path / "digest.txt.j2").write_text("Mío: {{ digest.title('es') }}\n", "utf-8")
    (tmp_path / "strings.es.yaml").write_text("brief: Panorama\n", "utf-8")
    rendered = render(edition(material, "es"), load_templates(tmp_path))
    assert rendered.text == "Mío: Boletín Frontera México–EE. UU.\n"
    assert "Panorama" in rendered.html
    assert "Publicadas en ambos idiomas" in rendered.html


def test_an_unknown_variable_is_named_with_file_and_line(
    tmp_path: Path, material: EditionMaterial, edition: Edition
) -> None:
    (tmp_path / "digest.txt.j2").write_text("one\ntwo\n{{ digest.weather }}\n", "utf-8")
    with pytest.raises(RenderError, match=r"digest\.txt\.j2: line 3: .*weather") as caught:
        render(edition(material, "es"), load_templates(tmp_path))
    assert str(tmp_path) in str(caught.value)


def test_an_unknown_string_is_named_with_the_templates_line(
    tmp_path: Path, material: EditionMaterial, edition: Edition
) -> None:
    (tmp_path / "card.html.j2").write_text(
        "{% macro mark(f, l) %}{% endmacro %}{% macro linked(h, c, l) %}{% endmacro %}\n"
        "{% macro story(card) %}\n{{ say[lang]('nope') }}\n{% endmacro %}\n",
        "utf-8",
    )
    with pytest.raises(RenderError, match=r"card\.html\.j2: line 3: .*there is no string 'nope'"):
        render(edition(material, "en"), load_templates(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("digest.html.j2", "a\n{% if %}\n", r"digest\.html\.j2: line 2"),
        ("strings.en.yaml", "brief: [1\n", r"strings\.en\.yaml: line 2"),
        ("strings.en.yaml", "briefs: x\n", r"strings\.en\.yaml: unknown string 'briefs'"),
        ("strings.es.yaml", "brief: {one: x}\n", r"strings\.es\.yaml: 'brief': a text, or plural forms"),
        ("strings.es.yaml", "- x\n", r"strings\.es\.yaml: line 1: a mapping"),
    ],
)
def test_a_broken_file_is_refused_when_loaded(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(RenderError, match=message):
        load_templates(tmp_path)


def test_a_placeholder_without_a_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "strings.en.yaml").write_text("day: 'day {number}'\n", "utf-8")
    with pytest.raises(PhraseError, match=r"strings\.en\.yaml: 'day' has a placeholder without a value: 'number'"):
        load_templates(tmp_path).phrases["en"]("day", n=2)


def test_the_strings_files_are_valid_yaml_with_unique_keys() -> None:
    for language in LANGUAGES:
        text = (bundled("templates") / f"strings.{language}.yaml").read_text("utf-8")
        keys = re.findall(r"^([\w.]+):", text, re.MULTILINE)
        assert len(keys) == len(set(keys)) == len(yaml.safe_load(text))


def test_every_key_of_the_json_is_documented(material: EditionMaterial, edition: Edition, templates: Templates) -> None:
    document = json.loads(render(edition(material, "es"), templates).data)

    def keys(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield key
                yield from keys(item)
        elif isinstance(value, list):
            for item in value:
                yield from keys(item)

    assert sorted(set(keys(document)) - _documented()) == []
