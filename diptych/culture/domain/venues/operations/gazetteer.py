"""The gazetteer: which commune a row of open data means.

Holds the look-up only, over the communes that are stored. They are kept as they come, a text a département, and opened
when asked for: of 36,000 communes a file may mean a thousand or two, and making an object of each cost more than the file.
"""

from itertools import chain
from typing import Any, Final, NamedTuple

from ..rules import fold, fold_list

_ROW: Final = "\x1e"
_FIELD: Final = "\x1f"
_ALL: Final = """
select department, chr(30) || string_agg(insee || chr(31) || name || chr(31) || array_to_string(postcodes, ' '), chr(30))
    || chr(30)
from venues_commune group by department
"""


class Place(NamedTuple):
    """A commune that was found. `postcode` is empty where it has several."""

    insee: str
    department: str
    postcode: str


class Gazetteer:
    """Finds the commune that a row means: by its INSEE code, else by its name with the postcode or the département."""

    def __init__(self, cursor: Any) -> None:
        cursor.execute(_ALL)
        self._texts: dict[str, str] = dict(cursor.fetchall())
        self._names: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._codes: dict[str, Place | None] = {}

    def __bool__(self) -> bool:
        """False while no places were imported."""
        return bool(self._texts)

    def find(self, *, insee: str, city: str, postcode: str, department: str) -> Place | None:
        """The commune meant, or None. Two communes of one name in one place: neither is certain."""
        if insee:
            if insee not in self._codes:
                self._codes[insee] = self._coded(insee)
            if found := self._codes[insee]:
                return found
        name = fold(city)
        if not name:
            return None
        served = department_of(postcode)
        for where in (department,) if served == department else (department, served):
            if where not in self._texts:
                continue
            named = self._named(where).get(name, [])
            if len(named) > 1:
                named = [place for place in named if postcode in place[1].split()]
            if len(named) == 1:
                return _place(named[0][0], where, named[0][1])
        return None

    def _coded(self, insee: str) -> Place | None:
        "The commune of a code: looked for where its first figures say, then everywhere."
        first = department_of(insee)
        for where in chain((first,), self._texts):
            text = self._texts.get(where, "")
            at = text.find(f"{_ROW}{insee}{_FIELD}")
            if at >= 0:
                return _place(insee, where, text[text.index(_FIELD, at + len(insee) + 2) + 1 : text.index(_ROW, at + 1)])
        return None

    def _named(self, department: str) -> dict[str, list[tuple[str, str]]]:
        "The communes of a département by folded name, each with its code and postcodes."
        named = self._names.get(department)
        if named is None:
            named = self._names[department] = {}
            fields = fold_list(self._texts[department]).replace(_ROW, _FIELD).split(_FIELD)[1:-1]
            for insee, name, postcodes in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
                named.setdefault(name, []).append((insee.upper(), postcodes))
        return named


def _place(insee: str, department: str, postcodes: str) -> Place:
    return Place(insee, department, postcodes if len(postcodes) == 5 else "")


def department_of(postcode: str) -> str:
    """The département that a postcode is of, but for the few communes served from next door."""
    if postcode[:2] == "20":
        return "2A" if postcode < "20200" else "2B"
    return postcode[:3] if postcode[:2] in ("97", "98") else postcode[:2]
