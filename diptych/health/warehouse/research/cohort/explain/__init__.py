"""Explain: why a person is, or is not, selected by a question, and by how much they miss.

Built on the meaning, over the rows of that one person. Holds findings as data; their sentences are the command line's and the
screens'.
"""

from .findings import Code, Explanation, Finding
from .person import explain, explain_handed, explain_in

__all__ = ["Code", "Explanation", "Finding", "explain", "explain_handed", "explain_in"]
