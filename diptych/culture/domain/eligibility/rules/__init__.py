"""Rules of eligibility: schemes, the three machines, fraud items, phone limits, reason codes. Pure."""
