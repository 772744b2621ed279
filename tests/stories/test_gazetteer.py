"""Places and agencies are found by name in either language, and words that only look like them are not."""

import pytest

from monitor.stories.gazetteer import find_agencies, find_places, gazetteer


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Juárez police and El Paso police; Ciudad Juarez", ["ciudad-juarez", "el-paso"]),
        ("Facilitan el paso de migrantes", []),
        ("NUEVO LAREDO: CIERRAN PUENTE", ["nuevo-laredo"]),
        ("Officers at the Pharr International Bridge", ["pharr"]),
        ("Capturan a líder del Cártel de Sinaloa en Tijuana", ["tijuana"]),
        ("Benito Juárez fue presidente", []),
        ("Mission accomplished, he said in Mission, Texas", ["mission-tx"]),
        ("El presidio y la victoria", []),
        ("San Luis Río Colorado", ["san-luis-rio-colorado"]),
        ("The El Paso Times reported", []),
        ("Baja California y California", ["baja-california", "california"]),
        ("El Parque Shelby, en Eagle Pass", ["eagle-pass"]),
    ],
)
def test_finds_places(text: str, ids: list[str]) -> None:
    assert [place.id for place in find_places(text)] == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ICE agents; the ice melted; an ice cream", ["ice"]),
        ("Oficiales de Aduanas y Protección Fronteriza (CBP)", ["cbp"]),
        ("la Guardia Nacional de Texas", ["texas-national-guard"]),
        ("Los Chapitos and the Sinaloa Cartel against the CJNG", ["sinaloa-cartel", "cjng"]),
        ("the border czar, Tom Homan", ["border-czar"]),
    ],
)
def test_finds_agencies(text: str, ids: list[str]) -> None:
    assert [agency.id for agency in find_agencies(text)] == ids


def test_every_sister_city_is_in_the_file_and_every_place_near_the_border() -> None:
    places = gazetteer().places
    assert {p.pair for p in places.values() if p.pair} <= places.keys()
    assert all(25 < p.lat < 34 and -118 < p.lon < -97 for p in places.values() if p.region)
