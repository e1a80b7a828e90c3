"""The engine for many: questions as SQL, a step after the other, for DuckDB on one machine and Spark on several."""

from .answers import OnDuckDB, Runner, SqlEngine
from .spark import OnSpark, translated

__all__ = ["OnDuckDB", "OnSpark", "Runner", "SqlEngine", "translated"]
