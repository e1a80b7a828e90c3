"""A ViewDefinition as data: its selections and columns, and the FHIRPath of each as a tree. Reads and answers nothing.

An expression gives a collection of JSON values, in order. Types are not known to it: an element is found by the name that it has
in JSON, and `ofType` makes that name of an element's (`value.ofType(Quantity)` is `valueQuantity`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression of FHIRPath."""


@dataclass(frozen=True, slots=True)
class Literal(Expr):
    """A text, a number or a truth."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Moment(Expr):
    """A date, or a date and time, as precise as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class This(Expr):
    """What is looked at: the resource, an element of `forEach`, an item in `where`."""


@dataclass(frozen=True, slots=True)
class Root(Expr):
    """The whole resource, wherever one is in it."""


@dataclass(frozen=True, slots=True)
class RowIndex(Expr):
    """The place of the element that `forEach` or `repeat` is at, from 0."""


@dataclass(frozen=True, slots=True)
class Member(Expr):
    """The elements of a name; of one of the types that the element may have, where `type` is said."""

    of: Expr
    name: str
    type: str = ""

    @property
    def key(self) -> str:
        """Its name in JSON."""
        return self.name + self.type[:1].upper() + self.type[1:]


@dataclass(frozen=True, slots=True)
class At(Expr):
    """The item of a place, from 0."""

    of: Expr
    place: int


@dataclass(frozen=True, slots=True)
class Where(Expr):
    """The items of which the criterion is true."""

    of: Expr
    criterion: Expr


@dataclass(frozen=True, slots=True)
class Exists(Expr):
    """Whether there is any item."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Not(Expr):
    """The contrary; of nothing, nothing."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Join(Expr):
    """All texts, one after the other; of none, an empty text."""

    of: Expr
    separator: str


@dataclass(frozen=True, slots=True)
class Text(Expr):
    """One value, as text."""

    of: Expr


@dataclass(frozen=True, slots=True)
class ReferenceKey(Expr):
    """The keys of the resources that references name; of one type only, where it is said."""

    of: Expr
    type: str = ""


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """Two expressions and an operator between them."""

    sign: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view: where its value is, and its type in DuckDB's words."""

    name: str
    path: Expr
    type: str
    collection: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Columns, and what goes with them: other selections, which multiply rows, and one union of several."""

    columns: tuple[Column, ...] = ()
    selects: tuple["Selection", ...] = ()
    union: tuple["Selection", ...] = ()
    each: Expr | None = None
    """For each of which it is made again."""
    repeat: tuple[Expr, ...] = ()
    """The ways down by which its elements are reached again and again."""
    or_null: bool = False
    """Whether it makes one empty row where there is none."""

    def names(self) -> tuple[Column, ...]:
        """All its columns, in their order."""
        below = [column for one in (*self.selects, *self.union[:1]) for column in one.names()]
        return (*self.columns, *below)


@dataclass(frozen=True, slots=True)
class View:
    """A ViewDefinition: of the resources of one type, where all criteria are true, the rows of a selection."""

    name: str
    resource: str
    where: tuple[Expr, ...]
    select: Selection
