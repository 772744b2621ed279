"""Relevance: what counts, what counts against, the link to the border, and the reasons that are kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.intake import Lexicon, judge, load_lexicon
from monitor.records import Article, Scope, Verdict
from monitor.resources import bundled
from tests.intake.conftest import NOW, source

LEXICON = load_lexicon(bundled("lexicon.yaml"))
RULES: dict[str, Any] = {
    "version": 1,
    "scoring": {
        "thresholds": {"general": 7, "on_topic": 4, "official": 6, "context": 13},
        "category_cap": {"cartels_trafficking": 10},
        "feed_prior": {"border_local": 1, "on_topic": 2},
    },
    "categories": {
        "cartels_trafficking": [
            {"id": "cartel", "weight": 4, "nexus": "mx", "group": "c", "re": r"\bcartel\b"},
            {"id": "gulf", "weight": 6, "nexus": "mx", "group": "c", "re": r"\bcartel del golfo\b"},
            {"id": "drugs", "weight": 3, "re": r"\bdroga\b"},
        ],
        "military_enforcement": [{"id": "actor", "weight": 5, "nexus": "us", "topical": False, "re": r"\bmarshals\b"}],
        "places": [
            {"id": "nogales", "weight": 3, "nexus": "border", "re": r"\bnogales\b"},
            {"id": "juarez", "weight": 2, "nexus": "border_weak", "re": r"\bjuarez\b"},
            {"id": "us", "weight": 1, "nexus": "us", "re": r"\bestados unidos\b"},
            {"id": "eu", "weight": 1, "nexus": "us", "lang": "es", "lang_strict": True, "raw": True, "re": r"\bEU\b"},
        ],
    },
    "negatives": [
        {"id": "film", "why": "film", "penalty": 5, "unless_nexus": "border", "re": r"\bpelicula\b"},
        {"id": "dog", "why": "dogs", "penalty": 1, "veto": True, "unless_nexus": "never", "re": r"\bcollie\b"},
    ],
}


@pytest.fixture
def rules(tmp_path: Path) -> Lexicon:
    path = tmp_path / "lexicon.yaml"
    path.write_text(yaml.safe_dump(RULES), encoding="utf-8")
    return load_lexicon(path)


def item(title: str, summary: str = "", **changes: Any) -> Article:
    return replace(
        Article("a", "gaceta", "https://g.example/a", "https://g.example/a", title, summary, NOW, NOW), **changes
    )


def verdict(
    lexicon: Lexicon, title: str, summary: str = "", *, scope: Scope = "general", local: bool = False
) -> Verdict:
    return judge(item(title, summary), source(scope=scope, border_local=local), lexicon)


def test_a_term_counts_once_and_half_again_in_the_title(rules: Lexicon) -> None:
    found = verdict(rules, "Droga en Nogales", "Más droga, dijo la droga.")
    assert [(t.id, t.where, t.weight, t.text) for t in found.terms] == [
        ("drugs", "title", 4.5, "droga"),
        ("nogales", "title", 4.5, "nogales"),
    ]
    assert found.score == 9.0
    assert verdict(rules, "Nota", "Droga en Nogales.").score == 6.0


def test_tags_count_like_the_summary(rules: Lexicon) -> None:
    tagged = item("Nota", categories=("Nogales",))
    assert [t.id for t in judge(tagged, source(), rules).terms] == ["nogales"]


def test_the_dateline_counts_like_the_summary(rules: Lexicon) -> None:
    found = judge(item("Decomisan droga", dateline="NOGALES, Sonora"), source(), rules)
    assert [(t.id, t.where, t.weight) for t in found.terms] == [("drugs", "title", 4.5), ("nogales", "summary", 3.0)]
    assert found.relevant


def test_of_a_group_the_largest_counts(rules: Lexicon) -> None:
    assert [t.id for t in verdict(rules, "Cae jefe del Cártel del Golfo").terms] == ["gulf"]


def test_a_category_is_cut_at_its_cap_and_the_terms_still_add_up(rules: Lexicon) -> None:
    found = verdict(rules, "Droga del Cártel del Golfo en Nogales")
    assert {t.id: t.weight for t in found.terms} == {"gulf": 9.0, "drugs": 1.0, "nogales": 4.5}
    assert found.score == sum(t.weight for t in found.terms)


@pytest.mark.parametrize(
    ("title", "scope", "local", "relevant", "nexus"),
    [
        ("Cártel del Golfo en Nogales", "general", False, True, "border"),
        ("Cártel del Golfo en Estados Unidos", "general", False, True, "both"),
        ("Cártel del Golfo", "general", False, False, "mx"),
        ("Cártel del Golfo", "general", True, True, "mx"),
        ("Cártel del Golfo", "on_topic", False, True, "mx"),
        ("Droga y droga en Juárez", "general", True, True, "border_weak"),
        ("Droga en Juárez, Estados Unidos", "general", False, True, "border_weak"),
        ("Droga en Juárez y más", "general", False, False, "border_weak"),
    ],
)
def test_an_item_needs_a_link_to_the_border_unless_its_feed_is_the_link(
    rules: Lexicon, title: str, scope: Scope, local: bool, relevant: bool, nexus: str
) -> None:
    found = verdict(rules, title, scope=scope, local=local)
    assert (found.relevant, found.nexus) == (relevant, nexus)


@pytest.mark.parametrize(
    ("title", "scope", "local", "reason"),
    [
        (
            "Droga en Nogales",
            "general",
            False,
            "9.0 points, 7.0 needed; topic drugs; link: names a place or thing on the border (nogales)",
        ),
        (
            "Droga en EU para el cártel",
            "general",
            False,
            "11.5 points, 7.0 needed; topic cartel; link: names both countries (EU, cartel)",
        ),
        (
            "Droga, cártel y más",
            "on_topic",
            False,
            "12.0 points (2.0 for the feed), 4.0 needed; topic cartel; link: the feed is about the border",
        ),
        (
            "Droga, cártel y más",
            "general",
            True,
            "11.0 points (1.0 for the feed), 7.0 needed; topic cartel; link: the feed is a border newsroom's",
        ),
        ("Droga, cártel y más", "general", False, "no link to the border: only Mexico (cartel); 10.0 points"),
        (
            "Droga en EU y más droga",
            "general",
            True,
            "no link to the border: only the US (EU); 7.0 points (1.0 for the feed)",
        ),
        (
            "Droga en Juárez y más",
            "general",
            False,
            "no link to the border: only a name that may be near it (juarez); 7.5 points",
        ),
        (
            "Droga por la tarde",
            "general",
            True,
            "no link to the border: no place, and neither country; 5.5 points (1.0 for the feed)",
        ),
        ("Feria del libro por la tarde", "general", True, "no topic: no term of the lexicon was found"),
    ],
)
def test_the_reason_names_the_condition_that_failed_or_what_carried_it(
    rules: Lexicon, title: str, scope: Scope, local: bool, reason: str
) -> None:
    assert verdict(rules, title, scope=scope, local=local).reason == reason


def test_people_crossing_are_a_border_newsrooms_own_news_without_a_place_the_united_states_alone_are_not() -> None:
    crossing = "Smugglers now use ladders to get migrants over the fence"
    assert verdict(LEXICON, crossing, local=True).relevant
    assert not verdict(LEXICON, crossing).relevant
    assert not verdict(LEXICON, "Pentagon sends more troops and armored vehicles to the capital", local=True).relevant


def test_a_word_that_only_looks_like_a_country_is_none() -> None:
    """ "Irán al gimnasio": they will go; no theatre of war."""
    assert verdict(LEXICON, "Migrantes irán al albergue de Ciudad Juárez").relevant


def test_the_feeds_prior_counts(rules: Lexicon) -> None:
    alone = verdict(rules, "Droga en Nogales").score
    assert verdict(rules, "Droga en Nogales", local=True).score == alone + 1
    assert verdict(rules, "Droga en Nogales", scope="on_topic").score == alone + 2


def test_places_and_actors_alone_are_no_topic(rules: Lexicon) -> None:
    found = verdict(rules, "Marshals en Nogales, Estados Unidos")
    assert (found.relevant, found.reason) == (
        False,
        "no topic: only places, actors or slight words (marshals, nogales, estados unidos)",
    )


def test_a_negative_takes_points_off_and_is_named(rules: Lexicon) -> None:
    found = verdict(rules, "Película sobre el Cártel del Golfo en Estados Unidos")
    assert found.terms[1].id == "film"
    assert found.terms[1].weight == -5
    assert (found.score, found.relevant) == (5.5, False)
    assert (
        found.reason
        == "too few points: 5.5 points, 7.0 needed; link: names both countries (estados unidos, cartel del golfo);"
        " counted against it: film"
    )


def test_a_negative_is_ignored_when_the_item_touches_the_border(rules: Lexicon) -> None:
    assert "film" not in {t.id for t in verdict(rules, "Película sobre el cártel en Nogales").terms}


def test_a_veto_drops_whatever_the_score(rules: Lexicon) -> None:
    found = verdict(rules, "Border collie halla droga del Cártel del Golfo en Nogales")
    assert (found.relevant, found.reason) == (False, "excluded: dogs")


def test_a_strict_term_counts_in_its_own_language_only(rules: Lexicon) -> None:
    assert "eu" in {t.id for t in verdict(rules, "EU entrega droga asegurada a las autoridades de Nogales").terms}
    assert "eu" not in {t.id for t in verdict(rules, "The EU says that the droga was found by the police").terms}


def test_domestic_security_of_weight_is_kept_as_context() -> None:
    title = "Ataque con drones y narcobloqueos en Sinaloa: Guardia Nacional enfrenta a sicarios del Cártel de Sinaloa"
    found = verdict(
        LEXICON, title, "Decomisan fentanilo y armas; hay secuestros y desaparecidos.".replace("fentanilo", "cocaína")
    )
    assert (found.relevant, found.tier, found.threshold) == (True, "context", 13.0)
    assert "context" in found.reason


def test_topics_are_the_categories_without_places_the_strongest_first() -> None:
    found = verdict(LEXICON, "Guardia Nacional decomisa fentanilo del Cártel de Sinaloa en la garita de Nogales")
    assert found.topics[0] == "cartels_trafficking"
    assert "places" not in found.topics


def test_split_initials_are_read(rules: Lexicon) -> None:
    assert verdict(LEXICON, "New fence on the U . S . - Mexico border , officials say").nexus == "strong"


def test_judging_again_gives_the_same_verdict() -> None:
    title = "Extraditan a Estados Unidos a operador del Cártel de Sinaloa"
    assert verdict(LEXICON, title) == verdict(LEXICON, title)


def test_the_language_is_the_items_not_the_feeds() -> None:
    """A Spanish outlet that runs an English report."""
    assert verdict(LEXICON, "Border Patrol finds tunnel under the fence in Nogales").language == "en"
