"""The register of processing (GDPR art. 30): each table and column of the database, why it is held, what becomes of it.

A table or column without a row fails a test (`tests/culture/integration/test_personal_data_register.py`). A new table
needs rows here and nothing else: extract, erasure, dry run, documentation and tests read them.
"""

from typing import Final

from . import accounts, credit, editing, machinery, outreach, payments, public, sign_up
from .shapes import PURPOSES, Column, Purpose, Row, Table

REGISTER: Final[tuple[Table, ...]] = (
    *accounts.ROWS,
    *sign_up.ROWS,
    *credit.ROWS,
    *payments.ROWS,
    *outreach.ROWS,
    *editing.ROWS,
    *machinery.ROWS,
    *public.ROWS,
)
"""In the order in which an erasure goes: rows that point at others before those they point at."""

BY_NAME: Final[dict[str, Table]] = {table.name: table for table in REGISTER}

PERSONAL: Final[tuple[Table, ...]] = tuple(table for table in REGISTER if table.of)
"""Those that can hold rows about somebody."""

__all__ = ["BY_NAME", "PERSONAL", "PURPOSES", "REGISTER", "Column", "Purpose", "Row", "Table"]
