"""Bank accounts and links as pages show them: an IBAN is always masked here (`operations.see_iban` journals a look)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from .. import terms
from ..models import BankAccount, BankAccountLink, BankAccountStatus, PricingPointLink
from ..rules.accounts import masked, why_not_correct
from ..terms import MOVES, AccountStatus

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.models import Membership, Venue
from diptych.culture.domain.venues.terms import Validation


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """A bank account. `moves`: the statuses that the team may give it; `can_correct`: its structure may change it."""

    id: int
    structure_id: int
    structure_name: str
    label: str
    holder: str
    iban: str
    bic: str
    status: AccountStatus
    filed_at: datetime
    decided_at: datetime | None
    comment: str
    """The last thing that the team said of it."""
    can_correct: bool
    moves: tuple[AccountStatus, ...]
    documents: tuple[tuple[int, str], ...]
    """Number and type of each."""
    venues: tuple[tuple[int, str], ...]
    """Number and name of those that are paid on it now."""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """A status that an account took."""

    status: AccountStatus
    comment: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A link on [since, until[. `target_id`: a venue's number, or a bank account's; `implied`: it holds without a row."""

    target_id: int
    target_name: str
    since: datetime
    until: datetime | None
    implied: bool = False


def accounts_of_structure(*, structure_id: int, person_id: int, at: datetime) -> list[OwnAccount]:
    """The accounts of a structure that somebody acts for, latest first; none for a stranger."""
    return [_own(row, at) for row in _accounts_of(person_id).filter(structure_id=structure_id)]


def own_account(*, account_id: int, person_id: int, at: datetime) -> OwnAccount:
    """One account of a structure that somebody acts for. Refuses (missing) another."""
    row = _accounts_of(person_id).filter(pk=account_id).first()
    if row is None:
        deny(terms.ACCOUNT_NOT_FOUND)
    return _own(row, at)


def accounts_to_decide(*, at: datetime, limit: int = 200) -> list[OwnAccount]:
    """For the team: what waits for it, oldest first."""
    waiting = [AccountStatus.FILED, AccountStatus.EXAMINED]
    return [_own(row, at) for row in _accounts().filter(status__in=waiting).order_by("filed_at", "pk")[:limit]]


def account_history(*, account_id: int) -> list[StatusLine]:
    """The statuses that an account took, latest first."""
    rows = BankAccountStatus.objects.filter(account_id=account_id).order_by("-pk")
    return [StatusLine(AccountStatus(row.status), row.comment, row.actor, row.at) for row in rows]


def links_of_venue(*, venue_id: int) -> tuple[list[OwnLink], list[OwnLink]]:
    """A venue's links to pricing points, then to bank accounts, latest first. A venue with a SIRET and no link is its own
    pricing point since it is there: that link is `implied`."""
    points = [
        OwnLink(row.point_id, row.point.name, row.since, row.until)
        for row in PricingPointLink.objects.filter(venue_id=venue_id).select_related("point").order_by("-since")
    ]
    venue = Venue.objects.filter(pk=venue_id).first()
    if not points and venue is not None and venue.siret is not None:
        points = [OwnLink(venue.pk, venue.name, venue.created_at, None, implied=True)]
    accounts = [
        OwnLink(row.account_id, row.account.label, row.since, row.until)
        for row in BankAccountLink.objects.filter(venue_id=venue_id).select_related("account").order_by("-since")
    ]
    return points, accounts


def pricing_points_for(*, venue_id: int) -> list[tuple[int, str]]:
    """The venues that may be a venue's pricing point, number and name: itself where it has a SIRET, else those of its
    structure that have one."""
    venue = Venue.objects.filter(pk=venue_id).first()
    if venue is None or venue.structure_id is None:
        return []
    if venue.siret is not None:
        return [(venue.pk, venue.name)]
    own = Venue.objects.filter(structure=venue.structure_id, deleted_at=None).exclude(siret=None).order_by("name", "pk")
    return list(own.values_list("pk", "name"))


def _accounts() -> "QuerySet[BankAccount]":
    return BankAccount.objects.select_related("structure").prefetch_related("history").order_by("-pk")


def _accounts_of(person_id: int) -> "QuerySet[BankAccount]":
    mine = Membership.objects.filter(person_id=person_id, validation=Validation.VALIDATED).values("structure_id")
    return _accounts().filter(structure_id__in=mine)


def _own(row: BankAccount, at: datetime) -> OwnAccount:
    said = [line.comment for line in sorted(row.history.all(), key=lambda line: line.pk) if line.comment]
    status = AccountStatus(row.status)
    paid = BankAccountLink.objects.filter(account=row, since__lte=at).exclude(until__lte=at)
    return OwnAccount(
        id=row.pk,
        structure_id=row.structure_id,
        structure_name=row.structure.name,
        label=row.label,
        holder=row.holder,
        iban=masked(row.iban),
        bic=row.bic,
        status=status,
        filed_at=row.filed_at,
        decided_at=row.decided_at,
        comment=said[-1] if said else "",
        can_correct=why_not_correct(status) is None,
        moves=tuple(sorted(MOVES[status], key=lambda one: one.value)),
        documents=tuple(row.documents.order_by("pk").values_list("pk", "type")),
        venues=tuple(paid.order_by("venue__name").values_list("venue_id", "venue__name")),
    )
