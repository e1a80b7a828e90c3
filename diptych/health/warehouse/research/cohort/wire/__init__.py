"""Reads and writes the JSON of Circe and Cohort360."""
