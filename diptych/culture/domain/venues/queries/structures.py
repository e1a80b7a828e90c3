"""Structures: as their members see them, as the team examines them, and the invitations that wait.

Does not hold offers: how many there are is asked of the catalogue by whoever shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ..models import Invitation, Membership, OpeningHours, Structure, StructureDecision, Venue
from ..rules import MOVES, what_is_next
from ..terms import NOT_A_MEMBER, STRUCTURE_MISSING, Step, StepFacts, Validation

from diptych.commons.refusal import deny

PER_PAGE: Final = 50
_WAITING: Final = (Validation.NEW, Validation.PENDING)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a structure, or who asks to be."""

    person_id: int
    name: str
    email: str
    validation: Validation
    since: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What the back office decided: the state, its reason, what it told the members."""

    id: int
    structure_id: int
    structure_name: str
    validation: Validation
    reason: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InvitedTo:
    """An invitation that waits."""

    id: int
    structure_id: int
    structure_name: str
    email: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class VenueOf:
    """A venue in its structure's page."""

    id: int
    name: str
    siret: str
    no_siret_why: str
    city: str
    activity: str


@dataclass(frozen=True, slots=True)
class OwnStructure:
    """A structure as somebody of it, or who asks to be, sees it. Unless `is_member`, nothing but its name and states."""

    id: int
    siren: str
    name: str
    validation: Validation
    membership: Validation
    created_at: datetime
    decision: Decision | None
    members: tuple[Member, ...] = ()
    venues: tuple[VenueOf, ...] = ()
    invitations: tuple[InvitedTo, ...] = ()

    @property
    def is_member(self) -> bool:
        """Whether they may act for it, were it open."""
        return self.membership == Validation.VALIDATED

    @property
    def is_open(self) -> bool:
        """Whether its members may work on it."""
        return self.validation in (*_WAITING, Validation.VALIDATED)


@dataclass(frozen=True, slots=True)
class StructureLine:
    """A line of the team's queue: how many venues, people who ask to join."""

    id: int
    siren: str
    name: str
    validation: Validation
    created_at: datetime
    venues: int
    asking: int


@dataclass(frozen=True, slots=True)
class StructureQueue:
    """One page of the team's queue, oldest first, and how many there are in each state."""

    rows: list[StructureLine]
    total: int
    page: int
    pages: int
    by_state: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StructureFile:
    """A structure as the team examines it. `moves`: where it may be taken."""

    id: int
    siren: str
    name: str
    validation: Validation
    created_at: datetime
    members: tuple[Member, ...]
    venues: tuple[VenueOf, ...]
    decisions: tuple[Decision, ...]
    moves: tuple[Validation, ...]


def structures_of(*, person_id: int) -> list[OwnStructure]:
    """The structures that somebody belongs to or has asked to join, by name, whatever their state."""
    links = Membership.objects.filter(person_id=person_id).exclude(validation=Validation.DELETED)
    return [_own(link, whole=False) for link in links.select_related("structure").order_by("structure__name", "pk")]


def own_structure(*, structure_id: int, person_id: int) -> OwnStructure:
    """One of them, with its members, venues and invitations where they are a member. Refuses (missing) any other."""
    links = Membership.objects.filter(person_id=person_id, structure_id=structure_id).exclude(validation=Validation.DELETED)
    link = links.select_related("structure").first()
    if link is None:
        deny(NOT_A_MEMBER)
    return _own(link, whole=True)


def _own(link: Membership, *, whole: bool) -> OwnStructure:
    structure, inside = link.structure, whole and link.validation == Validation.VALIDATED
    decisions = StructureDecision.objects.filter(structure=structure).order_by("-at", "-pk")
    last = decisions.first() if link.validation == Validation.VALIDATED else None
    return OwnStructure(
        structure.pk, structure.siren, structure.name, Validation(structure.validation), Validation(link.validation),
        structure.created_at, _decision(last) if last else None, _members(structure) if inside else (),
        _venues(structure) if inside else (),
        tuple(_invited(one) for one in _waiting().filter(structure=structure)) if inside else (),
    )  # fmt: skip


def next_steps(*, person_id: int, offers: int, is_paid: bool) -> tuple[tuple[Step, bool], ...]:
    """What somebody new does next, each step with whether it is done. The chapters above say how many `offers` their venues
    have, and whether one `is_paid` on a bank account."""
    links = Membership.objects.filter(person_id=person_id, validation=Validation.VALIDATED)
    states = list(links.values_list("structure__validation", flat=True))
    order = (Validation.VALIDATED, *_WAITING, Validation.REJECTED, Validation.CLOSED, Validation.DELETED)
    venues = Venue.objects.filter(structure__memberships__in=links, deleted_at=None)
    told = venues.exclude(description="").filter(Exists(OpeningHours.objects.filter(venue=OuterRef("pk"))))
    return what_is_next(StepFacts(min(states, key=order.index, default=""), venues.count(), told.count(), offers, is_paid))


