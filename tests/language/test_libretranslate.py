"""The LibreTranslate client against a server that speaks its API: limits, failures, keys, and what it says of them."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.config.models import LibreTranslateConfig, TranslationConfig
from monitor.errors import EngineError
from monitor.language.engines.choose import choose_engine, engine_statuses
from monitor.language.engines.libretranslate import LibreTranslator, Limits, batched, server_options
from monitor.language.engines.rest import retry_after_s
from monitor.records import EngineSpec
from tests.language.libre_server import LibreServer, Planned

TUNNEL = "agentes hallaron un túnel en Tijuana"
ENGLISH = "agents found a tunnel in Tijuana"
KEY = "a1b2c3-secret"


@pytest.fixture
def server() -> Iterator[LibreServer]:
    with LibreServer() as running:
        yield running


class Pauses(list[float]):
    """What the client would have slept."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def spec(url: str, *, threads: int = 1, **options: object) -> EngineSpec:
    config = LibreTranslateConfig.model_validate({"url": url, "timeout_s": 20, **options})
    return EngineSpec("libretranslate", threads=threads, options=server_options(config))


def opened(
    server: LibreServer, key: str = "", pauses: Pauses | None = None, threads: int = 1, **options: object
) -> LibreTranslator:
    environ = {"MONITOR_LIBRETRANSLATE_KEY": key} if key else {}
    engine = LibreTranslator(
        spec(server.url, threads=threads, **options), environ, pauses if pauses is not None else Pauses()
    )
    server.requests.clear()
    return engine


def said(server: LibreServer, texts: list[str], **options: object) -> list[str]:
    engine = opened(server, **options)  # type: ignore[arg-type]
    try:
        return engine.translate(texts, "es", "en")
    finally:
        engine.close()


# ---------------------------------------------------------------- what is asked


def test_texts_go_in_batches_and_equal_ones_once(server: LibreServer) -> None:
    texts = [f"{TUNNEL} {i}" for i in range(7)]
    assert said(server, [*texts, *texts], batch_texts=3) == [f"{ENGLISH} {i}" for i in range(7)] * 2
    assert [len(body["q"]) for body in server.requests] == [3, 3, 1]
    assert {(body["source"], body["target"], body["format"]) for body in server.requests} == {("es", "en", "text")}


def test_texts_without_a_letter_are_not_sent(server: LibreServer) -> None:
    assert said(server, ["", "  ", "12:30", "🚨"]) == ["", "", "12:30", "🚨"]
    assert server.requests == []


@pytest.mark.parametrize("threads", [1, 3])
def test_order_does_not_depend_on_how_many_are_asked_at_once(server: LibreServer, threads: int) -> None:
    texts = [f"{TUNNEL} {i}" for i in range(40)]
    assert said(server, texts, threads=threads, batch_texts=4) == [f"{ENGLISH} {i}" for i in range(40)]


@given(st.lists(st.text(max_size=12)), st.integers(1, 5), st.integers(1, 20))
def test_batches_keep_both_limits_and_the_order(texts: list[str], most: int, chars: int) -> None:
    batches = list(batched(texts, Limits(most, chars)))
    assert [text for batch in batches for text in batch] == texts
    assert all(1 <= len(batch) <= most for batch in batches)
    assert all(len(batch) == 1 or sum(map(len, batch)) <= chars for batch in batches)
    for first, second in pairwise(batches):
        assert len(first) == most or sum(map(len, [*first, second[0]])) > chars, "no batch ends too early"


# ---------------------------------------------------------------- limits of the server


def test_a_text_longer_than_the_servers_limit_is_cut_between_words(server: LibreServer) -> None:
    server.behaviour.char_limit = 100
    long = " ".join(f"{TUNNEL} {i}" for i in range(9))
    assert said(server, [long]) == [" ".join(f"{ENGLISH} {i}" for i in range(9))]
    assert len(server.requests[0]["q"]) > 3
    assert all(len(text) <= 100 for body in server.requests for text in body["q"])


