"""Incidents: what may be asked, who decides, what it comes to, when a debit note is made."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from diptych.culture.domain.reimbursements import terms
from diptych.culture.domain.reimbursements.rules import incidents, invoices, payments, wording
from diptych.culture.domain.reimbursements.terms import IncidentKind, IncidentStatus, PaidBooking

AT = datetime(2026, 12, 1, 8, tzinfo=UTC)


def paid(*, reimbursed: bool = True, open_incident: bool = False) -> PaidBooking:
    return PaidBooking(7, 9, 3, 1, 15_00, 14_25, Decimal("0.95"), "book.95", reimbursed, open_incident)


@pytest.mark.parametrize(
    ("booking", "total", "reason"),
    [
        (None, 0, terms.INCIDENT_NOT_PAID),
        (paid(reimbursed=False), 0, terms.INCIDENT_NOT_PAID),
        (paid(open_incident=True), 0, terms.INCIDENT_TWICE),
        (paid(), 15_00, terms.INCIDENT_TOTAL),
        (paid(), -1, terms.INCIDENT_TOTAL),
        (paid(), 14_99, None),
        (paid(), 0, None),
    ],
)
def test_only_what_was_paid_is_corrected_once_to_less(booking: PaidBooking | None, total: int, reason: object) -> None:
    refusal = incidents.why_not_correct(booking, new_total_cents=total)
    assert (refusal.reason if refusal else None) is reason


@pytest.mark.parametrize(
    ("status", "actor", "reason"),
    [
        (IncidentStatus.CREATED, "person:2", None),
        (IncidentStatus.CREATED, "person:1", terms.INCIDENT_OWN),
        (IncidentStatus.VALIDATED, "person:2", terms.INCIDENT_DECIDED),
    ],
)
def test_another_one_decides_once(status: IncidentStatus, actor: str, reason: object) -> None:
    refusal = incidents.why_not_decide(status=status, created_by="person:1", actor=actor)
    assert (refusal.reason if refusal else None) is reason


def test_a_new_price_follows_the_original_rule() -> None:
    assert incidents.new_paid(new_total_cents=10_01, rate=Decimal("0.95"), paid_cents=14_25, total_cents=15_00) == 9_51
    assert incidents.new_paid(new_total_cents=7_50, rate=None, paid_cents=12_00, total_cents=15_00) == 6_00
    assert incidents.gives_back(IncidentKind.OVERPAYMENT)
    assert not incidents.gives_back(IncidentKind.FRAUD)


def test_a_gesture_is_split_by_places_the_remainder_on_the_last() -> None:
    assert incidents.shares(10_00, [1, 2, 1]) == (2_50, 5_00, 2_50)
    assert incidents.shares(10_01, [1, 1, 1]) == (3_33, 3_33, 3_35)


def test_cut_offs_are_midnights_of_paris_twice_a_month() -> None:
    assert payments.cutoff_of(date(2026, 12, 1)) == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert [payments.last_cutoff_day(at=datetime(2026, 12, day, 23, 30, tzinfo=UTC)).day for day in (1, 14, 15, 30)] == [
        1,
        1,
        16,
        16,
    ]
    assert payments.last_cutoff_day(at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == date(2027, 1, 1)
    assert payments.next_cutoff_day(at=AT) == date(2026, 12, 16)
    assert payments.next_cutoff_day(at=datetime(2026, 12, 16, 8, tzinfo=UTC)) == date(2027, 1, 1)
    assert payments.why_not_batch(date(2026, 12, 1), latest=None, at=AT) is None
    assert payments.why_not_batch(date(2026, 12, 1), latest=datetime(2026, 11, 15, 23, tzinfo=UTC), at=AT) is None
    wrong = [
        payments.why_not_batch(date(2026, 12, 2), latest=None, at=AT),
        payments.why_not_batch(date(2026, 12, 16), latest=None, at=AT),
        payments.why_not_batch(date(2026, 11, 16), latest=AT, at=AT),
    ]
    assert [refusal.reason for refusal in wrong if refusal] == [terms.BATCH_DAY, terms.BATCH_TO_COME, terms.BATCH_PAST]


def test_papers_and_transfers_are_numbered() -> None:
    assert invoices.year_of(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == 2027
    assert invoices.end_to_end(batch=3, cashflow=12, attempt=2) == "VIR3-12-2"
    # Tuesday → Wednesday; Thursday → Friday; Friday, Saturday, Sunday → Monday
    days = [invoices.bank_day(at=datetime(2026, 12, day, 8, tzinfo=UTC)).day for day in (1, 3, 4, 5, 6)]
    assert days == [2, 4, 7, 7, 7]


def test_each_rule_has_its_name() -> None:
    assert wording.name_of("standard.95") == "Scale by revenue"
    assert wording.name_of("incident.fraud") == "Correction: an irregular booking"
    assert wording.name_of("incident.of_another_kind") == "Correction after an incident"
    assert wording.name_of("custom.offerer") == "Rule agreed for the structure"
    assert wording.name_of("older") == "older"
