"""The page of a story: both headlines of every report, the timeline, who was first, what does not agree."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor.pipeline.dossier import Dossier, read_dossier
from monitor.records import Correction, Lang, Story, Translation, other_language
from tests.web.conftest import NOW, Opened, Web, story_of

ZONE = ZoneInfo("America/Tijuana")


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_report_stands_in_the_timeline_with_its_own_headline_and_link(web: Web) -> None:
    story = story_of(web, reports=4)
    page = web.page(f"/stories/{story.id}")
    for member in story.members:
        assert member.article.title in text_of(page)
        assert html.escape(member.article.link) in page
    assert len(re.findall(r'<li class="(?:en|es)">', page)) == len(story.members)


def test_a_translation_is_marked_and_one_that_is_not_there_is_said_in_the_readers_language(web: Web) -> None:
    """The first report of each story has a translation here, the others have none."""
    story = story_of(web, reports=3)
    first = story.members[0]
    other = other_language(first.language)
    page = web.page(f"/stories/{story.id}?lang=es")
    assert f"[{other}] {first.article.title}" in html.unescape(page)
    assert "[traducción automática, confianza alta]" in page
    assert page.count("sin traducción confiable, se muestra el original") >= len(story.members) - 1
    assert "machine translation" in web.page(f"/stories/{story.id}?lang=en")


def test_a_text_in_the_other_language_says_so(web: Web) -> None:
    story = story_of(web)
    page = web.page(f"/stories/{story.id}?lang=en")
    spanish = next(m.article.title for m in story.members if m.language == "es")
    assert f'<span lang="es">{html.escape(spanish)}</span>' in page.replace("&#39;", "&#x27;")


def test_an_old_id_and_that_of_a_report_lead_to_the_story(web: Web) -> None:
    story = story_of(web)
    report = next(m.article.id for m in story.members if m.article.id != story.id)
    answer = web.get(f"/stories/{report}?lang=es")
    assert answer.status_code == 301
    assert answer.headers["location"] == story.id
    assert web.client.get(f"/stories/{report}", follow_redirects=True).status_code == 200


def test_an_absorbed_story_leads_to_the_one_that_took_it_in(opened: Opened) -> None:
    with opened() as web:
        one, two = story_of(web), story_of(web, languages=("en",), reports=1)
        web.site.store.save_stories([replace(one, members=one.members + two.members, absorbed=(two.id,))])
        answer = web.get(f"/stories/{two.id}")
        assert (answer.status_code, answer.headers["location"]) == (301, one.id)


def test_the_page_leads_to_the_editions_that_told_the_story(web: Web) -> None:
    story = story_of(web)
    page = web.page(f"/stories/{story.id}")
    for edition in dossier(web, story).editions:
        assert f'editions/{edition.edition}"' in page


def dossier(web: Web, story: Story, reader: Lang = "es") -> Dossier:
    found = read_dossier(web.site.store, web.site.config, story.id, zone=ZONE, reader=reader, now=NOW)
    assert found is not None
    return found


def test_days_are_local_and_outlets_add_up_to_the_last_one(web: Web) -> None:
    found = dossier(web, story_of(web, reports=5))
    days = found.days
    assert [day.date for day in days] == sorted({day.date for day in days})
    reports = [telling.report for day in days for telling in day.tellings]
    assert all(report.at.date() == day.date for day in days for report in (t.report for t in day.tellings))
    assert len(reports) == len(found.card.reports)
    assert [report.at for report in reports] == sorted(report.at for report in reports)
    assert days[-1].outlets_en == len({r.source for r in reports if r.language == "en"})
    assert days[-1].outlets_es == len({r.source for r in reports if r.language == "es"})
    assert days[0].count("en") + days[0].count("es") == len(days[0].tellings)


def test_a_dossier_names_the_editions_that_told_the_story(web: Web) -> None:
    found = dossier(web, story_of(web))
    assert {edition.profile_id for edition in found.editions} == {"english", "espanol"}
    assert [e.date for e in found.editions] == sorted(e.date for e in found.editions)


def test_an_analysts_wording_wins_over_what_a_machine_made(opened: Opened) -> None:
    with opened() as web:
        story = story_of(web)
        first = story.members[0]
        other = other_language(first.language)
        text = "palabras de una analista"
        web.site.store.save_correction(Correction(first.language, other, first.article.title, text, "sentence", NOW))
        told = [t for day in dossier(web, story).days for t in day.tellings if t.report.article_id == first.article.id]
        fragment = told[0].headline.for_reader(other)
        assert (fragment.text, fragment.provenance) == (text, "corrected")


def test_a_withheld_translation_is_never_shown(opened: Opened) -> None:
    with opened() as web:
        story = story_of(web, reports=3)
        member = story.members[1]
        other = other_language(member.language)
        bad = Translation(member.language, other, member.article.title, "", "an engine", "original", ("loop",), "tests")
        web.site.store.remember([bad])
        told = [t for day in dossier(web, story).days for t in day.tellings if t.report.article_id == member.article.id]
        assert told[0].headline.for_reader(other).provenance == "withheld"


def test_there_is_no_dossier_of_what_is_not_known(web: Web) -> None:
    assert read_dossier(web.site.store, web.site.config, "0" * 16, zone=ZONE, reader="en", now=NOW) is None


def test_who_was_first_and_by_how_much_stands_on_the_page(web: Web) -> None:
    """The lead of a press over the other, half an hour at least, is that of the card."""
    store = web.site.store
    stories = (s for s in store.stories(since=NOW - timedelta(days=9)) if s.languages == ("en", "es"))
    card, ahead = next((card, card.ahead) for s in stories if (card := dossier(web, s, "en").card).ahead is not None)
    assert ahead is not None
    page = text_of(web.page(f"/stories/{card.id}?lang=en"))
    press = "Spanish" if ahead.language == "en" else "English"
    assert f"before the {press}-language press" in page
    assert f"{card.first.source}" in page.partition("Who had it first")[2].partition("Day by day")[0]
    assert "m.." not in text_of(web.page(f"/stories/{card.id}?lang=es"))
