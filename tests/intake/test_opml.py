"""Feed lists come in from other programs and go out whole."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import FeedConfig, load_config
from monitor.intake.opml import OpmlError, Outline, read_opml, write_opml
from monitor.resources import bundled

FOREIGN = """<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.1"><head><title>Mis fuentes</title></head><body>
<outline text="Frontera"><outline text="Sonora">
<outline text="Gaceta de Nogales" xmlUrl="https://gaceta.example/rss?cat=1&amp;x=2" htmlUrl="https://gaceta.example/"/>
</outline></outline>
<outline type="RSS" TEXT="El Cañón" TITLE="El Cañón &amp; Cía." XMLURL="https://canon.example/feed" language="es-MX"/>
<outline text="An empty folder"/>
</body></opml>""".encode("latin-1")


def back(feeds: list[FeedConfig]) -> list[FeedConfig]:
    outlines = read_opml(write_opml(feeds, "Feeds"))
    return [
        FeedConfig.model_validate({**(o.ours or {}), "name": o.name, "url": o.url, "language": o.language})
        for o in outlines
    ]


def test_every_shipped_feed_comes_back_with_every_field() -> None:
    feeds = list(load_config(bundled("feeds.yaml")).feeds)
    assert len(feeds) > 60
    assert back(feeds) == feeds


@given(
    st.builds(
        dict,
        name=st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=["C", "Z"]), min_size=1),
        note=st.sampled_from(["", "2024", "true", '{"a": 1}', "null", "plain — «ñ»", '"quoted"']),
        headers=st.dictionaries(st.sampled_from(["X-Token", "Cookie"]), st.sampled_from(["1", "a&b <c>", "ñ"])),
        timeout_s=st.none() | st.floats(0.5, 90),
        low_volume=st.booleans(),
    )
)
def test_odd_values_come_back_as_they_were(fields: dict[str, object]) -> None:
    feed = FeedConfig.model_validate({"id": "one", "url": "https://one.example/f", "language": "en", **fields})
    assert back([feed]) == [feed]


def test_a_list_of_another_program_is_read_with_its_folders_and_accents() -> None:
    assert read_opml(FOREIGN) == (
        Outline("Gaceta de Nogales", "https://gaceta.example/rss?cat=1&x=2", folders=("Frontera", "Sonora"), ours=None),
        Outline("El Cañón & Cía.", "https://canon.example/feed", "es-MX"),
    )


def test_equal_feeds_give_equal_bytes_that_say_what_they_are() -> None:
    feeds = list(load_config(bundled("feeds.yaml")).feeds)
    data = write_opml(feeds, "Feeds")
    assert data == write_opml(feeds, "Feeds")
    assert data.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<opml")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no well-formed XML"),
        (b"<opml><body>", "no well-formed XML"),
        (b"<rss><channel/></rss>", "<rss>, not <opml>"),
        (b"<opml version='2.0'/>", "not <opml> with a <body>"),
        (b"<opml><body>" + b"<outline text='a'>" * 60 + b"</outline>" * 60 + b"</body></opml>", "more than 50 deep"),
        (b"x" * 20_000_001, "more than 20,000,000 bytes"),
    ],
)
def test_what_is_no_opml_says_why(data: bytes, why: str) -> None:
    with pytest.raises(OpmlError, match=why):
        read_opml(data)


def test_entities_that_multiply_cost_nothing() -> None:
    bomb = b'<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
    )
    with pytest.raises(OpmlError):
        read_opml(bomb + b']><opml><body><outline text="&j;" xmlUrl="https://a.example"/></body></opml>')


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(OpmlError):
        assert isinstance(read_opml(b"<opml><body>" + data + b"</body></opml>"), tuple)
