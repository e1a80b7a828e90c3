"""The warehouse: identified data on one side, pseudonymised on the other, a wall between."""
