"""Tags of the locked room's pages."""
