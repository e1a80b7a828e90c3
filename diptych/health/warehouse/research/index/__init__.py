"""Turns mart tables into the layout that engines want."""
