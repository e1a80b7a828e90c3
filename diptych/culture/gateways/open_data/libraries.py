"""Libraries: the Ministry of Culture's list of public libraries.

Holds the shape of `bibliotheques_publiques.csv`: separator a comma, sites given as "oui" or "NC", offices and stores
among the libraries.
"""

from typing import Any

from diptych.culture.gateways.open_data.reasons import Fault
from diptych.culture.gateways.open_data.rows import VenueRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import (
    count,
    department,
    identifier,
    latitude,
    link,
    longitude,
    postcode,
    words,
    yes,
)

_CLOSED = ("Lieu uniquement administratif", "Réserve de documents non ouverte au public")


def _library(
    *, line: int, surveyed: Any, source_id: str, name: str, address: Any, department: Any, postcode: Any, city: str,
    longitude: Any, latitude: Any, sort: Any, website: Any, seats: Any, sunday: Any, wifi: Any, free: Any,
) -> Any:  # fmt: skip
    if sort in _CLOSED:
        return Fault(line, "type_adresse", "other_sort", found=sort)
    facts = [
        "Bibliobus" if sort == "Bibliobus" else "",
        f"{seats} places assises" if seats else "",
        "wifi" if wifi else "",
        "ouverte le dimanche" if sunday else "",
        "services gratuits" if free else "",
    ]
    described = ", ".join(fact for fact in facts if fact)
    on_earth = latitude is not None and longitude is not None
    return VenueRow(
        line, "bibliotheques", source_id, "LIBRARY", name,
        description=described[:1].upper() + described[1:] + "." if described else "",
        address=(address or "")[:255], postcode=postcode or "", city=city, department=department or "", website=website or "",
        latitude=latitude if on_earth else None, longitude=longitude if on_earth else None,
    )  # fmt: skip


LIBRARIES = Shape(
    name="libraries",
    kind="libraries",
    title="bibliotheques_publiques.csv, separated by commas",
    publisher="Ministère de la Culture",
    separator=",",
    columns=(
        Column("Code_bib", "source_id", identifier, "the ministry's identifier, as LI9978", required=True),
        Column("nom_de_l_etablissement", "name", words, "name", required=True),
        Column("Adresse", "address", words, "street"),
        Column("code_departement", "department", department, "code of the département, 69M for Lyon's metropolis"),
        Column("CP", "postcode", postcode, "postcode"),
        Column("Ville", "city", words, "commune", required=True),
        Column("Longitude", "longitude", longitude, "degrees east"),
        Column("Latitude", "latitude", latitude, "degrees north"),
        Column("type_adresse", "sort", words, "open building, mobile library, office, store"),
        Column("site_internet", "website", link, "website, or a word for none"),
        Column("nombre_de_places", "seats", count, "seats"),
        Column("ouverture_le_dimanche", "sunday", yes, "open on Sundays"),
        Column("connexion_wi_fi", "wifi", yes, "wifi"),
        Column("gratuite_des_services", "free", yes, "services free of charge"),
    ),
    make=_library,
    key="source_id",
)
