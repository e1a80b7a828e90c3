"""Places: regions, départements, communes, their population and where they are.

Holds the shapes of INSEE's code as the npm package `@etalab/decoupage-administratif` ships it, of data.gouv.fr's
coordinates of communes (no header, spreadsheet's lost zeros) and of the population by département.
"""

from typing import Any

from diptych.culture.gateways.open_data.reasons import Fault, Unreadable
from diptych.culture.gateways.open_data.rows import CommuneRow, DepartmentRow, PointRow, PopulationRow, RegionRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import (
    codes,
    commune,
    count,
    department,
    latitude,
    longitude,
    postcode,
    words,
)  # fmt: skip

_KEPT = ("commune-actuelle", "arrondissement-municipal")


def _commune(
    *, line: int, surveyed: Any, insee: str, name: str, department: str, kind: str, postcodes: Any, population: Any
) -> Any:
    if kind not in _KEPT:  # a former commune inside a new one: some share the new one's code
        return Fault(line, "type", "other_sort", found=kind)
    return CommuneRow(line, insee, name, department, postcodes or (), population)


def _point(
    *, line: int, surveyed: Any, postcode: str, name: str, department: Any, latitude: Any, longitude: Any, **_: Any
) -> Any:
    if latitude is None or longitude is None:
        return Fault(line, "latitude", "missing")
    return PointRow(line, postcode, name, department, latitude, longitude)


def _region_code(value: str) -> str | None:
    value = value.strip()
    if value and not (value.isascii() and value.isdigit() and len(value) <= 3):
        raise Unreadable("not_a_number")
    return value or None


REGIONS = Shape(
    name="regions",
    kind="places",
    title="regions_etalab.json, a JSON list of regions",
    publisher="INSEE, by Etalab",
    form="list",
    signature=frozenset({"code", "nom", "chefLieu"}),
    columns=(
        Column("code", "code", _region_code, "INSEE code of the region", required=True),
        Column("nom", "name", words, "its name", required=True),
    ),
    make=lambda *, surveyed, **read: RegionRow(**read),
    key="code",
)

DEPARTMENTS = Shape(
    name="departments",
    kind="places",
    title="departements_etalab.json, a JSON list of départements",
    publisher="INSEE, by Etalab",
    form="list",
    signature=frozenset({"code", "nom", "region", "chefLieu"}),
    columns=(
        Column("code", "code", department, "code of the département", required=True),
        Column("nom", "name", words, "its name", required=True),
        Column("region", "region", _region_code, "INSEE code of its region", required=True),
    ),
    make=lambda *, surveyed, **read: DepartmentRow(**read),
    key="code",
)

COMMUNES = Shape(
    name="communes",
    kind="places",
    title="communes_etalab.json, a JSON list of communes",
    publisher="INSEE, by Etalab",
    form="list",
    signature=frozenset({"code", "nom", "departement", "type", "zone"}),
    columns=(
        Column("type", "kind", words, "present commune, municipal arrondissement, or former commune", required=True),
        Column("code", "insee", commune, "INSEE code", required=True),
        Column("nom", "name", words, "official name", required=True),
        Column("departement", "department", department, "code of its département", required=True),
        Column("codesPostaux", "postcodes", codes, "its postcodes", raw=True),
        Column("population", "population", count, "municipal population"),
    ),
    make=_commune,
    key="insee",
)

_POINT_COLUMNS = (
    Column("postcode", "postcode", postcode, "postcode, its first zero lost", required=True),
    Column("postal name", "postal", words, "name as the post writes it"),
    Column("latitude", "latitude", latitude, "degrees north"),
    Column("longitude", "longitude", longitude, "degrees east"),
    Column("bare name", "bare", words, "name without its article"),
    Column("name", "name", words, "name", required=True),
    Column("département", "department", department, "code of the département, its first zero lost"),
    Column("département's name", "department_name", words, "its name"),
    Column("region", "region", words, "name of the region"),
)


def _is_points(first: list[str]) -> bool:
    "A headless first line: nine fields, a postcode, a name in capitals, two numbers or nothing."
    if len(first) != len(_POINT_COLUMNS) or not first[0].isdigit() or len(first[0]) not in (4, 5):
        return False
    try:
        latitude(first[2]), longitude(first[3])
    except Unreadable:
        return False
    return first[1] == first[1].upper() and not first[1].isdigit()


POINTS = Shape(
    name="points",
    kind="places",
    title="communes_lat_lon.csv, nine columns without a header, separated by ;",
    publisher="data.gouv.fr",
    columns=_POINT_COLUMNS,
    make=_point,
    headless=_is_points,
)

POPULATION = Shape(
    name="population",
    kind="places",
    title="population_par_dept.csv, separated by ;",
    publisher="INSEE",
    columns=(
        Column("Code département", "code", department, "code of the département, its first zero lost", required=True),
        Column("Total", "population", count, "how many people live there", required=True),
    ),
    signature=frozenset({"Code département", "Hommes", "Femmes", "Total"}),
    make=lambda *, surveyed, **read: PopulationRow(**read),
    key="code",
)
