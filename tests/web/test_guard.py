"""Who may read: names of the host, tokens, cookies."""

import http.client
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from monitor.errors import ConfigError
from monitor.web.guard import ACCESS_COOKIE, Door
from monitor.web.site import read_token, warnings_of
from tests.web.conftest import Opened, Web, config_of

TOKEN = "a token that nobody guesses"
ENVIRON = {"MONITOR_WEB_TOKEN": TOKEN}


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8650", True),
        ("localhost", True),
        ("[::1]:8650", True),
        ("LOCALHOST:1", True),
        ("monitor.example", True),
        ("monitor.lan:8650", True),
        ("evil.example", False),
        ("evil.example:8650", False),
        ("127.0.0.1.evil.example", False),
        ("192.0.2.7", False),
        ("", False),
        ("localhost@evil.example", False),
        ("[::1", True),
    ],
)
def test_only_names_of_these_pages_are_answered(host: str, known: bool) -> None:
    assert Door(hosts=("monitor.lan",), base_url="https://monitor.example").knows(host) is known


def test_bound_to_every_address_each_address_is_a_name_but_no_foreign_name_is() -> None:
    door = Door(bound_to="0.0.0.0")
    assert door.knows("192.0.2.7:8650")
    assert door.knows("[2001:db8::1]:8650")
    assert not door.knows("evil.example")
    assert not Door(bound_to="192.0.2.7").knows("192.0.2.8")
    assert Door(bound_to="192.0.2.7").knows("192.0.2.7")


def test_a_page_elsewhere_cannot_read_these_by_a_name_that_leads_here(web: Web) -> None:
    """DNS rebinding: the browser connects to this machine and names another host."""
    for path in ("/", "/healthz", "/unsubscribe/x.y", "/style.css"):
        assert web.get(path, Host="evil.example").status_code == 421, path


def test_two_hosts_in_one_request_are_refused(web: Web) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(web.url.rpartition(":")[2]), timeout=10)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("Host", "127.0.0.1")
    connection.putheader("Host", "evil.example")
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()


def test_without_the_token_nothing_but_health_and_style_is_shown(opened: Opened) -> None:
    with opened(ENVIRON) as web:
        for path in ("/", "/search?q=x", "/search.json?q=x", "/metrics", "/trends/map.png"):
            assert web.get(path).status_code == 401, path
        for path in ("/healthz", "/style.css"):
            assert web.get(path).status_code == 200, path
        assert "Se necesita una clave" in web.get("/?lang=es").text


def test_the_token_opens_as_a_bearer_and_by_the_form_and_stays_out_of_the_address(opened: Opened) -> None:
    with opened(ENVIRON) as web:
        assert web.get("/", Authorization=f"Bearer {TOKEN}").status_code == 200
        assert web.get("/", Authorization=f"Basic {TOKEN}").status_code == 401
        assert web.get("/", Authorization="Bearer wrong").status_code == 401
        assert web.client.post("/login", content="token=wrong").status_code == 401
        answer = web.client.post("/login", content=f"token={TOKEN.replace(' ', '+')}")
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN not in cookie
        assert web.get("/archive").status_code == 200


def test_a_token_in_the_address_is_taken_out_of_it_at_once(opened: Opened) -> None:
    with opened(ENVIRON) as web:
        answer = web.get(f"/search?q=dron&token={TOKEN.replace(' ', '%20')}")
        assert answer.status_code == 303
        assert answer.url.join(answer.headers["location"]) == f"{web.url}/search?q=dron"
        assert web.get("/search?q=dron").status_code == 200
        web.client.cookies.clear()
        assert web.get("/?token=wrong").status_code == 401


def test_the_cookie_is_not_the_token_and_another_token_makes_another_one() -> None:
    door, other = Door(token=TOKEN), Door(token="another token, made later")
    assert TOKEN not in door.pass_
    assert not other.opens(Headers({}), {ACCESS_COOKIE: door.pass_})
    assert not door.opens(Headers({}), {ACCESS_COOKIE: TOKEN})
    assert not door.opens(Headers({"authorization": "Bearer "}), {ACCESS_COOKIE: ""})
    assert TOKEN not in repr(door)


def test_without_a_token_nothing_fits_but_everything_is_open() -> None:
    assert Door().opens(Headers({}), {})
    assert not Door().fits("")


def test_a_token_that_can_be_guessed_is_refused(archive: Path) -> None:
    config = config_of(archive)
    with pytest.raises(ConfigError, match="shorter than 16"):
        read_token(config, {"MONITOR_WEB_TOKEN": "short"})
    assert read_token(config, {}) == ""


def test_whoever_opens_the_pages_to_others_without_a_token_is_warned(opened: Opened) -> None:
    with opened(host="0.0.0.0") as web:
        assert "without a token everybody" in warnings_of(web.site)[0]
    with opened(ENVIRON, host="0.0.0.0") as web:
        assert warnings_of(web.site) == ()
    with opened(web={"base_url": "https://monitor.example"}) as web:
        assert "by mail only" in warnings_of(web.site)[0]


def test_behind_https_cookies_are_kept_to_it(opened: Opened) -> None:
    with opened(ENVIRON, web={"base_url": "https://monitor.example"}) as web:
        answer = web.client.post("/login", content=f"token={TOKEN.replace(' ', '+')}")
        assert "Secure" in answer.headers["set-cookie"]
