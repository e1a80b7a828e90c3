"""Diptych: two public services on one hinge, the culture pass and the hospital data department.

Holds the version. Does not hold code: see `culture`, `health` and `commons`.
"""

__version__ = "0.1.0"
