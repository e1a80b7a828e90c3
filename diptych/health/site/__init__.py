"""The wiring of the data department: root addresses and settings. Decides nothing."""
