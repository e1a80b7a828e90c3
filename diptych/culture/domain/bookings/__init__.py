"""Bookings: from one tap to a validated code."""
