"""Hands the files of transfers to the bank, and holds as done those that left two days ago and did not come back."""

from datetime import datetime

from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.gateways import bank


def run(*, at: datetime) -> int:
    """Validate, then deliver: a bank that does not answer holds back its own files alone. Gives how many transfers are done."""
    done = operations.validate_settlements(at=at)
    deliver(at=at)
    return done


def deliver(*, at: datetime) -> int:
    """Hand over what the bank has not. A file handed over twice has one name: the bank keeps one. Gives how many."""
    files = queries.transfers_to_deliver()
    for file in files:
        bank.deliver(name=file.name, content=file.content)
        operations.mark_delivered(transfer_id=file.id, at=at)
    return len(files)
