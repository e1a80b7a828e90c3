"""What the suspension of an account does to its bookings, by reason (guide §2.2: the 22 reasons).

Where the guide lists a reason twice, its first line wins, as it says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..terms import Status

from diptych.culture.domain.people.terms import SuspensionReason


class Cancels(StrEnum):
    """Which of the confirmed bookings a suspension cancels."""

    ALL = "all that can still be cancelled"
    THINGS = "those that are not for an event"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Effect:
    """One reason to suspend, and what it cancels."""

    reason: SuspensionReason
    cancels: Cancels


R = SuspensionReason


def _rows(cancels: Cancels, reasons: Iterable[SuspensionReason]) -> tuple[Effect, ...]:
    return tuple(Effect(reason, cancels) for reason in reasons)


EFFECTS: Final = (
    *_rows(
        Cancels.ALL,
        (
            R.FRAUD_RESELL_PRODUCT,
            R.FRAUD_RESELL_PASS,
            R.BLACKLISTED_DOMAIN_NAME,
            R.UPON_USER_REQUEST,
            R.SUSPICIOUS_LOGIN_REPORTED_BY_USER,
            R.WAITING_FOR_ANONYMIZATION,
        ),
    ),
    *_rows(Cancels.THINGS, (R.FRAUD_SUSPICION, R.FRAUD_USURPATION, R.FRAUD_HACK)),
    *_rows(
        Cancels.NOTHING,
        (
            R.CLOSED_STRUCTURE_DEFINITIVE,
            R.CLOSED_STRUCTURE_TEMP,
            R.DELETED,
            R.DEVICE_AT_RISK,
            R.DUPLICATE_REPORTED_BY_USER,
            R.END_OF_CONTRACT,
            R.END_OF_ELIGIBILITY,
            R.FRAUD_BOOKING_CANCEL,
            R.FRAUD_CREATION_PRO,
            R.FRAUD_DUPLICATE,
            R.FRAUD_FAKE_DOCUMENT,
            R.FRAUD_USURPATION_PRO,
            R.SUSPENSION_FOR_INVESTIGATION_TEMP,
        ),
    ),
)
TABLES: Final = (EFFECTS,)
_BY_REASON: Final = {effect.reason: effect.cancels for effect in EFFECTS}


def is_cancelled_by(
    reason: SuspensionReason, *, status: Status, is_event: bool, cancellation_limit_at: datetime | None, at: datetime
) -> bool:
    """Whether a suspension cancels a booking. Only a confirmed one; with ALL, one whose limit has not passed."""
    cancels = _BY_REASON[reason]
    if status is not Status.CONFIRMED or cancels is Cancels.NOTHING:
        return False
    if cancels is Cancels.THINGS:
        return not is_event
    return cancellation_limit_at is None or cancellation_limit_at > at
