"""The gazetteer: which commune a row of open data means.

Holds the look-up only, over the communes that are stored. They are kept as they come, a text a département, and searched
in it: of 36,000 communes a file means a thousand or two, and reading all the others cost more than the file. A
département that is asked for often has its names folded once for all.
"""

import re
from collections import Counter
from typing import Any, Final

from ..rules import fold

_ROW: Final = "\x1e"
_FIELD: Final = "\x1f"
_OFTEN: Final = 20
"""Searches of a département's text after which folding all its names is cheaper (measured on the libraries)."""
_OFTEN_BY_CODE: Final = 60
"""Codes of a département after which keeping all its codes is cheaper."""
_ALL: Final = """
select department, chr(30) || string_agg(insee || chr(31) || name || chr(31) || array_to_string(postcodes, ' '), chr(30))
    || chr(30)
from venues_commune group by department
"""


class Gazetteer:
    """Finds the commune that a row means: by its INSEE code, else by its name with the postcode or the département."""

    def __init__(self, cursor: Any) -> None:
        cursor.execute(_ALL)
        self._texts: dict[str, str] = dict(cursor.fetchall())
        self._codes: dict[str, tuple[str, str] | None] = {}
        self._learnt: set[str] = set()
        self._asked: Counter[str] = Counter()
        self._coded: Counter[str] = Counter()
        self._names: dict[str, dict[tuple[str, str], str | None]] = {}

    def __bool__(self) -> bool:
        """False while no places were imported."""
        return bool(self._texts)

    def find(self, *, insee: str, city: str, postcode: str, department: str) -> str | None:
        """The INSEE code of the commune meant, or None. Two communes of one name in one place: neither is certain."""
        if insee and self._code(insee):
            return insee
        name = fold(city)
        for where in dict.fromkeys((department, department_of(postcode))):
            text = self._texts.get(where)
            if text is None:
                continue
            self._asked[where] += 1
            if self._asked[where] > _OFTEN:
                names = self._of(where)
                found = names.get((postcode, name)) or names.get((where, name))
            else:
                found = _only(_served_by(text, postcode), name) or _only(_alike(text, name), name)
            if found:
                return found
        return None

    def department(self, insee: str) -> str:
        """The département of a commune that was found."""
        known = self._code(insee)
        return known[0] if known else ""

    def only_postcode(self, insee: str) -> str:
        """The postcode of a commune that has one; empty where it has several."""
        known = self._code(insee)
        return known[1] if known and len(known[1]) == 5 else ""

    def _of(self, department: str) -> dict[tuple[str, str], str | None]:
        "The communes of a département by place (itself or a postcode) and folded name; None where two share both."
        found = self._names.get(department)
        if found is None:
            found = self._names[department] = {}
            for row in self._texts[department].strip(_ROW).split(_ROW):
                insee, spelt, postcodes = row.split(_FIELD)
                for where in (department, *postcodes.split()):
                    key = (where, fold(spelt))
                    found[key] = insee if found.get(key, insee) == insee else None
        return found

    def _code(self, insee: str) -> tuple[str, str] | None:
        "The département and the postcodes of a code: looked for where its first figures say, then everywhere."
        if insee not in self._codes:
            first = department_of(insee)
            self._coded[first] += 1
            if self._coded[first] <= _OFTEN_BY_CODE:
                known = _coded(self._texts.get(first, ""), insee)
                if known is not None:
                    self._codes[insee] = (first, known)
                    return self._codes[insee]
            for where in (first, *self._texts):
                self._learn(where)
                if insee in self._codes:
                    break
            else:
                self._codes[insee] = None
        return self._codes[insee]

    def _learn(self, department: str) -> None:
        "Keeps every code of a département, once."
        if department not in self._learnt and department in self._texts:
            self._learnt.add(department)
            for row in self._texts[department].strip(_ROW).split(_ROW):
                insee, _, postcodes = row.split(_FIELD)
                self._codes[insee] = (department, postcodes)


def _coded(text: str, insee: str) -> str | None:
    "The postcodes of the commune of a département's text that has a code; None where it has none."
    at = text.find(f"{_ROW}{insee}{_FIELD}")
    if at < 0:
        return None
    end = text.index(_ROW, at + 1)
    return text[text.rindex(_FIELD, at, end) + 1 : end]


def _alike(text: str, name: str) -> list[tuple[str, str]]:
    "The communes of a département's text whose name may be this one once folded: its first letter, or one out of ASCII."
    return (
        re.findall(rf"{_ROW}([^{_FIELD}]*){_FIELD}((?:(?i:{re.escape(name[:1])})|[^A-Za-z0-9])[^{_FIELD}]*)", text)
        if name
        else []
    )


def _served_by(text: str, postcode: str) -> list[tuple[str, str]]:
    "The communes of a département's text that have a postcode."
    found = []
    at = text.find(postcode) if len(postcode) == 5 else -1
    while at >= 0:
        end = text.index(_ROW, at)
        insee, spelt, postcodes = text[text.rindex(_ROW, 0, at) + 1 : end].split(_FIELD)
        if postcode in postcodes.split():
            found.append((insee, spelt))
        at = text.find(postcode, end)
    return found


def _only(communes: list[tuple[str, str]], name: str) -> str | None:
    "The one of these communes that has a folded name; None where none or several have."
    found = [insee for insee, spelt in communes if fold(spelt) == name]
    return found[0] if len(found) == 1 else None


def department_of(postcode: str) -> str:
    """The département that a postcode is of, but for the few communes served from next door."""
    if postcode[:2] == "20":
        return "2A" if postcode < "20200" else "2B"
    return postcode[:3] if postcode[:2] in ("97", "98") else postcode[:2]
