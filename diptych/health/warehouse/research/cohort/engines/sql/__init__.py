"""The engine for many: questions as SQL, a step after the other, for DuckDB on one machine and Spark on several."""

from .answers import SqlEngine

__all__ = ["SqlEngine"]
