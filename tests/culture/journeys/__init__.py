"""The culture panel in a real browser."""
