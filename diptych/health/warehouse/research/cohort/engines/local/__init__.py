"""The engine of one machine: columns in memory, all events of a criterion at once."""

from .rows import Answer, LocalEngine, Rows, Step

__all__ = ["Answer", "LocalEngine", "Rows", "Step"]
