"""Staff: who may enter the locked room's own door, and as what."""
