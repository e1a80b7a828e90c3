"""The demo's care sites: a hospital group, its hospitals, their poles, services and units. All invented."""

from dataclasses import dataclass
from typing import Final

GROUP: Final = "GHU des Trois-Rivières"
_WITHOUT: Final = {"Hôpital des Tilleuls": frozenset({"Maternité", "Oncologie", "Chirurgie digestive"})}
HOSPITALS: Final = ("Hôpital Madeleine-Brès", "Hôpital Ambroise-Vidal", "Hôpital des Tilleuls")
POLES: Final = (
    ("Pôle Cœur et métabolisme", ("Cardiologie", "Endocrinologie", "Néphrologie")),
    ("Pôle Urgences et médecine", ("Urgences", "Médecine interne")),
    ("Pôle Cancer", ("Oncologie",)),
    ("Pôle Femme et enfant", ("Maternité",)),
    ("Pôle Tête et thorax", ("Neurologie", "Pneumologie", "Psychiatrie")),
    ("Pôle Chirurgie", ("Chirurgie digestive", "Chirurgie orthopédique")),
)
UNITS: Final = ("consultations", "hôpital de jour", "hospitalisation", "accueil")
"""A service's units, by type of visit: consultation, day hospital, stay, emergency (which is the emergency room's own)."""


@dataclass(frozen=True)
class Site:
    """A care site and the one above it."""

    id: int
    name: str
    above: int | None


def tree() -> tuple[list[Site], dict[tuple[int, str, int], int]]:
    """Every site, and the unit of each (hospital's place, service, type of visit's place)."""
    sites: list[Site] = [Site(1, GROUP, None)]
    units: dict[tuple[int, str, int], int] = {}

    def add(name: str, above: int) -> int:
        sites.append(Site(len(sites) + 1, name, above))
        return len(sites)

    for place, hospital in enumerate(HOSPITALS):
        at = add(hospital, 1)
        for pole, services in POLES:
            here = [service for service in services if service not in _WITHOUT.get(hospital, ())]
            if not here:
                continue
            pole_at = add(pole, at)
            for service in here:
                service_at = add(service, pole_at)
                for kind in (0, 3) if service == "Urgences" else (0, 1, 2):
                    units[place, service, kind] = add(f"{service}, {UNITS[kind]}", service_at)
    return sites, units