def structure_queue(*, validation: str = "", text: str = "", page: int = 1) -> StructureQueue:
    """The structures that the team examines, oldest first, by state and by SIREN or words of the name."""
    found = Structure.objects.all()
    words = text.strip()[:80]
    if words:
        digits = words.replace(" ", "")
        found = found.filter(siren=digits) if digits.isdecimal() and len(digits) == 9 else found.filter(name__icontains=words)
    by_state = {row["validation"]: row["n"] for row in found.order_by().values("validation").annotate(n=Count("pk"))}
    if validation:
        found = found.filter(validation=validation)
    total = found.count()
    pages = max(-(-total // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    rows = found.annotate(
        many=Count("venues", filter=Q(venues__deleted_at=None), distinct=True),
        asking=Count("memberships", filter=Q(memberships__validation__in=_WAITING), distinct=True),
    ).order_by("created_at", "pk")[(page - 1) * PER_PAGE : page * PER_PAGE]
    lines = [
        StructureLine(row.pk, row.siren, row.name, Validation(row.validation), row.created_at, row.many, row.asking)
        for row in rows
    ]
    return StructureQueue(lines, total, page, pages, by_state)


def waiting_structures() -> int:
    """How many wait for the team."""
    return Structure.objects.filter(validation__in=_WAITING).count()


def structure_file(*, structure_id: int) -> StructureFile:
    """One of them, whole. Refuses an unknown one."""
    structure = Structure.objects.filter(pk=structure_id).first()
    if structure is None:
        deny(STRUCTURE_MISSING)
    state = Validation(structure.validation)
    moves = tuple(after for after in Validation if after in MOVES[state])
    decisions = tuple(_decision(one) for one in StructureDecision.objects.filter(structure=structure).order_by("-at", "-pk"))
    return StructureFile(
        structure.pk, structure.siren, structure.name, state, structure.created_at, _members(structure), _venues(structure),
        decisions, moves,
    )  # fmt: skip


def structure_name(*, structure_id: int) -> str:
    """Its name, for a letter; empty where it is gone."""
    return Structure.objects.filter(pk=structure_id).values_list("name", flat=True).first() or ""


def member_ids(*, structure_id: int) -> list[int]:
    """The accounts of a structure's members."""
    members = Membership.objects.filter(structure_id=structure_id, validation=Validation.VALIDATED)
    return list(members.order_by("pk").values_list("person_id", flat=True))


def decision_of(*, decision_id: int) -> Decision | None:
    """One decision, for the letter that tells it."""
    found = StructureDecision.objects.filter(pk=decision_id).select_related("structure").first()
    return _decision(found) if found else None


def invitations_for(*, email: str, at: datetime) -> list[InvitedTo]:
    """The invitations that wait at an address."""
    return [_invited(one) for one in _waiting().filter(email=email.lower(), expires_at__gt=at)]


def invitation_of(*, invitation_id: int, at: datetime) -> InvitedTo | None:
    """One invitation, if it still waits."""
    found = _waiting().filter(pk=invitation_id, expires_at__gt=at).first()
    return _invited(found) if found else None


def _waiting() -> "QuerySet[Invitation]":
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return waiting.select_related("structure").order_by("made_at", "pk")


def _invited(one: Invitation) -> InvitedTo:
    return InvitedTo(one.pk, one.structure_id, one.structure.name, one.email, one.made_at, one.expires_at)


def _decision(one: StructureDecision) -> Decision:
    return Decision(one.pk, one.structure_id, one.structure.name, Validation(one.validation), one.reason, one.note, one.at)


def _members(structure: Structure) -> tuple[Member, ...]:
    links = Membership.objects.filter(structure=structure, validation__in=(*_WAITING, Validation.VALIDATED))
    return tuple(
        Member(
            link.person_id, f"{link.person.first_name} {link.person.last_name}".strip(), link.person.email,
            Validation(link.validation), link.created_at,
        )
        for link in links.select_related("person").order_by("created_at", "pk")
    )  # fmt: skip


def _venues(structure: Structure) -> tuple[VenueOf, ...]:
    rows = Venue.objects.filter(structure=structure, deleted_at=None).order_by("name", "pk")
    return tuple(VenueOf(v.pk, v.name, v.siret or "", v.no_siret_why, v.city, v.activity) for v in rows)
