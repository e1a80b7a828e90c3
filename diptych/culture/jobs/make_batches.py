"""Makes the batch of the latest cut-off, the first night after it; a night missed is caught up with, and twice is once."""

from datetime import datetime

from diptych.culture.domain.reimbursements.operations import make_batch
from diptych.culture.domain.reimbursements.queries import last_cutoff_day


def run(*, at: datetime) -> int:
    """Make it, unless it is made. Gives how many cashflows were made."""
    batch = make_batch(day=last_cutoff_day(at=at), actor="job:make_batches", at=at)
    return batch.cashflows if batch.made else 0
