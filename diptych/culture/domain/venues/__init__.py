"""Venues: structures, their places, and who may act for them."""
