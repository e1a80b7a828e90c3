"""Invoices what batches made, and prints the papers that are missing, some at a time."""

from datetime import datetime
from typing import Final

from .invoice_file import as_pdf

from diptych.culture.domain.reimbursements import operations, queries

PAPERS: Final = 200
"""Papers made in one run: a quarter of a second each."""


def run(*, at: datetime) -> int:
    """Invoice, then print. Gives how many papers were made."""
    operations.make_invoices(actor="job:make_invoices", at=at)
    return print_papers(at=at)


def print_papers(*, at: datetime, most: int = PAPERS) -> int:
    """Make the papers of invoices that have none, each kept as soon as it is made. Gives how many."""
    papers = queries.invoices_without_file(limit=most)
    return sum(operations.keep_invoice_file(invoice_id=paper.id, content=as_pdf(paper), at=at) for paper in papers)
