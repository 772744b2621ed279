"""A lexicon that somebody edited: read whole, or refused with every mistake, its place and its cure."""

import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.errors import ConfigError
from monitor.intake import Lexicon, load_lexicon
from monitor.resources import bundled

SCORING = {"thresholds": {"general": 7, "on_topic": 4, "official": 6, "context": 13}}
TERM = {"id": "cartel", "weight": 4, "re": r"\bcartel\b"}


def write(folder: Path, **changes: Any) -> Path:
    document = {"version": 1, "scoring": SCORING, "categories": {"cartels_trafficking": [TERM]}, **changes}
    path = folder / "lexicon.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def problems(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_lexicon(path)
    return str(caught.value)


def test_the_lexicon_that_ships_is_read_whole_and_pickles() -> None:
    lexicon = load_lexicon(bundled("lexicon.yaml"))
    assert len(lexicon.terms) > 120
    assert len(lexicon.negatives) > 25
    assert len({t.category for t in lexicon.terms}) == 6
    assert pickle.loads(pickle.dumps(lexicon)) == lexicon


def test_a_small_lexicon_has_defaults(tmp_path: Path) -> None:
    lexicon = load_lexicon(write(tmp_path))
    assert isinstance(lexicon, Lexicon)
    assert (lexicon.terms[0].nexus, lexicon.terms[0].topical, lexicon.scoring.title_weight) == ("none", True, 1.5)


def test_a_list_of_patterns_means_any_of_them(tmp_path: Path) -> None:
    path = write(tmp_path, categories={"places": [TERM | {"re": [r"\bnogales\b", r"\byuma\b"]}]})
    pattern = load_lexicon(path).terms[0].pattern
    assert [bool(pattern.search(text)) for text in ("en yuma", "en nogales", "en otra")] == [True, True, False]


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (
            {"re": "(cartel"},
            ("categories.cartels_trafficking[0] (cartel).re: is not a valid pattern", "→ check brackets"),
        ),
        ({"re": "Cártel"}, ("has capitals or accents", "write 'cartel', or add raw: true")),
        ({"re": "x*"}, ("matches an empty text",)),
        ({"re": ["(?i)x", "y"]}, ("cannot stand in a list", "write (?i:…)")),
        ({"re": ["(a|b)x", r"(c|d)\1"]}, ("refers back to a group in a list: '(c|d)\\\\1'", "a rule of its own")),
        ({"re": ""}, ("is missing or no text",)),
        ({"weight": "much"}, ("weight: is 'much'", "write a number from 0 to 100")),
        ({"weight": -1}, ("weight: is -1",)),
        ({"nexus": "near"}, ("nexus: is 'near'", "use one of: strong, border")),
        ({"lang": "fr"}, ("lang: is 'fr'", "use one of: en, es, both")),
        ({"wieght": 3}, ("(cartel).wieght: unknown key",)),
        ({"raw": "yes please"}, ("raw: is 'yes please'", "write true or false")),
        ({"id": ""}, ("has no id",)),
    ],
)
def test_a_mistake_in_a_term_is_told_with_place_and_cure(tmp_path: Path, term: Any, words: tuple[str, ...]) -> None:
    told = problems(write(tmp_path, categories={"cartels_trafficking": [TERM | term]}))
    assert told.startswith(f"{tmp_path / 'lexicon.yaml'}: categories.cartels_trafficking[0]")
    for word in words:
        assert word in told


def test_a_pattern_may_have_flags_and_refer_back_when_it_stands_alone(tmp_path: Path) -> None:
    alone = [TERM | {"id": "a", "re": "(?i)muro"}, TERM | {"id": "b", "re": r"(a|b)\1c\\2"}]
    first, second = load_lexicon(write(tmp_path, categories={"places": alone})).terms
    assert first.pattern.search("MURO")
    assert [bool(second.pattern.search(text)) for text in (r"aac\2", r"abc\2")] == [True, False]
    listed = [TERM | {"re": [r"\\1", "x"]}]  # a backslash and a one
    assert load_lexicon(write(tmp_path, categories={"places": listed})).terms[0].pattern.search(r"\1")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": 2}, "version: is 2 → write version: 1"),
        ({"colour": 1}, "colour: unknown key"),
        ({"categories": {"sports": [TERM]}}, "categories.sports: unknown category"),
        ({"categories": {"places": TERM}}, "categories.places: is not a list of rules"),
        ({"categories": {"places": [TERM, TERM]}}, "id 'cartel' stands twice"),
        ({"scoring": {}}, "scoring.thresholds: is missing"),
        ({"scoring": {"thresholds": {**SCORING["thresholds"], "all": 1}}}, "scoring.thresholds.all: unknown key"),
        ({"negatives": [{"id": "a", "re": "x", "penalty": 1, "unless_nexus": "mx"}]}, "unless_nexus: is 'mx'"),
    ],
)
def test_a_mistake_elsewhere_is_told_with_its_place(tmp_path: Path, changes: Any, words: str) -> None:
    assert words in problems(write(tmp_path, **changes))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    terms = [TERM | {"re": "("}, TERM | {"id": "b", "weight": None}]
    assert len(problems(write(tmp_path, version=3, categories={"places": terms})).splitlines()) == 3


@pytest.mark.parametrize("text", ["", "- a\n- b", "a: [", "a: 'b"])
def test_a_file_that_is_no_lexicon_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lexicon.yaml"
    path.write_text(text, encoding="utf-8")
    assert str(path) in problems(path)


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    assert "cannot be read" in problems(tmp_path / "none.yaml")
