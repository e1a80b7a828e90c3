"""The team's roles: who holds which. What each permits is a table of `rules`.

Does not hold accounts of the team, which sign-up never opens.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from .. import terms
from ..terms import Role, StaffRole
from .acting import lock, tell

from diptych.commons.refusal import deny


@transaction.atomic
def set_staff_roles(*, person_id: int, roles: Collection[str], actor: str, at: datetime) -> tuple[str, ...]:
    """Give a member of the team these roles and no other; none takes them all. Gives the roles held before. Refuses an
    account that is not of the team, and a role that there is not. The same again writes nothing."""
    for role in roles:
        if role not in set(StaffRole):
            deny(terms.NOT_A_ROLE, role=role)
    person = lock(person_id)
    if Role.ADMIN not in person.roles:
        deny(terms.NOT_STAFF)
    before, after = tuple(person.staff_roles), [role.value for role in StaffRole if role in roles]
    if sorted(before) != sorted(after):
        person.staff_roles = after
        person.save(update_fields=["staff_roles"])
        tell(person, act="people.set_staff_roles", at=at, actor=actor, facts={"before": sorted(before), "after": sorted(after)})
    return before
