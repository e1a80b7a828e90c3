"""Every published file that can be imported, by kind.

Holds the list. A new format is a new shape in a file of this room and a line here.
"""

from diptych.culture.gateways.open_data.cinemas import CINEMAS
from diptych.culture.gateways.open_data.events import AGENDA, DIGITAL, OLYMPIAD
from diptych.culture.gateways.open_data.festivals import FESTIVALS
from diptych.culture.gateways.open_data.libraries import LIBRARIES
from diptych.culture.gateways.open_data.museums import ATTENDANCE, MUSEUMS
from diptych.culture.gateways.open_data.places import COMMUNES, DEPARTMENTS, POINTS, POPULATION, REGIONS
from diptych.culture.gateways.open_data.schools import DIRECTORY, SCHOOLS, SOCIAL_INDEX
from diptych.culture.gateways.open_data.shapes import Shape
from diptych.culture.gateways.open_data.titles import TITLES

SHAPES: tuple[Shape, ...] = (
    COMMUNES, DEPARTMENTS, REGIONS, POINTS, POPULATION, MUSEUMS, ATTENDANCE, CINEMAS, LIBRARIES, FESTIVALS, OLYMPIAD, AGENDA, DIGITAL, TITLES,
    SCHOOLS, DIRECTORY, SOCIAL_INDEX,
)  # fmt: skip
"""In the order of recognition: the more particular first."""

KINDS: tuple[str, ...] = tuple(dict.fromkeys(shape.kind for shape in SHAPES))
"""places, museums, cinemas, libraries, festivals, events, titles, schools."""
