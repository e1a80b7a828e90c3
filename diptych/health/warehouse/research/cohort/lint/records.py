"""Rules about how records are made: their type, and what a drug's records can tell.

Field guide warehouse.md, §2.2.10.
"""

from collections.abc import Iterator

from .rule import Both, Found, Rule, Severity, at
from .walk import Spot, Walk, Where, as_id

DRUGS = frozenset({"DrugExposure", "DrugEra", "DoseEra"})


def record_type(walk: Walk) -> Iterator[Found]:
    """Criteria that do not say which type of record they take (a prescription, a claim…)."""
    for spot in walk.spots:
        keys = _types(spot)
        if keys and all(spot.body.get(key) is None for key in keys):
            yield at(spot.path, keys=" / ".join(keys))


def _types(spot: Spot) -> list[str]:
    if spot.domain == "ObservationPeriod":  # the type of a period says how it was inferred: nobody is expected to choose
        return []
    return [key for key, attribute in spot.attributes.items() if attribute.field.endswith("_type_concept_id")]


def drug_not_at_exit(walk: Walk) -> Iterator[Found]:
    """Drugs by which one enters, and that no end names."""
    ends = {as_id((walk.exit("CustomEra") or {}).get("DrugCodesetId"))}
    ends |= {as_id(spot.body.get("CodesetId")) for spot in walk.spots if spot.where is Where.CENSORING and spot.domain in DRUGS}
    names = {as_id(one.get("id")): one.get("name") or one.get("id") for _, one in walk.sets}
    for spot in walk.spots:
        codeset = as_id(spot.body.get("CodesetId"))
        if spot.where is Where.ENTRY and spot.domain in DRUGS and codeset is not None and codeset not in ends:
            yield at(spot.path, name=names.get(codeset, codeset))


def drug_era(walk: Walk) -> Iterator[Found]:
    """Drug eras: claims for care given in hospital have no days of supply to build them from."""
    yield from (at(spot.path) for spot in walk.spots if spot.domain == "DrugEra")


RULES = (
    Rule(
        "record_type",
        Severity.INFORMATION,
        Both("No type of record is chosen ({keys}).", "Aucun type d’enregistrement n’est choisi ({keys})."),
        record_type,
    ),
    Rule(
        "drug_not_at_exit",
        Severity.INFORMATION,
        Both(
            "The drugs of «{name}» are an entry event, and no end names them.",
            "Les médicaments de « {name} » font entrer dans la cohorte, et aucune fin ne les nomme.",
        ),
        drug_not_at_exit,
    ),
    Rule(
        "drug_era",
        Severity.INFORMATION,
        Both(
            "Drug eras are not reliable on medical claims, which lack the days of supply.",
            "Les périodes d’exposition sont peu fiables sur des données de facturation, qui n’ont pas la durée délivrée.",
        ),
        drug_era,
    ),
)
