"""The demo's bookseller is paid: a bank account that the team accepted, and the last batch gone through to its transfer.

Each step is the chapter's own operation, at the instant when it would have been. What was used since waits for the next batch.
"""

from datetime import datetime, timedelta
from typing import Final

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.terms import AccountStatus
from diptych.culture.domain.venues.models import Venue
from diptych.culture.gateways import bank
from diptych.culture.jobs import make_invoices

IBAN: Final = "FR7630006000011234567890189"
"""The specimen of the French Banking Federation: nobody's account."""
BIC: Final = "AGRIFRPP"
_PAPER: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_ACTOR: Final = "demo"
_HOUR: Final = timedelta(hours=1)


def pay_the_bookseller(*, owner: Person, venue: Venue, officer: Person, at: datetime) -> None:
    """Give a venue its bank account ninety days ago, and pay what was used before the last cut-off."""
    assert venue.structure_id is not None
    since = at - timedelta(days=90)
    account = operations.add_bank_account(
        structure_id=venue.structure_id, person_id=owner.pk, label="Compte courant", holder=venue.name, iban=IBAN, bic=BIC,
        documents=[_PAPER], at=since,
    )  # fmt: skip
    for to, hours in ((AccountStatus.EXAMINED, 20), (AccountStatus.ACCEPTED, 21)):
        operations.decide_bank_account(account_id=account, to=to, actor=f"person:{officer.pk}", at=since + hours * _HOUR)
    begins = since + timedelta(days=2)
    operations.link_bank_account(venue_id=venue.pk, account_id=account, person_id=owner.pk, since=begins, at=begins)
    day = queries.last_cutoff_day(at=at - timedelta(days=3))  # its transfer has had its two days
    night = max(queries.cutoff_of(day) + 3 * _HOUR, begins + _HOUR)
    operations.price_used(at=night, actor=_ACTOR)
    made = operations.make_batch(day=day, actor=_ACTOR, at=night)
    if not made.cashflows:
        return
    make_invoices.run(at=night + _HOUR)
    operations.send_batch(number=made.number, payer=bank.payer(), write=bank.write, actor=_ACTOR, at=night + 6 * _HOUR)
    for file in queries.transfers_to_deliver():
        bank.deliver(name=file.name, content=file.content)
        operations.mark_delivered(transfer_id=file.id, at=night + 7 * _HOUR)
    operations.accept_batch(number=made.number, actor=_ACTOR, at=night + 8 * _HOUR)
    operations.validate_settlements(at=at)
