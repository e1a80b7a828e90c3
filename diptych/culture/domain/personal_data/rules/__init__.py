"""Rules of personal data: the register (what is held, and what becomes of it), the clocks, the decisions."""
