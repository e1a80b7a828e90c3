"""Closed rooms, one per project, from which data never leave."""