def test_a_word_longer_than_the_servers_limit_is_handed_back(server: LibreServer) -> None:
    server.behaviour.char_limit = 100
    assert said(server, [f"agentes {'x' * 200} migrantes"]) == [f"agents {'x' * 200} migrants"]


def test_a_server_that_takes_fewer_texts_gets_smaller_batches(server: LibreServer) -> None:
    server.behaviour.batch_limit = 3
    texts = [f"{TUNNEL} {i}" for i in range(8)]
    assert said(server, texts) == [f"{ENGLISH} {i}" for i in range(8)]


def test_a_proxy_that_takes_smaller_requests_gets_smaller_batches(server: LibreServer) -> None:
    server.behaviour.body_limit = 450
    texts = [f"{TUNNEL} {i}" for i in range(8)]
    assert said(server, texts) == [f"{ENGLISH} {i}" for i in range(8)]


def test_a_batch_that_takes_too_long_is_asked_in_halves(server: LibreServer) -> None:
    server.behaviour.slow_above, server.behaviour.slow_s = 3, 1.0
    texts = [f"{TUNNEL} {i}" for i in range(4)]
    assert said(server, texts, timeout_s=0.5) == [f"{ENGLISH} {i}" for i in range(4)]


def test_a_server_that_hangs_is_given_up_after_two_time_outs(server: LibreServer) -> None:
    engine = opened(server, timeout_s=0.2)
    server.behaviour.slow_above, server.behaviour.slow_s = 0, 1.0
    with pytest.raises(EngineError, match=r"no answer within 0\.2 s"):
        engine.translate([f"{TUNNEL} {i}" for i in range(20)], "es", "en")
    assert [len(body["q"]) for body in server.requests] == [20, 1]
    engine.close()


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(server: LibreServer) -> None:
    """Each byte comes in time; the answer as a whole does not."""
    engine = opened(server, timeout_s=0.3)
    server.behaviour.planned = [Planned(200, body='{"translatedText": ["agents"]}' + " " * 100, drip_s=0.05)] * 2
    with pytest.raises(EngineError, match="no answer within"):
        engine.translate(["agentes"], "es", "en")
    engine.close()


def test_after_a_failure_no_further_batch_is_sent(server: LibreServer) -> None:
    engine = opened(server, batch_texts=1)
    server.behaviour.planned = [Planned(400)] * 60
    with pytest.raises(EngineError):
        engine.translate([f"{TUNNEL} {i}" for i in range(50)], "es", "en")
    assert len(server.requests) < 50
    engine.close()


def test_one_text_that_is_too_large_alone_is_an_error_with_a_remedy(server: LibreServer) -> None:
    engine = opened(server)
    server.behaviour.body_limit = 10
    with pytest.raises(EngineError, match=r"answered 413.*lower batch_texts"):
        engine.translate([TUNNEL, ENGLISH], "es", "en")
    engine.close()


def test_a_limit_of_the_key_alone_is_an_error(server: LibreServer) -> None:
    engine = opened(server)
    server.behaviour.key_char_limit = 5
    with pytest.raises(EngineError, match=r"exceeds text limit \(5\)"):
        engine.translate([TUNNEL], "es", "en")
    engine.close()


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("planned", "pauses"),
    [
        ([Planned(429)], [10.0]),
        ([Planned(429), Planned(429)], [10.0, 20.0]),
        ([Planned(429, {"Retry-After": "7"})], [7.0]),
        ([Planned(503, {"Retry-After": "0"}), Planned(502)], [0.0, 2.0]),
        ([Planned(500), Planned(502), Planned(504)], [1.0, 2.0, 4.0]),
    ],
)
def test_a_busy_or_failing_server_is_asked_again_after_a_pause(
    server: LibreServer, planned: list[Planned], pauses: list[float]
) -> None:
    slept = Pauses()
    engine = opened(server, pauses=slept)
    server.behaviour.planned = planned
    assert engine.translate([TUNNEL], "es", "en") == [ENGLISH]
    assert slept == pauses
    engine.close()


