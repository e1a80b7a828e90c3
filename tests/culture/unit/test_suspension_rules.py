"""What each of the 22 reasons to suspend does to bookings and to the account; what the team's roles permit."""

from datetime import UTC, datetime, timedelta

import pytest

from diptych.culture.domain.bookings.rules.suspensions import EFFECTS, Cancels, is_cancelled_by
from diptych.culture.domain.bookings.terms import Status
from diptych.culture.domain.people.rules import PERMITS, permissions_of, state_when_suspended, why_not_return
from diptych.culture.domain.people.terms import Permission, StaffRole, SuspensionReason

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_each_reason_has_one_effect() -> None:
    assert sorted(effect.reason for effect in EFFECTS) == sorted(SuspensionReason)
    assert len(EFFECTS) == 22


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.reason.value)
def test_what_it_cancels(effect) -> None:
    found = [
        is_cancelled_by(effect.reason, status=status, is_event=event, cancellation_limit_at=limit, at=AT)
        for status, event, limit in (
            (Status.CONFIRMED, False, None),
            (Status.CONFIRMED, True, AT + HOUR),
            (Status.CONFIRMED, True, AT),
            (Status.USED, False, None),
        )
    ]
    assert (
        found
        == {
            Cancels.ALL: [True, True, False, False],
            Cancels.THINGS: [True, False, False, False],
            Cancels.NOTHING: [False] * 4,
        }[effect.cancels]
    )


def test_states_and_the_way_back() -> None:
    assert state_when_suspended(SuspensionReason.UPON_USER_REQUEST) == "SUSPENDED_UPON_USER_REQUEST"
    assert state_when_suspended(SuspensionReason.FRAUD_HACK) == "SUSPENDED"
    assert why_not_return(suspended_at=AT - timedelta(days=60) + HOUR, at=AT) is None
    refusal = why_not_return(suspended_at=AT - timedelta(days=60), at=AT)
    assert refusal is not None and refusal.reason.code == "people.too_late_to_return"


def test_permissions_come_from_the_table_alone() -> None:
    assert {permit.permission for permit in PERMITS} == set(Permission)
    assert permissions_of([]) == frozenset()
    # guide §8.1: a person's whole file is copied or emptied by support and the DPO alone, not by who may do "all".
    theirs = {Permission.EXTRACT_PUBLIC_ACCOUNT, Permission.ANONYMIZE_PUBLIC_ACCOUNT}
    codir = {Permission.VALIDATE_COMMERCIAL_GESTURE}
    assert permissions_of([StaffRole.GLOBAL_ACCESS]) == set(Permission) - theirs - codir
    assert permissions_of([StaffRole.DPO]) >= theirs
    reads = {Permission.READ_PUBLIC_ACCOUNT, Permission.READ_PRO_ENTITY, Permission.READ_OFFERS}
    assert permissions_of([StaffRole.LECTURE_SEULE]) == reads
    assert Permission.UNSUSPEND_USER not in permissions_of([StaffRole.SUPPORT_N2])
