"""Museums: the Ministry of Culture's list of "musées de France" (Muséofile).

Holds the shape of `museofile.csv`: separator |, every field quoted, coordinates in one field; and of the entries by year
and public, `musees_entrees_categories_de_public.csv`.
"""

from typing import Any

from diptych.culture.gateways.open_data.rows import AttendanceRow, VenueRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import count, identifier, link, point, postcode, text, words, year


def _capital(name: str) -> str:
    "The list writes its names without a capital: « musée municipal »."
    return name[:1].upper() + name[1:]


def _museum(
    *, line: int, surveyed: Any, source_id: str, name: str, address: Any, place: Any, postcode: Any, city: str,
    website: Any, phone: Any, domains: Any, history: Any, collection: Any, where: Any,
) -> VenueRow:  # fmt: skip
    return VenueRow(
        line, "museofile", source_id, "MUSEUM", _capital(name),
        description="\n\n".join(part for part in (domains, collection, history) if part),
        address=", ".join(part for part in (place, address) if part)[:255],
        postcode=postcode or "", city=city, website=website or "", phone=(phone or "").split(";")[0].split("/")[0].strip()[:40],
        latitude=where[0] if where else None, longitude=where[1] if where else None,
    )  # fmt: skip


MUSEUMS = Shape(
    name="museums",
    kind="museums",
    title="museofile.csv, separated by |",
    publisher="Ministère de la Culture",
    separator="|",
    columns=(
        Column("Identifiant", "source_id", identifier, "Muséofile's identifier, as M1128", required=True),
        Column("Nom_officiel", "name", words, "official name", required=True),
        Column("Adresse", "address", words, "street"),
        Column("Lieu", "place", words, "building"),
        Column("Code_postal", "postcode", postcode, "postcode, sometimes with a delivery word"),
        Column("Ville", "city", words, "commune", required=True),
        Column("URL", "website", link, "website, often without its scheme"),
        Column("Telephone", "phone", words, "telephone"),
        Column("Domaine_thematique", "domains", words, "domains of the collections"),
        Column("Histoire", "history", text, "history, paragraphs"),
        Column("Atout", "collection", text, "what is to be seen, paragraphs"),
        Column("Coordonnees", "where", point, "latitude, longitude"),
    ),
    make=_museum,
    key="source_id",
)


def _attendance(*, line: int, surveyed: Any, source_id: str, year: int, total: int, **read: Any) -> AttendanceRow:
    return AttendanceRow(line, "museofile", source_id, year, f"{source_id}:{year}", total, **read)


ATTENDANCE = Shape(
    name="attendance",
    kind="museums",
    title="musees_entrees_categories_de_public.csv, separated by ;",
    publisher="Ministère de la Culture",
    columns=(
        Column("IDMuseofile", "source_id", identifier, "Muséofile's identifier", required=True),
        Column("annee", "year", year, "year counted", required=True),
        Column("total", "total", count, "entries", required=True),
        Column("gratuit", "free", count, "free entries"),
        Column("scolaires", "schools", count, "pupils with their class"),
        Column("moins_18_ans_hors_scolaires", "under_18", count, "under 18, classes apart"),
        Column("_18_25_ans", "from_18_to_25", count, "18 to 25 years old"),
    ),
    make=_attendance,
    key="key",
)