@pytest.mark.parametrize(
    ("planned", "message", "pauses"),
    [
        (Planned(429), "answered 429: planned; it is too busy", [10.0, 20.0]),
        (Planned(503), "answered 503: planned; it is too busy", [10.0, 20.0]),
        (Planned(502), "answered 502: planned; see the server's log", [1.0, 2.0]),
        (Planned(429, {"Retry-After": "3600"}), "too busy", []),
        (Planned(400), "answered 400: planned; check the server's own log", []),
        (Planned(404, body="<html>"), "answered 404: Not Found; check the address", []),
        (Planned(301, {"Location": "https://elsewhere.example/"}), "redirects to https://elsewhere.example/", []),
        (Planned(200, body="<html>hello"), "does not answer in JSON", []),
        (Planned(200, body="[" * 100_000), "does not answer in JSON", []),
        (Planned(200, body='{"translatedText": "one text"}'), "not answer as LibreTranslate does", []),
        (Planned(200, body='{"translatedText": []}'), "not answer as LibreTranslate does", []),
        (Planned(200, body="[]"), "not answer as LibreTranslate does", []),
    ],
)
def test_what_does_not_get_better_is_an_error_with_a_remedy(
    server: LibreServer, planned: Planned, message: str, pauses: list[float]
) -> None:
    slept = Pauses()
    engine = opened(server, pauses=slept, retries=2)
    server.behaviour.planned = [planned] * 9
    with pytest.raises(EngineError, match=message):
        engine.translate([TUNNEL], "es", "en")
    assert slept == pauses
    engine.close()


def test_a_text_that_makes_the_server_fail_costs_only_itself(server: LibreServer) -> None:
    server.behaviour.fails_on = "veneno"
    texts = [TUNNEL, "migrantes", "un veneno", "agentes", "personas."]
    assert said(server, texts, retries=0) == [ENGLISH, "migrants", "", "agents", "people."]


def test_a_server_that_fails_on_everything_is_an_error(server: LibreServer) -> None:
    engine = opened(server, retries=0)
    server.behaviour.fails_on = ""
    server.behaviour.planned = [Planned(500)] * 50
    with pytest.raises(EngineError, match="answered 500"):
        engine.translate([TUNNEL, "migrantes"], "es", "en")
    engine.close()


def test_a_server_that_goes_away_is_an_error_and_one_that_comes_back_is_used(server: LibreServer) -> None:
    engine = opened(server, retries=1)
    server.stop()
    with pytest.raises(EngineError, match=r"cannot be reached|broke off"):
        engine.translate([TUNNEL], "es", "en")
    engine.close()


def test_a_server_that_cannot_be_reached_is_not_waited_for_long() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        slept = Pauses()
        with pytest.raises(EngineError, match=r"cannot be reached.*is the server up"):
            LibreTranslator(spec(f"http://127.0.0.1:{closed.getsockname()[1]}"), {}, slept)
    assert slept == [1.0], "a run can do without it"


def test_after_closing_only_engine_error_escapes(server: LibreServer) -> None:
    engine = opened(server)
    engine.close()
    with pytest.raises(EngineError):
        engine.translate([TUNNEL], "es", "en")


def test_the_longest_pause_a_server_may_ask_for_is_read_from_seconds_and_dates() -> None:
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert retry_after_s("30", now) == 30
    assert retry_after_s("Sun, 01 Mar 2026 12:00:20 GMT", now) == 20
    assert retry_after_s("Sun, 01 Mar 2026 11:00:00 GMT", now) == 0
    assert retry_after_s("soon", now) is None
    assert retry_after_s("", now) is None


# ---------------------------------------------------------------- key, languages, name


