"""THE LOCKED ROOM: the only code that may see a name."""
