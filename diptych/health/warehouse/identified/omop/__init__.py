"""One SQL file per OMOP table, and the vocabularies."""
