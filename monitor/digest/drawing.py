"""What the pictures in the mail share: size, font, few colours, PNG. Pure.

Pictures are drawn larger than needed and then reduced, which smooths their edges, to two pixels per CSS pixel.
"""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageFont

PIXELS = 2  # image pixels per CSS pixel
SCALE = 4  # drawn pixels per CSS pixel

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def canvas(width: int, height: int, colour: Colour) -> Image.Image:
    """An empty picture of so many CSS pixels."""
    return Image.new("RGB", (width * SCALE, height * SCALE), colour)


@lru_cache(maxsize=8)
def font(size_px: int) -> Font:
    """The font inside Pillow; it has no accented letters."""
    return ImageFont.load_default(size=size_px * SCALE)


def to_png(image: Image.Image, palette: Image.Image) -> bytes:
    """Few colours, chosen by us so that none is lost, and no time stamp: small, and equal bytes for equal input."""
    out = BytesIO()
    image.reduce(SCALE // PIXELS).quantize(palette=palette, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def palette_of(colours: tuple[Colour, ...], edges: tuple[tuple[Colour, Colour], ...]) -> Image.Image:
    """These colours, and two steps between those that meet at an edge."""
    every = [*colours, *(_blend(a, b, share) for a, b in edges for share in (1 / 3, 2 / 3))]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in every for part in colour])
    return palette


def _blend(a: Colour, b: Colour, share: float) -> Colour:
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue
