"""Decisions of reimbursements: the scale, bank accounts and their links."""
