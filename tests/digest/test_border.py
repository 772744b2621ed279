"""Which pair of sister cities a place belongs to, and what the charts make of the counts."""

from datetime import date

import pytest

from monitor.digest.border import CROSSINGS, LINE, count_by_crossing, nearest_crossing
from monitor.digest.charts import bars, names_on_map, pair_name, strip_map
from monitor.digest.model import CrossingCount, DayCount
from monitor.records import Place


@pytest.mark.parametrize(
    ("place", "crossing"),
    [
        (Place("san-ysidro", "San Ysidro", "San Ysidro", "crossing", "US", -117.03, 32.55), "tijuana"),
        (Place("sunland-park", "Sunland Park", "Sunland Park", "city", "US", -106.58, 31.80), "ciudad-juarez"),
        (Place("hidalgo", "Hidalgo", "Hidalgo", "city", "US", -98.26, 26.10), "reynosa"),
        (Place("tucson", "Tucson", "Tucson", "city", "US", -110.97, 32.22), None),
        (Place("monterrey", "Monterrey", "Monterrey", "city", "MX", -100.31, 25.67), None),
        (Place("texas", "Texas", "Texas", "state", "US", -99.51, 27.50), None),
        (Place("unplaced", "Unplaced", "Sin lugar", "city"), None),
    ],
)
def test_a_place_belongs_to_the_pair_beside_it_or_to_none(place: Place, crossing: str | None) -> None:
    found = nearest_crossing(place)
    assert (found.id if found else None) == crossing


def test_pairs_run_west_to_east_along_the_line() -> None:
    lons = [crossing.lon for crossing in CROSSINGS]
    assert lons == sorted(lons)
    assert LINE[0][0] <= lons[0] <= lons[-1] <= LINE[-1][0]


def test_two_places_of_one_pair_are_one_story_there() -> None:
    juarez = Place("j", "Ciudad Juárez", "Ciudad Juárez", "city", "MX", -106.48, 31.74)
    el_paso = Place("e", "El Paso", "El Paso", "city", "US", -106.49, 31.76)
    counts = count_by_crossing([(juarez, el_paso), (el_paso,), ()])
    assert [(c.crossing.id, c.stories) for c in counts if c.stories] == [("ciudad-juarez", 2)]
    assert len(counts) == len(CROSSINGS)


def test_a_crowded_map_stays_small_and_is_the_same_each_time() -> None:
    counts = [CrossingCount(crossing, n + 1) for n, crossing in enumerate(CROSSINGS)]
    assert len(strip_map(counts)) <= 30_000
    assert strip_map(counts) == strip_map(counts)
    assert strip_map(counts) != strip_map(counts[:1])


def test_bars_share_one_scale_and_show_the_smallest_count() -> None:
    made = bars([DayCount(date(2026, 3, 11), 200, 50), DayCount(date(2026, 3, 12), 1, 0)])
    assert [(bar.share_en, bar.share_es) for bar in made] == [(100, 25), (1, 0)]
    assert bars([]) == ()


def test_both_nogales_are_named_once() -> None:
    names = [pair_name(crossing) for crossing in CROSSINGS]
    assert "Nogales" in names
    assert "Tijuana–San Diego" in names
    one_each = [CrossingCount(crossing, 1 if crossing.us == "Nogales" else 0) for crossing in CROSSINGS]
    assert names_on_map(one_each) == ("Nogales",)
