"""Bank accounts and custom rules: what may be, to the last branch."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from diptych.commons.clock import PARIS
from diptych.commons.refusal import Refused
from diptych.culture.domain.reimbursements.rules.accounts import (
    masked,
    read_bic,
    read_iban,
    type_of,
    why_not_correct,
    why_not_decide,
    why_not_link_account,
    why_not_point,
    why_not_since,
)
from diptych.culture.domain.reimbursements.rules.agreements import earliest, meet, why_not_agree
from diptych.culture.domain.reimbursements.terms import AccountStatus, Agreement, DocumentType, Scope
from tests.culture.factories import AT

FIRST = datetime(2026, 11, 25, tzinfo=PARIS)
DAY = timedelta(days=1)
BASE: dict[str, Any] = {
    "scope": Scope.VENUE,
    "place_cents": None,
    "rate": Decimal("0.5"),
    "has_siret": True,
    "others": (),
    "at": AT,
}


@pytest.mark.parametrize(
    ("new", "facts", "code"),
    [
        (Agreement(FIRST, None), {}, None),
        (Agreement(FIRST, None), {"has_siret": False}, "reimbursements.target_without_siret"),
        (Agreement(FIRST, None), {"has_siret": False, "scope": Scope.OFFERER}, None),
        (Agreement(FIRST, None), {"rate": None}, "reimbursements.rule_sum_or_rate"),
        (Agreement(FIRST, None), {"rate": Decimal("1.0001")}, "reimbursements.rule_sum_or_rate"),
        (Agreement(FIRST, None), {"rate": Decimal("0.12345")}, "reimbursements.rule_sum_or_rate"),
        (Agreement(FIRST, None), {"place_cents": 5}, "reimbursements.rule_sum_or_rate"),
        (Agreement(FIRST, None), {"place_cents": -1, "rate": None}, "reimbursements.rule_sum_or_rate"),
        (Agreement(FIRST, None), {"place_cents": 0, "rate": None}, None),
        (Agreement(FIRST, None, frozenset({"CONCERT", "NOPE"})), {}, "reimbursements.rule_subcategory"),
        (Agreement(FIRST - timedelta(seconds=1), None), {}, "reimbursements.rule_too_soon"),
        (Agreement(FIRST, FIRST), {}, "reimbursements.rule_backward"),
        (Agreement(FIRST, None), {"others": (Agreement(FIRST + DAY, None),)}, "reimbursements.rule_overlaps"),
    ],
)
def test_what_may_be_agreed(new: Agreement, facts: dict[str, Any], code: str | None) -> None:
    refusal = why_not_agree(new, **{**BASE, **facts})
    assert (refusal.reason.code if refusal else None) == code


@pytest.mark.parametrize(
    ("one", "other", "by_kind", "together"),
    [
        (Agreement(FIRST, FIRST + DAY), Agreement(FIRST + DAY, None), True, False),
        (Agreement(FIRST + DAY, None), Agreement(FIRST, FIRST + DAY), True, False),
        (Agreement(FIRST, None, frozenset("A")), Agreement(FIRST, None, frozenset("B")), True, False),
        (Agreement(FIRST, None, frozenset("A")), Agreement(FIRST, None, frozenset("B")), False, True),
        (Agreement(FIRST, None, frozenset("AB")), Agreement(FIRST, None, frozenset("B")), True, True),
        (Agreement(FIRST, None, frozenset("A")), Agreement(FIRST, None), True, True),
    ],
)
def test_which_two_meet(one: Agreement, other: Agreement, by_kind: bool, together: bool) -> None:
    assert meet(one, other, by_kind=by_kind) is together


def test_a_rule_begins_at_midnight_in_paris() -> None:
    assert earliest(at=datetime(2026, 7, 1, 22, 30, tzinfo=AT.tzinfo)) == datetime(2026, 7, 3, tzinfo=PARIS)


def test_accounts() -> None:
    assert read_iban("fr76 3000 6000 0112 3456 7890 189") == "FR7630006000011234567890189"
    assert masked("FR7630006000011234567890189") == "FR76 •••• 0189"
    assert read_bic("bnpafrppxxx") == "BNPAFRPPXXX"  # ISO 9362: "XXX" is the branch of a head office
    assert [type_of(start + b"x") for start in (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")] == list(DocumentType)
    for act, text, code in (
        (read_iban, "FR7630006000011234567890188", "iban_malformed"),
        (read_iban, "BR1500000000000010932840814P2", "iban_outside_sepa"),
        (read_bic, "BNP", "bic_malformed"),
        (type_of, b"GIF89a", "document_unknown"),
        (type_of, b"%PDF-" + bytes(5 << 20), "document_too_large"),
    ):
        with pytest.raises(Refused, match=code):
            act(text)  # type: ignore[operator]  # each takes its own kind of text
    assert why_not_decide(AccountStatus.EXAMINED, AccountStatus.ACCEPTED) is None
    assert why_not_decide(AccountStatus.FILED, AccountStatus.ACCEPTED) is not None
    assert [why_not_correct(status) is None for status in AccountStatus] == [True, False, True, False, False, False]
    assert [why_not_link_account(status) is None for status in AccountStatus] == [True, True, True, True, False, False]
    assert why_not_point(venue_has_siret=True, is_itself=True, point_has_siret=True) is None
    assert why_not_point(venue_has_siret=True, is_itself=False, point_has_siret=True) is not None
    assert why_not_point(venue_has_siret=False, is_itself=False, point_has_siret=False) is not None
    assert why_not_since(since=AT, at=AT) is None
    assert why_not_since(since=AT - DAY, at=AT) is not None
