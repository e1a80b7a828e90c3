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
    COMMUNES,
    DEPARTMENTS,
    REGIONS,
    POINTS,
    POPULATION,
    MUSEUMS,
    ATTENDANCE,
    CINEMAS,
    LIBRARIES,
    FESTIVALS,
    OLYMPIAD,
    AGENDA,
    DIGITAL,
    TITLES,
    SCHOOLS,
    DIRECTORY,
    SOCIAL_INDEX,
)
"""In the order of recognition: the more particular first."""

KINDS: tuple[str, ...] = tuple(dict.fromkeys(shape.kind for shape in SHAPES))
"""places, museums, cinemas, libraries, festivals, events, titles, schools."""


def as_markdown() -> str:
    """The documentation of every format, printed from the shapes that read it."""
    lines = [
        "# Open data that can be imported",
        "",
        "Printed by `diptych culture import formats` from the shapes that read the files.",
    ]
    for shape in SHAPES:
        lines += [
            "",
            f"## {shape.kind}: {shape.title}",
            "",
            f"Published by {shape.publisher}.",
            "",
            "| column | needed | meaning |",
            "|---|---|---|",
        ]
        for column in shape.columns:
            name = (column.name or "(key)").replace("|", "\\|")
            lines.append(f"| {name} | {'yes' if column.required else ''} | {column.meaning} |")
    return "\n".join(lines) + "\n"
