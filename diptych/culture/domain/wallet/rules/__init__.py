"""Rules of the credit: the law as dated rows (law), who may enter (schemes), what is granted (credit), what is left (caps)."""

from .caps import Funds, Payment, bucket_of, cap_for, capped, decide_funds, left, why_not_add
from .credit import MAJORITY, TRANSITION, decide_credit, decide_grant, expires_at, grants_due, received_15_17, why_opened
from .law import AMOUNTS, CAPS, CUT_OVER, LAW, OLD_ENDS_BEFORE, REGIMES, AgeAmount, Law
from .schemes import decide_eligibility, regime_at
from .steps import missing_steps

__all__ = [
    "AMOUNTS", "CAPS", "CUT_OVER", "LAW", "MAJORITY", "OLD_ENDS_BEFORE", "REGIMES", "TRANSITION", "AgeAmount", "Funds", "Law",
    "Payment", "bucket_of", "cap_for", "capped", "decide_credit", "decide_eligibility", "decide_funds", "decide_grant",
    "expires_at", "grants_due", "left", "missing_steps", "received_15_17", "regime_at", "why_not_add", "why_opened",
]  # fmt: skip
