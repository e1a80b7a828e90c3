"""The teacher’s and head’s portal."""
