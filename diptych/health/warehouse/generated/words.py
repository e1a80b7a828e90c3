"""The words of a generated world: its vocabulary, a tree four deep, and its care sites, with French names.

Holds pure tables and how they are unfolded. Draws nothing: `world` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MALE, FEMALE = 8507, 8532
INPATIENT, OUTPATIENT, EMERGENCY = 9201, 9202, 9203
FROM_HOSPITAL_RECORD = 32817
CONTAINS, CARE_SITE_DOMAIN = 46233688, 57

FIXED: tuple[tuple[int, str, str], ...] = (
    (0, "Sans concept correspondant", "Metadata"),
    (MALE, "Masculin", "Gender"),
    (FEMALE, "Féminin", "Gender"),
    (INPATIENT, "Hospitalisation", "Visit"),
    (OUTPATIENT, "Consultation externe", "Visit"),
    (EMERGENCY, "Passage aux urgences", "Visit"),
    (FROM_HOSPITAL_RECORD, "Dossier hospitalier", "Type Concept"),
    (8840, "milligramme par décilitre", "Unit"),
    (8753, "millimole par litre", "Unit"),
    (8636, "gramme par litre", "Unit"),
    (CONTAINS, "Lieu de soins qui contient", "Relationship"),
    (CARE_SITE_DOMAIN, "Lieu de soins", "Metadata"),
)
"""Terms that OMOP itself numbers, named in French."""


@dataclass(frozen=True)
class Domain:
    """A clinical table of the world: its share of events, its terms' first number and how many there are."""

    table: str
    name: str
    word: str
    share: float
    base: int
    codes: int


DOMAINS: tuple[Domain, ...] = (
    Domain("condition_occurrence", "Condition", "Affection", 0.22, 100_000_000, 9_000),
    Domain("drug_exposure", "Drug", "Médicament", 0.22, 200_000_000, 6_000),
    Domain("procedure_occurrence", "Procedure", "Acte", 0.13, 300_000_000, 5_000),
    Domain("measurement", "Measurement", "Analyse", 0.33, 400_000_000, 3_000),
    Domain("observation", "Observation", "Constat", 0.08, 500_000_000, 1_500),
    Domain("device_exposure", "Device", "Dispositif", 0.02, 600_000_000, 500),
)
"""Shares of the events that are not visits: they sum to one."""

FANOUT = 21
"""How many terms a term has below it: three levels of twenty-one are over 9,000 leaves, under one root."""


def parents(domain: Domain) -> Iterator[tuple[int, int, int]]:
    """The terms of a domain's tree as (term, its parent or itself, level): root 0, chapters 1, families 2, codes 3."""
    families = -(-domain.codes // FANOUT)
    chapters = -(-families // FANOUT)
    root, chapter, family = domain.base + 90_000, domain.base + 80_000, domain.base + 70_000
    yield root, root, 0
    for n in range(chapters):
        yield chapter + n, root, 1
    for n in range(families):
        yield family + n, chapter + n % chapters, 2
    for n in range(domain.codes):
        yield domain.base + n, family + n % families, 3


LEVELS = ("Ensemble", "Chapitre", "Famille", "Code")

HOSPITALS = (
    "Hôpital des Tilleuls",
    "Hôpital Sainte-Aurore",
    "Hôpital du Vieux-Port",
    "Hôpital de la Colline",
    "Hôpital Camille-Desmarets",
)
DEPARTMENTS = (
    "Cardiologie", "Pneumologie", "Médecine interne", "Chirurgie digestive", "Pédiatrie", "Gériatrie", "Neurologie",
    "Oncologie", "Urgences", "Réanimation", "Néphrologie", "Maternité",
)  # fmt: skip
UNITS = ("Hospitalisation complète", "Hôpital de jour", "Consultations", "Soins continus")


def care_sites() -> Iterator[tuple[int, str, int]]:
    """Every place as (number, name, the place that contains it or 0): hospitals, departments, units."""
    for h, hospital in enumerate(HOSPITALS, 1):
        yield h, hospital, 0
        for d, department in enumerate(DEPARTMENTS):
            number = h * 100 + d
            yield number, f"{department} — {hospital}", h
            for u, unit in enumerate(UNITS):
                yield number * 10 + u, f"{unit}, {department} — {hospital}", number
