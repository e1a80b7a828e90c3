"""Festivals: the Ministry of Culture's list of festivals, as places whose dates are not published.

Holds the shape of `festivals-global-festivals.csv`: separator ;, CRLF, postcodes and INSEE codes without their first
zero, #N/A, and one identifier given to several festivals overseas.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from diptych.culture.gateways.open_data.rows import VenueRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import commune, identifier, link, point, postcode, words, year

_POSTCODE = "Code postal (de la commune principale de déroulement)"
_KINDS = ("Sous-catégorie spectacle vivant", "Sous-catégorie musique", "Sous-catégorie cinéma et audiovisuel",
          "Sous-catégorie arts visuels et arts numériques", "Sous-catégorie livre et littérature")  # fmt: skip


def _shared(records: Iterator[Mapping[str, Any]]) -> frozenset[str]:
    "Identifiers given to more than one festival: these are told apart by their name."
    uses = Counter(record["Identifiant"].strip() for record in records)
    return frozenset(identifier for identifier, times in uses.items() if times > 1)


def _festival(
    *, line: int, surveyed: Any, source_id: str, name: str, city: Any, postcode: Any, insee: Any, address: Any, extra: Any,
    website: Any, since: Any, discipline: str, period: Any, where: Any, **kinds: Any,
) -> VenueRow:  # fmt: skip
    if source_id in (surveyed or ()):
        source_id = f"{source_id}:{name}"[:120]
    detail = next((kind for kind in kinds.values() if kind), None)
    facts = [
        discipline if detail in (None, discipline) else f"{discipline} ({detail})",
        period or "",
        f"depuis {since}" if since else "",
    ]
    described = ", ".join(fact for fact in facts if fact)
    return VenueRow(
        line, "festivals", source_id, "FESTIVAL", name,
        description=described[:1].upper() + described[1:] + ".",
        address=", ".join(part for part in (extra, address) if part)[:255],
        postcode=postcode or "", city=city or "", insee=insee or "", website=website or "",
        latitude=where[0] if where else None, longitude=where[1] if where else None,
    )  # fmt: skip


FESTIVALS = Shape(
    name="festivals",
    kind="festivals",
    title="festivals-global-festivals.csv, separated by ;",
    publisher="Ministère de la Culture",
    columns=(
        Column("Identifiant", "source_id", identifier, "identifier, as FEST_39073_1020; a few are given twice", required=True),
        Column("Nom du festival", "name", words, "name", required=True),
        Column("Commune principale de déroulement", "city", words, "main commune"),
        Column(_POSTCODE, "postcode", postcode, "postcode, its first zero lost"),
        Column("Code Insee commune", "insee", commune, "INSEE code, its first zero lost, 0 if none"),
        Column("Adresse postale", "address", words, "street"),
        Column("Complément d'adresse (facultatif)", "extra", words, "rest of the address"),
        Column("Site internet du festival", "website", link, "website, often without its scheme"),
        Column("Année de création du festival", "since", year, "year of the first edition, when it is a year"),
        Column("Discipline dominante", "discipline", words, "main discipline", required=True),
        *(Column(name, f"kind_{at}", words, "its finer discipline") for at, name in enumerate(_KINDS)),
        Column("Période principale de déroulement du festival", "period", words, "season or month"),
        Column("Géocodage xy", "where", point, "latitude, longitude"),
    ),
    make=_festival,
    survey=_shared,
    survey_reads=("Identifiant",),
    key="source_id",
)
