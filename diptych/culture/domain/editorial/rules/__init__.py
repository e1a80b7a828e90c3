"""What editors may keep, whom a shelf is for, and how the pass speaks."""
