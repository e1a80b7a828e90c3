"""Bank accounts and the two dated links of a venue: who may, what is refused, what the database refuses by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from diptych.commons.refusal import Refused
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.models import BankAccount, BankAccountLink, PricingPointLink
from diptych.culture.domain.reimbursements.terms import AccountStatus
from diptych.culture.domain.venues.models import Venue
from tests.culture.factories import AT, pro, venue

pytestmark = pytest.mark.django_db

IBAN, BIC, PDF = "FR76 3000 6000 0112 3456 7890 189", "agrifrpp", b"%PDF-1.7 RIB"


def filed(**changed: Any) -> tuple[Venue, Any, int]:
    """A venue with a SIRET, its member, and the account that the member filed."""
    place = venue(siret="80000000100017")
    member = pro(venue=place)
    words = {"label": "Courant", "holder": "SARL", "iban": IBAN, "bic": BIC, "documents": [PDF], "at": AT, **changed}
    return place, member, operations.add_bank_account(structure_id=place.structure_id or 0, person_id=member.pk, **words)


def refused(code: str) -> Any:
    """That an act is refused for this reason."""
    return pytest.raises(Refused, match=code)


def test_an_account_is_filed_examined_accepted_and_never_told():
    place, member, account_id = filed()
    (own,) = queries.accounts_of_structure(structure_id=place.structure_id or 0, person_id=member.pk, at=AT)
    assert (own.iban, own.bic, own.status, own.can_correct) == ("FR76 •••• 0189", "AGRIFRPP", AccountStatus.FILED, True)
    assert queries.accounts_of_structure(structure_id=place.structure_id or 0, person_id=pro().pk, at=AT) == []
    for status in (AccountStatus.EXAMINED, AccountStatus.TO_CORRECT):
        operations.decide_bank_account(account_id=account_id, to=status, comment="Illisible", actor="person:1", at=AT)
    assert queries.own_account(account_id=account_id, person_id=member.pk, at=AT).comment == "Illisible"
    operations.correct_bank_account(
        account_id=account_id, person_id=member.pk, label="Autre", holder="SARL", iban=IBAN, bic=BIC, documents=[PDF], at=AT
    )
    assert [own.id for own in queries.accounts_to_decide(at=AT)] == [account_id]
    for status in (AccountStatus.EXAMINED, AccountStatus.ACCEPTED):
        operations.decide_bank_account(account_id=account_id, to=status, actor="person:1", at=AT)
    with refused("reimbursements.account_not_open"):
        operations.correct_bank_account(
            account_id=account_id, person_id=member.pk, label="", holder="", iban=IBAN, bic=BIC, documents=[], at=AT
        )
    with refused("reimbursements.account_move"):
        operations.decide_bank_account(account_id=account_id, to=AccountStatus.REFUSED, actor="person:1", at=AT)
    assert [line.status.value for line in queries.account_history(account_id=account_id)] == [
        "accepte", "en_instruction", "en_construction", "a_corriger", "en_instruction", "en_construction",
    ]  # fmt: skip
    assert operations.see_iban(account_id=account_id, actor="person:1", at=AT) == "FR7630006000011234567890189"
    (document, _) = queries.own_account(account_id=account_id, person_id=member.pk, at=AT).documents[0]
    assert operations.see_document(document_id=document, actor="person:1", at=AT) == ("application/pdf", PDF)
    with connection.cursor() as cursor:
        cursor.execute("select facts::text from journal_entry union all select payload::text from outbox_message")
        assert [line for (line,) in cursor.fetchall() if "3000600001" in line] == []
    assert "FR76" not in str(BankAccount.objects.get())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"iban": "FR76 3000 6000 0112 3456 7890 188"}, "reimbursements.iban_malformed"),
        ({"iban": "BR1500000000000010932840814P2"}, "reimbursements.iban_outside_sepa"),
        ({"bic": "AGRI"}, "reimbursements.bic_malformed"),
        ({"documents": [b"%PDF-" + bytes(5 * 1024 * 1024)]}, "reimbursements.document_too_large"),
        ({"documents": [b"<html>"]}, "reimbursements.document_unknown"),
    ],
)
def test_what_is_malformed_is_refused(changed: dict[str, Any], code: str):
    with refused(code):
        filed(**changed)
    assert BankAccount.objects.count() == 0


def test_a_stranger_sees_and_does_nothing():
    place, member, account_id = filed()
    stranger = pro(venue=venue(siret="80000000200015")).pk
    words = {"label": "", "holder": "", "iban": IBAN, "bic": BIC, "documents": [], "at": AT}
    with refused("reimbursements.structure_not_found"):
        operations.add_bank_account(structure_id=place.structure_id or 0, person_id=stranger, **words)
    with refused("reimbursements.account_taken"):
        operations.add_bank_account(structure_id=place.structure_id or 0, person_id=member.pk, **words)
    with refused("reimbursements.account_not_found"):
        operations.correct_bank_account(account_id=account_id, person_id=stranger, **words)
    with refused("reimbursements.account_not_found"):
        queries.own_account(account_id=account_id, person_id=stranger, at=AT)
    with refused("reimbursements.account_not_found"):
        operations.see_iban(account_id=0, actor="person:1", at=AT)
    with refused("reimbursements.account_not_found"):
        operations.see_document(document_id=0, actor="person:1", at=AT)
    with refused("reimbursements.account_not_found"):
        operations.decide_bank_account(account_id=0, to=AccountStatus.EXAMINED, actor="person:1", at=AT)
    with refused("venues.not_a_member"):
        operations.link_bank_account(venue_id=place.pk, account_id=account_id, person_id=stranger, since=AT, at=AT)


def test_an_account_is_linked_from_a_day_to_another():
    place, member, account_id = filed()
    act = {"venue_id": place.pk, "person_id": member.pk, "at": AT}
    operations.link_bank_account(account_id=account_id, since=AT, **act)
    assert queries.own_account(account_id=account_id, person_id=member.pk, at=AT).venues == ((place.pk, place.name),)
    operations.link_bank_account(account_id=account_id, since=AT + timedelta(days=3), **act)
    with refused("reimbursements.link_overlaps"):
        operations.link_bank_account(account_id=account_id, since=AT + timedelta(days=1), **act)
    with refused("reimbursements.link_in_the_past"):
        operations.link_bank_account(account_id=account_id, since=AT - timedelta(days=1), **act)
    operations.unlink_bank_account(**{**act, "at": AT + timedelta(days=4)})
    with refused("reimbursements.no_link"):
        operations.unlink_bank_account(**{**act, "at": AT + timedelta(days=5)})
    _, links = queries.links_of_venue(venue_id=place.pk)
    assert [(link.since, link.until) for link in links] == [
        (AT + timedelta(days=3), AT + timedelta(days=4)),
        (AT, AT + timedelta(days=3)),
    ]
    operations.decide_bank_account(account_id=account_id, to=AccountStatus.DROPPED, actor="person:1", at=AT)
    with refused("reimbursements.account_closed"):
        operations.link_bank_account(account_id=account_id, since=AT + timedelta(days=9), **act)
    with refused("reimbursements.account_not_found"):
        operations.link_bank_account(account_id=0, since=AT + timedelta(days=9), **act)


def test_a_pricing_point_is_a_venue_of_the_structure_with_a_siret():
    place, member, _ = filed()
    annexe = Venue.objects.create(structure=place.structure, name="Annexe", created_at=AT)
    act = {"person_id": member.pk, "since": AT, "at": AT}
    points, _ = queries.links_of_venue(venue_id=place.pk)
    assert [(point.target_id, point.implied) for point in points] == [(place.pk, True)]
    assert queries.links_of_venue(venue_id=annexe.pk) == ([], [])
    assert queries.pricing_points_for(venue_id=annexe.pk) == [(place.pk, place.name)]
    assert queries.pricing_points_for(venue_id=place.pk) == [(place.pk, place.name)]
    assert queries.pricing_points_for(venue_id=0) == []
    operations.link_pricing_point(venue_id=annexe.pk, point_id=place.pk, **act)
    points, _ = queries.links_of_venue(venue_id=annexe.pk)
    assert [(point.target_id, point.implied) for point in points] == [(place.pk, False)]
    with refused("reimbursements.point_is_itself"):
        operations.link_pricing_point(venue_id=place.pk, point_id=annexe.pk, **act)
    with refused("reimbursements.point_without_siret"):
        operations.link_pricing_point(venue_id=annexe.pk, point_id=annexe.pk, **act)
    with refused("venues.not_a_member"):
        operations.link_pricing_point(venue_id=annexe.pk, point_id=venue(siret="80000000300013").pk, **act)
    operations.unlink_pricing_point(venue_id=annexe.pk, person_id=member.pk, at=AT + timedelta(days=1))


@pytest.mark.parametrize("model", [PricingPointLink, BankAccountLink])
def test_the_database_itself_refuses_two_links_at_a_time(model: Any):
    place, _, account_id = filed()
    target = {"point_id": place.pk} if model is PricingPointLink else {"account_id": account_id}
    model.objects.create(venue=place, since=AT, until=AT + timedelta(days=2), **target)
    model.objects.create(venue=place, since=AT + timedelta(days=2), until=None, **target)
    for since, until in ((1, 3), (5, None), (-1, 1)):
        with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
            end = None if until is None else AT + timedelta(days=until)
            model.objects.create(venue=place, since=AT + timedelta(days=since), until=end, **target)
    with pytest.raises(IntegrityError, match="forward"), transaction.atomic():
        model.objects.create(venue=place, since=AT - timedelta(days=9), until=AT - timedelta(days=9), **target)
