"""Wallets: what the State grants, what is capped, and every movement."""
