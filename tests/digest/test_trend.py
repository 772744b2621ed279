"""The picture of the last two weeks: what is counted, how it is drawn, and the words that tell the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from monitor.digest import Templates, render
from monitor.digest.model import DayCount, Trend
from monitor.digest.trend import TREND_HEIGHT, TREND_WIDTH, scale_for, trend_chart
from monitor.records import EditionMaterial, Publication
from tests.digest.conftest import NOW, Compose

BLUE, ORANGE = (47, 111, 179), (201, 104, 44)


def heard(*days_ago: int, seen_at: datetime = NOW) -> tuple[Publication, ...]:
    return tuple(Publication(NOW - timedelta(days=n), seen_at, "es") for n in days_ago)


def test_it_counts_by_local_day_and_language_for_fourteen_days(material: EditionMaterial, edition: Compose) -> None:
    trend = edition(material, "en").trend
    assert [(day.date.day, day.en, day.es) for day in trend.days][-3:] == [(10, 11, 5), (11, 12, 6), (12, 13, 6)]
    assert len(edition(replace(material, lately=heard(*range(30))), "en").trend.days) == 14
    midnight = datetime(2026, 3, 10, 5, 30, tzinfo=UTC)  # half past eleven on the 9th in Ciudad Juárez
    late = (*heard(0, 1), Publication(midnight, midnight, "en"))
    ninth = next(day for day in edition(replace(material, lately=late), "en").trend.days if day.date.day == 9)
    assert ninth.en == 1


def test_all_topics_count_whatever_the_profile_asks_for(material: EditionMaterial, edition: Compose) -> None:
    assert edition(material, "en", topics=("no such topic",)).trend == edition(material, "en").trend


@pytest.mark.parametrize(
    ("days_ago", "shown"), [((), 0), ((0, 1), 0), ((0, 1, 2), 7), ((0, 4, 9), 10), ((20, 30, 40), 0)]
)
def test_it_begins_with_the_first_report_a_week_ago_at_the_latest(
    material: EditionMaterial, edition: Compose, days_ago: tuple[int, ...], shown: int
) -> None:
    assert len(edition(replace(material, lately=heard(*days_ago)), "en").trend.days) == shown


def test_today_and_the_days_before_feeds_were_read_are_hollow(material: EditionMaterial, edition: Compose) -> None:
    trend = edition(material, "en").trend
    assert (trend.watched_from, trend.early) == (date(2026, 3, 2), True)
    assert [day.date.day for day in trend.days if not trend.whole(day)] == [28, 1, 12]
    watched = tuple(replace(report, seen_at=report.at) for report in material.lately)
    assert not edition(replace(material, lately=watched), "en").trend.early


def test_the_bars_stand_in_their_colours_and_the_highest_reaches_its_line() -> None:
    days = tuple(DayCount(date(2026, 3, n), 10, 5) for n in range(1, 8))
    pixels = np.asarray(Image.open(BytesIO(trend_chart(Trend(days, None)))).convert("RGB"))
    assert pixels.shape == (2 * TREND_HEIGHT, 2 * TREND_WIDTH, 3)
    tops = {}
    for colour in (BLUE, ORANGE):
        rows = np.nonzero((pixels[80:, 120:] == colour).all(axis=2).any(axis=1))[0]
        tops[colour] = int(rows[-1] - rows[0])
    assert tops[BLUE] == pytest.approx(2 * tops[ORANGE], rel=0.05)


def test_a_bar_of_a_day_that_is_not_over_is_drawn_hollow() -> None:
    days = tuple(DayCount(date(2026, 3, n), 10, 10) for n in (1, 2))
    pixels = np.asarray(Image.open(BytesIO(trend_chart(Trend(days, None)))).convert("RGB"))
    middle = pixels[pixels.shape[0] // 2]
    blue = np.nonzero((middle == BLUE).all(axis=1))[0]
    yesterday, today = (blue[blue < len(middle) // 2], blue[blue >= len(middle) // 2])
    assert len(yesterday) == yesterday[-1] - yesterday[0] + 1 > 100
    assert today[-1] - today[0] == yesterday[-1] - yesterday[0]
    assert 2 <= len(today) < 20


@pytest.mark.parametrize(
    ("peak", "top", "step"),
    [(0, 2, 1), (1, 2, 1), (4, 4, 1), (5, 6, 2), (9, 10, 5), (13, 15, 5), (41, 60, 20), (999, 1000, 500)],
)
def test_the_scale_has_two_to_four_round_steps(peak: int, top: int, step: int) -> None:
    scale = scale_for(peak)
    assert (scale.top, scale.step) == (top, step)


def test_equal_days_give_equal_bytes_and_few_of_them() -> None:
    days = tuple(DayCount(date(2026, 3, n), 7 * n, 90 - n) for n in range(1, 15))
    assert trend_chart(Trend(days, None)) == trend_chart(Trend(days, None))
    assert len(trend_chart(Trend(days, None))) <= 12_000


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Relevant reports per day, English and Spanish: ", "Mar 11: 12 and 6; Mar 12: 13 and 6."]),
        ("es", ["Publicaciones sobre el tema por día, en inglés y en español: ", "11 mar: 12 y 6; 12 mar: 13 y 6."]),
    ],
)
def test_the_alt_text_and_the_text_part_tell_every_number(
    material: EditionMaterial, edition: Compose, templates: Templates, language: str, said: list[str]
) -> None:
    rendered = render(edition(material, language), templates)
    alt = rendered.images[0].alt.replace("\u00a0", " ")
    for words in said:
        assert words in alt
        assert words in " ".join(rendered.text.split()) + " "
    assert rendered.html.count(f'src="cid:{rendered.images[0].cid}"') == 1


def test_the_hollow_bars_are_explained(material: EditionMaterial, edition: Compose, templates: Templates) -> None:
    watched = tuple(replace(report, seen_at=report.at) for report in material.lately)
    assert (
        "Barras huecas: lo que va del día." in render(edition(replace(material, lately=watched), "es"), templates).html
    )
    early = render(edition(material, "both"), templates).html
    assert "from the days before Mar\u00a02, when they were first read" in early
    assert "de los días anteriores al 2\u00a0mar" in early


def test_without_reports_there_is_no_picture(material: EditionMaterial, edition: Compose, templates: Templates) -> None:
    rendered = render(edition(replace(material, lately=()), "en"), templates)
    assert [image.cid.split(".")[0] for image in rendered.images] == ["map"]
    assert "last two weeks" not in rendered.html
