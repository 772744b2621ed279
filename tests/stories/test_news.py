"""What an updated story has that no earlier edition had."""

from dataclasses import replace

import pytest

from monitor.records import Comparison, Contradiction, Judged, Lang, Member, News, Statement
from monitor.stories.compare import compare
from monitor.stories.news import what_is_new
from tests.stories.conftest import member, report, story

FIRST = report("Attack leaves 12 dead in Matamoros", "Gunmen opened fire at a market.", source="a")


def news(*reports: Judged | Member, known: Judged | Member = FIRST) -> News:
    """What `reports` bring to a story that had `known`."""
    told = story(known, *reports)
    first_id = known.article.id
    return what_is_new(told, frozenset(m.article.id for m in told.members) - {first_id}, compare(told))


def changes(*reports: Judged | Member) -> list[tuple[str, str, str]]:
    return [(c.kind, c.before.text, c.after.text) for c in news(*reports).figures_changed]


def test_a_new_outlet_and_the_other_language_are_news() -> None:
    spanish = report("Ataque deja 12 muertos en Matamoros", source="b", language="es", hours=9)
    found = news(spanish)
    assert [m.article.id for m in found.reports] == [spanish.id]
    assert (found.voices_joined, found.languages_joined) == (("b",), ("es",))
    assert found.figures_changed == ()


def test_an_outlet_that_writes_again_has_not_joined() -> None:
    found = news(report("Matamoros market reopens", source="a", hours=9))
    assert (len(found.reports), found.voices_joined, found.languages_joined) == (1, (), ())


def test_a_toll_that_rises_is_told_with_both_sentences() -> None:
    found = news(report("Toll rises to 15 dead in Matamoros attack", source="a", hours=9))
    (change,) = found.figures_changed
    assert (change.kind, change.before.value, change.after.value) == ("dead", 12, 15)
    assert change.before.sentence == FIRST.article.title
    assert change.after.sentence == "Toll rises to 15 dead in Matamoros attack"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Death toll in Matamoros attack climbs to 15"),
        ("en", "Number of dead in Matamoros rises to 15"),
        ("es", "Suben a 15 los muertos por el ataque en Matamoros"),
        ("es", "Aumenta a 15 el número de muertos en Matamoros"),
        ("es", "Ya son 15 los muertos por el ataque en Matamoros"),
        ("es", "Cifra de muertos en Matamoros sube a 15"),
        ("es", "Suman 15 muertos por el ataque en Matamoros"),
    ],
)
def test_the_ways_headlines_tell_a_rising_toll(language: Lang, title: str) -> None:
    (change,) = news(report(title, source="a", language=language, hours=9)).figures_changed
    assert (change.kind, change.before.value, change.after.value) == ("dead", 12, 15)
    assert change.after.sentence == title


@pytest.mark.parametrize("title", ["Two more arrested in bus attack", "Detienen a otras dos personas por el ataque"])
def test_some_more_are_no_count_of_all(title: str) -> None:
    three = report("Three people arrested in bus attack", source="a")
    language: Lang = "es" if title.startswith("Det") else "en"
    assert news(report(title, source="a", language=language, hours=9), known=three).figures_changed == ()


def test_of_several_new_numbers_the_last_one_counts() -> None:
    second = report("Matamoros attack: 14 dead", source="a", hours=8)
    third = report("Matamoros attack: 15 dead", source="a", hours=10)
    assert changes(third, second) == [("dead", "12 dead", "15 dead")]


def test_a_number_someone_had_before_is_no_change() -> None:
    assert changes(report("Ataque deja 12 muertos en Matamoros", source="b", language="es", hours=9)) == []


def test_the_number_of_another_event_is_no_change() -> None:
    """The second flight's passengers do not replace the first one's."""
    flight = report("Flight takes 104 migrants to Tapachula", source="a")
    second = report("Second flight takes 98 migrants to Tapachula", source="a", hours=24)
    assert news(second, known=flight).figures_changed == ()


def test_a_part_of_the_count_is_no_change() -> None:
    assert changes(report("Matamoros attack: 3 dead identified", source="a", hours=9)) == []


def test_outlets_that_disagree_are_a_difference_and_no_change() -> None:
    """Two hours later another outlet has 15: that is no later count, they contradict each other."""
    found = news(report("Attack leaves 15 dead in Matamoros", source="b", hours=2))
    assert [d.kind for d in found.differences] == ["dead"]
    assert found.figures_changed == ()


def test_a_difference_that_was_there_before_is_no_news() -> None:
    other = report("Attack leaves 15 dead in Matamoros", source="b", hours=1)
    late = report("Mourners gather in Matamoros", source="c", hours=9)
    told = story(FIRST, other, late)
    found = what_is_new(told, frozenset({late.id}), compare(told))
    assert (found.differences, found.figures_changed) == ((), ())


def test_copies_bring_nothing() -> None:
    copy = member(report("Ataque deja 15 muertos", source="b", language="es", hours=9), copy_of=FIRST.id)
    assert news(copy) == News()


def test_an_office_that_speaks_for_the_first_time_is_news() -> None:
    found = news(report("Sheinbaum condemns attack in Matamoros", source="a", hours=9))
    assert len(found.offices_joined) == 1
    assert found.offices_joined[0].kind == "office"
    again = report("Sheinbaum condemns attack in Matamoros", source="a")
    assert news(report("Sheinbaum visits Matamoros", source="b", hours=9), known=again).offices_joined == ()


def test_a_contradiction_is_news_when_a_new_report_has_one_side() -> None:
    denial = report("La Fiscalía niega el ataque en Matamoros", source="b", language="es", hours=9)
    said = Statement(FIRST.id, "en", "witnesses", "witnesses", "testigos", "said", FIRST.article.title)
    denied = Statement(denial.id, "es", "fgr", "FGR", "la Fiscalía", "denied", denial.article.title)
    told = story(FIRST, denial)
    contradiction = Contradiction((said, denied), across_languages=True)
    compared: Comparison = replace(compare(told), contradictions=(contradiction,))
    assert what_is_new(told, frozenset({denial.id}), compared).contradictions == (contradiction,)
    assert what_is_new(told, frozenset(), compared).contradictions == ()
