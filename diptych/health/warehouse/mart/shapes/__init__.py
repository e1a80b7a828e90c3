"""Shapes: the columns of the OMOP tables that may cross the wall, declared once (CDM 5.3 and 5.4).

Serves the reader, the checks, the writer, the index, the generated documentation and the maker of generated worlds. Tables are
in files by domain; `declared` says what a column is. Does not open anything. Texts that may name a person (notes, addresses,
source values of persons) are not here, and so do not cross.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .care import CARE
from .clinical import CLINICAL
from .declared import Column, Shape
from .derived import DERIVED
from .vocabulary import VOCABULARY

SHAPES: Mapping[str, Shape] = MappingProxyType({shape.name: shape for shape in (*CLINICAL, *DERIVED, *CARE, *VOCABULARY)})
"""By OMOP's name, in the order in which they are read."""

__all__ = ["SHAPES", "Column", "Shape"]
