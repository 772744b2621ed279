"""The two small charts of "In brief": bars of coverage by day, and a strip map of the border as PNG. Pure.

The map has two pixels per CSS pixel and stands on its own dark panel, so that it reads the same in light and in dark
mail. Its font is the one inside Pillow, which has no accented letters: acute and tilde are drawn over their letter.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import hypot, sqrt

from PIL import Image, ImageDraw

from monitor.digest.border import LINE, SEAS
from monitor.digest.drawing import SCALE, canvas, font, palette_of, to_png
from monitor.digest.model import Crossing, CrossingCount, DayCount

WIDTH, HEIGHT = 592, 236  # CSS pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 112, 34, 42
_PANEL, _LAND, _SEA = (24, 47, 68), (33, 62, 88), (16, 32, 47)
_RIVER, _QUIET = (126, 152, 176), (110, 137, 162)
_DOT, _INK, _LABEL = (244, 178, 82), (26, 32, 40), (240, 243, 246)
_EDGES = (
    (_LABEL, _PANEL),
    (_LABEL, _LAND),
    (_LABEL, _SEA),
    (_DOT, _PANEL),
    (_DOT, _LAND),
    (_INK, _DOT),
    (_RIVER, _PANEL),
)
_STEP = 20.0  # drawn pixels
_CLEARLY = 1.2  # as near as this to another circle, a name would seem to belong to it
_ROUNDS = 6  # of moving circles apart: a chain of neighbours needs several
_FONT_PX, _COUNT_PX = 14, 13
_WEST, _EAST, _NORTH, _SOUTH = -117.3, -97.0, 32.8, 25.8


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the bar chart; shares are per cent of the longest bar, at least 1 where there is anything."""

    date: date
    en: int
    es: int
    share_en: int
    share_es: int


def bars(days: Sequence[DayCount]) -> tuple[Bar, ...]:
    """The days as bars on one scale."""
    peak = max((max(day.en, day.es) for day in days), default=0)
    return tuple(Bar(day.date, day.en, day.es, _share(day.en, peak), _share(day.es, peak)) for day in days)


def _share(count: int, peak: int) -> int:
    return max(1, round(100 * count / peak)) if count else 0


# ---------------------------------------------------------------- the map


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle in drawn pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "_Box") -> bool:
        apart = self.right < other.left or other.right < self.left or self.bottom < other.top or other.bottom < self.top
        return not apart

    def distance(self, spot: "_Spot") -> float:
        """From the nearest edge to where a pair of cities is drawn."""
        return hypot(max(self.left - spot.x, 0, spot.x - self.right), max(self.top - spot.y, 0, spot.y - self.bottom))

    @property
    def inside(self) -> bool:
        edge = 4 * SCALE
        fits_x = self.left >= edge and self.right <= WIDTH * SCALE - edge
        return fits_x and self.top >= edge and self.bottom <= HEIGHT * SCALE - edge


@dataclass(frozen=True, slots=True)
class _Spot:
    """A pair of sister cities where it is drawn, in drawn pixels."""

    crossing: Crossing
    stories: int
    x: float
    y: float

    @property
    def radius(self) -> float:
        """Grows with the number, within limits: the number has room in it, and neighbours stay apart."""
        return min(9 + 1.8 * sqrt(self.stories), 16) * SCALE if self.stories else 3.0 * SCALE

    @property
    def box(self) -> _Box:
        r = self.radius
        return _Box(self.x - r, self.y - r, self.x + r, self.y + r)


@dataclass(frozen=True, slots=True)
class _Label:
    """A name where it is set."""

    name: str
    box: _Box


def strip_map(counts: Sequence[CrossingCount]) -> bytes:
    """The border, coast to coast, as PNG: a circle per pair of sister cities, larger with more stories."""
    image = canvas(WIDTH, HEIGHT, _PANEL)
    draw = ImageDraw.Draw(image)
    _draw_line(draw)
    spots = _spots(counts)
    for spot in spots:
        _draw_circle(draw, spot)
    for label in _labels(spots):
        _draw_text(draw, label.name, label.box)
    return to_png(image, _palette())


def names_on_map(counts: Sequence[CrossingCount]) -> tuple[str, ...]:
    """The names that the map has room for: both of every pair with stories, save in a crowd."""
    return tuple(label.name for label in _labels(_spots(counts)))


def _spots(counts: Sequence[CrossingCount]) -> list[_Spot]:
    """Every pair, the one with most stories first; neighbours whose circles would overlap are moved apart."""
    spots = [_Spot(c.crossing, c.stories, *_xy(c.crossing.lon, c.crossing.lat)) for c in counts]
    for _ in range(_ROUNDS):
        for n in range(len(spots) - 1):
            spots[n : n + 2] = _apart(spots[n], spots[n + 1])
    return sorted(spots, key=lambda spot: -spot.stories)


def _apart(west: _Spot, east: _Spot) -> list[_Spot]:
    """Two neighbours, each moved away from the other by half of what their circles overlap."""
    across, down = east.x - west.x, east.y - west.y
    distance = hypot(across, down)
    lacking = west.radius + east.radius + SCALE - distance
    if not (west.stories and east.stories) or lacking <= 0:
        return [west, east]
    dx, dy = (part / distance * lacking / 2 for part in (across, down))
    return [replace(west, x=west.x - dx, y=west.y - dy), replace(east, x=east.x + dx, y=east.y + dy)]


def _labels(spots: Sequence[_Spot]) -> list[_Label]:
    """The US name on its side of the line and the Mexican one on its own, where there is room beside it; else none."""
    marked = [spot for spot in spots if spot.stories]
    taken, labels = [*_line_boxes(), *(spot.box for spot in spots)], list[_Label]()
    for spot in marked:
        for name, north in _names(spot.crossing):
            free = (
                box
                for box in _places_for(name, spot, north=north)
                if box.inside
                and all(box.distance(spot) * _CLEARLY <= box.distance(other) for other in marked if other != spot)
                and not any(box.overlaps(other) for other in taken)
            )
            if box := next(free, None):
                labels.append(_Label(name, box))
                taken.append(box)
    return labels


