"""Receives files: manifest, hash, typed Parquet, shapes. Does not judge their content."""
