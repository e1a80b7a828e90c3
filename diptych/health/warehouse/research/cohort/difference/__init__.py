"""Difference: what changed in meaning between two questions, node by node.

Concept sets are compared by what they hold, wherever they are used, so that ids which were only given anew do not show; so are
the members of a request. What changes nothing (names, orders that have no effect, values that nothing reads) is said to change
nothing. Holds changes as data: their sentences are the command line's and the screens'.
"""

from .changes import Change, How, Step
from .compared import difference

__all__ = ["Change", "How", "Step", "difference"]