def test_the_key_comes_from_the_environment_and_stands_in_no_name_or_message(server: LibreServer) -> None:
    server.behaviour.api_key = KEY
    engine = opened(server, key=KEY)
    assert engine.translate([TUNNEL], "es", "en") == [ENGLISH]
    assert server.requests[0]["api_key"] == KEY
    assert KEY not in engine.name
    server.behaviour.planned = [Planned(403, body=f'{{"error": "the key {KEY} has expired"}}')]
    with pytest.raises(EngineError, match="the key … has expired; correct the API key in") as caught:
        engine.translate([TUNNEL], "es", "en")
    assert KEY not in str(caught.value)
    engine.close()


@pytest.mark.parametrize(
    ("key", "message"), [("", r"set the API key in \$MONITOR_"), ("wrong", r"correct the API key in \$MONITOR_")]
)
def test_a_server_that_wants_a_key_says_where_to_put_it(server: LibreServer, key: str, message: str) -> None:
    server.behaviour.api_key = KEY
    with pytest.raises(EngineError, match=message):
        opened(server, key=key)


def test_a_proxy_in_the_environment_is_not_used_for_this_machine(
    server: LibreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert said(server, [TUNNEL]) == [ENGLISH]


def test_an_older_server_that_lists_no_targets_will_do(server: LibreServer) -> None:
    server.behaviour.lists_targets = False
    assert said(server, [TUNNEL]) == [ENGLISH]


def test_a_server_without_spanish_is_refused(server: LibreServer) -> None:
    server.behaviour.languages = ("en", "fr")
    with pytest.raises(EngineError, match="does not translate es→en, en→es"):
        opened(server)


def test_the_name_tells_server_version_and_model(server: LibreServer) -> None:
    def name() -> str:
        engine = opened(server)
        engine.close()
        return engine.name

    first = name()
    assert first.startswith(f"libretranslate ({server.url.removeprefix('http://')}, 1.9.6, ")
    assert name() == first
    server.behaviour.says = {"puente": "span"}
    other_model = name()
    assert other_model != first
    server.behaviour.version = "1.10.0"
    assert "1.10.0" in name()


def test_a_page_that_is_no_libretranslate_is_refused(server: LibreServer) -> None:
    with pytest.raises(EngineError, match="check the address"):
        LibreTranslator(spec(server.url + "/blog"), {}, Pauses())


# ---------------------------------------------------------------- configuration and choice


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "example.org:5000", "http://", "http://me:word@example.org", "http://h/?key=1"]
)
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"write for example|use api_key_env"):
        LibreTranslateConfig(url=url)


def test_without_an_address_there_is_no_engine() -> None:
    with pytest.raises(EngineError, match=r"set translation\.libretranslate\.url"):
        LibreTranslator(EngineSpec("libretranslate"))
    listed = {status.kind: status for status in engine_statuses(TranslationConfig(), examined=False)}
    assert not listed["libretranslate"].installed
    assert listed["libretranslate"].remedy == "set translation.libretranslate.url"


def test_options_that_make_no_sense_are_an_engine_error() -> None:
    with pytest.raises(EngineError, match=r"options: .*is no http\(s\) address"):
        LibreTranslator(EngineSpec("libretranslate", options={"url": "ftp://h"}))


def test_asked_for_by_name_it_must_be_there(server: LibreServer) -> None:
    options = TranslationConfig(
        engine="libretranslate", libretranslate=LibreTranslateConfig(url=server.url, timeout_s=20, retries=0)
    )
    chosen = choose_engine(options, environ={"XDG_DATA_HOME": "/nonexistent"})
    assert (chosen.spec.kind, chosen.why, chosen.terms) == ("libretranslate", "asked", "source")
    server.stop()
    with pytest.raises(EngineError, match=r"'libretranslate' is not healthy: .*cannot be reached.*look at that server"):
        choose_engine(options, environ={"XDG_DATA_HOME": "/nonexistent"})
