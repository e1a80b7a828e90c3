"""SQL on FHIR, v2: a ViewDefinition makes of FHIR resources the rows of a table (https://sql-on-fhir.org/ig/latest).

`definition` reads one, `fhirpath` its expressions, into `nodes`; `meaning` is what it says, in plain Python; `engine` answers the
same in DuckDB's SQL over resources kept as JSON. Knows nothing of OMOP, of sources or of sealed files.
"""
