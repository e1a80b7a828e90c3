"""The lists that a collective offer is described with: domains, national programmes, levels; and a school's number.

Dated rows: what ends keeps its row, so that an old offer still reads. The names that guide §4.1 gives are its
own; the others, their dates and which domain a programme is of are to be checked against the ministry's list before anybody relies
on them. Numbers are ours, and stay.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..terms import Level


@dataclass(frozen=True, slots=True)
class Programme:
    """A national programme: offers join it from its first day until the day before `until`."""

    id: int
    name: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of arts and culture at school, with its national programmes, by number."""

    id: int
    name: str
    since: date
    programmes: tuple[int, ...] = ()
    until: date | None = None


_START: Final = date(2021, 9, 1)
"""The first school year of the official service's collective part."""

PROGRAMMES: Final = (
    Programme(1, "Collège au cinéma", _START),
    Programme(2, "Lycéens et apprentis au cinéma", _START),
    Programme(3, "Jeunes en librairie", _START),
    Programme(4, "Olympiade culturelle de Paris 2024", _START, date(2024, 9, 9)),
    Programme(5, "Théâtre au collège", date(2023, 9, 1)),
)
"""To be checked (above). The Olympiad ended with the Paralympic Games, on 8 September 2024."""

DOMAINS: Final = (
    Domain(1, "Architecture", _START, (4,)),
    Domain(2, "Arts du cirque et arts de la rue", _START, (4,)),
    Domain(3, "Arts numériques", _START, (4,)),
    Domain(4, "Arts visuels, arts plastiques, arts appliqués", _START, (4,)),
    Domain(5, "Bande dessinée", _START, (3, 4)),
    Domain(6, "Cinéma, audiovisuel", _START, (1, 2, 4)),
    Domain(7, "Culture scientifique, technique et industrielle", _START, (4,)),
    Domain(8, "Danse", _START, (4,)),
    Domain(9, "Design", _START, (4,)),
    Domain(10, "Développement durable", _START, (4,)),
    Domain(11, "Gastronomie et arts du goût", _START, (4,)),
    Domain(12, "Média et information", _START, (4,)),
    Domain(13, "Mémoire", _START, (4,)),
    Domain(14, "Musique", _START, (4,)),
    Domain(15, "Patrimoine", _START, (4,)),
    Domain(16, "Photographie", _START, (4,)),
    Domain(17, "Théâtre, expression dramatique, marionnettes", _START, (4, 5)),
    Domain(18, "Univers du livre, de la lecture et des écritures", _START, (3, 4)),
)
"""The fields of arts and culture at school. To be checked (above)."""

LEVEL_NAMES: Final[dict[Level, str]] = {
    Level.NURSERY_MARSEILLE: "Écoles Marseille - Maternelle",
    Level.CP_TO_CE2_MARSEILLE: "Écoles Marseille - CP, CE1, CE2",
    Level.CM1_CM2_MARSEILLE: "Écoles Marseille - CM1, CM2",
    Level.COLLEGE_6: "Collège - 6e",
    Level.COLLEGE_5: "Collège - 5e",
    Level.COLLEGE_4: "Collège - 4e",
    Level.COLLEGE_3: "Collège - 3e",
    Level.CAP_1: "CAP - 1re année",
    Level.CAP_2: "CAP - 2e année",
    Level.LYCEE_2: "Lycée - Seconde",
    Level.LYCEE_1: "Lycée - Première",
    Level.LYCEE_0: "Lycée - Terminale",
}
"""Guide §4.1; the contract's example gives the manner of the names."""

TABLES: Final = (PROGRAMMES, DOMAINS)


def programmes_on(day: date) -> tuple[Programme, ...]:
    """The national programmes that offers may join on a day."""
    return tuple(row for row in PROGRAMMES if _open(row, day))


def domains_on(day: date) -> tuple[Domain, ...]:
    """The domains of a day."""
    return tuple(row for row in DOMAINS if _open(row, day))


def programmes_of(domains: Collection[int]) -> frozenset[int]:
    """The national programmes of some domains, by number."""
    return frozenset(number for row in DOMAINS if row.id in domains for number in row.programmes)


def name_of_programme(number: int) -> str:
    """A national programme's name, ended or not."""
    return next(row.name for row in PROGRAMMES if row.id == number)


def number_of(uai: str) -> int:
    """A school's number: the seven digits of its UAI, whose letter is a key computed from them. In the three files of the
    ministry that we import, 15,600 schools, no two share their digits."""
    return int(uai[:7])


def digits_of(number: int) -> str:
    """The beginning of the UAI of a school, from its number."""
    return f"{number:07d}"


def _open(row: Programme | Domain, day: date) -> bool:
    return row.since <= day and (row.until is None or day < row.until)
