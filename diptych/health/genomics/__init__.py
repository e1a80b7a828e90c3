"""Pipelines for genetics laboratories: panels, exomes, genomes. A service with its own door."""
