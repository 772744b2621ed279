"""Dates as people write them, in both languages."""

from datetime import UTC, datetime

import pytest
from feedparser import api
from hypothesis import given
from hypothesis import strategies as st

from monitor.intake.dates import from_struct, read_date, standard_date
from monitor.records import Lang


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("3 de junio de 2007", "es", (2007, 6, 3, 0, 0)),
        ("3 de Junio del 2026, 14:30 hrs", "es", (2026, 6, 3, 14, 30)),
        ("Diciembre 23, 2014 at 3:43 am", "es", (2014, 12, 23, 3, 43)),
        ("31-marzo-2024", "es", (2024, 3, 31, 0, 0)),
        ("Dom, 22 Nov 2026 10:00:00 -0600", "es", (2026, 11, 22, 16, 0)),
        ("Lun, 05 Ene 2026 10:00:00 +0000", "es", (2026, 1, 5, 10, 0)),
        ("lun., 22 ago. 2026 09:15", "es", (2026, 8, 22, 9, 15)),
        ("miércoles 7 de octubre de 2026 - 11:05 p. m.", "es", (2026, 10, 7, 23, 5)),
        ("22/11/2026 10:30", "es", (2026, 11, 22, 10, 30)),
        ("05/03/2026", "es", (2026, 3, 5, 0, 0)),
        ("05/03/2026", "en", (2026, 5, 3, 0, 0)),
        ("22/11/2026", "en", (2026, 11, 22, 0, 0)),
        ("Monday, July 27, 2026 - 15:30", "en", (2026, 7, 27, 15, 30)),
        ("July 27, 2026 12:05 AM EST", "en", (2026, 7, 27, 5, 5)),
        ("Sept. 3rd, 2026 4:00 pm MDT", "en", (2026, 9, 3, 22, 0)),
        ("2026-11-22 10:30:15 CST", "en", (2026, 11, 22, 16, 30)),
    ],
)
def test_a_human_date_is_read(text: str, language: Lang, expected: tuple[int, ...]) -> None:
    found = read_date(text, language)
    assert found is not None
    assert found.replace(second=0) == datetime(*expected, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "text",
    [
        "", "ayer", "31 de febrero de 2026", "99/99/2026", "junio", "1 de enero de 1970", "hace 3 horas",
        "31 de diciembre de 9999 23:59:59 -1400",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text, "es") is None


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = read_date(text, "es")
    assert found is None or found.tzinfo is UTC


_NUMBER = st.integers(0, 99)


@given(
    st.sampled_from(("Fri, ", "Sat, ", "Dom, ", "")),
    st.sampled_from(("Feb", "Sep", "Oct", "nov", "Ene")),
    st.integers(1890, 2110),
    st.tuples(st.integers(0, 32), st.integers(0, 25), _NUMBER, _NUMBER),
    st.sampled_from((" GMT", " -0600", " +0530", " EST", " Z", " UTC", "", " +9999", " -06:00")),
)
def test_dates_of_rss_are_what_feedparser_makes_of_them(
    day: str, month: str, year: int, numbers: tuple[int, int, int, int], zone: str
) -> None:
    number, hour, minute, second = numbers
    for clock in (f"{hour:02}:{minute:02}:{second:02}", f"{hour:02}:{minute:02}"):
        text = f"{day}{number} {month} {year} {clock}{zone}"
        assert standard_date(text) == from_struct(api._parse_date(text))


@given(
    st.tuples(st.integers(1890, 2110), st.integers(0, 13), st.integers(0, 32)),
    st.tuples(st.integers(0, 25), st.integers(0, 61), st.integers(0, 61)),
    st.sampled_from(("", ".5", ".999999", ".9999999999999999999")),
    st.sampled_from(("Z", "+00:00", "-06:00", "+23:59", "-24:00", "z", "-0600", "")),
)
def test_dates_of_atom_are_what_feedparser_makes_of_them(
    date: tuple[int, int, int], time: tuple[int, int, int], fraction: str, zone: str
) -> None:
    (year, month, day), (hour, minute, second) = date, time
    text = f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"
    assert standard_date(text) == from_struct(api._parse_date(text))
