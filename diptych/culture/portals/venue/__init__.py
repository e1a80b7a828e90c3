"""The venue’s portal and its counter."""
