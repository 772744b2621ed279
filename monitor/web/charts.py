"""Where the parts of a column chart stand: numbers that the templates draw as SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 180
_FOOT, _HEAD = 24, 18  # room for the labels below and the numbers above
_SHARE = 0.7  # of a slot that its column fills


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column, from its top: a rectangle."""

    y: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of stacked pieces, in units of the picture (`WIDTH` by `HEIGHT`)."""

    x: float
    width: float
    middle: float
    top: float
    pieces: tuple[Piece, ...]  # from the bottom up

    @property
    def total(self) -> int:
        return sum(piece.count for piece in self.pieces)


def columns(rows: Sequence[Sequence[int]]) -> tuple[Column, ...]:
    """A column per row, one piece per number, all on one scale."""
    peak = max((sum(row) for row in rows), default=0) or 1
    slot = WIDTH / max(len(rows), 1)
    return tuple(_column(row, n, slot, (HEIGHT - _FOOT - _HEAD) / peak) for n, row in enumerate(rows))


def _column(row: Sequence[int], place: int, slot: float, scale: float) -> Column:
    bottom, pieces = float(HEIGHT - _FOOT), list[Piece]()
    for count in row:
        bottom -= count * scale
        pieces.append(Piece(round(bottom, 1), round(count * scale, 1), count))
    width = min(slot * _SHARE, 60.0)
    middle = (place + 0.5) * slot
    return Column(round(middle - width / 2, 1), round(width, 1), round(middle, 1), round(bottom, 1), tuple(pieces))
