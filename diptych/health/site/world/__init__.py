"""The demo's hospital: invented patients whose illnesses, drugs, acts and results hang together, and questions to put to them.

`words` holds the vocabulary and the links between its words, `places` the care sites, `drawing` the dice, `making` the loading.
Nobody in it exists, nor any of its hospitals.
"""

from .making import EXAMPLES, foreign, is_made, is_there, make

__all__ = ["EXAMPLES", "foreign", "is_made", "is_there", "make"]
