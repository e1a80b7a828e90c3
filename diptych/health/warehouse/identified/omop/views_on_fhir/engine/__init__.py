"""Views answered by DuckDB: `expressions` makes SQL of FHIRPath, `selections` of a view; `running` runs it.

The resources are JSON, one a row. What a view looks at is taken apart once (a list of the paths that it needs, found in one reading),
and rows are made as lists of structs, which are unnested at the end: nothing is joined.
"""
