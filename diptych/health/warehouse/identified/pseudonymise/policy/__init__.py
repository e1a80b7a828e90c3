"""The policy: a row per column (`rows`), the tables that may cross, and the numbers that the rows speak of."""

from collections.abc import Mapping
from types import MappingProxyType

from .rows import POLICY, Row

from diptych.health.warehouse.mart.shapes import SHAPES, Shape
from diptych.health.warehouse.mart.shapes.declared import shape

NOTE: Shape = shape(
    "note",
    "Texts written about a person: letters, reports, prescriptions.",
    """
    note_id! The text's number.
    person_id!
    note_date! The day on which it was written.
    note_datetime
    note_type_concept_id
    note_class_concept_id The kind of text, as LOINC has it.
    note_title
    note_text! The text.
    encoding_concept_id
    language_concept_id
    provider_id
    visit_occurrence_id
    visit_detail_id
    note_source_value
    """,
    order="note_id",
)
"""Notes have no place among the mart's shapes yet: cohorts are not asked of their words."""

CROSSING: Mapping[str, Shape] = MappingProxyType({**SHAPES, NOTE.name: NOTE})
"""What may cross, by OMOP's name."""

LEAST = 10
"""Fewer persons than this make a value rare, and a place small (CNIL and ACRO's threshold, field guide §5.4)."""
OLDEST = 90
"""Nobody is older in a mart (field guide §5.2, rule 3)."""
WEEKS = 26
"""The farthest that a person's dates are shifted, in whole weeks, either way and never by none: week days are kept, and seasons
within half a year. A shift is no anonymisation: uniqueness is measured beside it."""

ROWS: Mapping[tuple[str, str], Row] = MappingProxyType({(row.table, row.column): row for row in POLICY})
"""The row of a table and column."""

__all__ = ["CROSSING", "LEAST", "NOTE", "OLDEST", "POLICY", "ROWS", "WEEKS", "Row"]
