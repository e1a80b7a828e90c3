"""THE OPEN ROOM: pseudonymised data only."""
