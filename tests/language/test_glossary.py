"""The glossary file: what it accepts, what it says of mistakes; and headlines brought to sentence case."""

import json
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import yaml

from monitor.errors import ConfigError, Problem
from monitor.language.casing import sentence_case
from monitor.language.glossary import Entry, Forms, Glossary, as_line, load_glossary, parse_glossary, worded
from monitor.language.glossary_file import Kind, TermSection, json_schema, schema_text
from monitor.language.inflect import gender, plural
from monitor.language.term_uses import find_uses
from monitor.records import Lang, other_language
from monitor.resources import bundled

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "glossary.yaml"
LANGUAGES: tuple[Lang, ...] = ("en", "es")


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse_glossary(text, "glossary.yaml")
    return caught.value.problems


def of_terms(*lines: str, contexts: str = "") -> str:
    return "\n".join(["version: 1", f"contexts: {{{contexts}}}", "terms:", *(f"- {{{line}}}" for line in lines)])


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("text", "where", "problem", "remedy"),
    [
        ("", "line 1", "is empty", "monitor init"),
        ("version: 1\nterm: []\n", "line 2, term", "unknown key 'term'", "did you mean 'terms'?"),
        (of_terms("en: raid, kind: term"), "line 4, terms[0]", "lacks a language", "'keep'"),
        (of_terms("keep: ICE, en: ICE, es: ICE, kind: agency"), "line 4, terms[0]", "'keep' beside", "alone"),
        (of_terms("en: raid, es: redada, kind: verb"), "line 4, terms[0].kind", "it says 'verb'", "monitor init"),
        (of_terms("en: raid, es: redada, kind: term, alias: {}"), "terms[0].alias", "unknown key", "'aliases'"),
        (of_terms("en: ' ', es: redada, kind: term"), "terms[0].en", "is no term", "single blanks"),
        (
            of_terms("en: raid, es: redada, kind: term, when: [ice]", contexts="ICE: {en: [agents]}"),
            "line 4, terms[0].when",
            "context 'ice' does not exist",
            "use one of: ICE",
        ),
        (of_terms(contexts="x: {en: ['*gun']}"), "line 2, contexts.x.en[0]", "is no context word", "only at its end"),
        (
            of_terms("en: raid, es: redada, kind: term", "en: roundup, es: Redada, kind: term"),
            "line 5, terms[1]",
            "'Redada' stands twice among the Spanish forms",
            "direction",
        ),
        ("version: 1\nkeep: {city: [El Paso, El Paso]}\n", "line 2, keep.city[1]", "stands twice", "remove one"),
        ("version: 2\n", "line 1, version", "1", "monitor init"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_its_cure(text: str, where: str, problem: str, remedy: str) -> None:
    found = problems(text)
    assert found[0].path == "glossary.yaml"
    assert where in found[0].where
    assert problem in found[0].problem
    assert remedy in found[0].remedy


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems(of_terms("en: raid, kind: term", "keep: X, kind: shop", "es: y, kind: term"))) == 3


def test_a_missing_or_unreadable_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_glossary(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("México".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_glossary(tmp_path / "latin.yaml")


def test_the_committed_schema_is_the_codes() -> None:
    assert (ROOT / "glossary.schema.json").read_text(encoding="utf-8") == schema_text(), "run: make schema"


def test_one_form_may_have_several_senses_when_contexts_tell_them_apart() -> None:
    glossary = parse_glossary(
        of_terms(
            "keep: Roma, kind: city, when: [starr]",
            "en: Rome, es: Roma, kind: city",
            contexts="starr: {es: [Texas], en: [Texas]}",
        )
    )
    assert len(glossary.entries) == 2


# ---------------------------------------------------------------- what engines read


def test_an_entry_counts_in_its_direction_only() -> None:
    glossary = parse_glossary(of_terms("en: A, es: uno, kind: agency", "en: C, es: tres, kind: agency, direction: en"))
    assert dict(glossary.terms("es", "name")) == {"uno": "A"}
    assert dict(glossary.terms("en")) == {"a": "uno", "c": "tres"}


def test_engines_get_aliases_and_plurals_but_no_term_with_a_condition() -> None:
    glossary = parse_glossary(
        of_terms(
            "en: checkpoint, es: retén, kind: term, aliases: {es: [filtro]}",
            "en: officer, es: elemento, kind: term, when: [forces]",
            "keep: Reforma, kind: place, word: [es]",
            "keep: Sonora, kind: state",
            contexts="forces: {es: [Marina], en: [Navy]}",
        )
    )
    assert dict(glossary.terms("es", "term")) == {
        "retén": "checkpoint",
        "retenes": "checkpoints",
        "filtro": "checkpoint",
        "filtros": "checkpoints",
    }
    assert glossary.places == ("Sonora",)


def test_countries_with_two_names_are_no_names_for_engines() -> None:
    """Engines know them, with their articles; the glossary only looks after them."""
    glossary = parse_glossary(of_terms("en: United States, es: Estados Unidos, kind: country, aliases: {en: [US, us]}"))
    assert dict(glossary.terms("es", "name", "term", "place")) == {}
    assert glossary.names == ("Estados Unidos", "United States", "US")


# ---------------------------------------------------------------- version and corrections


def test_the_version_is_of_the_content() -> None:
    lines = ["en: raid, es: redada, kind: term", "keep: ICE, kind: agency"]
    one = parse_glossary(of_terms(*lines))
    assert len(one.version) == 12
    assert parse_glossary(of_terms(*reversed(lines)) + "\n# a comment\n").version == one.version
    assert parse_glossary(of_terms(lines[0], "keep: ICE, kind: agency, gender: m")).version != one.version
    assert one.plus([Entry("sweep", "redada")]).version != one.version
    assert pickle.loads(pickle.dumps(one)).version == one.version


def test_an_analysts_entry_takes_a_form_from_all_others_in_its_direction() -> None:
    glossary = parse_glossary(
        of_terms(
            "en: raid, es: redada, kind: term, aliases: {es: [operativo]}",
            "en: search, es: cateo, kind: term, direction: es",
        )
    )
    mine = glossary.plus([Entry("sweep", "redada", "es"), Entry("house search", "cateo", "es")])
    assert mine.terms("es")["redada"] == "sweep"
    assert mine.terms("es")["operativo"] == "raid"
    assert mine.terms("es")["cateo"] == "house search"
    assert mine.terms("en") == glossary.terms("en")
    assert mine.entries[1].avoid == Forms(en=("raid",))
    assert "search" not in {entry.en for entry in mine.entries}


def test_of_two_corrections_the_later_wins() -> None:
    mine = Glossary().plus([Entry("sweep", "redada", "es"), Entry("roundup", "redada", "es")])
    assert mine.terms("es")["redada"] == "roundup"


def test_a_correction_can_be_written_into_the_file() -> None:
    """Every entry that ships comes back from its line; a wording with capitals is a name."""
    name, noun = worded("Fuerza Norte", "North Force", "es"), worded("raid", "cateo: casa", "en")
    assert (name.kind, name.direction, noun.kind, noun.direction) == ("organisation", "es", "term", "en")
    entries = (name, noun, *load_glossary(SHIPPED).entries)
    for entry in entries:
        read = parse_glossary(f"version: 1\nterms:\n{as_line(entry)}\n").entries
        assert read == (replace(entry, when=Forms(), unless=Forms()),)


def test_the_example_of_the_docs_is_a_glossary_and_names_every_field() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    example = parse_glossary(page.split("```yaml\n")[1].split("```")[0])
    assert example.terms("es", "term") == {"retén": "checkpoint", "retenes": "checkpoints"}
    assert all(f"`{field}`" in page for field in TermSection.model_fields)
    assert all(f"`{kind}`" in page for kind in get_args(Kind))


# ---------------------------------------------------------------- the file that ships


@pytest.mark.parametrize(
    ("source", "form", "translation"),
    [
        ("en", "border patrol", "Patrulla Fronteriza"),
        ("es", "casa blanca", "White House"),
        ("es", "fosas clandestinas", "clandestine graves"),
        ("en", "ports of entry", "puertos de entrada"),
        ("en", "world trade bridge", "Puente del Comercio Mundial"),
        ("es", "sector de del río", "Del Rio Sector"),
    ],
)
def test_the_shipped_glossary_knows(source: Lang, form: str, translation: str, glossary: Glossary) -> None:
    assert glossary.terms(source)[form] == translation


def test_the_shipped_glossary_fits_its_schema_and_editors_find_it() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=glossary.schema.json\n")
    jsonschema.validate(yaml.safe_load(text), json_schema())
    assert json.loads((ROOT / "glossary.schema.json").read_text(encoding="utf-8"))["title"].startswith("glossary.yaml")


def test_the_shipped_glossary_has_translations_and_not_only_names(glossary: Glossary) -> None:
    assert sum(entry.en != entry.es for entry in glossary.entries) >= 350
    assert len(glossary.entries) >= 750


def _forms(glossary: Glossary) -> Iterator[tuple[Entry, Lang, str]]:
    for entry in glossary.entries:
        for source in LANGUAGES:
            for form in (entry.text(source), *entry.aliases.of(source)) if entry.counts_from(source) else ():
                yield entry, source, form


def test_every_form_of_the_shipped_glossary_resolves_to_a_translation_of_its_own(glossary: Glossary) -> None:
    """In a text that has one of its context words, each form is found whole, in the sense of an entry that has it."""
    astray = []
    for entry, source, form in _forms(glossary):
        context = " ".join(word.rstrip("*") for word in entry.when.of(source)[:1])
        uses = find_uses(f"x {form} y. {context}", source, glossary).uses
        mine = [use for use in uses if use.found == form]
        known = {entry.text(other_language(source)) for entry, lang, other in _forms(glossary) if other == form}
        if not mine or mine[0].translation not in known:
            astray.append((source, form))
    assert not astray


def test_no_entry_of_the_shipped_glossary_avoids_what_it_accepts(glossary: Glossary) -> None:
    for entry in glossary.entries:
        for language in LANGUAGES:
            good = {entry.text(language), *entry.aliases.of(language), *entry.accept.of(language)}
            assert not good & set(entry.avoid.of(language)), entry


def test_the_shipped_file_is_the_bundled_one() -> None:
    assert bundled("glossary.yaml").samefile(SHIPPED)


# ---------------------------------------------------------------- plurals and genders


@pytest.mark.parametrize(
    ("language", "singular", "expected"),
    [
        ("en", "port of entry", "ports of entry"),
        ("en", "attorney general", "attorneys general"),
        ("en", "agency", "agencies"),
        ("en", "drug boss", "drug bosses"),
        ("en", "hitman", "hitmen"),
        ("en", "customs", "customs"),
        ("es", "fosa clandestina", "fosas clandestinas"),
        ("es", "orden de arresto", "órdenes de arresto"),
        ("es", "retén", "retenes"),
        ("es", "narcotúnel", "narcotúneles"),
        ("es", "juez federal", "jueces federales"),
        ("es", "dron", "drones"),
        ("es", "municiones", "municiones"),
        ("es", "menor no acompañado", "menores no acompañados"),
    ],
)
def test_plurals(language: Lang, singular: str, expected: str) -> None:
    assert plural(singular, language) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("Patrulla Fronteriza", "f"), ("orden de arresto", "f"), ("redadas", "f"), ("sistema antidrones", "m"),
        ("municiones", "f"), ("aguas residuales", "f"), ("retenes", "m"), ("menor no acompañado", "m"), ("FGR", ""),
    ],
)  # fmt: skip
def test_the_gender_of_a_spanish_term_is_told_by_its_ending(term: str, expected: str) -> None:
    assert gender(term) == expected


# ---------------------------------------------------------------- recasing


@pytest.mark.parametrize(
    ("language", "headline", "expected"),
    [
        ("es", "DETIENEN A TRES EN CIUDAD JUÁREZ", "Detienen a tres en Ciudad Juárez"),
        ("es", 'CAE "EL CHUY", LÍDER DEL CJNG EN TIJUANA', 'Cae "El Chuy", líder del CJNG en Tijuana'),
        ("es", "LA PATRULLA FRONTERIZA REFUERZA EL PASO", "La Patrulla Fronteriza refuerza El Paso"),
        (
            "en",
            "Border Patrol Agents Seize Fentanyl at Nogales Port",
            "Border Patrol agents seize fentanyl at Nogales port",
        ),
        (
            "en",
            "Mexico Sends 26 Inmates to U.S. in Latest Transfer",
            "Mexico sends 26 inmates to U.S. in latest transfer",
        ),
        ("en", "MIGRANTS RESCUED NEAR EAGLE PASS", "Migrants rescued near Eagle Pass"),
        ("en", "FAA Reopens El Paso Airspace: What We Know", "FAA reopens El Paso airspace: What we know"),
        ("es", "Hallan un túnel en Tijuana", "Hallan un túnel en Tijuana"),
        ("es", "FBI: CJNG", "FBI: CJNG"),
        ("en", "", ""),
    ],
)
def test_headlines_are_read_in_sentence_case(language: Lang, headline: str, expected: str, glossary: Glossary) -> None:
    assert sentence_case(headline, language, glossary) == expected
