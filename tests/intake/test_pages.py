"""Pages in a feed's place: challenges are told from front pages, and the feed a page names is proposed."""

import pytest

from monitor.intake.pages import is_challenge, named_feed_hint

_FRONT = b"<!doctype html><head><title>Portada</title>%s</head><body>%s</body>"


@pytest.mark.parametrize(
    "page",
    [
        b"<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>",
        b"<html><title>Attention Required! | Cloudflare</title></html>",
        b'<html><body><script src="https://ct.captcha-delivery.com/c.js"></script></body></html>',
        b'<html><body><div id="px-captcha"></div></body></html>',
        b'<html><head><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2Ffeed"></head></html>',
        b"<html><body>Request unsuccessful. Incapsula incident ID: 77-1</body></html>",
        b'<html><body><form><div class="g-recaptcha"></div></form></body></html>',
        b'<html><body><div class="cf-turnstile"></div></body></html>',
        b"<html><body>Comprueba que eres humano.</body></html>",
        b"<html><body>Please verify you are human.</body></html>",
        b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD></HTML>",
    ],
)
def test_a_challenge_is_known_by_its_marks(page: bytes) -> None:
    assert is_challenge(page)


@pytest.mark.parametrize(
    "page",
    [
        _FRONT % (b"", b"Noticias de la frontera"),
        _FRONT % (b'<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>', b"Noticias"),
        _FRONT % (b'<link rel="alternate" type="application/rss+xml" href="/rss">', b'<div class="g-recaptcha"></div>'),
        _FRONT % (b"", b'<div class="g-recaptcha"></div>' + b"<p>Nota del puente</p>" * 2000),
        b"",
    ],
    ids=["plain", "guarded by a script", "names a feed", "large", "empty"],
)
def test_a_front_page_is_no_challenge_though_it_has_a_form_with_a_captcha(page: bytes) -> None:
    assert not is_challenge(page)


def test_the_feed_of_the_head_is_proposed_and_not_that_of_the_comments() -> None:
    page = _FRONT % (
        b'<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">'
        b'<link rel="alternate" type="application/rss+xml" href="/feed/">',
        b"",
    )
    assert named_feed_hint(page, "https://x.example/rss") == (
        "the page names https://x.example/feed/: change the feed's url to that"
    )


def test_a_page_that_names_only_the_address_it_was_read_from_proposes_nothing() -> None:
    page = _FRONT % (b'<link rel="alternate" type="application/rss+xml" href="/feed/">', b"")
    assert named_feed_hint(page, "https://x.example/feed/") == ""


def test_a_long_or_hostile_address_cannot_fill_the_terminal() -> None:
    page = _FRONT % (b'<link rel="alternate" type="application/rss+xml" href="/%s\x1b[31m">' % (b"a" * 5000), b"")
    hint = named_feed_hint(page, "https://x.example/")
    assert len(hint) < 400
    assert "\x1b" not in hint
