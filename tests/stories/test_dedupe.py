"""Copies are found, with their original and the reason; reports of their own are not taken for copies."""

import random

from monitor.records import Source
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
    assert all(c.reason.startswith("near-duplicate") for c in found[1:])


def test_one_template_with_other_numbers_is_no_copy() -> None:
    text = (
        "CBP officers at the Hidalgo bridge seized {} pounds of methamphetamine worth {} dollars in a truck on Monday"
    )
    reports = [report("Officers seize drugs", text.format(n, n * 1000), hours=n) for n in (45, 62)]
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
