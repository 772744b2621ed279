"""The mail stays under its size, and whatever has no room in it is told and can be found."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from monitor.config.mail import MailConfig
from monitor.digest import Digest, Links, Templates, build_envelope, edition_links, render
from monitor.digest.render import _largest_fitting
from monitor.records import EditionMaterial

Edition = Callable[..., Digest]
ROOT = Path(__file__).parents[2]

ARCHIVE = Links(archive="https://digest.example.org/2026/03/12-everyone.html", archive_path="digests/12-everyone.txt")


@pytest.mark.parametrize("language", ["en", "es", "both"])
def test_three_hundred_articles_stay_under_the_limit_and_each_is_in_the_archive(
    many: Callable[[int], EditionMaterial], edition: Edition, templates: Templates, language: str
) -> None:
    material = many(165)
    assert sum(len(ranked.story.members) for ranked in material.ranked) >= 300
    rendered = render(edition(material, language, max_stories=200, max_html_kb=90), templates, links=ARCHIVE)
    assert 80_000 < len(rendered.html.encode()) <= 90_000
    shown, listed = rendered.html.count('class="card"'), rendered.html.count('class="row"')
    assert listed == 20
    assert f"{165 - shown - listed} " + ("notas más en" if language == "es" else "more stories in") in rendered.html
    assert 'href="https://digest.example.org/2026/03/12-everyone.txt"' in rendered.html
    assert len(rendered.story_ids) == 165
    addresses = rendered.text.split()
    assert all(m.article.link in addresses for ranked in material.ranked for m in ranked.story.members)
    assert all(f'"{m.article.id}"' in rendered.data for ranked in material.ranked for m in ranked.story.members)


def test_a_recipients_own_unsubscribe_address_finds_room(
    many: Callable[[int], EditionMaterial], edition: Edition, templates: Templates
) -> None:
    mail = MailConfig(sender="digest@news.example.org")
    material = many(20)
    for kilobytes in range(30, 50):
        digest = edition(material, "en", max_html_kb=kilobytes)
        rendered = render(digest, templates, links=edition_links(digest, mail))
        own = "https://digest.example.org/unsubscribe?token=" + "k7Qz" * 100
        message = build_envelope(rendered, "ana@example.org", mail, unsubscribe_url=own).message
        page = message_from_bytes(message, policy=default).get_body(("html",))
        assert page is not None
        html = page.get_content().replace("\r\n", "\n")
        assert own in html
        assert len(html.encode()) <= kilobytes * 1000


@pytest.mark.parametrize("language", ["en", "es", "both"])
def test_stories_over_the_profiles_limit_are_linked_and_stand_in_the_text_and_the_json(
    many: Callable[[int], EditionMaterial], edition: Edition, templates: Templates, language: str
) -> None:
    rendered = render(edition(many(160), language, max_stories=10), templates, links=ARCHIVE)
    assert rendered.html.count('class="card"') == 10
    over = "150 notas más rebasan" if language == "es" else "150 more stories are over"
    assert over in rendered.html
    assert over in " ".join(rendered.text.split())
    assert 'href="https://digest.example.org/2026/03/12-everyone.txt"' in rendered.html
    assert all(f"/s{n}-" in rendered.text for n in range(160))
    beyond = json.loads(rendered.data)["beyond"]
    assert [item["id"] for item in beyond] == [f"s{n}" for n in range(10, 160)]


def test_without_an_address_the_rest_is_found_in_the_folder(
    many: Callable[[int], EditionMaterial], edition: Edition, templates: Templates
) -> None:
    html = render(edition(many(20), "en", max_stories=10), templates, links=replace(ARCHIVE, archive="")).html
    assert "10 more stories are over this profile's limit. digests/12-everyone.txt" in html


@pytest.mark.parametrize("total", [1, 2, 7, 30, 300])
@pytest.mark.parametrize("card", [500, 2_900, 6_000])
def test_as_many_cards_as_fit_are_found_in_few_tries(total: int, card: int) -> None:
    tried = []

    def page(n: int) -> str:
        tried.append(n)
        return "x" * (10_000 + card * n + 37 * (n % 5))

    best = _largest_fitting(page, total, 90_000)
    most = max(n for n in range(total + 1) if len(page(n)) <= 90_000)
    assert len(best) == len(page(most))
    assert len(tried[: tried.index(most) + 1]) <= 9
    assert _largest_fitting(page, total, 9_000) == page(0)


def test_a_section_emptied_for_its_size_is_not_called_empty(
    many: Callable[[int], EditionMaterial], edition: Edition, templates: Templates
) -> None:
    rendered = render(edition(many(40), "en", max_html_kb=25), templates)
    assert 0 < len(rendered.html.encode()) <= 25_000
    assert rendered.html.count('class="card"') < 6
    assert "None today." not in rendered.html
    assert "more stories in the full edition" in rendered.html


def test_what_does_not_fit_stays_in_its_section(
    many: Callable[[int], EditionMaterial], edition: Edition, templates: Templates
) -> None:
    html = render(edition(many(30), "en", max_html_kb=60), templates).html
    both, spanish, english = re.split("Only in the (?:Spanish|English)-language press", html)
    assert all(section.count('class="row"') > 0 for section in (both, spanish, english))
    assert "/s2-0" in english
    assert "/s3-0" in spanish


def test_the_default_thirty_stories_fit_whole_in_one_language(
    many: Callable[[int], EditionMaterial], edition: Edition, templates: Templates
) -> None:
    html = render(edition(many(30), "en"), templates).html
    assert html.count('class="card"') == 30
