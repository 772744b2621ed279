"""Copies are found, with their original and the reason; reports of their own are not taken for copies."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records import Copy, Judged, Source
from monitor.stories.dedupe import find_copies
from tests.stories.conftest import report

LEAD = (
    "Customs officers at the bridge found the drugs in a trailer of frozen fruit after a scanner showed something odd,"
    " the agency said in a statement; the driver was turned over to investigators and the shipment was destroyed on the"
    " same day under the eyes of both governments."
)


def test_the_same_page_is_a_copy_of_the_earlier_one() -> None:
    first = report("One headline", LEAD, url="https://a.example/story", source="a")
    again = report("Another headline", "Short", url="https://www.a.example/story?utm_source=x", source="b", hours=1)
    (copy,) = find_copies([again, first], {})
    assert (copy.article_id, copy.of_id, copy.reason) == (again.id, first.id, "same URL")


def test_a_guid_is_shared_within_a_family_only() -> None:
    sources = {
        s: Source(s, s, f"https://{s}.example", "en", family=f) for s, f in (("a", "fam"), ("b", "fam"), ("c", ""))
    }
    reports = [report(f"Headline {s}", source=s, guid="post-77", hours=n) for n, s in enumerate("abc")]
    (copy,) = find_copies(reports, sources)
    assert (copy.article_id, copy.of_id, copy.reason) == (reports[1].id, reports[0].id, "same guid")


def test_a_bare_number_is_a_guid_within_one_feed_only() -> None:
    sources = {s: Source(s, s, f"https://{s}.example", "en", family="fam") for s in "ab"}
    reports = [report(f"Headline {s}", source=s, guid="1077", hours=n) for n, s in enumerate("ab")]
    assert find_copies(reports, sources) == ()


def test_a_syndicated_retitled_or_truncated_text_is_a_copy() -> None:
    original = report("Meth found in frozen fruit at the bridge", LEAD, source="wire")
    same = report("Meth found in frozen fruit at the bridge", LEAD, source="one", hours=1)
    retitled = report("Fruit truck hid drugs", LEAD, source="two", hours=2)
    cut = report("Meth found in frozen fruit at the bridge", LEAD[:120], source="three", hours=3)
    found = find_copies([cut, same, original, retitled], {})
    assert [c.of_id for c in found] == [original.id] * 3
    assert found[0].reason == "same text"
    assert [c.reason for c in found[1:]] == [
        "near-duplicate 1.00 of the shorter text",
        "near-duplicate 0.96 of the shorter text",
    ]


def test_one_template_with_other_numbers_is_no_copy() -> None:
    text = (
        "CBP officers at the Hidalgo bridge seized {} pounds of methamphetamine worth {} dollars in a truck on Monday"
    )
    reports = [report("Officers seize drugs", text.format(n, n * 1000), hours=n) for n in (45, 62)]
    assert find_copies(reports, {}) == ()


@pytest.mark.parametrize(
    ("fill", "other"),
    [
        ("nineteen parrots on Monday", "nineteen parrots on Friday"),
        ("19 parrots", "40 iguanas"),
        ("19 parrots", "40 parrots"),
    ],
)
def test_one_template_with_another_number_or_weekday_is_no_copy(fill: str, other: str) -> None:
    text = "Officers who stopped a hearse at the bridge found {} asleep in a coffin, and the driver said he was late"
    reports = [report("Hearse stopped", text.format(words), hours=n) for n, words in enumerate((fill, other))]
    assert find_copies(reports, {}) == ()


def test_one_template_with_another_place_is_no_copy() -> None:
    text = "Officers stopped a hearse at the bridge of {} on Monday and found nineteen parrots asleep in a coffin"
    reports = [
        report("Parrots in a coffin", text.format(place), hours=n) for n, place in enumerate(("Laredo", "Nogales"))
    ]
    assert find_copies(reports, {}) == ()


def test_two_reports_of_one_event_in_their_own_words_are_no_copies() -> None:
    one = report(
        "Tunnel found in Otay Mesa", "Agents uncovered a 900-foot passage that began under a house in Tijuana."
    )
    two = report(
        "Smuggling tunnel discovered", "The tunnel, 50 feet deep, was being dug when agents broke in.", hours=1
    )
    assert find_copies([one, two], {}) == ()


def test_the_order_of_the_input_does_not_matter() -> None:
    reports = [
        report(f"Headline {n % 4}", LEAD if n % 2 else LEAD[:150], hours=n % 5, source=str(n)) for n in range(12)
    ]
    expected = find_copies(reports, {})
    for seed in range(5):
        shuffled = reports.copy()
        random.Random(seed).shuffle(shuffled)
        assert find_copies(shuffled, {}) == expected
    assert not {c.of_id for c in expected} & {c.article_id for c in expected}


def test_a_short_report_under_another_headline_is_a_copy_of_its_lead() -> None:
    lead = "Inspectors at the Roma bridge stopped a lemon truck on Monday and found brown bundles behind a false wall,"
    original = report("Lemons hide bundles at Roma bridge", f"{lead} the port director said at a briefing.", source="a")
    copy = report(
        "False wall, real trouble: trucker held after scan turns up packages", f"{lead}…", source="b", hours=1
    )
    (found,) = find_copies([original, copy], {})
    assert (found.article_id, found.of_id) == (copy.id, original.id)


def test_the_reason_names_the_agency_that_both_credit() -> None:
    wired = f"LAREDO, Texas (AP) — {LEAD}"
    reports = [report("Meth found in fruit", wired), report("Fruit truck hid drugs", f"{wired[:250]}…", hours=1)]
    (copy,) = find_copies(reports, {})
    assert copy.reason == "near-duplicate 0.98 of the shorter text, Associated Press"


def test_two_short_cuts_of_one_agencys_text_are_copies_and_of_two_agencies_are_not() -> None:
    start = (
        "MEXICO CITY ({}) — Mexico's customs chief resigned Monday after a ledger with his initials was found in a port"
    )
    ends = (
        ", and a former admiral is to take over from him before the week is out.",
        "; prosecutors in Veracruz have called in four of his aides to be questioned.",
    )
    for names, copies in ((("AP", "AP"), 1), (("AP", "AFP"), 0)):
        leads = [start.format(name) + end for name, end in zip(names, ends, strict=True)]
        reports = [
            report("Customs chief quits over ledger with initials", leads[0]),
            report("Ledger costs Mexican official his job", leads[1], hours=2),
        ]
        assert len(find_copies(reports, {})) == copies


FOOTER = (
    "Radio Ribera is yours from dawn to dusk. Send us a voice note at 555 0134 and tell us what you see on the bridge,"
    " and listen to the talk at noon with the people who know the river best."
)


LINES = (
    "The ferry at Los Ebanos is out of order until a part comes from Ohio.",
    "A judge who had tried smugglers for thirty years left office.",
    "Two dogs that were lost in the flood came home by themselves.",
    "The museum of the customs house has a new roof and old leaks.",
)


def _with_footer(*lines: str) -> list[Judged]:
    return [
        report(f"News {n}", f"{line} {FOOTER}", source="radio", hours=n, url=f"https://radio.example/{n}")
        for n, line in enumerate(lines)
    ]


def test_what_an_outlet_puts_under_every_report_makes_no_copies() -> None:
    assert find_copies(_with_footer(*LINES), {}) == ()
    assert find_copies(_with_footer(*LINES[:2]), {})  # too few to know it


def test_what_an_outlet_puts_under_every_report_hides_no_copies() -> None:
    story = "A truck lost its load of onions on the ramp to the old bridge and blocked it for most of the morning."
    copy = report("Onions on the ramp", story, source="other", hours=9)
    assert [c.article_id for c in find_copies([*_with_footer(story, *LINES), copy], {})] == [copy.id]


def test_one_text_printed_again_and_again_by_an_outlet_is_no_boilerplate() -> None:
    reports = [
        report("Meth in fruit", LEAD + " " * n, source="a", hours=n, url=f"https://a.example/{n}") for n in range(6)
    ]
    assert {c.of_id for c in find_copies(reports, {})} == {reports[0].id}
    assert len(find_copies(reports, {})) == 5


QUOTED = "the driver was turned over to investigators and the shipment was destroyed under the eyes of both governments"
OWN = (
    "In the market of the old town nobody wanted to talk about the trucks on Tuesday. The stalls closed early, and a"
    " priest who has buried three drivers since spring read out their names in front of the town hall while his sister"
    " held the microphone."
)


def test_a_passage_further_down_is_a_quotation_and_no_copy() -> None:
    original = report("Meth found in frozen fruit", f"{QUOTED.capitalize()}.")
    other = report("A market falls silent", f"{OWN} On Monday {QUOTED}. Nobody was named.", hours=5)
    assert find_copies([original, other], {}) == ()


def test_a_text_under_a_byline_and_a_date_is_a_copy() -> None:
    original = report("Meth found in frozen fruit at the bridge", LEAD[:200])
    other = report("Meth in frozen fruit", f"By Staff Reports | Feb. 12, 2026 | Updated 4:14 p.m. {LEAD}", hours=5)
    assert [c.article_id for c in find_copies([original, other], {})] == [other.id]


def test_a_text_made_of_two_others_does_not_make_them_copies_of_each_other() -> None:
    river = (
        "Divers searched the river for a second day after a boat with nine people turned over near the weir, and found"
        " a red jacket, two phones in a plastic bag and an oar; the sheriff asked farmers downstream to watch the banks"
        " and to call him at any hour of the night."
    )
    first, both, last = (
        report("Meth found in frozen fruit", LEAD),
        report("Meth found in frozen fruit, and divers search the river", f"{LEAD} {river}", hours=1),
        report("Divers search river", river, hours=2),
    )
    found = {copy.article_id: copy.of_id for copy in find_copies([first, both, last], {})}
    assert found == {both.id: first.id}


def test_of_two_texts_repeated_alike_the_earlier_is_the_original() -> None:
    """A few words under another headline prove nothing, but must not take a longer cut away from its original."""
    first = report("Meth found in frozen fruit at the bridge", LEAD)
    stub = report("Drugs in fruit: what a scanner saw at dawn", LEAD[:48], hours=1)
    longer = report("Drugs in fruit: what a scanner saw at dawn", LEAD[:160], hours=2)
    assert [(c.article_id, c.of_id) for c in find_copies([first, stub, longer], {})] == [(longer.id, first.id)]


def test_a_headline_alone_is_a_copy_of_the_report_under_it() -> None:
    full = report("Inspectors at Roma find bundles behind a false wall", LEAD, source="a")
    alone = report("Inspectors at Roma find bundles behind a false wall", source="b", hours=1)
    assert [c.article_id for c in find_copies([full, alone], {})] == [alone.id]


def test_two_headlines_of_a_few_words_prove_nothing() -> None:
    reports = [report(f"Photos of the day {n}", source=str(n), hours=n) for n in range(2)]
    assert find_copies(reports, {}) == ()


@pytest.mark.parametrize("other", ["es", "en"])
def test_the_other_languages_report_is_never_a_near_copy(other: str) -> None:
    one = report("Meth found in frozen fruit", LEAD)
    two = report("Meth found in fruit", LEAD, language="es" if other == "es" else "en", hours=1)
    assert len(find_copies([one, two], {})) == (other == "en")


def test_one_or_two_corrected_numbers_make_a_copy_and_a_column_filled_in_again_makes_none() -> None:
    column = (
        "At 7 a.m. the wait was {} minutes at the old bridge, {} minutes at the new one and {} minutes for trucks. " * 2
    )
    # Long enough that six numbers change less than a tenth of it.
    filler = f"{LEAD} {LEAD.replace('the', 'some')} {LEAD.replace('the', 'each')}"
    reports = [
        report("Waits", f"{filler} {column.format(*numbers)}", hours=n)
        for n, numbers in enumerate(((20, 30, 40) * 2, (20, 30, 45) * 2))
    ]
    assert len(find_copies(reports, {})) == 1
    units = "At 7 a.m. it was {} minutes, {} lanes, {} trucks and {} buses."
    reports = [
        report("Waits", f"{filler} {units.format(*numbers)}", hours=n)
        for n, numbers in enumerate(((1, 2, 3, 4), (5, 6, 7, 8)))
    ]
    assert find_copies(reports, {}) == ()


ARREST = (
    "Border Patrol agents on {} near the old mine arrested a man wanted for {} on the weekend, the sector said; a check"
    " of his fingerprints showed the warrant, and he was handed over to the sheriff to wait for a judge."
)


@pytest.mark.parametrize(
    ("outlet", "hours", "copies"),
    [
        ("another", 3, 1),  # a desk that changed two words
        ("another", 40, 0),  # two days later it is another man
        ("sector", 3, 0),  # an outlet does not publish one text twice on a day
    ],
)
def test_two_words_replaced_are_an_edit_or_a_template_filled_in_again(outlet: str, hours: float, copies: int) -> None:
    one = report(
        "Agents arrest wanted man", ARREST.format("foot", "murder"), source="sector", url="https://sector.example/1"
    )
    two = report("Agents arrest wanted man", ARREST.format("horseback", "robbery"), source=outlet, hours=hours)
    assert len(find_copies([one, two], {})) == copies


def test_a_template_filled_in_with_other_words_is_no_copy_at_any_hour() -> None:
    form = (
        "A judge ordered a {} from the old port to be held until his trial for the {} that was reported to the police"
        " on Monday, the prosecutor's office said; the owner of the {} told the court what he had seen that night."
    )
    fills = (("baker", "theft", "shop"), ("driver", "arson", "barn"))
    reports = [
        report("Judge orders arrest", form.format(*words), source=words[0], hours=n) for n, words in enumerate(fills)
    ]
    assert find_copies(reports, {}) == ()


def test_a_report_given_twice_is_no_copy_of_itself() -> None:
    one = report("Meth found in frozen fruit", LEAD)
    assert find_copies([one, one], {}) == ()


def test_a_text_without_blanks_between_words_is_compared_by_characters() -> None:
    text = "边境巡逻队周一在河边发现一艘翻倒的小船附近没有人员踪影警方正在搜索下游两岸并请农民留意"
    reports = [report("河边发现小船", text, hours=0), report("警方搜索下游", f"{text[:30]}", hours=1)]
    assert len(find_copies(reports, {})) == 1


_WORDS = ["bridge", "river", "agents", "found", "truck", "in", "the", "of", "a", "on", "night", "12", "40", "Laredo"]
_TEXTS = st.lists(st.sampled_from(_WORDS), min_size=0, max_size=30).map(" ".join)


@st.composite
def _batches(draw: st.DrawFn) -> list[Judged]:
    """Reports whose texts are cut from, or put before, one another."""
    texts = draw(st.lists(_TEXTS, min_size=1, max_size=6))
    leads = [draw(st.sampled_from([text, text[: len(text) // 2], f"{text} {texts[0]}"])) for text in texts * 2]
    return [
        report(
            draw(st.sampled_from(["Agents find truck at the bridge", "River rises"])),
            lead,
            hours=n % 3,
            source=f"s{n % 5}",
            guid=str(n),
        )
        for n, lead in enumerate(leads)
    ]


@settings(max_examples=60, deadline=None)
@given(_batches(), st.randoms(use_true_random=False))
def test_copies_depend_on_the_set_of_reports_alone(batch: list[Judged], rng: random.Random) -> None:
    expected = find_copies(batch, {})
    shuffled = batch.copy()
    rng.shuffle(shuffled)
    assert find_copies(shuffled, {}) == expected
    assert find_copies([*batch, *shuffled], {}) == expected
    _check_originals(batch, expected)


def _check_originals(batch: list[Judged], copies: tuple[Copy, ...]) -> None:
    """An original is earlier than its copies and no copy; each report is a copy once at most."""
    at = {j.id: (j.article.published_at, j.id) for j in batch}
    assert all(at[c.of_id] < at[c.article_id] for c in copies)
    assert not {c.of_id for c in copies} & {c.article_id for c in copies}
    assert len({c.article_id for c in copies}) == len(copies)
