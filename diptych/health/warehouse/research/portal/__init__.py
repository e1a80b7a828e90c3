"""The researchers' screens: build a question, see its counts as one edits, keep it, share it, look at who it finds."""
