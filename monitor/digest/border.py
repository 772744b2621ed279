"""The border line and its sister cities, and which of them a story belongs to. Pure.

Coordinates are degrees, WGS 84, rounded to a hundredth; the line is drawn with some forty points from public-domain
geography: good for a strip map, for nothing else.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import starmap
from math import cos, hypot, radians

from monitor.digest.model import Crossing, CrossingCount
from monitor.records import Place

CROSSINGS: tuple[Crossing, ...] = tuple(
    starmap(
        Crossing,
        (
            ("tijuana", "San Diego", "Tijuana", -117.03, 32.54),
            ("mexicali", "Calexico", "Mexicali", -115.50, 32.67),
            ("san-luis", "San Luis", "San Luis R. C.", -114.78, 32.49),
            ("nogales", "Nogales", "Nogales", -110.94, 31.33),
            ("agua-prieta", "Douglas", "Agua Prieta", -109.55, 31.33),
            ("ciudad-juarez", "El Paso", "Ciudad Juárez", -106.48, 31.75),
            ("ojinaga", "Presidio", "Ojinaga", -104.39, 29.56),
            ("ciudad-acuna", "Del Rio", "Ciudad Acuña", -100.93, 29.33),
            ("piedras-negras", "Eagle Pass", "Piedras Negras", -100.51, 28.70),
            ("nuevo-laredo", "Laredo", "Nuevo Laredo", -99.51, 27.50),
            ("reynosa", "McAllen", "Reynosa", -98.27, 26.09),
            ("matamoros", "Brownsville", "Matamoros", -97.50, 25.88),
        ),
    )
)

LINE: tuple[tuple[float, float], ...] = (
    (-117.12, 32.53), (-114.72, 32.72), (-114.81, 32.49), (-111.07, 31.33), (-108.21, 31.33), (-108.21, 31.78),
    (-106.53, 31.78), (-106.38, 31.73), (-106.20, 31.47), (-105.63, 31.08), (-105.00, 30.68), (-104.71, 30.12),
    (-104.54, 29.67), (-104.26, 29.51), (-103.79, 29.26), (-103.29, 29.02), (-103.15, 28.97), (-102.87, 29.22),
    (-102.67, 29.74), (-102.32, 29.88), (-101.76, 29.79), (-101.40, 29.77), (-100.93, 29.35), (-100.66, 29.10),
    (-100.51, 28.70), (-100.29, 28.28), (-99.90, 27.90), (-99.60, 27.64), (-99.51, 27.50), (-99.46, 27.05),
    (-99.26, 26.84), (-99.17, 26.56), (-98.80, 26.37), (-98.27, 26.09), (-97.86, 26.06), (-97.50, 25.88),
    (-97.15, 25.96),
)  # fmt: skip

# The seas, as polygons that may reach beyond the map's edge.
SEAS: tuple[tuple[tuple[float, float], ...], ...] = (
    (  # Pacific
        (-122.0, 36.0), (-117.55, 33.6), (-117.25, 32.85), (-117.12, 32.53), (-116.05, 30.5), (-115.7, 29.6),
        (-114.2, 28.6), (-114.1, 28.0), (-115.0, 27.8), (-113.6, 26.7), (-112.3, 25.8), (-112.0, 24.6), (-110.0, 22.0),
        (-122.0, 22.0),
    ),
    (  # Gulf of California
        (-114.8, 31.7), (-113.0, 31.2), (-112.2, 29.5), (-110.9, 27.9), (-109.4, 26.5), (-109.0, 25.0), (-108.5, 22.0),
        (-110.0, 23.5), (-111.3, 26.0), (-112.8, 28.4), (-114.4, 30.2),
    ),
    (  # Gulf of Mexico
        (-90.0, 30.0), (-95.0, 29.1), (-96.4, 28.4), (-97.15, 27.6), (-97.40, 26.9), (-97.15, 25.96), (-97.45, 25.0),
        (-97.8, 22.0), (-90.0, 22.0),
    ),
)  # fmt: skip

_NEAR_KM = 60.0  # San Ysidro, Sunland Park or Hidalgo belong to the pair beside them; Hermosillo and Tucson to none
_KM_PER_DEGREE = 111.2


def nearest_crossing(place: Place) -> Crossing | None:
    """The sister cities within 60 km of a city, crossing or county; None for states, capitals and places inland."""
    if place.kind not in ("city", "crossing", "region") or not (place.lon or place.lat):
        return None
    best = min(CROSSINGS, key=lambda crossing: _distance_km(place, crossing))
    return best if _distance_km(place, best) <= _NEAR_KM else None


def count_by_crossing(stories: Iterable[Iterable[Place]]) -> tuple[CrossingCount, ...]:
    """Every pair, west to east, with the stories that name a place near it; a story counts once per pair."""
    counts: Counter[str] = Counter()
    for places in stories:
        counts.update({crossing.id for place in places if (crossing := nearest_crossing(place))})
    return tuple(CrossingCount(crossing, counts[crossing.id]) for crossing in CROSSINGS)


def _distance_km(place: Place, crossing: Crossing) -> float:
    """Flat-earth distance: under 1 % off within the 60 km that matter."""
    dx = (place.lon - crossing.lon) * cos(radians(crossing.lat))
    return _KM_PER_DEGREE * hypot(dx, place.lat - crossing.lat)
