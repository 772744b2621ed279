"""Hostile feeds through the real path into the mail: only our own elements, legal headers, plain text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from monitor.config.mail import MailConfig
from monitor.config.models import DigestConfig
from monitor.digest import Digest, archive_message, build_envelope, compose, edition_links, load_templates, render
from monitor.digest.render import subject
from monitor.records import LANGUAGES, DigestLang, Profile, RenderedDigest
from monitor.text import is_web_link
from tests.hostile.day import NOW, ZONE, HostileDay
from tests.hostile.payloads import load_payloads
from tests.hostile.reading import Rules, hidden_characters, unlawful

MAIL = MailConfig(sender="Border Monitor <digest@monitor.example>", base_url="https://digests.monitor.example")
RULES = Rules(
    tags={
        **dict.fromkeys("html head title style body div p span b br h1 h2 h3 h4 tbody".split(), frozenset()),
        "meta": frozenset({"charset", "name", "content"}),
        "table": frozenset({"width", "cellpadding", "cellspacing", "align"}),
        "tr": frozenset(),
        "td": frozenset({"width", "align", "rowspan", "colspan", "height"}),
        "a": frozenset({"href"}),
        "img": frozenset({"src", "alt", "width", "height"}),
    },
    anywhere=frozenset({"class", "style", "lang", "role", "id"}),
    schemes=frozenset({"http", "https", "mailto", "cid"}),
)
HEADERS = {
    "From", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "To", "List-Unsubscribe", "MIME-Version",
    "List-Unsubscribe-Post", "Content-Type", "Content-Language",
}  # fmt: skip
ENCODED_WORD = re.compile(rb"=\?[^?]+\?[bqBQ]\?[^?]*\?=")
PAYLOADS = load_payloads()


@pytest.fixture(scope="module", params=["both", *LANGUAGES])
def digest(request: pytest.FixtureRequest, day: HostileDay) -> Digest:
    """Every story side by side; one half of them in English and the other in Spanish."""
    language: DigestLang = request.param
    half = [s for n, s in enumerate(day.stories) if language == "both" or n // 2 % 2 == LANGUAGES.index(language)]
    profile = Profile("everyone", language=language, timezone=ZONE, max_stories=10_000)
    material = replace(day, stories=tuple(half)).material()
    return replace(compose(material, profile, DigestConfig(), zone=ZoneInfo(ZONE)), max_html_bytes=10**9)


@pytest.fixture(scope="module")
def edition(digest: Digest) -> RenderedDigest:
    """All of it on one page, whatever its size."""
    return render(digest, load_templates(), links=edition_links(digest, MAIL))


def test_there_are_enough_payloads_and_no_two_are_alike() -> None:
    assert len(PAYLOADS) >= 200
    assert len(set(PAYLOADS)) == len(PAYLOADS)


def test_every_hostile_feed_is_read_or_refused_and_its_reports_are_plain(day: HostileDay) -> None:
    """At least nine in ten are read: what is refused cannot be tested further on."""
    assert len({report.judged.article.source_id for report in day.reports}) >= 0.9 * len(PAYLOADS)
    for report in day.reports:
        article = report.judged.article
        fields = (article.title, article.summary, article.body, article.guid, article.publisher, *article.categories)
        assert not any(map(hidden_characters, fields)), report.payload
        assert all(not url or is_web_link(url) for url in (article.link, article.image)), report.payload


def test_the_page_has_only_our_own_elements_attributes_and_schemes(edition: RenderedDigest) -> None:
    assert not list(unlawful(edition.html, RULES))


def test_the_page_has_every_story(edition: RenderedDigest, digest: Digest) -> None:
    """None of them breaks the page so that the rest is swallowed."""
    assert edition.html.count('class="card"') == len(digest.cards) >= len(PAYLOADS) // 2 - 10


def test_the_text_part_has_no_control_characters(edition: RenderedDigest) -> None:
    assert not hidden_characters(edition.text)
    edition.text.encode("utf-8")


def test_the_archived_data_cannot_end_a_script_element(edition: RenderedDigest) -> None:
    assert not set("<>&") & set(edition.data)


def test_the_headers_are_ours_alone_and_legal(edition: RenderedDigest) -> None:
    for bare in (_envelope(edition), archive_message(edition, MAIL, list_name=PAYLOADS[0])):
        _check_headers(bare)


def test_a_subject_of_any_headline_is_one_legal_header(edition: RenderedDigest, digest: Digest) -> None:
    """Each story as the first one, in one language or the other; side by side it is the English one."""
    say = load_templates().phrases[digest.languages[0]]
    bare = replace(edition, html="<p>", text="-", images=())
    for card in digest.cards[:: 20 if digest.language == "both" else 1]:
        told = replace(bare, subject=subject(replace(digest, stories=(card,), blind_spots=()), say))
        assert not hidden_characters(told.subject)
        _check_headers(_envelope(told))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_a_legal_subject_and_name_of_a_list(edition_of_nothing: RenderedDigest, payload: str) -> None:
    """Whatever reaches the message: nothing relies on what compose has cleaned before."""
    told = replace(edition_of_nothing, subject=payload)
    _check_headers(build_envelope(told, "desk@newsroom.example", MAIL, list_name=payload).message)


@pytest.fixture(scope="module")
def edition_of_nothing() -> RenderedDigest:
    return RenderedDigest(
        edition="everyone/2026-03-12", profile_id="everyone", date=NOW.date(), language="en", subject="", html="<p>",
        text="-", data="{}", images=(), story_ids=(), cutoff_at=NOW, degraded=False,
    )  # fmt: skip


def _envelope(rendered: RenderedDigest) -> bytes:
    address = "https://digests.monitor.example/unsubscribe?token=" + "a" * 90
    return build_envelope(
        rendered, "desk@newsroom.example", MAIL, list_name=rendered.subject, unsubscribe_url=address
    ).message


def _check_headers(message: bytes) -> None:
    assert not list(_header_faults(message))


def _header_faults(message: bytes) -> Iterator[str]:
    head = message.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    if len(names) != len(set(names)) or not set(names) <= HEADERS:
        yield f"headers {names}"
    if any((byte < 32 and byte not in b"\r\n\t") or byte > 126 for byte in head):
        yield "a control or 8-bit character"
    yield from (f"line of {len(line)}" for line in message.split(b"\r\n") if len(line) > 998)
    yield from (f"encoded-word {word[:90]!r}" for word in ENCODED_WORD.findall(head) if len(word) > 75)
    parsed = message_from_bytes(message, policy=policy.default)
    yield from (f"defect {defect!r}" for header in parsed.values() for defect in header.defects)
    yield from (f"defect {defect!r}" for part in parsed.walk() for defect in part.defects)
    if hidden := hidden_characters(str(parsed["Subject"])):
        yield f"subject with {hidden}"
