"""The demo's hospital: invented patients whose illnesses, drugs, acts and results hang together, and questions to put to them.

`words` holds the vocabulary and the links between its words, `places` the care sites, `drawing` the dice, `sources` the files that its
applications hand over, `bringing` their way through the flow, `making` a short way for tests.
Nobody in it exists, nor any of its hospitals.
"""

from .bringing import Room, bring
from .making import EXAMPLES, foreign, is_made, is_there, make, roots

__all__ = ["EXAMPLES", "Room", "bring", "foreign", "is_made", "is_there", "make", "roots"]
