"""Meaning: what the cohort language says, slow and obvious, in plain Python.

The engines are right when they agree with it. One person at a time, one row at a time, no cleverness.
"""

from .definition import attrition, rows
from .request import persons
from .world import World

__all__ = ["World", "attrition", "persons", "rows"]
