"""Bank accounts: filed by a member of the structure, decided by the team, seen whole only when somebody says so.

An IBAN is in no journal, message or address: an account goes by its number.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from .. import terms
from ..models import BankAccount, BankAccountStatus, BankDocument
from ..rules.accounts import read_bic, read_iban, type_of, why_not_correct, why_not_decide
from ..terms import AccountStatus

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.venues.models import Membership
from diptych.culture.domain.venues.terms import Validation


@transaction.atomic
def add_bank_account(
    *, structure_id: int, person_id: int, label: str, holder: str, iban: str, bic: str, documents: Sequence[bytes], at: datetime
) -> int:
    """File a bank account for a structure that somebody acts for. Gives its number. Raises Refused: not theirs, malformed."""
    if not acts_for(person_id, structure_id):
        deny(terms.STRUCTURE_NOT_FOUND)
    number, code = read_iban(iban), read_bic(bic)
    kinds = [type_of(content) for content in documents]
    if BankAccount.objects.filter(structure_id=structure_id, iban=number).exists():
        deny(terms.ACCOUNT_TAKEN)
    account = BankAccount.objects.create(
        structure_id=structure_id, label=label, holder=holder, iban=number, bic=code, filed_by_id=person_id, filed_at=at
    )
    for kind, content in zip(kinds, documents, strict=True):
        BankDocument.objects.create(account=account, type=kind, content=content, given_at=at)
    _set(account, AccountStatus.FILED, comment="", actor=f"person:{person_id}", at=at)
    return account.pk


@transaction.atomic
def correct_bank_account(
    *, account_id: int, person_id: int, label: str, holder: str, iban: str, bic: str, documents: Sequence[bytes], at: datetime
) -> None:
    """Change what was filed, until the team looks at it or when it asks. Documents given replace the older ones."""
    account = _locked(account_id)
    if not acts_for(person_id, account.structure_id):
        deny(terms.ACCOUNT_NOT_FOUND)
    stop_if(why_not_correct(AccountStatus(account.status)))
    account.label, account.holder, account.iban, account.bic = label, holder, read_iban(iban), read_bic(bic)
    kinds = [type_of(content) for content in documents]
    if BankAccount.objects.filter(structure_id=account.structure_id, iban=account.iban).exclude(pk=account.pk).exists():
        deny(terms.ACCOUNT_TAKEN)
    account.save(update_fields=["label", "holder", "iban", "bic"])
    if documents:
        account.documents.all().delete()
    for kind, content in zip(kinds, documents, strict=True):
        BankDocument.objects.create(account=account, type=kind, content=content, given_at=at)
    _set(account, AccountStatus.FILED, comment="", actor=f"person:{person_id}", at=at)


@transaction.atomic
def decide_bank_account(*, account_id: int, to: AccountStatus, actor: str, at: datetime, comment: str = "") -> None:
    """The team moves an account to a status. Raises Refused where it does not go there from its own."""
    account = _locked(account_id)
    stop_if(why_not_decide(AccountStatus(account.status), to))
    account.decided_at = at
    account.save(update_fields=["decided_at"])
    _set(account, to, comment=comment, actor=actor, at=at)


@transaction.atomic
def see_iban(*, account_id: int, actor: str, at: datetime) -> str:
    """The whole IBAN, for the team: the look is written in the journal."""
    account = BankAccount.objects.filter(pk=account_id).first()
    if account is None:
        deny(terms.ACCOUNT_NOT_FOUND)
    _journal(account, "reimbursements.see_iban", actor, at)
    return account.iban


@transaction.atomic
def see_document(*, document_id: int, actor: str, at: datetime) -> tuple[str, bytes]:
    """A document's type and bytes, for the team: the look is written in the journal."""
    document = BankDocument.objects.select_related("account").filter(pk=document_id).first()
    if document is None:
        deny(terms.ACCOUNT_NOT_FOUND)
    _journal(document.account, "reimbursements.see_document", actor, at)
    return document.type, bytes(document.content)


def acts_for(person_id: int, structure_id: int) -> bool:
    """Whether somebody may act for a structure."""
    mine = Membership.objects.filter(person_id=person_id, structure_id=structure_id, validation=Validation.VALIDATED)
    return mine.exists()


def _locked(account_id: int) -> BankAccount:
    account = BankAccount.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if account is None:
        deny(terms.ACCOUNT_NOT_FOUND)
    return account


def _set(account: BankAccount, status: AccountStatus, *, comment: str, actor: str, at: datetime) -> None:
    "The status, its line of history, the message to whoever listens, the journal."
    account.status = status
    account.save(update_fields=["status"])
    BankAccountStatus.objects.create(account=account, status=status, comment=comment, actor=actor, at=at)
    payload = {"account_id": account.pk, "structure_id": account.structure_id, "status": status.value}
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic="reimbursements.account", key=f"bank_account:{account.pk}", payload=payload, at=at)
    _journal(account, "reimbursements.account", actor, at, status=status.value)


def _journal(account: BankAccount, act: str, actor: str, at: datetime, **facts: str) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=f"bank_account:{account.pk}", at=at, facts=facts)