def _names(crossing: Crossing) -> list[tuple[str, bool]]:
    """What is set north of the line (True) and south of it; what both sides are called once."""
    north = [] if crossing.us == crossing.mx else [(crossing.us, True)]
    return [*north, (crossing.mx.replace("Ciudad ", "Cd. "), False)]


@lru_cache(maxsize=1)
def _palette() -> Image.Image:
    """Every colour of the map."""
    return palette_of((_PANEL, _LAND, _SEA, _RIVER, _QUIET, _DOT, _INK, _LABEL), _EDGES)


def _xy(lon: float, lat: float) -> tuple[float, float]:
    """Degrees to drawn pixels; plain degrees, slightly flattened, as a strip needs."""
    across = (lon - _WEST) / (_EAST - _WEST)
    down = (_NORTH - lat) / (_NORTH - _SOUTH)
    x = _LEFT + across * (WIDTH - _LEFT - _RIGHT)
    y = _TOP + down * (HEIGHT - _TOP - _BOTTOM)
    return x * SCALE, y * SCALE


def _draw_line(draw: ImageDraw.ImageDraw) -> None:
    """Land north of the line a shade lighter, and the line itself."""
    line = [_xy(lon, lat) for lon, lat in LINE]
    west, east = (0.0, line[0][1]), (float(WIDTH * SCALE), line[-1][1])
    draw.polygon([(0.0, 0.0), west, *line, east, (float(WIDTH * SCALE), 0.0)], fill=_LAND)
    for sea in SEAS:
        draw.polygon([_xy(lon, lat) for lon, lat in sea], fill=_SEA)
    draw.line(line, fill=_RIVER, width=2 * SCALE, joint="curve")


def _line_boxes() -> list[_Box]:
    """The line in short steps, so that no name is set across it."""
    boxes: list[_Box] = []
    for (x0, y0), (x1, y1) in pairwise(_xy(lon, lat) for lon, lat in LINE):
        steps = max(1, round(hypot(x1 - x0, y1 - y0) / _STEP))
        points = ((x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(steps + 1))
        boxes += [_Box(x - SCALE, y - SCALE, x + SCALE, y + SCALE) for x, y in points]
    return boxes


def _draw_circle(draw: ImageDraw.ImageDraw, spot: _Spot) -> None:
    box, colour = spot.box, _DOT if spot.stories else _QUIET
    draw.ellipse((box.left, box.top, box.right, box.bottom), fill=colour, outline=_PANEL, width=SCALE)
    if spot.stories:
        draw.text((spot.x, spot.y), str(spot.stories), font=font(_COUNT_PX), fill=_INK, anchor="mm")


def _places_for(name: str, spot: _Spot, *, north: bool) -> list[_Box]:
    """Where a name could stand: centred over (under) its circle, then beside it, then a line further off.

    The line falls from west to east: a US name has more room on the right of its circle, a Mexican one on the left.
    """
    x, y, r = spot.x, spot.y, spot.radius
    width, height = font(_FONT_PX).getlength(_bare(name)), _FONT_PX * 1.25 * SCALE
    gap, side = 3 * SCALE, 1 if north else -1
    steps = [y - side * (r + gap) - (height if north else 0) - side * n * height for n in (0, 1)]
    beside = x + r + gap if north else x - r - gap - width
    edges = [x - width / 2, *(x + side * offset - (0 if north else width) for offset in (-r - gap, -r / 2, 0))]
    edges += [x - side * offset - (width if north else 0) for offset in (-r, 0)]
    spots = [(edges[0], steps[0]), (beside, y - height / 2), (beside, steps[0] + side * r)]
    spots += [(left, step) for step in steps for left in edges]
    return [_Box(left, top, left + width, top + height) for left, top in spots]


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _draw_text(draw: ImageDraw.ImageDraw, text: str, box: _Box) -> None:
    """Letter by letter only for the accents: the font lacks them, so acute and tilde are drawn as strokes."""
    face, bare = font(_FONT_PX), _bare(text)
    draw.text((box.left, box.top), bare, font=face, fill=_LABEL, anchor="la")
    for i, letter in enumerate(unicodedata.normalize("NFC", text)):
        mark = unicodedata.normalize("NFD", letter)[1:]
        if not mark:
            continue
        left = box.left + draw.textlength(bare[:i], font=face)
        _draw_mark(draw, mark, left + draw.textlength(bare[i], font=face) / 2, box.top + 0.39 * _FONT_PX * SCALE)


def _draw_mark(draw: ImageDraw.ImageDraw, mark: str, x: float, y: float) -> None:
    """An acute, or a tilde for ñ, centred at x with its foot at y."""
    unit = _FONT_PX * SCALE / 14
    if mark == "\u0303":
        wave = [
            (x - 3.5 * unit, y),
            (x - 1.5 * unit, y - 1.6 * unit),
            (x + 1.5 * unit, y),
            (x + 3.5 * unit, y - 1.6 * unit),
        ]
        draw.line(wave, fill=_LABEL, width=round(1.3 * unit), joint="curve")
    else:
        draw.line([(x - 1 * unit, y), (x + 1.6 * unit, y - 3 * unit)], fill=_LABEL, width=round(1.5 * unit))


def pair_name(crossing: Crossing) -> str:
    """ "Tijuana–San Diego": both Nogales are one word."""
    return crossing.mx if crossing.mx == crossing.us else f"{crossing.mx}–{crossing.us}"
