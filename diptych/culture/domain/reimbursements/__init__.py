"""What the State pays back to venues."""
