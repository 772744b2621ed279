"""Places, agencies and officials are found by name in either language, and words that only look like them are not."""

from datetime import date

import pytest

from monitor.stories.gazetteer import find_agencies, find_mentions, find_officials, find_places, gazetteer

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Juárez police and El Paso police; Ciudad Juarez", ["ciudad-juarez", "el-paso"]),
        ("Facilitan el paso de migrantes", []),
        ("NUEVO LAREDO: CIERRAN PUENTE", ["nuevo-laredo"]),
        ("Officers at the Pharr International Bridge", ["pharr"]),
        ("Capturan a líder del Cártel de Sinaloa en Tijuana", ["tijuana"]),
        ("Benito Juárez fue presidente", []),
        ("Mission accomplished, he said in Mission, Texas", ["mission-tx", "texas"]),
        ("El presidio y la victoria", []),
        ("San Luis Río Colorado", ["san-luis-rio-colorado"]),
        ("The El Paso Times reported", []),
        ("Baja California y California", ["baja-california", "california"]),
        ("El Parque Shelby, en Eagle Pass", ["eagle-pass"]),
        ("Deputies in Del Rio; el caudal del Río", ["del-rio"]),
        ("Cierran el Puente Internacional Paso del Norte", ["paso-del-norte-bridge"]),
        ("Stanton Street Bridge, o puente Lerdo", ["stanton-bridge"]),
        ("The Texas governor sends boats to the Rio Grande", ["texas", "rio-grande"]),
        ("Agents of the Del Rio Sector", ["sector-del-rio"]),
    ],
)
def test_finds_places(text: str, ids: list[str]) -> None:
    assert [place.id for place in find_places(text)] == ids


@pytest.mark.parametrize(
    "text",
    [
        "Laura Juárez y Mario Laredo declararon",
        "Ms. Sonora and Judge Washington were late",
        "El licenciado Zapata y el doctor Reynosa",
        "En avenida Juárez esquina con calle Chihuahua, colonia Tijuana",
        "A crash on Laredo Street and El Paso Avenue",
        "Whoever reads the Houston Chronicle or drinks Cerveza Tecate",
        "El progreso del pueblo; douglas fir; a presidio; la victoria",
        "Columbus Day, Mission Impossible, Roma tomatoes",
        "La marcha salió del paso del norte",
    ],
)
def test_what_only_looks_like_a_place_is_none(text: str) -> None:
    assert not find_places(text)


def test_a_place_after_another_one_is_no_last_name() -> None:
    assert [place.id for place in find_places("San Antonio Texas")] == ["san-antonio", "texas"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ICE agents; the ice melted; an ice cream; Ice on the road", ["ice"]),
        ("Oficiales de Aduanas y Protección Fronteriza (CBP)", ["cbp"]),
        ("la Guardia Nacional de Texas", ["texas-national-guard"]),
        ("Los Chapitos and the Sinaloa Cartel against the CJNG", ["sinaloa-cartel", "cjng"]),
        ("the border czar, Tom Homan", ["border-czar"]),
        ("La Suprema Corte de Justicia de la Nación y la Corte Suprema de EE. UU.", ["scjn", "supreme-court"]),
        ("The 5th U.S. Circuit Court of Appeals in New Orleans", ["fifth-circuit"]),
        ("La Secretaría de Gobernación; la secretaria de Gobernación", ["segob", "secretary-segob"]),
    ],
)
def test_finds_agencies(text: str, ids: list[str]) -> None:
    assert [agency.id for agency in find_agencies(text)] == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Sheinbaum", ["president-mx"]),
        ("the president of Mexico", ["president-mx"]),
        ("La mandataria respondió", ["president-mx"]),
        ("La mandataria estatal respondió", []),
        ("La mandataria de Honduras respondió", []),
        ("Texas Gov. Greg Abbott", ["governor-tx"]),
        ("GOBERNADOR DE TEXAS", ["governor-tx"]),
        ("Governor Abbott; Abbott; Abbott Laboratories", ["governor-tx"]),
        ("El zar de la frontera", ["border-czar"]),
        ("Melania Trump, Eric Trump and Trump Tower", []),
        ("la alcaldesa de Eagle Pass", ["mayor-eagle-pass"]),
        ("a former Texas governor; el ex gobernador de Sonora", []),
        ("aspirante a alcalde de Tijuana; running for mayor of El Paso", []),
        ("El presidente de la República Dominicana", []),
    ],
)
def test_finds_officials_by_name_and_by_office(text: str, ids: list[str]) -> None:
    assert [office.id for office in find_officials(text, TODAY)] == ids


def test_who_an_official_is_depends_on_the_day() -> None:
    """Each holds the office on the first and the last day of the term, and no longer."""
    text = "Biden spoke with López Obrador"
    for day in (date(2021, 1, 20), date(2024, 9, 30)):
        assert {office.id for office in find_officials(text, day)} == {"president-us", "president-mx"}
    assert [office.id for office in find_officials(text, date(2024, 10, 1))] == ["president-us"]
    assert not find_officials(text, TODAY)
    assert not find_officials(text)


def test_one_person_may_have_held_two_offices() -> None:
    found = [find_officials("Rodney Scott", day)[0].id for day in (date(2021, 1, 1), TODAY)]
    assert found == ["border-patrol-chief", "cbp-commissioner"]


def test_mentions_point_into_the_text() -> None:
    text = "«Reynosa», dijo la gobernadora de Sonora"
    assert [text[said.start : said.end] for said in find_mentions(text)] == ["Reynosa", "gobernadora de Sonora"]


def test_every_sister_city_is_in_the_file_and_every_place_near_the_border() -> None:
    places = gazetteer().places
    assert {p.pair for p in places.values() if p.pair} <= places.keys()
    near = [p for p in places.values() if p.region and (p.lon or p.lat)]
    assert all(25 < p.lat < 34 and -118 < p.lon < -97 for p in near)


def test_every_town_and_crossing_has_its_coordinates_and_lies_in_north_america() -> None:
    towns = [p for p in gazetteer().places.values() if p.kind != "region"]
    assert len(towns) > 300
    assert all(13 < p.lat < 48 and -123 < p.lon < -70 for p in towns)


def test_no_name_stands_for_two_places() -> None:
    """A name that is listed twice would count for both; "Presidio, Texas" stands for the state, too."""
    towns = {id_ for id_, place in gazetteer().places.items() if place.kind != "state"}
    names = [name for place in gazetteer().places.values() for name in (place.name_en, place.name_es)]
    said = [mention.name for name in names for mention in find_mentions(name)]
    assert len(said) > 600
    assert not [name for name in said if len({sense.id for sense in name.senses} & towns) > 1]


def test_every_office_is_named_in_both_languages_and_has_a_place_or_a_nation() -> None:
    offices = [a for a in gazetteer().agencies.values() if a.kind == "office"]
    assert all(office.name_en and office.name_es for office in offices)
    assert {"president-mx", "president-us", "governor-tx", "governor-tamps", "mayor-tijuana", "mayor-presidio"} <= {
        office.id for office in offices
    }
