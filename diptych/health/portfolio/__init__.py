"""The arbitration and decommissioning of the group's applications. A service with its own door."""
