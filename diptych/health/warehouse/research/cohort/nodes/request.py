"""Request: the words of Cohort360, as frozen data.

Holds basic resources, groups, and the constraints between them (field guide warehouse.md, §1.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from .definition import ConceptSet, Criterion, Filter

DAY = 86_400


class Resource(StrEnum):
    """What kind of thing a basic resource looks for, by its FHIR name."""

    PATIENT = "Patient"
    ENCOUNTER = "Encounter"
    CONDITION = "Condition"
    PROCEDURE = "Procedure"
    MEDICATION_REQUEST = "MedicationRequest"
    MEDICATION_ADMINISTRATION = "MedicationAdministration"
    OBSERVATION = "Observation"
    DOCUMENT = "DocumentReference"
    COMPOSITION = "Composition"
    IMAGING = "ImagingStudy"
    QUESTIONNAIRE = "QuestionnaireResponse"


class Compare(StrEnum):
    """How a count is compared: a closed list."""

    EQ = "="
    LT = "<"
    GT = ">"
    LTE = "<="
    GTE = ">="


class Dating(StrEnum):
    """Which date of a row is meant."""

    EVENT = "event_date"
    ENTRY = "encounter_start_date"
    EXIT = "encounter_end_date"


_EVENT_FIRST = (Dating.EVENT, Dating.ENTRY, Dating.EXIT)
GROUP_PREFERENCE = (Dating.ENTRY, Dating.EXIT, Dating.EVENT)
"""The dates that stand for a group's rows: the first that is known."""
PREFERENCES: Mapping[Resource, tuple[Dating, ...]] = MappingProxyType(
    {
        **dict.fromkeys(Resource, _EVENT_FIRST),
        Resource.ENCOUNTER: (Dating.ENTRY, Dating.EXIT),
        Resource.CONDITION: (Dating.EXIT, Dating.ENTRY, Dating.EVENT),
        Resource.PROCEDURE: (Dating.EVENT, Dating.EXIT, Dating.ENTRY),
        Resource.PATIENT: (),
    }
)
"""The dates that stand for a resource's rows: the first that is known (§1.3)."""


@dataclass(frozen=True)
class Duration:
    """A length of time. A month is 30 days, a year 365 (§1.3)."""

    years: int = 0
    months: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0

    @property
    def total(self) -> int:
        """In seconds."""
        days = 365 * self.years + 30 * self.months + self.days
        return DAY * days + 3600 * self.hours + 60 * self.minutes + self.seconds


@dataclass(frozen=True)
class Age:
    """An age as Cohort360 writes it, `y-m-d`. A month is 30 days, a year 365.25 (§1.3)."""

    years: int
    months: int = 0
    days: int = 0

    @property
    def total(self) -> float:
        """In days."""
        return 365.25 * self.years + 30 * self.months + self.days


# ---- where rows come from


@dataclass(frozen=True)
class Search:
    """A filter in another system's words, kept as it is: its rows are handed in by whoever can run it."""

    fhir: str = ""
    solr: str = ""


@dataclass(frozen=True)
class People:
    """Persons themselves: those of a list, who satisfy filters on `person.…`."""

    filters: tuple[Filter, ...] = ()
    persons: tuple[int, ...] | None = None


Source = Search | People | Criterion


# ---- a basic resource


@dataclass(frozen=True)
class Often:
    """How many rows a person has: in all, or within one encounter, one day, or both."""

    compare: Compare
    n: int
    same_encounter: bool = False
    same_day: bool = False

    @property
    def always(self) -> bool:
        """Whether one row is enough, so that nothing is to be counted."""
        return self.compare is Compare.GTE and self.n <= 1


@dataclass(frozen=True)
class AgeBand:
    """The person's age at a row's date, both ends included. `nulls_pass`: rows without a date are kept."""

    least: Age | None = None
    most: Age | None = None
    dating: tuple[Dating, ...] = ()
    nulls_pass: bool = False


@dataclass(frozen=True)
class Repeated:
    """One code stands on so many rows of a person: what Cohort360's `uniqueFields` does, whatever its name says (§1.3)."""

    compare: Compare
    n: int
    name: str | None = None


@dataclass(frozen=True)
class Basic:
    """Rows of one kind: their source, then the age, the number of rows, the codes that repeat, in that order."""

    id: int
    resource: Resource
    source: Source
    often: Often = Often(Compare.GTE, 1)
    age: AgeBand | None = None
    repeated: tuple[Repeated, ...] = ()
    inclusive: bool = True


# ---- groups and constraints


class Tie(StrEnum):
    """What rows of several members have in common."""

    SAME_ENCOUNTER = "sameEncounter"
    SAME_EPISODE = "sameEpisodeOfCare"
    DIFFERENT_ENCOUNTER = "differentEncounter"


@dataclass(frozen=True)
class Tied:
    """One row of each member, all of one encounter, of one episode, or each of another encounter.

    `ids`: the members meant; None for all of the group's, and of the and-groups inside it. Two unknown encounters are equal.
    """

    tie: Tie
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class InOrder:
    """One row of each member, each no earlier than the one before, at least and at most so long after it.

    `dating` and `known` are by member: which dates to prefer, and whether a row without a date is left out. Where it is not
    left out (the default), one such row satisfies the whole constraint.
    """

    ids: tuple[int, ...] | None = None
    least: Duration | None = None
    most: Duration | None = None
    dating: tuple[tuple[int, tuple[Dating, ...]], ...] = ()
    known: bool | tuple[tuple[int, bool], ...] = False

    def must_be_known(self, id_: int) -> bool:
        """Whether rows of a member without a date are left out."""
        return self.known if isinstance(self.known, bool) else dict(self.known).get(id_, False)


Constraint = Tied | InOrder


class Join(StrEnum):
    """How a group's members are put together."""

    AND = "andGroup"
    OR = "orGroup"
    N_AMONG_M = "nAmongM"


@dataclass(frozen=True)
class Together:
    """Persons by how many of a group's members hold them.

    AND: all inclusive members, less every exclusive one. OR, N_AMONG_M: one of them, or a number that compares with `n`;
    the persons come from the inclusive members, and an exclusive one counts for those whom it does not hold. A group of
    exclusive members only starts from the whole source population.
    """

    id: int
    join: Join
    members: "tuple[Basic | Together, ...]"
    compare: Compare = Compare.GTE
    n: int = 1
    constraints: tuple[Constraint, ...] = ()
    inclusive: bool = True

    @property
    def empty(self) -> bool:
        """Whether it holds no basic resource, so that it is dropped."""
        return all(isinstance(one, Together) and one.empty for one in self.members)


Member = Basic | Together


@dataclass(frozen=True)
class Request:
    """A question of Cohort360's: the persons of some care sites, all of them or those whom `member` selects."""

    care_sites: tuple[int, ...]
    member: Member | None = None
    resource: Resource = Resource.PATIENT
    concept_sets: tuple[ConceptSet, ...] = ()
