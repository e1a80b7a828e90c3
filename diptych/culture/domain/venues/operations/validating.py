"""The back office's decision on a structure: examined, accepted, refused with its reason, closed.

Does not hold the letter to its members (a job's), nor what becomes of its offers: they are shown only while it is VALIDATED.
"""

from datetime import datetime

from django.db import transaction

from ..models import StructureDecision
from ..rules import why_not_decide
from ..terms import Validation
from .acting import announce, locked_structure, tell

from diptych.commons.refusal import stop_if


@transaction.atomic
def decide_structure(
    *, structure_id: int, validation: Validation, reason: str = "", note: str = "", actor: str, at: datetime
) -> None:
    """Take a structure where the back office says, with the reason where it is refused or closed. Its members are written
    to. Refuses a move that is not in the table, and a reason that is missing or unasked."""
    structure = locked_structure(structure_id)
    before = Validation(structure.validation)
    stop_if(why_not_decide(before=before, after=validation, reason=reason))
    structure.validation = validation
    structure.save(update_fields=["validation"])
    decision = StructureDecision.objects.create(
        structure=structure, validation=validation, reason=reason, note=note.strip()[:1000], at=at
    )
    announce("venues.structure_decided", structure_id=structure.pk, at=at, decision_id=decision.pk)
    facts = {"before": before.value, "after": validation.value, "reason": reason}
    tell("venues.decide_structure", subject=f"structure:{structure.pk}", actor=actor, at=at, facts=facts)


@transaction.atomic
def look_at_structure(*, structure_id: int, actor: str, at: datetime) -> None:
    """Write in the journal that the team looked at a structure, whose members' addresses its file shows."""
    tell("venues.look_at", subject=f"structure:{structure_id}", actor=actor, at=at)
