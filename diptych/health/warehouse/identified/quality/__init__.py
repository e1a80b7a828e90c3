"""Checks as rows of a table and a runner that reports. Never edits data."""
