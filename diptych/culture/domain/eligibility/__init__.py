"""Eligibility: from sign-up to credit. Every attempt is a line of the fraud journal; the state is recomputed from facts."""
