"""Members of a structure: invited by mail, asking to join, accepted or not, leaving.

Does not hold accounts (people), nor letters (jobs). Nothing that opens a door is stored: the link is a signed number.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction

from .. import terms
from ..models import Invitation, Membership
from ..rules import INVITATION_LASTS, why_not_accept, why_not_invite
from ..terms import InvitationFacts, Validation
from .acting import OPEN, announce, as_member, locked_structure, tell

from diptych.commons.refusal import deny, stop_if

_SIGNER = Signer(salt="venues.invitation", sep=".")


@transaction.atomic
def invite(*, structure_id: int, person_id: int, email: str, actor: str, at: datetime) -> int:
    """Ask an address to join a structure, by a letter whose link opens once, for a fortnight. Refuses a member's address,
    one that is already asked, and too many at once. Gives the invitation's number."""
    structure = as_member(structure_id=structure_id, person_id=person_id)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        deny(terms.EMAIL_MALFORMED)
    waiting = Invitation.objects.filter(structure=structure, accepted_at=None, withdrawn_at=None)
    waiting.filter(expires_at__lte=at).update(withdrawn_at=at)
    members = Membership.objects.filter(structure=structure, validation=Validation.VALIDATED, person__email=address)
    already = waiting.filter(email=address).exists()
    stop_if(why_not_invite(is_member=members.exists(), waiting=waiting.count(), already=already))
    made = Invitation.objects.create(structure=structure, email=address, made_at=at, expires_at=at + INVITATION_LASTS)
    announce("venues.invited", structure_id=structure.pk, at=at, invitation_id=made.pk)
    tell("venues.invite", subject=f"structure:{structure.pk}", actor=actor, at=at, facts={"invitation": made.pk})
    return made.pk


def invitation_token(*, invitation_id: int) -> str:
    """The token that `accept_invitation` takes, for the job that writes the letter."""
    return _SIGNER.sign(str(invitation_id))


def invitation_id_of(*, token: str) -> int:
    """The number that a token stands for. Refuses a forged one."""
    try:
        return int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        deny(terms.INVITATION_OVER)


@transaction.atomic
def accept_invitation(*, invitation_id: int, person_id: int, email: str, actor: str, at: datetime) -> int:
    """Make somebody a member, whose checked address is the one invited. Gives the structure's number. Refuses an invitation
    that was used, withdrawn, is too old, or is another's."""
    found = Invitation.objects.filter(pk=invitation_id).values_list("structure_id", flat=True).first()
    if found is None:
        deny(terms.INVITATION_OVER)
    structure = locked_structure(found)
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation_id)
    facts = InvitationFacts(invitation.email, invitation.expires_at, invitation.accepted_at, invitation.withdrawn_at)
    stop_if(why_not_accept(facts, email=email, at=at))
    if structure.validation not in OPEN:
        deny(terms.INVITATION_OVER)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    Membership.objects.update_or_create(
        person_id=person_id, structure=structure, defaults={"validation": Validation.VALIDATED},
        create_defaults={"validation": Validation.VALIDATED, "created_at": at},
    )  # fmt: skip
    announce("venues.joined", structure_id=structure.pk, at=at, person_id=person_id)
    tell("venues.accept_invitation", subject=f"structure:{structure.pk}", actor=actor, at=at, facts={"invitation": invitation_id})
    return structure.pk


@transaction.atomic
def withdraw_invitation(*, structure_id: int, person_id: int, invitation_id: int, actor: str, at: datetime) -> None:
    """Take an invitation back. Doing it twice, or once it was answered, is refused."""
    structure = as_member(structure_id=structure_id, person_id=person_id)
    waiting = Invitation.objects.filter(pk=invitation_id, structure=structure, accepted_at=None, withdrawn_at=None)
    if not waiting.update(withdrawn_at=at):
        deny(terms.INVITATION_OVER)
    tell(
        "venues.withdraw_invitation", subject=f"structure:{structure.pk}", actor=actor, at=at, facts={"invitation": invitation_id}
    )


@transaction.atomic
def answer_request(*, structure_id: int, person_id: int, asker_id: int, accepted: bool, actor: str, at: datetime) -> None:
    """A member's answer to somebody who asked to join."""
    as_member(structure_id=structure_id, person_id=person_id)
    _answer(structure_id, asker_id, accepted, actor, at)


@transaction.atomic
def decide_request(*, structure_id: int, asker_id: int, accepted: bool, actor: str, at: datetime) -> None:
    """The back office's answer to somebody who asked to join, where a structure has nobody left to answer, or errs."""
    locked_structure(structure_id)
    _answer(structure_id, asker_id, accepted, actor, at)


def _answer(structure_id: int, asker_id: int, accepted: bool, actor: str, at: datetime) -> None:
    waiting = Membership.objects.select_for_update(no_key=True).filter(
        structure_id=structure_id, person_id=asker_id, validation__in=(Validation.NEW, Validation.PENDING)
    )
    membership = waiting.first()
    if membership is None:
        deny(terms.MEMBER_MISSING)
    membership.validation = Validation.VALIDATED if accepted else Validation.REJECTED
    membership.save(update_fields=["validation"])
    if accepted:
        announce("venues.joined", structure_id=structure_id, at=at, person_id=asker_id)
    facts = {"person_id": asker_id, "accepted": int(accepted)}
    announce("venues.request_answered", structure_id=structure_id, at=at, **facts)
    tell("venues.answer_request", subject=f"structure:{structure_id}", actor=actor, at=at, facts=facts)


@transaction.atomic
def remove_member(*, structure_id: int, person_id: int, member_id: int, actor: str, at: datetime) -> None:
    """Take somebody (oneself included) off a structure. Refuses to leave it without a member."""
    structure = as_member(structure_id=structure_id, person_id=person_id)
    members = Membership.objects.filter(structure=structure, validation=Validation.VALIDATED)
    if not members.filter(person_id=member_id).exists():
        deny(terms.MEMBER_MISSING)
    if members.count() == 1:
        deny(terms.LAST_MEMBER)
    members.filter(person_id=member_id).update(validation=Validation.DELETED)
    announce("venues.left", structure_id=structure.pk, at=at, person_id=member_id)
    tell("venues.remove_member", subject=f"structure:{structure.pk}", actor=actor, at=at, facts={"person_id": member_id})
