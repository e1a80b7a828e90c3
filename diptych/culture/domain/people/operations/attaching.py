"""Whether a professional is attached to a structure: the role that says so. Which structure is the venues chapter's to know.

Called by a job when somebody joins or leaves one, since the two chapters never meet.
"""

from datetime import datetime

from django.db import transaction

from ..terms import Role
from .acting import lock, tell

_OF_PROFESSIONALS = frozenset({Role.PRO, Role.NON_ATTACHED_PRO})


@transaction.atomic
def set_attached(*, person_id: int, attached: bool, at: datetime) -> None:
    """Give a professional the role PRO, or NON_ATTACHED_PRO. Another account, and the same again, are left as they are."""
    person = lock(person_id)
    wanted = Role.PRO if attached else Role.NON_ATTACHED_PRO
    held = set(person.roles)
    if not held & _OF_PROFESSIONALS or held & _OF_PROFESSIONALS == {wanted}:
        return
    person.roles = [*(role for role in person.roles if role not in _OF_PROFESSIONALS), wanted.value]
    person.save(update_fields=["roles"])
    tell(person, act="people.set_attached", at=at, actor="job:attach_members", facts={"attached": int(attached)})
