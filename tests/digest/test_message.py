"""How an edition travels: headers that cannot be forged, equal bytes for equal input, one-click unsubscription."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest

from monitor.config.mail import MailConfig
from monitor.digest import Digest, Templates, archive_message, build_envelope, edition_links, render
from monitor.records import EditionMaterial, Envelope, RenderedDigest

MAIL = MailConfig(sender="Monitor fronterizo <digest@news.example.org>")
PUBLIC = MailConfig(
    sender="digest@news.example.org", base_url="https://digest.example.org/", unsubscribe="bye@example.org"
)
TOKEN_URL = "https://digest.example.org/unsubscribe/" + "k7Qz-_" * 30
Edition = Callable[..., Digest]


@pytest.fixture
def rendered(material: EditionMaterial, edition: Edition, templates: Templates) -> RenderedDigest:
    digest = edition(material, "es")
    return render(digest, templates, links=edition_links(digest, MAIL))


def parsed(message: bytes) -> EmailMessage:
    return message_from_bytes(message, policy=default)


def raw_headers(envelope: Envelope) -> dict[str, str]:
    head = envelope.message.split(b"\r\n\r\n", 1)[0].decode("ascii")
    return dict(line.split(": ", 1) for line in head.replace("\r\n ", " ").split("\r\n"))


def test_the_message_has_text_html_and_the_pictures_in_this_order(rendered: RenderedDigest) -> None:
    message = parsed(build_envelope(rendered, "ana@example.org", MAIL).message)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png",
    ]  # fmt: skip
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n") == rendered.html
    image = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert image["Content-ID"] == f"<{rendered.images[0].cid}>"
    assert image.get_content() == rendered.images[0].png


def test_equal_input_gives_equal_bytes_and_the_recipient_makes_the_id(rendered: RenderedDigest) -> None:
    first, again = (build_envelope(rendered, "ana@example.org", MAIL) for _ in range(2))
    other = build_envelope(rendered, "leo@example.org", MAIL)
    assert first == again
    assert first.message == again.message
    assert first.message_id != other.message_id


@pytest.mark.parametrize(
    "subject",
    [
        "Fri Mar 6: 26 stories. Mexico arrests trafficker known as “El Nopal,” wanted in San Diego",
        "vie 6 mar: 26 notas. Capturan en Mexicali a «El Nopal», presunto operador del Cártel de Sinaloa buscado",
        "mié 4 mar: ñ" + " ñandú" * 20,
        "Fri Mar 6: one story. " + "plain words " * 10 + "end",
    ],
)
def test_a_subject_arrives_letter_by_letter(rendered: RenderedDigest, subject: str) -> None:
    envelope = build_envelope(replace(rendered, subject=subject), "ana@example.org", MAIL)
    assert str(parsed(envelope.message)["Subject"]) == subject
    older = "".join(message_from_bytes(envelope.message)["Subject"].splitlines())
    assert str(make_header(decode_header(older))) == subject
    head = envelope.message.split(b"\r\n\r\n", 1)[0].decode("ascii")
    folded = head.partition("Subject: ")[2].partition("\r\nDate: ")[0]
    assert max(len(line) for line in f"Subject: {folded}".split("\r\n")) <= 78


def test_a_dash_in_the_lists_name_stays_a_dash(rendered: RenderedDigest) -> None:
    envelope = build_envelope(rendered, "ana@example.org", MAIL, list_name="Boletín Frontera México–EE. UU.")
    assert parsed(envelope.message)["List-Id"].startswith('"Boletin Frontera Mexico-EE. UU."')


def test_the_headers_say_what_the_mail_is(rendered: RenderedDigest) -> None:
    envelope = build_envelope(rendered, "ana@example.org", MAIL, list_name="Boletín")
    message = parsed(envelope.message)
    assert str(message["Subject"]) == rendered.subject
    assert str(message["From"]) == "Monitor fronterizo <digest@news.example.org>"
    assert str(message["To"]) == "ana@example.org"
    assert str(message["Date"]) == "Thu, 12 Mar 2026 12:30:00 +0000"
    assert message["Message-ID"] == envelope.message_id
    assert message["List-Id"] == '"Boletin" <everyone.digest.news.example.org>'
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "es"
    assert envelope.sender == "digest@news.example.org"


def test_every_line_is_legal_and_ends_in_crlf(rendered: RenderedDigest) -> None:
    message = build_envelope(rendered, "ana@example.org", PUBLIC, unsubscribe_url=TOKEN_URL).message
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert max(map(len, message.split(b"\r\n"))) <= 998
    assert message.isascii()


def test_a_long_unsubscribe_address_is_never_encoded(rendered: RenderedDigest) -> None:
    headers = raw_headers(build_envelope(rendered, "ana@example.org", PUBLIC, unsubscribe_url=TOKEN_URL))
    assert headers["List-Unsubscribe"] == f"<{TOKEN_URL}>, <mailto:bye@example.org?subject=unsubscribe%20everyone>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("url", ["", "http://digest.example.org/unsubscribe/x"])
def test_without_https_only_the_mailto_form_is_offered(rendered: RenderedDigest, url: str) -> None:
    headers = raw_headers(build_envelope(rendered, "ana@example.org", MAIL, unsubscribe_url=url))
    assert headers["List-Unsubscribe"] == "<mailto:digest@news.example.org?subject=unsubscribe%20everyone>"
    assert "List-Unsubscribe-Post" not in headers


def test_the_footer_link_is_the_recipients_own(rendered: RenderedDigest) -> None:
    message = parsed(build_envelope(rendered, "ana@example.org", MAIL, unsubscribe_url=TOKEN_URL).message)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    for part in (text, html):
        assert TOKEN_URL in part.get_content()
        assert "mailto:" not in part.get_content()


def test_the_archive_copy_names_nobody(rendered: RenderedDigest) -> None:
    message = parsed(archive_message(rendered, MAIL))
    assert str(message["To"]) == "undisclosed-recipients:;"
    assert message["List-Unsubscribe"] is None
    assert archive_message(rendered, MAIL) == archive_message(rendered, MAIL)


def test_an_international_domain_is_written_in_idna(rendered: RenderedDigest) -> None:
    envelope = build_envelope(rendered, "ana@periódico.example", MAIL)
    assert str(parsed(envelope.message)["To"]) == "ana@xn--peridico-y3a.example"
    assert envelope.recipient == "ana@periódico.example"


@pytest.mark.parametrize(
    "recipient", ["nobody", "@example.org", "ana@", "a@b.org\nBcc: x@example.net", "ana@" + "a" * 70]
)
def test_what_is_no_address_is_refused(rendered: RenderedDigest, recipient: str) -> None:
    with pytest.raises(ValueError, match=r"no e-mail address|IDNA"):
        build_envelope(rendered, recipient, MAIL)


@pytest.mark.parametrize(
    "attack",
    [
        "=?utf-8?q?=0ABcc:_evil=40example.net?=",
        "hola\r\nBcc: evil@example.net",
        "hola\nX-Evil: 1\n\n<b>cuerpo</b>",
        "hola\u2028Bcc: evil@example.net\u202e",
    ],
)
def test_a_hostile_title_adds_no_header(
    hostile: Callable[[str], EditionMaterial], edition: Edition, templates: Templates, attack: str
) -> None:
    evil = render(edition(hostile(attack), "es"), templates)
    message = parsed(build_envelope(evil, "ana@example.org", MAIL, list_name=attack).message)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Content-Language",
        "List-Unsubscribe", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert "\n" not in str(message["Subject"])
    assert not message.defects


def test_the_archive_address_follows_the_date_and_profile(material: EditionMaterial, edition: Edition) -> None:
    links = edition_links(edition(material, "en"), PUBLIC)
    assert links.archive == "https://digest.example.org/2026/03/12-everyone.html"
    assert links.archive_path == "digests/2026/03/12-everyone.txt"
    assert links.unsubscribe == "mailto:bye@example.org?subject=unsubscribe%20everyone"


def test_one_of_several_editions_a_day_has_its_time_in_its_subject_its_addresses_and_its_message_id(
    material: EditionMaterial, edition: Edition, templates: Templates
) -> None:
    whole = edition(material, "es")
    timed = replace(whole, edition="everyone/2026-03-12T1800")
    links = edition_links(timed, PUBLIC, "https://pages.example.org")
    assert links.archive == "https://digest.example.org/2026/03/12T1800-everyone.html"
    assert links.archive_path == "digests/2026/03/12T1800-everyone.txt"
    assert edition_links(timed, MAIL, "https://pages.example.org").archive.endswith(
        "/editions/everyone/2026-03-12T1800"
    )
    one, other = (render(digest, templates, links=links) for digest in (whole, timed))
    assert one.subject.startswith("jue 12 mar: ")
    assert other.subject == one.subject.replace("jue 12 mar: ", "jue 12 mar, 6:00 p.m.: ")
    assert "jueves, 12 de marzo de 2026, 6:00\u00a0p.m." in other.html
    ids = [build_envelope(rendered, "ana@example.org", MAIL).message_id for rendered in (one, other)]
    assert [message_id.partition(".")[2].partition("@")[0] for message_id in ids] == ["20260312", "20260312T1800"]
    assert ids[0][:17] != ids[1][:17]
