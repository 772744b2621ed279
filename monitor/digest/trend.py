"""Relevant reports of the last two weeks by day and language, as a PNG with its own light page and frame. Pure.

It reads the same in light and in dark mail: nothing of it depends on what is behind it. Nothing in it is a word (a day
is its number in the month, a language its code), so that one picture serves every reader; the caption and the alt text
around it are in the reader's language.
"""

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from monitor.digest.drawing import SCALE, Colour, canvas, font, palette_of, to_png
from monitor.digest.model import DayCount, Trend
from monitor.records import LANGUAGES, Lang

TREND_WIDTH, TREND_HEIGHT = 592, 196  # CSS pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 40, 34
_TEXT_PX = 16  # shown at 10 on the narrowest telephone
_BAR, _GAP = 0.36, 0.05  # widths, in days
_STEPS = (1, 2, 5)  # times a power of ten: what a scale may count by
_PAGE, _FRAME, _GRID, _INK = (246, 248, 250), (185, 195, 203), (222, 228, 233), (61, 75, 87)
_COLOURS: dict[Lang, Colour] = {"en": (47, 111, 179), "es": (201, 104, 44)}


@dataclass(frozen=True, slots=True)
class _Scale:
    """Counts to drawn pixels; `top` is the last line of the grid, at least the largest count."""

    top: int
    step: int

    def y(self, count: float) -> float:
        return (TREND_HEIGHT - _BOTTOM - count / self.top * (TREND_HEIGHT - _TOP - _BOTTOM)) * SCALE


def trend_chart(trend: Trend) -> bytes:
    """A pair of bars per day, the last one on the right; the bars of days that are not wholly counted are hollow."""
    image = canvas(TREND_WIDTH, TREND_HEIGHT, _PAGE)
    draw = ImageDraw.Draw(image)
    scale = scale_for(max(max(day.en, day.es) for day in trend.days))
    _draw_grid(draw, scale)
    _draw_days(draw, trend, scale)
    _draw_legend(draw)
    edge = image.width - 1, image.height - 1
    draw.rectangle((0, 0, *edge), outline=_FRAME, width=SCALE)
    return to_png(image, _palette())


def scale_for(peak: int) -> _Scale:
    """Two to four even steps of 1, 2, 5, 10, … that hold the largest count."""
    peak, power = max(peak, 1), 1
    while True:
        for step in (n * power for n in _STEPS):
            if peak <= 4 * step:
                return _Scale(top=max(2, -(-peak // step)) * step, step=step)
        power *= 10


def _draw_grid(draw: ImageDraw.ImageDraw, scale: _Scale) -> None:
    for count in range(0, scale.top + 1, scale.step):
        y = scale.y(count)
        draw.line((_LEFT * SCALE, y, (TREND_WIDTH - _RIGHT) * SCALE, y), fill=_GRID if count else _FRAME, width=SCALE)
        draw.text(((_LEFT - 8) * SCALE, y), str(count), font=font(_TEXT_PX), fill=_INK, anchor="rm")


def _draw_days(draw: ImageDraw.ImageDraw, trend: Trend, scale: _Scale) -> None:
    wide = (TREND_WIDTH - _LEFT - _RIGHT) * SCALE / len(trend.days)
    for n, day in enumerate(trend.days):
        left = _LEFT * SCALE + n * wide
        for place, language in enumerate(LANGUAGES):
            start = left + (0.5 - _BAR - _GAP / 2 + place * (_BAR + _GAP)) * wide
            if count := _count(day, language):
                box = (start, scale.y(count), start + _BAR * wide, scale.y(0))
                _draw_bar(draw, box, _COLOURS[language], whole=trend.whole(day))
        foot = (TREND_HEIGHT - _BOTTOM + 17) * SCALE
        draw.text((left + wide / 2, foot), str(day.date.day), font=font(_TEXT_PX), fill=_INK, anchor="mm")


def _draw_bar(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: Colour, *, whole: bool
) -> None:
    draw.rectangle(box, fill=colour if whole else _PAGE, outline=colour, width=round(1.5 * SCALE))


def _draw_legend(draw: ImageDraw.ImageDraw) -> None:
    """EN and ES with their colours, in the upper left corner, over the bars."""
    for n, language in enumerate(LANGUAGES):
        x, y = (_LEFT + n * 70) * SCALE, 19 * SCALE
        draw.rectangle((x, y - 6 * SCALE, x + 12 * SCALE, y + 6 * SCALE), fill=_COLOURS[language])
        draw.text((x + 18 * SCALE, y), language.upper(), font=font(_TEXT_PX), fill=_INK, anchor="lm")


def _count(day: DayCount, language: Lang) -> int:
    return day.en if language == "en" else day.es


@lru_cache(maxsize=1)
def _palette() -> Image.Image:
    bars = tuple(_COLOURS.values())
    colours = (_PAGE, _FRAME, _GRID, _INK, *bars)
    return palette_of(colours, ((_INK, _PAGE), (_INK, _GRID), *((bar, _PAGE) for bar in bars)))
