"""The engine of one machine: columns in memory, all events of a criterion at once."""

from .members import Members
from .rows import Answer, LocalEngine, Rows, Step
from .supplies import Handed

__all__ = ["Answer", "Handed", "LocalEngine", "Members", "Rows", "Step"]
