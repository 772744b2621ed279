"""An alert shows the digest's card of one story, says why it came, and reads as mail in either language."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from monitor.config.alerts import StoryAlertConfig
from monitor.config.mail import MailConfig
from monitor.config.models import DigestConfig
from monitor.digest import Links, Templates, build_envelope, compose
from monitor.digest.alert_mail import Alert, render_alert
from monitor.records import LANGUAGES, EditionMaterial, Lang, Profile, RenderedDigest
from tests.digest.conftest import FULL_DAY, NOW, WORDS, ZONE, material_of

OPTIONS = {"id": "frontera", "recipients": ["desk@newsroom.example"], "outlets": 4, "both_languages": True, "score": 5}
LINKS = Links(archive="https://monitor.example/stories/tunnel", unsubscribe="mailto:digest@monitor.example?subject=x")


def alert_mail(
    templates: Templates, language: Lang, *, again: bool = False, material: EditionMaterial | None = None
) -> RenderedDigest:
    """The first story of the day as an alert."""
    rule = StoryAlertConfig.model_validate({**OPTIONS, "language": language})
    found = material or material_of(FULL_DAY[:1], WORDS)
    digest = compose(found, Profile(rule.list_id, language=language), DigestConfig(), zone=ZoneInfo(ZONE))
    card = digest.cards[0]
    told_at = (NOW - timedelta(hours=3)).astimezone(ZoneInfo(ZONE)) if again else None
    alert = Alert(card, len(card.reports), rule, told_at, told_outlets=2 if again else 0)
    return render_alert(digest, alert, templates, links=LINKS)


def test_it_shows_both_headlines_the_outlets_by_language_and_the_figures_that_differ(templates: Templates) -> None:
    mail = alert_mail(templates, "es")
    for body in (mail.html, " ".join(mail.text.split())):
        assert "Localizan túnel con rieles bajo una bodega de Tijuana; hay 7 detenidos" in body
        assert "Rail-equipped tunnel found under Tijuana warehouse; nine arrested" in body
        assert "Las cifras no coinciden" in body
        assert "Primero en publicar: La Voz del Norte" in body
        assert "https://diario-puente.example/2026/03/tunnel-1" in body
        assert "traducción automática" in body, "what a machine translated is marked"
    headline = "Localizan túnel con rieles bajo una bodega de Tijuana; hay 7 detenidos"
    assert mail.subject == f"Alerta: {headline} (4 medios)"


def test_it_says_why_it_came_and_that_it_will_not_come_twice(templates: Templates) -> None:
    english, spanish = (" ".join(alert_mail(templates, language).text.split()) for language in LANGUAGES)
    assert "the rule “frontera” (4 independent outlets or more; reported in both languages; a score of 5.0" in english
    assert "only when twice as many outlets report it or the other language's press has picked it up" in english
    assert "la regla «frontera» (4 medios independientes o más; publicada en ambos idiomas; 5.0 puntos" in spanish
    assert "solo si la publica el doble de medios o si la retoma la prensa del otro idioma" in spanish


def test_a_second_alert_says_that_it_is_one_and_what_is_new_since(templates: Templates) -> None:
    english, spanish = (alert_mail(templates, language, again=True) for language in LANGUAGES)
    assert english.subject.startswith("Alert, still growing: ")
    assert "when 2 outlets had it" in english.html
    assert "since the last alert" in english.html
    assert spanish.subject.startswith("Alerta, sigue creciendo: ")
    assert "desde la última alerta" in spanish.html


def test_it_never_speaks_of_editions(templates: Templates) -> None:
    """The card's words were made for the digest."""
    for again in (False, True):
        english, spanish = (alert_mail(templates, language, again=again) for language in LANGUAGES)
        assert "edition" not in english.html.partition("</style>")[2]
        assert "edición" not in spanish.html.partition("</style>")[2]
        assert "ranks here" not in english.html.lower()


def test_lines_of_its_text_keep_within_78_characters(templates: Templates) -> None:
    for language in LANGUAGES:
        long = [line for line in alert_mail(templates, language).text.splitlines() if len(line) > 78]
        assert all("://" in line or "mailto:" in line for line in long), long


def test_as_a_message_it_can_be_unsubscribed_from_on_its_own(templates: Templates) -> None:
    """Whoever has enough of the alerts keeps the digest."""
    mail = MailConfig(sender="Border Monitor <digest@monitor.example>")
    envelope = build_envelope(
        alert_mail(templates, "en"), "desk@newsroom.example", mail, list_name="Border Digest", unsubscribe_url=""
    )
    message = message_from_bytes(envelope.message, policy=policy.default)
    assert message["List-Unsubscribe"] == "<mailto:digest@monitor.example?subject=unsubscribe%20alert/frontera>"
    assert message["List-Id"] == '"Border Digest" <alert/frontera.digest.monitor.example>'
    assert message["Content-Language"] == "en"


@pytest.mark.parametrize(
    "attack",
    ["=?utf-8?q?=0ABcc:_evil=40x?=", "a\r\nBcc: evil@x.example", "<script>alert(1)</script>", "\u202egnol\x1b[2J"],
)
def test_a_hostile_headline_stays_text(
    templates: Templates, hostile: Callable[[str], EditionMaterial], attack: str
) -> None:
    mail = alert_mail(templates, "en", material=hostile(attack))
    assert "\n" not in mail.subject
    assert "=?" not in mail.subject
    assert "<script>" not in mail.html
    assert not set(mail.html + mail.text + mail.subject) & {"\x1b", "\u202e", "\r"}
    message = message_from_bytes(build_envelope(mail, "a@b.example", MailConfig()).message, policy=policy.default)
    assert message["Bcc"] is None
