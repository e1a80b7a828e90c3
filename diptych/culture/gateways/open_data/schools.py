"""Schools: the ministry's directory and the social position index of collèges.

Holds three shapes: all collèges (`etablissements_scolaires_geoloc.csv`), a département's directory
(`annuaire-education-35.csv` and its like) and `colleges_ips.csv`. Offices of the administration are left out.
"""

from typing import Any

from diptych.culture.gateways.open_data.reasons import Fault
from diptych.culture.gateways.open_data.rows import SchoolRow, SocialIndexRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import (
    commune,
    decimal,
    department,
    latitude,
    longitude,
    postcode,
    uai,
    words,
    year,
)

_OFFICES = ("Service Administratif", "Information et orientation")


def _school(
    *, line: int, surveyed: Any, source: str, uai: str, name: Any, kind: Any, sector: Any, address: Any, postcode: Any,
    city: str, insee: Any, department: Any, latitude: Any, longitude: Any, generic: Any = None, patron: Any = None,
) -> Any:  # fmt: skip
    if kind in _OFFICES:
        return Fault(line, "Type_etablissement", "other_sort", found=kind)
    name = name or " ".join(part.capitalize() for part in (generic, patron) if part)
    if not name:
        return Fault(line, "appellation_officielle", "missing")
    on_earth = latitude is not None and longitude is not None
    return SchoolRow(
        line, source, uai, name[:255], (kind or "")[:80], (sector or "")[:20], (address or "")[:255], postcode or "", city[:120],
        insee or "", department or "", latitude if on_earth else None, longitude if on_earth else None,
    )  # fmt: skip


SCHOOLS = Shape(
    name="schools",
    kind="schools",
    title="etablissements_scolaires_geoloc.csv, separated by ;",
    publisher="Ministère de l'Éducation nationale",
    columns=(
        Column("numero_uai", "uai", uai, "the school's code (UAI)", required=True),
        Column("appellation_officielle", "name", words, "official name"),
        Column("denomination_principale", "generic", words, "what it is, in capitals"),
        Column("patronyme_uai", "patron", words, "whose name it bears, in capitals"),
        Column("secteur_public_prive_libe", "sector", words, "Public or Privé"),
        Column("adresse_uai", "address", words, "street"),
        Column("code_postal_uai", "postcode", postcode, "postcode"),
        Column("libelle_commune", "city", words, "commune", required=True),
        Column("latitude", "latitude", latitude, "degrees north"),
        Column("longitude", "longitude", longitude, "degrees east"),
        Column("nature_uai_libe", "kind", words, "nature, as COLLEGE"),
        Column("code_departement", "department", department, "code of the département on three characters"),
        Column("code_commune", "insee", commune, "INSEE code"),
    ),
    make=lambda **read: _school(source="education", **read),
    key="uai",
)

DIRECTORY = Shape(
    name="directory",
    kind="schools",
    title="annuaire-education-35.csv or another département's, separated by ;",
    publisher="Ministère de l'Éducation nationale",
    columns=(
        Column("Identifiant_de_l_etablissement", "uai", uai, "the school's code (UAI)", required=True),
        Column("Nom_etablissement", "name", words, "name", required=True),
        Column("Type_etablissement", "kind", words, "Ecole, Collège, Lycée, or an office"),
        Column("Statut_public_prive", "sector", words, "Public or Privé"),
        Column("Adresse_1", "address", words, "street"),
        Column("Code postal", "postcode", postcode, "postcode"),
        Column("Code_commune", "insee", commune, "INSEE code"),
        Column("Nom_commune", "city", words, "commune", required=True),
        Column("Code_departement", "department", department, "code of the département on three characters"),
        Column("latitude", "latitude", latitude, "degrees north"),
        Column("longitude", "longitude", longitude, "degrees east"),
    ),
    make=lambda **read: _school(source="annuaire", **read),
    key="uai",
)


def _index(*, line: int, surveyed: Any, year: int, uai: str, index: float) -> Any:
    if not 20 <= index <= 250:
        return Fault(line, "IPS", "out_of_range", found=str(index))
    return SocialIndexRow(line, uai, round(index, 1))


SOCIAL_INDEX = Shape(
    name="social_index",
    kind="schools",
    title="colleges_ips.csv, separated by ;",
    publisher="Ministère de l'Éducation nationale",
    columns=(
        Column("Rentrée scolaire", "year", year, "school year's first calendar year", required=True),
        Column("UAI", "uai", uai, "the collège's code", required=True),
        Column("IPS", "index", decimal, "social position index", required=True),
    ),
    make=_index,
    key="uai",
)
