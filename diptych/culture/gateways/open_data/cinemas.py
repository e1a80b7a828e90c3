"""Cinemas: the CNC's list of cinemas with their screens and seats.

Holds the shape of `etablissements-cinematographiques.csv`: separator ;, BOM, CRLF, decimal comma or point as the year
has it, names in capitals.
"""

import re
from functools import lru_cache
from typing import Any

from diptych.culture.gateways.open_data.rows import VenueRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import commune, count, department, latitude, longitude, words, yes

_PARTS, _VOWELS = re.compile(r"\w+|\W+"), frozenset("AEIOUY")
_SMALL = {"De", "Du", "Des", "La", "Le", "Les", "Et", "Au", "Aux", "En", "Sur", "Sous"}


def _title(name: str) -> str:
    "« CINEMA LE REX » as a person would write it; initials such as UGC, CGR or MK2 stay."
    if name != name.upper():
        return name
    first, *others = _PARTS.findall(name) or ("",)
    return (_capitalised(first) + "".join(map(_within, others))).replace("Ugc", "UGC")


@lru_cache(maxsize=10_000)
def _within(part: str) -> str:
    "A word, or what is between two, in the middle of a name: « RUE DE LA GARE » again and again."
    made = _capitalised(part)
    return made.lower() if made in _SMALL else made


def _capitalised(part: str) -> str:
    return part if len(part) <= 3 and _VOWELS.isdisjoint(part) else part.capitalize()


def _cinema(
    *, line: int, surveyed: Any, source_id: int, name: str, address: Any, insee: Any, city: str, department: Any,
    screens: Any, seats: Any, art: Any, travelling: Any, latitude: Any, longitude: Any,
) -> VenueRow:  # fmt: skip
    facts = [
        f"{screens} écran{'s' if screens > 1 else ''}" if screens else "",
        f"{seats} fauteuils" if seats else "",
        "classé Art et Essai" if art else "",
        "cinéma itinérant" if travelling == "ITINERANT" else "",
    ]
    described = ", ".join(fact for fact in facts if fact)
    on_earth = latitude is not None and longitude is not None
    return VenueRow(
        line, "cnc", str(source_id), "CINEMA", _title(name),
        description=described[:1].upper() + described[1:] + "." if described else "",
        address=_title(address or "")[:255], city=city, insee=insee or "", department=department or "",
        latitude=latitude if on_earth else None, longitude=longitude if on_earth else None,
    )  # fmt: skip


CINEMAS = Shape(
    name="cinemas",
    kind="cinemas",
    title="etablissements-cinematographiques.csv, separated by ;",
    publisher="CNC",
    columns=(
        Column("N° auto", "source_id", count, "the CNC's authorisation number", required=True),
        Column("nom", "name", words, "name, in capitals", required=True),
        Column("adresse", "address", words, "street, in capitals"),
        Column("code INSEE", "insee", commune, "INSEE code, that of the arrondissement in Paris, Lyon and Marseille"),
        Column("commune", "city", words, "commune", required=True),
        Column("DEP", "department", department, "code of the département"),
        Column("écrans", "screens", count, "screens, as 4.0"),
        Column("fauteuils", "seats", count, "seats, as 1533.0"),
        Column("AE", "art", yes, "label Art et Essai, OUI or NON"),
        Column("genre", "travelling", words, "FIXE or ITINERANT"),
        Column("latitude", "latitude", latitude, "degrees north"),
        Column("longitude", "longitude", longitude, "degrees east"),
    ),
    make=_cinema,
    key="source_id",
)
