"""The wiring of the locked room's own door: another site than research's, in a process of its own. Decides nothing."""
